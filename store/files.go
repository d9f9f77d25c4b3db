package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

// filesFolder holds the files that travel with items: files/<workspace>/<first two digits>/<SHA-256>.
const filesFolder = "files"

// Put keeps the bytes of r in the workspace's files, by their SHA-256, at most limit bytes (0: no limit); more is
// fs.ErrInvalid. The same bytes are kept once. When it returns they are on disk.
func (s *Store) Put(ctx context.Context, workspace string, r io.Reader, limit int64) (hash string, size int64, err error) {
	if !isPlainName(workspace) {
		return "", 0, fmt.Errorf("no workspace was chosen: %w", fs.ErrPermission)
	}
	folder := path.Join(filesFolder, workspace)
	if err := s.root.MkdirAll(folder, 0o700); err != nil {
		return "", 0, s.studio.words(err)
	}
	temp := path.Join(folder, tempPrefix+rand.Text())
	hash, size, err = s.writeFile(ctx, temp, r, limit)
	if err == nil {
		err = s.settle(temp, folder, hash)
	}
	if err != nil {
		if rest := s.root.Remove(temp); rest != nil && !errors.Is(rest, fs.ErrNotExist) {
			err = errors.Join(err, rest)
		}
		return "", 0, s.studio.words(err)
	}
	return hash, size, nil
}

const tempPrefix = ".new-"

func (s *Store) writeFile(ctx context.Context, name string, r io.Reader, limit int64) (hash string, size int64, err error) {
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", 0, err
	}
	r = &cancelledReader{ctx, r}
	if limit > 0 {
		r = io.LimitReader(r, limit+1)
	}
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), r)
	if err == nil && limit > 0 && size > limit {
		err = invalid("the file has more than %d bytes", limit)
	}
	if err == nil {
		err = f.Sync()
	}
	return hex.EncodeToString(sum.Sum(nil)), size, errors.Join(err, f.Close())
}

// settle gives a finished file its name. One that is there already only becomes new again, so that it is kept as long.
func (s *Store) settle(temp, folder, hash string) error {
	folder = path.Join(folder, hash[:2])
	if err := s.root.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	name := path.Join(folder, hash)
	if _, err := s.root.Stat(name); err == nil {
		now := s.clock()
		return errors.Join(s.root.Chtimes(name, now, now), s.root.Remove(temp))
	}
	if err := s.root.Rename(temp, name); err != nil {
		return err
	}
	dir, err := s.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Open opens a file of the workspace by its hash.
func (s *Store) Open(_ context.Context, workspace, hash string) (io.ReadSeekCloser, error) {
	if !isPlainName(workspace) {
		return nil, fmt.Errorf("no workspace was chosen: %w", fs.ErrPermission)
	}
	if len(hash) != 2*sha256.Size || strings.Trim(hash, "0123456789abcdef") != "" {
		return nil, invalid("a file's hash has 64 hexadecimal digits")
	}
	f, err := s.root.Open(path.Join(filesFolder, workspace, hash[:2], hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, absent("such file in this workspace")
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// pruneFiles removes files that were put before a time and that no drawing holds as pinned data. Callers leave twice
// the time that runs are kept, because a later run may have used an earlier one's output.
func (s *Store) pruneFiles(ctx context.Context, ws string, before int64) error {
	root := path.Join(filesFolder, ws)
	err := fs.WalkDir(s.root.FS(), root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(time.UnixMicro(before)) {
			return err
		}
		pinned, err := collect(ctx, s.studio.reader(), scanText, "SELECT id FROM workflows WHERE workspace = $1 AND doc LIKE $2 LIMIT 1", ws, like(entry.Name()))
		if err != nil || len(pinned) > 0 {
			return err
		}
		return s.root.Remove(name)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// cancelledReader stops between two reads when its context has ended.
type cancelledReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelledReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
