// Package store keeps everything that outlives the process: on SQLite in the data folder, or on Postgres. There is one
// Store, with one SQL text a statement for both databases.
//
// Methods that take an auth.Scope see that workspace only: an id of another workspace is as absent as one that was
// never given, fs.ErrNotExist. Whether the member may do it is decided before, at the edge; a scope without a
// workspace is refused here. Times are microseconds UTC. Errors wrap fs.ErrNotExist, fs.ErrExist, fs.ErrInvalid,
// fs.ErrPermission or ErrFull and say in words what happened.
package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// Options of a store. Only Dir is required.
type Options struct {
	Dir    string           // data folder: databases, files, keys, backups; made when absent
	URL    string           // Postgres, as postgres://…; empty: SQLite in Dir
	Log    *slog.Logger     // nil: silent
	Now    func() time.Time // nil: time.Now
	Sealer *auth.Sealer     // of the master key; nil: credentials are refused
	// RunSync is how runs are written on SQLite: "full" (also "") survives loss of power, "normal" only loss of the
	// process, and costs less.
	RunSync string
	// Zone is the studio's time zone, whose months budgets have; nil: UTC.
	Zone *time.Location
}

// Store keeps users, workspaces, workflows, runs, credentials and files. It is safe for concurrent use.
type Store struct {
	dir    string
	root   *os.Root
	log    *slog.Logger
	clock  func() time.Time
	sealer *auth.Sealer
	lock   *os.File

	studio *db // what people make
	runs   *db // runs and their journal; the same as studio on Postgres
	// library holds documents and their vectors: taking many in keeps nobody else from writing. The same as studio on Postgres.
	library *db

	journal   *Journal
	ledger    *Ledger
	keys      sync.Map // workspace id → *auth.Sealer
	drawings  *drawings
	kept      *keptSnapshots
	stopLoops context.CancelFunc
	loops     sync.WaitGroup
	closing   sync.Once
	closeErr  error
}

// Open opens the store and brings its tables up to date. On SQLite, a data folder that another process uses is an
// error that says so.
func Open(ctx context.Context, o Options) (*Store, error) { return open(ctx, o, migrationFiles) }

func open(ctx context.Context, o Options, migrations fs.FS) (_ *Store, err error) {
	if o.Dir == "" {
		return nil, fmt.Errorf("the store needs a data folder: %w", fs.ErrInvalid)
	}
	if o.RunSync != "" && o.RunSync != "full" && o.RunSync != "normal" {
		return nil, fmt.Errorf("runs are written full or normal, not %q: %w", o.RunSync, fs.ErrInvalid)
	}
	s := &Store{
		dir: o.Dir, log: cmp.Or(o.Log, slog.New(slog.DiscardHandler)), clock: o.Now, sealer: o.Sealer,
		drawings: newDrawings(), kept: newKeptSnapshots(), stopLoops: func() {},
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if s.root, err = os.OpenRoot(o.Dir); err != nil {
		return nil, fmt.Errorf("open the data folder: %w", err)
	}
	if err := refuseHalfRestored(s.root, o.Dir); err != nil {
		return nil, err
	}
	if err := s.connect(ctx, o); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, migrations); err != nil {
		return nil, err
	}
	if err := s.checkKey(ctx); err != nil {
		return nil, err
	}
	if err := s.releaseDocuments(ctx); err != nil {
		return nil, err
	}
	s.journal, s.ledger = newJournal(s), newLedger(s, o.Zone)
	loop, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stopLoops = stop
	s.loops.Go(func() { s.upkeep(loop) })
	s.loops.Go(func() { s.ledger.serve(loop) })
	return s, nil
}

// connect opens the databases; on SQLite it first takes the folder for this process.
func (s *Store) connect(ctx context.Context, o Options) (err error) {
	if o.URL != "" {
		s.studio, err = openPostgres(ctx, o.URL)
		s.runs, s.library = s.studio, s.studio
		return err
	}
	if s.lock, err = lockFolder(o.Dir); err != nil {
		return err
	}
	if s.studio, err = openSQLite(ctx, filepath.Join(o.Dir, studioFile), "full"); err != nil {
		return err
	}
	if s.runs, err = openSQLite(ctx, filepath.Join(o.Dir, runsFile), cmp.Or(o.RunSync, "full")); err != nil {
		return err
	}
	s.library, err = openSQLite(ctx, filepath.Join(o.Dir, libraryFile), "full")
	return err
}

// Close writes what was handed over, and closes. A second call does nothing.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.stopLoops()
		s.loops.Wait()
		if s.journal != nil {
			s.journal.close()
		}
		var errs []error
		if s.ledger != nil {
			errs = append(errs, s.ledger.close())
		}
		for _, d := range s.databases() {
			errs = append(errs, d.close())
		}
		if s.root != nil {
			errs = append(errs, s.root.Close())
		}
		if s.lock != nil {
			errs = append(errs, s.lock.Close())
		}
		s.closeErr = errors.Join(errs...)
	})
	return s.closeErr
}

// databases are those that are open, each once.
func (s *Store) databases() (list []*db) {
	for _, d := range []*db{s.studio, s.runs, s.library} {
		if d != nil && !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

// Ready says whether the databases answer.
func (s *Store) Ready(ctx context.Context) error {
	for _, d := range s.databases() {
		var n int
		if err := d.reader().row(ctx, "SELECT count(*) FROM migrations").Scan(&n); err != nil {
			return fmt.Errorf("the database does not answer: %w", d.words(err))
		}
	}
	return nil
}

// Journal returns the journal of runs, which writes in groups.
func (s *Store) Journal() *Journal { return s.journal }

// Dialect names the database: "sqlite" or "postgres".
func (s *Store) Dialect() string {
	if s.studio.postgres {
		return "postgres"
	}
	return "sqlite"
}

func (s *Store) now() int64 { return s.clock().UnixMicro() }

var (
	_ auth.Store     = (*Store)(nil)
	_ engine.Source  = (*Store)(nil)
	_ engine.Journal = (*Journal)(nil)
)
