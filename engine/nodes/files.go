package nodes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"

	"github.com/atelier-studio/atelier/engine"
)

// Limits of what a node reads into memory or stores, in bytes.
const (
	maxText = 64 << 20  // text that is parsed
	maxFile = 256 << 20 // a file that is stored
)

var errNoFiles = errors.New("this studio keeps no files")

// openFile opens a file of an item; see fileOf for the name.
func (d *Deps) openFile(ctx context.Context, c *engine.Call, it engine.Item, name string) (io.ReadSeekCloser, error) {
	f, err := fileOf(it, name)
	if err != nil {
		return nil, about("file", err, "%s", err)
	}
	if d.Files == nil {
		return nil, errNoFiles
	}
	r, err := d.Files.Open(ctx, c.Run.Workspace, f.Hash)
	if err != nil {
		return nil, fmt.Errorf("the file %q is not in the store: %w", f.Name, err)
	}
	return r, nil
}

// readFile reads a file of an item, at most limit bytes.
func (d *Deps) readFile(ctx context.Context, c *engine.Call, it engine.Item, name string, limit int64) ([]byte, error) {
	r, err := d.openFile(ctx, c, it, name)
	if err != nil {
		return nil, err
	}
	data, err := readAll(r, limit)
	return data, errors.Join(err, r.Close())
}

// readAll reads at most limit bytes; more is an error.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("it is larger than %d MiB, the most that this node takes: %w", limit>>20, fs.ErrInvalid)
	}
	return data, nil
}

// storeFile keeps what r gives as a file for an item. Without a media type it is told by the name's ending, else by
// the first bytes.
func (d *Deps) storeFile(ctx context.Context, c *engine.Call, r io.Reader, name, mediaType string, limit int64) (engine.File, error) {
	if d.Files == nil {
		return engine.File{}, errNoFiles
	}
	if mediaType == "" {
		mediaType = mime.TypeByExtension(path.Ext(name))
	}
	if mediaType == "" {
		head := make([]byte, 512)
		n, err := io.ReadFull(r, head)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return engine.File{}, err
		}
		mediaType = http.DetectContentType(head[:n])
		r = io.MultiReader(bytes.NewReader(head[:n]), r)
	}
	hash, size, err := d.Files.Put(ctx, c.Run.Workspace, r, limit)
	if err != nil {
		return engine.File{}, fmt.Errorf("the file %q cannot be stored: %w", name, err)
	}
	return engine.File{Name: name, Type: mediaType, Size: size, Hash: hash}, nil
}
