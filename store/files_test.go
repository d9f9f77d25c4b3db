package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/store"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{})
	ctx := t.Context()
	data := bytes.Repeat([]byte("0123456789"), 50_000)
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, size, err := p.Put(ctx, "alpha", bytes.NewReader(data), int64(len(data)))
			if err != nil || got != hash || size != int64(len(data)) {
				t.Errorf("put: %s, %d, %v", got, size, err)
			}
		})
	}
	wg.Wait()
	f, err := p.Store.Open(ctx, "alpha", hash)
	must(t, err)
	back, err := io.ReadAll(f)
	must(t, errors.Join(err, f.Close()))
	if !bytes.Equal(back, data) {
		t.Error("the bytes differ")
	}

	_, err = p.Store.Open(ctx, "beta", hash)
	want(t, err, fs.ErrNotExist, "another workspace's file")
	_, _, err = p.Put(ctx, "alpha", bytes.NewReader(data), int64(len(data))-1)
	want(t, err, fs.ErrInvalid, "a file beyond the limit")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, _, err = p.Put(cancelled, "alpha", bytes.NewReader(data), 0)
	want(t, err, context.Canceled, "a cancelled upload")
	for _, hash := range []string{"", "../../studio.db", strings.Repeat("a", 63) + "/", strings.Repeat("A", 64)} {
		_, err := p.Store.Open(ctx, "alpha", hash)
		want(t, err, fs.ErrInvalid, "the hash "+hash)
	}
	for _, ws := range []string{"", "..", "a/b", "a\\b"} {
		_, _, err := p.Put(ctx, ws, strings.NewReader("x"), 0)
		want(t, err, fs.ErrPermission, "the workspace "+ws)
	}
	var files []string
	must(t, filepath.WalkDir(filepath.Join(p.dir, "files"), func(name string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, name)
		}
		return err
	}))
	if len(files) != 1 || !strings.HasSuffix(files[0], filepath.Join("alpha", hash[:2], hash)) {
		t.Errorf("on disk: %q", files)
	}
}
