package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrFull is returned when the disk has no space left. What was acknowledged is kept, and the store goes on as soon
// as there is space again.
var ErrFull = errors.New("the disk of the data folder is full: free some space and try again; nothing that was confirmed is lost")

// absent says that something is not there, or not in this workspace, which is told apart for nobody.
func absent(format string, args ...any) error {
	return fmt.Errorf("there is no %s: %w", fmt.Sprintf(format, args...), fs.ErrNotExist)
}

func taken(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), fs.ErrExist)
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), fs.ErrInvalid)
}

// words turns what a database says into what a person can act on.
func (d *db) words(err error) error {
	switch {
	case err == nil:
		return nil
	case isFull(err):
		return fmt.Errorf("%w (%v)", ErrFull, err)
	case errors.Is(err, sql.ErrNoRows):
		return fs.ErrNotExist
	case sqliteCode(err) == sqlite3.SQLITE_INTERRUPT:
		return context.Canceled
	case sqliteCode(err)&0xff == sqlite3.SQLITE_CORRUPT, sqliteCode(err)&0xff == sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("the database %s is damaged; stop the studio and restore a backup: %w", d.file, err)
	}
	return err
}

// sqliteCode returns SQLite's extended result code, or 0.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// postgresCode returns Postgres' SQLSTATE, or "".
func postgresCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

func isFull(err error) bool {
	return sqliteCode(err)&0xff == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC) || postgresCode(err) == "53100"
}

// isDuplicate tells whether a row with the same key was there.
func isDuplicate(err error) bool {
	code := sqliteCode(err)
	return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || postgresCode(err) == "23505"
}

// isConflict tells whether the database gave this transaction up for another's sake: it may simply be run again.
func isConflict(err error) bool {
	code := postgresCode(err)
	return code == "40001" || code == "40P01"
}

// isGone tells whether the connection to the database was lost, so that it is open what became of a commit.
func isGone(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || strings.HasPrefix(postgresCode(err), "57P") || strings.HasPrefix(postgresCode(err), "08") {
		return true
	}
	_, network := errors.AsType[net.Error](err)
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return (network || connecting) && !errors.Is(err, context.DeadlineExceeded)
}
