package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dist gathers what is built and writes it at the end, so that a failed build leaves the folder as it was.
type dist struct {
	dir      string
	files    map[string][]byte // by name with hash
	manifest map[string]string // name in sources -> name with hash
}

func newDist(dir string) (*dist, error) {
	return &dist{dir: dir, files: map[string][]byte{}, manifest: map[string]string{}}, nil
}

// add keeps a file; name is what sources call it, or "" for one that only other files load.
func (d *dist) add(name, hashed string, data []byte) {
	d.files[hashed] = data
	if name != "" {
		d.manifest[name] = hashed
	}
}

// addHashed keeps a file whose name does not carry its hash yet.
func (d *dist) addHashed(name string, data []byte) {
	sum := sha256.Sum256(data)
	ext := filepath.Ext(name)
	hash := base32.StdEncoding.EncodeToString(sum[:])[:8]
	d.add(name, strings.TrimSuffix(name, ext)+"-"+hash+ext, data)
}

func (d *dist) addFile(name, source string) error {
	data, err := os.ReadFile(filepath.Join(d.dir, source))
	if err != nil {
		return err
	}
	d.addHashed(name, data)
	return nil
}

// write brings the folder dist to what was gathered and prints the sizes.
func (d *dist) write(out io.Writer) error {
	folder := filepath.Join(d.dir, "dist")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	list, err := json.MarshalIndent(d.manifest, "", "  ")
	if err != nil {
		return err
	}
	keep := map[string]bool{"manifest.json": true}
	if err := os.WriteFile(filepath.Join(folder, "manifest.json"), append(list, '\n'), 0o644); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		data := d.files[name]
		keep[name], keep[name+".gz"] = true, true
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
		size, err := writeCompressed(filepath.Join(folder, name+".gz"), data)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-28s %8d bytes %8d compressed\n", name, len(data), size)
	}
	return removeOthers(folder, keep)
}

// writeCompressed writes data in gzip form. A file that already holds the same data stays as it is, because another
// version of the compressor may give other bytes for it.
func writeCompressed(path string, data []byte) (size int, err error) {
	if old, err := os.ReadFile(path); err == nil && holds(old, data) {
		return len(old), nil
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := w.Write(data); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return b.Len(), os.WriteFile(path, b.Bytes(), 0o644)
}

func holds(compressed, data []byte) bool {
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return false
	}
	plain, err := io.ReadAll(r)
	return err == nil && bytes.Equal(plain, data)
}

func removeOthers(folder string, keep map[string]bool) error {
	list, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range list {
		if !keep[entry.Name()] {
			if err := os.Remove(filepath.Join(folder, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
