package nodes

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/engine"
)

// maxRows bounds a query's result.
const maxRows = 100_000

func init() {
	define(engine.Kind{
		Name: "sql.query", Title: "SQL query", Group: "Databases", Icon: "database", PerItem: true, Class: engine.IO, World: true,
		Effect: engine.AtMostOnce, EffectOf: typed(sqlQuery.effect), Check: typed(sqlQuery.check),
		Summary: "Runs an SQL statement in PostgreSQL or SQLite, for every item.",
		Doc: `Values belong into **args**, in the order of ` + "`$1`, `$2`" + ` in the statement: they are sent apart from it, so that data can never become SQL. The statement itself is best fixed text.

Every row becomes an item. A statement without rows gives one item with ` + "`affected`" + `, the number of rows it changed. With **into** the item goes on instead, with the rows (or the number) in that field. At most 100,000 rows; more is an error, not a shortened list.

A statement that changes something is not run again by itself after a crash in the middle: a person is asked, unless you say that it is **safe to repeat** (such as ` + "`insert … on conflict do nothing`" + `). The credential decides which database it is; a SQLite database is a file in the studio's folder of databases, and its statements reach no other file.`,
		Keywords:    []string{"database", "postgres", "postgresql", "sqlite", "select", "insert", "update", "table", "query"},
		Credentials: []string{"sql.postgres", "sql.sqlite"},
		Examples: []engine.Example{
			{Name: "Rows become items", Needs: "sql", Params: params("credential", "Reports", "query", "select name, total from customers where total > $1 order by name", "args", list(10)), Input: in(obj()),
				Output: out(obj("name", "Ada", "total", 12.5), obj("name", "Grace", "total", 30))},
			{Name: "Insert a row for each item", Needs: "sql", Params: params("credential", "Reports", "query", "insert into patterns (message, count) values ($1, $2)", "args", list("={{ $json.message }}", "={{ $json.count }}")),
				Input: in(obj("message", "'); drop table patterns; --", "count", 3)), Output: out(obj("affected", 1))},
			{Name: "Look something up for each item", Needs: "sql", Params: params("credential", "Reports", "query", "select total from customers where name = $1", "args", list("={{ $json.name }}"), "into", "found"),
				Input: in(obj("name", "Ada")), Output: out(obj("name", "Ada", "found", list(obj("total", 12.5))))},
			{Name: "A mistake in the statement", Needs: "sql", Params: params("credential", "Reports", "query", "selec 1"), Input: in(obj()), Error: "syntax"},
			{Name: "SQLite stays in its file", Needs: "sql", Params: params("credential", "Reports", "query", "attach database '/etc/x' as x"), Input: in(obj()), Error: "not authorized"},
		},
	}, sqlQuery{Repeat: "never"}, runSQLQuery)
}

type sqlQuery struct {
	Credential string `json:"credential" form:"Database" widget:"credential" required:"true"`
	Query      string `json:"query" form:"Statement" widget:"code" lang:"sql" placeholder:"select * from orders where id = $1" required:"true"`
	Args       []any  `json:"args" form:"Values" help:"For $1, $2 and so on."`
	Into       string `json:"into" form:"Into" help:"Keeps the item and puts the rows into this field."`
	Repeat     string `json:"repeat" form:"After a crash" options:"never=Ask before running it again,safe=Safe to repeat"`
}

func (p sqlQuery) effect() engine.Effect {
	switch {
	case readsOnly(p.Query):
		return engine.NoEffect
	case p.Repeat == "safe":
		return engine.Idempotent
	}
	return engine.AtMostOnce
}

func (p sqlQuery) check() []engine.Problem {
	if strings.HasPrefix(p.Query, "=") && strings.Contains(p.Query, "{{") {
		return []engine.Problem{{Param: "query", Code: "sql-expression", Warning: true, Text: "the statement is put together from data: use $1, $2 and the values below, so that data cannot become SQL"}}
	}
	return nil
}

