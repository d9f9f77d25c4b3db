package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Bounds of SQL.
const (
	sqlPools       = 32               // data sources that are open at once
	sqlConnections = 4                // to each
	sqlIdle        = time.Minute      // after that a connection closes
	sqlForget      = 10 * time.Minute // after that an unused data source is forgotten
	sqlRows        = 10_000           // when a query does not say
	sqlBytes       = 64 << 20         // of a result
	sqlTime        = 30 * time.Minute // of one statement
)

// SQLOptions of SQL.
type SQLOptions struct {
	// Dir is the data folder; SQLite files are those in its folder "databases". Empty: no SQLite.
	Dir string
	// Dial connects to Postgres; nil: any address. Give the dialer that guards all nodes.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Now  func() time.Time
}

// SQL runs the queries of workflows on databases of people, never on the studio's own.
type SQL struct {
	o      SQLOptions
	root   *os.Root
	mu     sync.Mutex
	pools  map[string]*sqlPool
	closed bool
}

type sqlPool struct {
	db   *sql.DB
	used time.Time
	busy int
}

// NewSQL makes the service; Close it.
func NewSQL(o SQLOptions) (*SQL, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &SQL{o: o, pools: map[string]*sqlPool{}}
	if o.Dir == "" {
		return s, nil
	}
	dir := filepath.Join(o.Dir, databasesFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of databases: %w", err)
	}
	var err error
	s.root, err = os.OpenRoot(dir)
	return s, err
}

// Close closes all connections.
func (s *SQL) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var errs []error
	for key, p := range s.pools {
		errs = append(errs, p.db.Close())
		delete(s.pools, key)
	}
	if s.root != nil {
		errs = append(errs, s.root.Close())
	}
	return errors.Join(errs...)
}

// Query runs one statement with arguments and returns its rows, at most limit (0: 10,000), and for a statement that
// changes rows how many. driver is "sqlite" (dsn: a file's path within the folder of databases, made when absent) or
// "postgres" (dsn: postgres://…). Placeholders are $1 or, on SQLite, also ?. Values are nil, bool, int64, float64,
// json.Number, string, and what JSON columns hold; bytes come as text, or as base64 when they are none.
func (s *SQL) Query(ctx context.Context, driver, dsn, query string, args []any, limit int) (columns []string, rows [][]any, affected int64, err error) {
	if limit <= 0 {
		limit = sqlRows
	}
	open, run := s.openSQLiteFile, querySQLite
	switch driver {
	case "sqlite":
	case "postgres":
		open, run = s.openPostgresPool, queryPostgres
	default:
		return nil, nil, 0, invalid("there is no database driver %.40q; use sqlite or postgres", driver)
	}
	p, err := s.pool(driver+"|"+dsn, func() (*sql.DB, error) { return open(dsn) })
	if err != nil {
		return nil, nil, 0, err
	}
	defer s.release(p)
	ctx, cancel := context.WithTimeoutCause(ctx, sqlTime, fmt.Errorf("it took longer than %v: %w", sqlTime, context.DeadlineExceeded))
	defer cancel()
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return nil, nil, 0, sqlWords(ctx, err)
	}
	defer conn.Close()
	for i, arg := range args {
		if args[i], err = sqlArgument(arg); err != nil {
			return nil, nil, 0, fmt.Errorf("argument %d: %w", i+1, err)
		}
	}
	r := &sqlResult{limit: limit, rows: [][]any{}}
	if err := run(ctx, conn, query, clean(args), r); err != nil {
		return nil, nil, 0, sqlWords(ctx, err)
	}
	return r.columns, r.rows, r.affected, nil
}

// pool returns the open data source of a key, and forgets those that nobody used for a while.
func (s *SQL) pool(key string, open func() (*sql.DB, error)) (*sqlPool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	now := s.o.Now()
	var oldest string
	for k, p := range s.pools {
		if p.busy > 0 || k == key {
			continue
		}
		if now.Sub(p.used) > sqlForget {
			p.db.Close()
			delete(s.pools, k)
		} else if oldest == "" || p.used.Before(s.pools[oldest].used) {
			oldest = k
		}
	}
	p := s.pools[key]
	if p == nil {
		if len(s.pools) >= sqlPools {
			if oldest == "" {
				return nil, fmt.Errorf("%d databases are in use at once; try again later", sqlPools)
			}
			s.pools[oldest].db.Close()
			delete(s.pools, oldest)
		}
		opened, err := open()
		if err != nil {
			return nil, err
		}
		opened.SetMaxOpenConns(sqlConnections)
		opened.SetMaxIdleConns(2)
		opened.SetConnMaxIdleTime(sqlIdle)
		p = &sqlPool{db: opened}
		s.pools[key] = p
	}
	p.busy++
	p.used = now
	return p, nil
}

func (s *SQL) release(p *sqlPool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.busy--
	p.used = s.o.Now()
}

// sqlResult gathers rows within the bounds.
type sqlResult struct {
	columns  []string
	rows     [][]any
	affected int64
	limit    int
	bytes    int
}

// add keeps a row and tells whether more may come.
func (r *sqlResult) add(row []any) (more bool, err error) {
	if len(r.rows) >= r.limit {
		return false, nil
	}
	for i, v := range row {
		row[i] = jsonValue(v)
		r.bytes += 16
		if text, ok := row[i].(string); ok {
			r.bytes += len(text)
		}
	}
	if r.bytes > sqlBytes {
		return false, invalid("the result has more than %d MiB; ask for fewer rows or columns", sqlBytes>>20)
	}
	r.rows = append(r.rows, row)
	return true, nil
}

func sqlWords(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("the query was stopped: %w", cause)
	}
	return err
}
