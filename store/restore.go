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
	"slices"
	"strings"

	"modernc.org/sqlite"
)

const (
	restoreFolder   = ".restore"
	maxManifest     = 64 << 20
	databasesFolder = "databases" // SQLite databases of workflows
)

// Restore unpacks a backup into a data folder, which must be empty but for master.key. Everything is checked (the
// checksums of all files, the integrity of the databases) before any of it takes its place; studio.db comes last, so
// that a restore that was cut short leaves a folder that no studio starts on.
func Restore(ctx context.Context, file, dir string) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer f.Close()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); name != "lock" && name != "master.key" && name != "lost+found" {
			return taken("the folder %s is not empty (it has %s): restore into a new one", dir, name)
		}
	}
	work := filepath.Join(dir, restoreFolder)
	if err := os.Mkdir(work, 0o700); err != nil {
		return err
	}
	err = unpack(ctx, f, work)
	if err == nil {
		err = settleRestored(dir, work)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("restore %s: %w", file, err), os.RemoveAll(work))
	}
	return os.RemoveAll(work)
}

func unpack(ctx context.Context, from io.Reader, work string) error {
	root, err := os.OpenRoot(work)
	if err != nil {
		return err
	}
	defer root.Close()
	zip, err := gzip.NewReader(from)
	if err != nil {
		return invalid("this is not a backup of Atelier (%v)", err)
	}
	archive := tar.NewReader(zip)
	var found []manifestFile
	for {
		head, err := archive.Next()
		if err != nil {
			return invalid("the backup is cut short or damaged (%v)", err)
		}
		if head.Name == manifestName {
			break
		}
		v, err := unpackFile(ctx, root, head, archive)
		if err != nil {
			return err
		}
		found = append(found, v)
	}
	var m manifest
	if err := json.NewDecoder(io.LimitReader(archive, maxManifest)).Decode(&m); err != nil {
		return invalid("the backup's list of files is damaged (%v)", err)
	}
	if m.Format != backupFormat {
		return invalid("the backup has the format %q, this version reads %q", m.Format, backupFormat)
	}
	// Reading to the end checks the archive's own checksum.
	if _, err := io.Copy(io.Discard, zip); err != nil {
		return invalid("the backup is damaged (%v)", err)
	}
	if !slices.Equal(found, m.Files) {
		return invalid("the backup is damaged: its files are not those of its list")
	}
	for _, name := range []string{studioFile, runsFile, libraryFile} {
		if _, err := os.Stat(filepath.Join(work, name)); errors.Is(err, fs.ErrNotExist) && name == libraryFile {
			continue // a backup of before there were documents
		}
		if err := checkDatabase(ctx, filepath.Join(work, name)); err != nil {
			return err
		}
	}
	return nil
}

func unpackFile(ctx context.Context, root *os.Root, head *tar.Header, r io.Reader) (v manifestFile, err error) {
	name := head.Name
	inFolder := strings.HasPrefix(name, filesFolder+"/") || strings.HasPrefix(name, databasesFolder+"/")
	if head.Typeflag != tar.TypeReg || isSideFile(name) || !fs.ValidPath(name) || !inFolder && name != studioFile && name != runsFile && name != libraryFile {
		return v, invalid("the backup has a file that does not belong to it: %.200q", name)
	}
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return v, err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return v, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), &cancelledReader{ctx, archiveReader{r}})
	if err == nil {
		err = f.Sync()
	}
	return manifestFile{Name: name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, errors.Join(err, f.Close())
}

// archiveReader tells damage of the archive from a disk that cannot be written.
type archiveReader struct{ r io.Reader }

func (a archiveReader) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = invalid("the backup is cut short or damaged (%v)", err)
	}
	return n, err
}

func checkDatabase(ctx context.Context, file string) error {
	connector, err := sqlite.NewConnector(readOnlyDSN(file))
	if err != nil {
		return err
	}
	pool := sql.OpenDB(connector)
	defer pool.Close()
	var verdict string
	if err := pool.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil {
		return invalid("the database %s of the backup cannot be read (%v)", filepath.Base(file), err)
	}
	if verdict != "ok" {
		return invalid("the database %s of the backup is damaged: %s", filepath.Base(file), verdict)
	}
	return nil
}

// settleRestored moves what was unpacked to its place, studio.db last.
func settleRestored(dir, work string) error {
	for _, name := range []string{filesFolder, databasesFolder, libraryFile, runsFile, studioFile} {
		err := os.Rename(filepath.Join(work, name), filepath.Join(dir, name))
		if err != nil && !(errors.Is(err, fs.ErrNotExist) && (name == filesFolder || name == databasesFolder || name == libraryFile)) {
			return err
		}
	}
	return nil
}

// refuseHalfRestored keeps a studio from starting on a folder whose restore was cut short.
func refuseHalfRestored(root *os.Root, dir string) error {
	if _, err := root.Stat(restoreFolder); err == nil {
		return invalid("a backup was being restored into %s and that was cut short: empty the folder (keep master.key) and restore again", dir)
	}
	return nil
}
