package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/store"
)

func newSQL(t *testing.T, o store.SQLOptions) *store.SQL {
	t.Helper()
	s, err := store.NewSQL(o)
	must(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSQLQueries(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		testQueries(t, newSQL(t, store.SQLOptions{Dir: dir}), "sqlite", "team/sales.db")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		testQueries(t, newSQL(t, store.SQLOptions{}), "postgres", freshSchema(t))
	})
}

func testQueries(t *testing.T, s *store.SQL, driver, dsn string) {
	ctx := t.Context()
	affected := func(want int64, query string, args ...any) {
		t.Helper()
		if _, _, n, err := s.Query(ctx, driver, dsn, query, args, 0); err != nil || n != want {
			t.Errorf("%s: %d rows, %v, want %d", query, n, err, want)
		}
	}
	affected(0, "CREATE TABLE orders (id bigint, name text, total double precision, paid boolean)")
	affected(2, "INSERT INTO orders VALUES ($1, $2, $3, $4), (2, 'b', NULL, false)", 1.0, "Rob'; DROP TABLE orders; --", 12.5, true)
	columns, rows, _, err := s.Query(ctx, driver, dsn, "SELECT id, name, total, paid FROM orders WHERE id > $1 ORDER BY id", []any{json.Number("0")}, 0)
	if must(t, err); fmt.Sprint(columns) != "[id name total paid]" || fmt.Sprintf("%v", rows) != "[[1 Rob'; DROP TABLE orders; -- 12.5 true] [2 b <nil> false]]" &&
		fmt.Sprintf("%v", rows) != "[[1 Rob'; DROP TABLE orders; -- 12.5 1] [2 b <nil> 0]]" {
		t.Errorf("%v %v", columns, rows)
	}
	if _, rows, _, err = s.Query(ctx, driver, dsn, "SELECT id FROM orders", nil, 1); err != nil || len(rows) != 1 {
		t.Errorf("a limit of one: %v, %v", rows, err)
	}
	affected(2, "UPDATE orders SET paid = $1", true)
	if _, rows, n, err := s.Query(ctx, driver, dsn, "DELETE FROM orders WHERE id = 1 RETURNING name", nil, 0); err != nil || n != 1 || len(rows) != 1 {
		t.Errorf("returning: %v, %d, %v", rows, n, err)
	}
	if _, _, _, err = s.Query(ctx, driver, dsn, "SELEKT 1", nil, 0); err == nil {
		t.Error("a mistake was taken")
	}
	slow, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, _, _, err = s.Query(slow, driver, dsn, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", nil, 0)
	want(t, err, context.DeadlineExceeded, "an endless query")
	_, _, _, err = s.Query(ctx, driver, dsn, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT $1 || i FROM n", []any{strings.Repeat("x", 1<<20)}, 0)
	want(t, err, fs.ErrInvalid, "a result of a thousand mebibytes")
	affected(0, "SELECT 1")
}

func TestSQLStaysInItsFolder(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{})
	s := newSQL(t, store.SQLOptions{Dir: p.dir})
	ctx := t.Context()
	must(t, os.Symlink(filepath.Join(p.dir, "studio.db"), filepath.Join(p.dir, "databases", "link.db")))
	must(t, os.Symlink(p.dir, filepath.Join(p.dir, "databases", "up")))
	for _, name := range []string{"../studio.db", "/../../studio.db", "link.db", "up/studio.db", filepath.Join(p.dir, "studio.db"), "x.db?mode=memory", "", "%2e%2e/studio.db"} {
		columns, rows, _, err := s.Query(ctx, "sqlite", name, "SELECT email FROM users", nil, 0)
		if err == nil {
			t.Errorf("%q reads %v %v", name, columns, rows)
		}
	}
	studio := filepath.Join(p.dir, "studio.db")
	outside := filepath.Join(p.dir, "outside.db")
	for _, query := range []string{
		"ATTACH '" + studio + "' AS s", "ATTACH ':memory:' AS s; SELECT 1", "SELECT 1; ATTACH '" + studio + "' AS s; SELECT * FROM s.users",
		"VACUUM INTO '" + outside + "'", "PRAGMA journal_mode = off", "PRAGMA writable_schema = on", "CREATE VIRTUAL TABLE v USING dbpage", "SELECT load_extension('x')",
	} {
		if _, rows, _, err := s.Query(ctx, "sqlite", "own.db", query, nil, 0); err == nil {
			t.Errorf("%s: %v", query, rows)
		}
	}
	if _, err := os.Stat(outside); err == nil {
		t.Error("a file was written outside")
	}
	if _, rows, _, err := s.Query(ctx, "sqlite", "own.db", "SELECT ? || ?", []any{"a", "b"}, 0); err != nil || fmt.Sprint(rows) != "[[ab]]" {
		t.Errorf("question marks: %v, %v", rows, err)
	}
	_, _, _, err := newSQL(t, store.SQLOptions{}).Query(ctx, "sqlite", "own.db", "SELECT 1", nil, 0)
	want(t, err, errors.ErrUnsupported, "SQLite without a folder")
	_, _, _, err = s.Query(ctx, "oracle", "x", "SELECT 1", nil, 0)
	want(t, err, fs.ErrInvalid, "a driver that there is not")
}

func TestSQLDialsAsItIsTold(t *testing.T) {
	t.Parallel()
	refused := errors.New("this address is private")
	var asked []string
	s := newSQL(t, store.SQLOptions{Dial: func(_ context.Context, _, address string) (net.Conn, error) {
		asked = append(asked, address)
		return nil, refused
	}})
	_, _, _, err := s.Query(t.Context(), "postgres", "postgres://u:secret@intranet.example:5432/db?sslmode=disable", "SELECT 1", nil, 0)
	want(t, err, refused, "a private address")
	if fmt.Sprint(asked) != "[intranet.example:5432]" {
		t.Errorf("dialled %v", asked)
	}
	for _, dsn := range []string{
		"", "postgres:///db", "postgres://u@/db", "host=localhost user=u", "postgres://u@h/db?sslkey=/etc/shadow", "postgres://u@h/db?passfile=/x", "postgres://u@h/db?host=/var/run",
		"mysql://u@h/db", "postgres://u:secret@h:99999999/db",
	} {
		_, _, _, err := s.Query(t.Context(), "postgres", dsn, "SELECT 1", nil, 0)
		want(t, err, fs.ErrInvalid, dsn)
		if containsText(err, "secret") {
			t.Error("the error shows the password:", err)
		}
	}
}
