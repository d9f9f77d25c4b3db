package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

func TestBackupUnderLoadAndRestore(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{})
	ctx := t.Context()
	v := p.things(t)
	hash, _, err := p.Put(ctx, "alpha", strings.NewReader("the file"), 0)
	must(t, err)

	// A workflow's own database is open meanwhile, with a log beside it.
	db := newSQL(t, store.SQLOptions{Dir: p.dir})
	for _, query := range []string{"CREATE TABLE orders (id integer)", "INSERT INTO orders VALUES (7)"} {
		_, _, _, err := db.Query(ctx, "sqlite", "sales.db", query, nil, 0)
		must(t, err)
	}

	// Runs begin and end, and a workflow is drawn, while the backup is made.
	loaded, stop := context.WithCancel(ctx)
	var load sync.WaitGroup
	started := make(chan struct{}, 100_000)
	for w := range 4 {
		load.Go(func() {
			for n := 0; loaded.Err() == nil; n++ {
				id := fmt.Sprintf("load-%d-%d", w, n)
				sum, err := p.CreateWorkflow(ctx, p.alpha, id, "", drawing(t, id))
				if err != nil {
					t.Error(err)
					return
				}
				p.finish(t, p.run(t, p.alpha, sum.ID, id, nil), 2, engine.Succeeded)
				started <- struct{}{}
			}
		})
	}
	for range 20 {
		<-started
	}
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	must(t, p.Backup(ctx, file))
	must(t, store.Backup(ctx, p.dir, file)) // as the command line does beside a running studio
	stop()
	load.Wait()

	dir := filepath.Join(t.TempDir(), "restored")
	must(t, store.Restore(ctx, file, dir))
	want(t, store.Restore(ctx, file, dir), fs.ErrExist, "restoring onto data")
	s, err := store.Open(ctx, store.Options{Dir: dir, Sealer: masterSealer(1)})
	must(t, err)
	defer s.Close()
	old, err := p.Workflow(ctx, p.alpha, v.workflow)
	must(t, err)
	back, err := s.Workflow(ctx, p.alpha, v.workflow)
	if must(t, err); back.Summary != old.Summary {
		t.Errorf("restored %+v, want %+v", back.Summary, old.Summary)
	}
	if _, values, err := s.Secret(ctx, "alpha", "key"); err != nil || values["value"] != "s3cret" {
		t.Errorf("secret: %v, %v", values, err)
	}
	events, err := s.Events(ctx, p.alpha, v.run, 0, 0)
	if must(t, err); len(events) != 3 {
		t.Errorf("%d events, want 3", len(events))
	}
	f, err := s.Open(ctx, "alpha", hash)
	must(t, err)
	data, err := io.ReadAll(f)
	if must(t, errors.Join(err, f.Close())); string(data) != "the file" {
		t.Errorf("file: %q", data)
	}
	_, rows, _, err := newSQL(t, store.SQLOptions{Dir: dir}).Query(ctx, "sqlite", "sales.db", "SELECT id FROM orders", nil, 0)
	if must(t, err); fmt.Sprint(rows) != "[[7]]" {
		t.Errorf("a workflow's database: %v", rows)
	}
	// Every run of the backup has its workflow in it, and is whole.
	for filter := (engine.RunFilter{}); ; {
		list, next, err := s.Runs(ctx, p.alpha, filter)
		must(t, err)
		for _, r := range list {
			if _, err := s.Workflow(ctx, p.alpha, r.WorkflowID); err != nil {
				t.Errorf("run %s: %v", r.ID, err)
			}
			if _, chunks, err := s.Journal().Load(ctx, "alpha", r.ID); err != nil || r.Status == engine.Succeeded && len(chunks) < 2 {
				t.Errorf("run %s: %d chunks, %v", r.ID, len(chunks), err)
			}
		}
		if filter.Cursor = next; next == "" {
			break
		}
	}
}

func TestRestoreRefusesDamage(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{})
	p.things(t)
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	must(t, p.Backup(t.Context(), file))
	good, err := os.ReadFile(file)
	must(t, err)
	for name, bad := range map[string][]byte{
		"cut short":        good[:len(good)*2/3],
		"without its end":  good[:len(good)-8],
		"one bit changed":  append(append(append([]byte{}, good[:len(good)/2]...), good[len(good)/2]^4), good[len(good)/2+1:]...),
		"not a backup":     []byte("hello"),
		"an empty archive": nil,
	} {
		must(t, os.WriteFile(file, bad, 0o600))
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "master.key"), []byte("k"), 0o600))
		want(t, store.Restore(t.Context(), file, dir), fs.ErrInvalid, name)
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if must(t, err); len(left) != 2 { // master.key and lock
			t.Errorf("%s: left behind %q", name, left)
		}
		if _, err := os.Stat(filepath.Join(dir, ".restore")); err == nil {
			t.Errorf("%s: left its work behind", name)
		}
	}
	half := t.TempDir()
	must(t, os.Mkdir(filepath.Join(half, ".restore"), 0o700))
	_, err = store.Open(t.Context(), store.Options{Dir: half})
	want(t, err, fs.ErrInvalid, "a folder whose restore was cut short")
	must(t, os.WriteFile(file, good, 0o600))
	if err := store.Restore(t.Context(), file, p.dir); !containsText(err, "in use by another Atelier") {
		t.Error("restoring into a folder in use:", err)
	}
}

func TestBackupOnPostgres(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{URL: freshSchema(t)})
	want(t, p.Backup(t.Context(), filepath.Join(t.TempDir(), "b")), errors.ErrUnsupported, "a backup on Postgres")
}
