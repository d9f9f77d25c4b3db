package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// runner is a pool or a transaction.
type runner interface {
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// querier runs statements with $1 placeholders.
type querier struct {
	on runner
	db *db
}

// scanner is a row.
type scanner interface{ Scan(into ...any) error }

func (q querier) exec(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := q.on.ExecContext(ctx, text, clean(args)...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (q querier) row(ctx context.Context, text string, args ...any) *sql.Row {
	return q.on.QueryRowContext(ctx, text, clean(args)...)
}

// errEnough ends a list before the row that it is returned for.
var errEnough = errors.New("enough")

// collect reads all rows of a query, or those before the one for which scan says that it is enough.
func collect[T any](ctx context.Context, q querier, scan func(scanner) (T, error), text string, args ...any) ([]T, error) {
	rows, err := q.on.QueryContext(ctx, text, clean(args)...)
	if err != nil {
		return nil, q.db.words(err)
	}
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if errors.Is(err, errEnough) {
			break
		}
		if err != nil {
			return nil, q.db.words(err)
		}
		list = append(list, v)
	}
	return list, q.db.words(rows.Err())
}

// one reads the only row of a query; what names it in the error when there is none.
func one[T any](ctx context.Context, q querier, what string, scan func(scanner) (T, error), text string, args ...any) (T, error) {
	v, err := scan(q.row(ctx, text, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return v, absent("%s", what)
	}
	return v, q.db.words(err)
}

func scanText(row scanner) (text string, err error) { return text, row.Scan(&text) }

// clean makes texts fit for both databases in place: Postgres takes neither the character NUL nor broken UTF-8, and a
// stranger's webhook may bring both.
func clean(args []any) []any {
	for i, arg := range args {
		if text, ok := arg.(string); ok && (strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}

// rowsOf returns the placeholders of n rows of these columns: "($1,$2),($3,$4)". SQLite gets plain question marks,
// because it looks a numbered one up from the start for every value that is bound. types, when given, are what the
// first row is cast to, for a statement that does not tell Postgres the columns' types.
func (d *db) rowsOf(n, columns int, types ...string) string {
	var b strings.Builder
	for row := range n {
		if row > 0 {
			b.WriteByte(',')
		}
		for column := range columns {
			if column == 0 {
				b.WriteByte('(')
			} else {
				b.WriteByte(',')
			}
			mark := "?"
			if d.postgres {
				mark = placeholder(row*columns + column + 1)
			}
			if row == 0 && types != nil {
				mark = "CAST(" + mark + " AS " + types[column] + ")"
			}
			b.WriteString(mark)
		}
		b.WriteByte(')')
	}
	return b.String()
}

// where gathers conditions of a list, joined by AND, with their arguments.
type where struct {
	text strings.Builder
	args []any
}

// add appends a condition; each ? in it stands for the next argument.
func (w *where) add(condition string, args ...any) {
	if w.text.Len() > 0 {
		w.text.WriteString(" AND ")
	}
	for i, part := range strings.Split(condition, "?") {
		if i > 0 {
			w.args = append(w.args, args[i-1])
			w.text.WriteString(placeholder(len(w.args)))
		}
		w.text.WriteString(part)
	}
}

// marks returns "?, ?, ?" for a condition with n arguments.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// like makes a pattern that finds text anywhere, to be used with ESCAPE '!'.
func like(text string) string { return "%" + escapeLike(text) + "%" }

func escapeLike(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)
}

func placeholder(n int) string { return "$" + strconv.Itoa(n) }
