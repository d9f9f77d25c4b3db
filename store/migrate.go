package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

//go:embed migrations
var migrationFiles embed.FS

// migration is one step of the tables' history. A file is called NNNN_name.sql, or NNNN_name.sqlite.sql and
// NNNN_name.postgres.sql where the databases must differ.
type migration struct {
	number   int
	name     string
	text     string
	checksum string
}

// keptMigrationBackups is how many backups made before migrations stay in the data folder.
const keptMigrationBackups = 3

func (s *Store) migrate(ctx context.Context, files fs.FS) error {
	if err := s.migratePart(ctx, s.studio, files, "studio"); err != nil {
		return err
	}
	if err := s.migratePart(ctx, s.runs, files, "runs"); err != nil {
		return err
	}
	return s.migratePart(ctx, s.library, files, "library")
}

// migratePart applies what is missing, a transaction each. Several replicas may start at once on Postgres: the first
// does it, the others wait and find it done.
func (s *Store) migratePart(ctx context.Context, d *db, files fs.FS, part string) error {
	list, err := readMigrations(files, part, d.postgres)
	if err != nil {
		return err
	}
	err = d.tx(ctx, func(q querier) error {
		if err := q.lockName(ctx, "migrations"); err != nil {
			return err
		}
		_, err := q.exec(ctx, `CREATE TABLE IF NOT EXISTS migrations (
			part text NOT NULL, number bigint NOT NULL, name text NOT NULL, checksum text NOT NULL, at bigint NOT NULL, PRIMARY KEY (part, number))`)
		return err
	})
	if err != nil {
		return fmt.Errorf("prepare the database: %w", err)
	}
	done, err := appliedMigrations(ctx, querier{d.write, d}, part)
	if err != nil {
		return err
	}
	if err := checkHistory(part, list, done); err != nil {
		return err
	}
	if len(done) > 0 && len(done) < len(list) && !d.postgres {
		if err := s.backupBefore(ctx, d, part, list[len(done)]); err != nil {
			return fmt.Errorf("back %s up before its tables are changed: %w", d.file, err)
		}
	}
	for _, m := range list[min(len(done), len(list)):] {
		if err := s.apply(ctx, d, part, m); err != nil {
			return fmt.Errorf("migration %s/%04d %s: %w", part, m.number, m.name, err)
		}
	}
	return nil
}

func (s *Store) apply(ctx context.Context, d *db, part string, m migration) error {
	return d.tx(ctx, func(q querier) error {
		if err := q.lockName(ctx, "migrations"); err != nil {
			return err
		}
		done, err := appliedMigrations(ctx, q, part)
		if err != nil || len(done) >= m.number {
			return err
		}
		if _, err := q.exec(ctx, m.text); err != nil {
			return err
		}
		_, err = q.exec(ctx, "INSERT INTO migrations (part, number, name, checksum, at) VALUES ($1, $2, $3, $4, $5)",
			part, m.number, m.name, m.checksum, s.now())
		return err
	})
}

// lockName makes this transaction wait for others that lock the same name. SQLite has one writer anyway.
func (q querier) lockName(ctx context.Context, name string) error {
	if !q.db.postgres {
		return nil
	}
	_, err := q.exec(ctx, "SELECT pg_advisory_xact_lock(hashtext('atelier'), hashtext($1))", name)
	return err
}

func appliedMigrations(ctx context.Context, q querier, part string) ([]migration, error) {
	return collect(ctx, q, func(row scanner) (m migration, err error) {
		return m, row.Scan(&m.number, &m.name, &m.checksum)
	}, "SELECT number, name, checksum FROM migrations WHERE part = $1 ORDER BY number", part)
}

func checkHistory(part string, list, done []migration) error {
	if len(done) > len(list) {
		return invalid("the data was written by a newer Atelier (it knows %s/%04d, this one ends at %04d): start that version again", part, len(done), len(list))
	}
	for i, m := range done {
		if m.number != list[i].number || m.checksum != list[i].checksum {
			return invalid("the data was written by another build of Atelier: its migration %s/%04d is not the one of this version", part, m.number)
		}
	}
	return nil
}

func readMigrations(files fs.FS, part string, postgres bool) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/"+part+"/*.sql")
	if err != nil {
		return nil, err
	}
	other := ".postgres.sql"
	if postgres {
		other = ".sqlite.sql"
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, other) })
	slices.Sort(names)
	list := make([]migration, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		number, rest, _ := strings.Cut(filepath.Base(name), "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return nil, fmt.Errorf("%s is out of order: it should have number %04d", name, i+1)
		}
		sum := sha256.Sum256(text)
		list[i] = migration{number: i + 1, name: strings.Split(rest, ".")[0], text: string(text), checksum: hex.EncodeToString(sum[:])}
	}
	return list, nil
}

// backupBefore copies a SQLite database into the folder backups, and removes the oldest of such copies.
func (s *Store) backupBefore(ctx context.Context, d *db, part string, m migration) error {
	if err := s.root.MkdirAll("backups", 0o700); err != nil {
		return err
	}
	stamp := s.clock().UTC().Format("20060102-150405")
	name := filepath.Join(s.dir, "backups", fmt.Sprintf("%s-before-%04d-%s.db", part, m.number, stamp))
	if err := copyDatabase(ctx, d.file, name); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "backed up before a migration", "file", name)
	old, err := filepath.Glob(filepath.Join(s.dir, "backups", part+"-before-*.db"))
	if err != nil || len(old) <= keptMigrationBackups {
		return err
	}
	slices.Sort(old)
	for _, name := range old[:len(old)-keptMigrationBackups] {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}