func runSQLQuery(ctx context.Context, d *Deps, p sqlQuery, c *engine.Call) (engine.Outputs, error) {
	if d.SQL == nil {
		return nil, fmt.Errorf("this studio has no databases: %w", errors.ErrUnsupported)
	}
	if strings.TrimSpace(p.Query) == "" {
		return nil, bad("query", "the statement is missing")
	}
	typ, values, err := d.credentialOf(ctx, c, p.Credential, "sql.postgres", "sql.sqlite")
	if err != nil {
		return nil, err
	}
	var dsn string
	driver := "postgres"
	if typ == "sql.sqlite" {
		driver = "sqlite"
		dsn, err = sqliteFile(c.Run.Workspace, values["file"])
	} else {
		dsn, err = postgresDSN(values)
	}
	if err != nil {
		return nil, err
	}
	args := make([]any, len(p.Args))
	for i, v := range p.Args {
		args[i] = sqlArg(v)
	}
	columns, rows, affected, err := d.SQL.Query(ctx, driver, dsn, p.Query, args, maxRows+1)
	if err != nil {
		return nil, fmt.Errorf("the database %q: %w", p.Credential, err)
	}
	if len(rows) > maxRows {
		return nil, bad("query", "the result has more than %d rows: ask for fewer, with limit", maxRows)
	}
	it := c.Item()
	if len(columns) == 0 {
		m := map[string]any{"affected": float64(affected)}
		if p.Into != "" {
			m = own(it.JSON)
			withField(m, p.Into, float64(affected))
		}
		return engine.One([]engine.Item{changedItem(it, m)}), nil
	}
	found := make([]any, len(rows))
	items := make([]engine.Item, len(rows))
	columns = columnNames(columns)
	for i, row := range rows {
		m := make(map[string]any, len(columns))
		for j, name := range columns {
			m[name] = sqlValue(row[j])
		}
		found[i], items[i].JSON = m, m
	}
	if p.Into != "" {
		m := own(it.JSON)
		withField(m, p.Into, found)
		return engine.One([]engine.Item{changedItem(it, m)}), nil
	}
	return engine.One(items), nil
}

// sqliteFile returns the file of a credential, which is in the workspace's own folder: what another workspace has is
// out of reach. Where that folder is, and that the file stays the only one, is the database service's business.
func sqliteFile(workspace, file string) (string, error) {
	if file == "" || !filepath.IsLocal(filepath.FromSlash(file)) {
		return "", bad("credential", "the credential's file %q is no name in the folder of databases: write for example reports.db", excerpt(file, 80))
	}
	return path.Join(workspace, filepath.ToSlash(file)), nil
}

// postgresDSN makes a connection address of a credential.
func postgresDSN(v map[string]string) (string, error) {
	if v["dsn"] != "" {
		return v["dsn"], nil
	}
	if v["host"] == "" {
		return "", bad("credential", "the credential has neither a connection address nor a host")
	}
	u := url.URL{Scheme: "postgres", Host: net.JoinHostPort(v["host"], cmp.Or(v["port"], "5432")), Path: "/" + v["database"]}
	if v["user"] != "" {
		u.User = url.UserPassword(v["user"], v["password"])
	}
	u.RawQuery = url.Values{"sslmode": {cmp.Or(v["sslmode"], "require")}}.Encode()
	return u.String(), nil
}

// sqlArg makes a value that drivers take: whole numbers as such, lists and objects as JSON.
func sqlArg(v any) any {
	switch t := v.(type) {
	case nil, string, bool:
		return v
	case float64:
		if t == math.Trunc(t) && math.Abs(t) <= exactInteger {
			return int64(t)
		}
		return t
	}
	if n, ok := number(v); ok {
		return n
	}
	return canonical(v)
}

// sqlValue makes a value that items hold.
func sqlValue(v any) any {
	switch t := v.(type) {
	case []byte:
		if utf8.Valid(t) {
			return string(t)
		}
		return base64.StdEncoding.EncodeToString(t)
	case time.Time:
		return t.Format(time.RFC3339Nano)
	case float64:
		if math.IsNaN(t) || math.IsInf(t, 0) {
			return nil
		}
		return t
	case nil, string, bool:
		return v
	case map[string]any, []any:
		return plain(v)
	case fmt.Stringer:
		return t.String()
	}
	if p := plain(v); p != nil {
		if _, ok := number(p); ok {
			return p
		}
	}
	return fmt.Sprint(v)
}
