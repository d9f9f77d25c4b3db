package store

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
)

const (
	backupFormat = "atelier-backup/v1"
	manifestName = "manifest.json"
)

// manifest is the last entry of a backup and says what the others must be.
type manifest struct {
	Format  string         `json:"format"`
	Created time.Time      `json:"created"`
	Key     string         `json:"key,omitempty"` // names the master key that is needed; the key is not in the backup
	Files   []manifestFile `json:"files"`
}

type manifestFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Backup writes databases and files, as they are now, into one .tar.gz; others may read and write meanwhile. The
// master key is not in it: keep it apart. On Postgres it is errors.ErrUnsupported.
func (s *Store) Backup(ctx context.Context, file string) error {
	if s.studio.postgres {
		return fmt.Errorf("this studio keeps its data in Postgres: back it up with pg_dump, and the folder %s by copying it: %w", s.dir, errors.ErrUnsupported)
	}
	key := ""
	if s.sealer != nil {
		key = s.sealer.ID()
	}
	return backup(ctx, s.dir, file, manifest{Format: backupFormat, Created: s.clock().UTC(), Key: key})
}

// Backup is Store.Backup for a data folder on SQLite that may be in use by a running studio.
func Backup(ctx context.Context, dir, file string) error {
	if _, err := os.Stat(filepath.Join(dir, studioFile)); err != nil {
		return fmt.Errorf("%s is not a data folder with a SQLite database: %w", dir, err)
	}
	return backup(ctx, dir, file, manifest{Format: backupFormat, Created: time.Now().UTC()})
}

func backup(ctx context.Context, dir, file string, m manifest) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	// The copies lie beside the file to be written, where there is room for it.
	work, err := os.MkdirTemp(filepath.Dir(file), ".atelier-backup-")
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	partial := filepath.Join(work, "backup.tar.gz")
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = writeBackup(ctx, root, dir, work, f, m)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return os.Rename(partial, file)
}

// writeBackup takes the runs first and the studio after them, so that a run's workflow is there, and the files last,
// because a file is put before a run speaks of it.
func writeBackup(ctx context.Context, root *os.Root, dir, work string, to io.Writer, m manifest) error {
	zip, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
	if err != nil {
		return err
	}
	b := &backupWriter{tar: tar.NewWriter(zip), m: m}
	for _, name := range []string{runsFile, libraryFile, studioFile} {
		if _, err := root.Stat(name); errors.Is(err, fs.ErrNotExist) && name == libraryFile {
			continue // a studio of before there were documents, which is not running
		}
		copied := filepath.Join(work, name)
		if err := copyDatabase(ctx, filepath.Join(dir, name), copied); err != nil {
			return err
		}
		f, err := os.Open(copied)
		if err != nil {
			return err
		}
		if err := errors.Join(b.add(ctx, name, f), f.Close(), os.Remove(copied)); err != nil {
			return err
		}
	}
	for _, folder := range []string{filesFolder, databasesFolder} {
		if err := b.addFolder(ctx, root, folder, dir, work); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(b.m, "", "  ")
	if err != nil {
		return err
	}
	if err := b.tar.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(data)), ModTime: m.Created}); err != nil {
		return err
	}
	_, err = b.tar.Write(data)
	return errors.Join(err, b.tar.Close(), zip.Close())
}

type backupWriter struct {
	tar *tar.Writer
	m   manifest
}

func (b *backupWriter) addFolder(ctx context.Context, root *os.Root, folder, dir, work string) error {
	err := fs.WalkDir(root.FS(), folder, func(name string, entry fs.DirEntry, err error) error {
		base := path.Base(name)
		if err != nil || !entry.Type().IsRegular() || len(base) > len(tempPrefix) && base[:len(tempPrefix)] == tempPrefix {
			return err
		}
		if isSideFile(name) {
			return nil
		}
		if folder == databasesFolder && isDatabaseName(name) {
			return b.addDatabase(ctx, filepath.Join(dir, name), filepath.Join(work, "workflow.db"), name)
		}
		f, err := root.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // pruned since
		}
		if err != nil {
			return err
		}
		return errors.Join(b.add(ctx, name, f), f.Close())
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// isSideFile tells SQLite's logs, which are in the copies of their databases already.
func isSideFile(name string) bool {
	return strings.HasSuffix(name, "-wal") || strings.HasSuffix(name, "-shm") || strings.HasSuffix(name, "-journal")
}

// addDatabase adds a database that workflows use.
func (b *backupWriter) addDatabase(ctx context.Context, file, copied, name string) error {
	if err := copyDatabase(ctx, file, copied); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	f, err := os.Open(copied)
	if err != nil {
		return err
	}
	return errors.Join(b.add(ctx, name, f), f.Close(), os.Remove(copied))
}

func (b *backupWriter) add(ctx context.Context, name string, f fs.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := b.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(b.tar, sum), &cancelledReader{ctx, f})
	b.m.Files = append(b.m.Files, manifestFile{Name: name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return err
}

// copyDatabase makes a compact copy of a SQLite database as it is at this moment.
func copyDatabase(ctx context.Context, file, to string) error {
	connector, err := sqlite.NewConnector(sqliteDSN(file, "rw", map[string][]string{"_busy_timeout": {"10000"}}))
	if err != nil {
		return err
	}
	pool := sql.OpenDB(connector)
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, "VACUUM INTO $1", to); err != nil {
		return (&db{file: file}).words(err)
	}
	return os.Chmod(to, 0o600)
}
