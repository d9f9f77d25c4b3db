package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
)

const (
	studioFile  = "studio.db"
	runsFile    = "runs.db"
	libraryFile = "library.db"
)

// db is one database. On SQLite it has one connection that writes, because a second writer only waits for the first,
// and some that read; on Postgres there is one pool.
type db struct {
	postgres bool
	file     string // SQLite's file
	write    *sql.DB
	read     *sql.DB
	prepared *preparedPool // read, for fixed texts
	upkeep   *sql.DB       // SQLite: checkpoints, beside the writer
	dirty    atomic.Bool   // written since the last checkpoint
	memo     memo
}

// openSQLite opens a file, and makes it when absent. The order of the settings matters: the driver sets busy_timeout
// and auto_vacuum first, and the latter only works before the first table.
func openSQLite(ctx context.Context, file, sync string) (*db, error) {
	writer, err := sqlite.NewConnector(sqliteDSN(file, "rwc", url.Values{
		"_txlock": {"immediate"}, "_busy_timeout": {"10000"}, "_auto_vacuum": {"incremental"}, "_journal_mode": {"wal"},
		"_synchronous": {sync}, "_foreign_keys": {"on"}, "_dqs": {"false"},
		"_pragma": {"cache_size(-8192)", "temp_store(memory)", "wal_autocheckpoint(8000)", "journal_size_limit(67108864)"},
	}))
	if err != nil {
		return nil, err
	}
	reader, err := sqlite.NewConnector(readOnlyDSN(file))
	if err != nil {
		return nil, err
	}
	d := &db{file: file, write: sql.OpenDB(writer), read: sql.OpenDB(reader), upkeep: sql.OpenDB(writer)}
	d.upkeep.SetMaxOpenConns(1)
	d.upkeep.SetConnMaxIdleTime(time.Minute)
	d.write.SetMaxOpenConns(1)
	d.write.SetMaxIdleConns(1)
	d.read.SetMaxOpenConns(max(4, 2*runtime.GOMAXPROCS(0)))
	d.read.SetMaxIdleConns(max(4, 2*runtime.GOMAXPROCS(0)))
	d.prepared = &preparedPool{DB: d.read, ready: map[string]*sql.Stmt{}}
	d.read.SetConnMaxIdleTime(time.Minute) // gives their page caches back
	if err := d.write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, d.words(err)), d.close())
	}
	if err := os.Chmod(file, 0o600); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func readOnlyDSN(file string) string {
	return sqliteDSN(file, "ro", url.Values{
		"_busy_timeout": {"10000"}, "_query_only": {"on"}, "_dqs": {"false"}, "_pragma": {"cache_size(-2048)", "temp_store(memory)"},
	})
}

func sqliteDSN(file, mode string, q url.Values) string {
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	q.Set("mode", mode)
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(file), RawQuery: q.Encode()}).String()
}

func openPostgres(ctx context.Context, address string) (*db, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The driver's text may hold the password.
		return nil, fmt.Errorf("DATABASE_URL is not the address of a Postgres database, like postgres://user:password@host:5432/name: %w", fs.ErrInvalid)
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "atelier"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(4)
	pool.SetConnMaxIdleTime(time.Minute)
	d := &db{postgres: true, write: pool, read: pool}
	if err := pool.PingContext(ctx); err != nil {
		why := "it does not answer"
		if e, ok := errors.AsType[*pgconn.PgError](err); ok {
			why = e.Message
		}
		return nil, errors.Join(fmt.Errorf("connect to Postgres at %s:%d, database %q: %s", config.Host, config.Port, config.Database, why), d.close())
	}
	return d, nil
}

func (d *db) close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.upkeep.Close(), d.write.Close())
}

// forUpdate is the end of a SELECT whose row the same transaction changes. SQLite's transactions are alone from their
// first statement and need none.
func (d *db) forUpdate() string {
	if d.postgres {
		return " FOR UPDATE"
	}
	return ""
}

// tx runs fn in a transaction that writes. A transaction that Postgres gave up for another's sake is run again, so fn
// must set its results anew each time.
func (d *db) tx(ctx context.Context, fn func(q querier) error) error {
	for try := 0; ; try++ {
		err := d.tryTx(ctx, fn)
		if err == nil || try == 3 || !isConflict(err) {
			return d.words(err)
		}
	}
}

func (d *db) tryTx(ctx context.Context, fn func(q querier) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := fn(querier{tx, d}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	d.dirty.Store(true)
	defer d.memo.wrote()
	return tx.Commit()
}

func (d *db) reader() querier { return querier{d.read, d} }

// exec runs one statement that writes, by itself, and returns the number of rows it touched.
func (d *db) exec(ctx context.Context, text string, args ...any) (int64, error) {
	d.dirty.Store(true)
	defer d.memo.wrote()
	n, err := querier{d.write, d}.exec(ctx, text, args...)
	return n, d.words(err)
}
