package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// openSQLiteFile opens a file within the folder of databases.
func (s *SQL) openSQLiteFile(name string) (*sql.DB, error) {
	if s.root == nil {
		return nil, fmt.Errorf("SQLite databases are switched off here: %w", errors.ErrUnsupported)
	}
	name = strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/")
	if !isDatabaseName(name) || len(name) > 200 || strings.ContainsAny(name, "?#%\x00") {
		return nil, invalid("a SQLite database is named by a file's path within the folder %q, like sales.db, .sqlite or .sqlite3", databasesFolder)
	}
	if err := s.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return nil, fmt.Errorf("open the database %s: %w", name, err)
	}
	// Through the root, so that no link leads out of the folder.
	f, err := s.root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", name, err)
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file: %w", name, fs.ErrInvalid)
	}
	connector, err := sqlite.NewConnector(sqliteDSN(filepath.Join(s.root.Name(), name), "rw", url.Values{
		"_txlock": {"immediate"}, "_busy_timeout": {"5000"}, "_journal_mode": {"wal"}, "_foreign_keys": {"on"}, "_defensive": {"true"},
		"_pragma": {"cache_size(-4096)", "temp_store(file)", "trusted_schema(off)"},
	}))
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(guarded{connector}), nil
}

// isDatabaseName tells whether a file may be a SQLite database by its ending.
func isDatabaseName(name string) bool {
	return slices.Contains([]string{".db", ".sqlite", ".sqlite3"}, path.Ext(name))
}

// guarded makes connections on which a statement reaches no other file.
type guarded struct{ driver.Connector }

func (g guarded) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := g.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := conn.(sqlite.AuthorizerRegisterer).RegisterAuthorizer(authorize); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// authorize forbids what opens other files or changes how this one is kept.
func authorize(action sqlite.AuthorizerActionCode, name, _, _, _ string) sqlite.AuthorizerReturnCode {
	switch action {
	case sqlite.AuthAttach, sqlite.AuthDetach, sqlite.AuthCreateVTable:
		return sqlite.AuthorizerDeny
	case sqlite.AuthPragma:
		switch strings.ToLower(name) {
		case "table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list", "user_version":
			return sqlite.AuthorizerOK
		}
		return sqlite.AuthorizerDeny
	}
	return sqlite.AuthorizerOK
}

func querySQLite(ctx context.Context, conn *sql.Conn, query string, args []any, r *sqlResult) error {
	for limit, value := range map[int]int{sqlite3.SQLITE_LIMIT_ATTACHED: 0, sqlite3.SQLITE_LIMIT_LENGTH: sqlBytes} {
		if _, err := sqlite.Limit(conn, limit, value); err != nil {
			return err
		}
	}
	var before, after int64
	if err := conn.QueryRowContext(ctx, "SELECT total_changes()").Scan(&before); err != nil {
		return err
	}
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if r.columns, err = rows.Columns(); err != nil {
		return err
	}
	for more := true; more && rows.Next(); {
		row := make([]any, len(r.columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if more, err = r.add(row); err != nil {
			return err
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	err = conn.QueryRowContext(ctx, "SELECT total_changes()").Scan(&after)
	r.affected = after - before
	return err
}
