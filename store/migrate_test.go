package store_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/atelier-studio/atelier/store"
)

// history is the migrations of this build, followed by more for the studio's tables.
func history(t *testing.T, more map[string]string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	must(t, fs.WalkDir(store.MigrationFiles, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(store.MigrationFiles, name)
		all[name] = &fstest.MapFile{Data: data}
		return err
	}))
	for name, text := range more {
		all["migrations/studio/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			o := store.Options{Dir: t.TempDir(), Sealer: masterSealer(1)}
			if database == "postgres" {
				o.URL = freshSchema(t)
			}
			ctx := t.Context()
			p := newPlace(t, o)
			must(t, p.Close())
			backups := func() []string {
				names, err := filepath.Glob(filepath.Join(o.Dir, "backups", "*"))
				must(t, err)
				return names
			}
			open := func(more map[string]string) error {
				s, err := store.OpenWith(ctx, o, history(t, more))
				if err != nil {
					return err
				}
				_, err = s.UserByEmail(ctx, "alpha@example.org")
				must(t, err)
				return s.Close()
			}
			must(t, open(nil))
			if names := backups(); len(names) != 0 {
				t.Errorf("backed up without a migration: %q", names)
			}
			own, err := fs.Glob(store.MigrationFiles, "migrations/studio/*.sql")
			must(t, err)
			number := func(ahead int) string { return fmt.Sprintf("%04d", len(own)+ahead) }
			const notes = "CREATE TABLE notes (a text NOT NULL); INSERT INTO notes (a) VALUES ('x');"
			bad := map[string]string{number(1) + "_notes.sql": notes, number(2) + "_bad.sql": "CREATE TABLE half (a text); INSERT INTO nowhere VALUES (1);"}
			if err := open(bad); !containsText(err, "migration studio/"+number(2)+" bad") {
				t.Error("a migration that fails:", err)
			}
			// The second stands, the third left nothing: put right, it runs from its beginning.
			good := map[string]string{number(1) + "_notes.sql": notes, number(2) + "_good.sql": "CREATE TABLE half (a text);"}
			must(t, open(good))
			must(t, open(good))
			if names := backups(); database == "sqlite" && len(names) == 0 || database == "postgres" && len(names) != 0 {
				t.Errorf("backups: %q", names)
			}
			if err := open(nil); !containsText(err, "newer Atelier") {
				t.Error("an older program on newer data:", err)
			}
			changed := map[string]string{number(1) + "_notes.sql": "CREATE TABLE notes (b text);", number(2) + "_good.sql": good[number(2)+"_good.sql"]}
			if err := open(changed); !containsText(err, "another build") {
				t.Error("a migration that was changed afterwards:", err)
			}
		})
	}
}

// TestReplicasStartAtOnce: the first makes the tables, the others wait.
func TestReplicasStartAtOnce(t *testing.T) {
	t.Parallel()
	url := freshSchema(t)
	var wg sync.WaitGroup
	for range 4 {
		dir := t.TempDir()
		wg.Go(func() {
			s, err := store.Open(t.Context(), store.Options{Dir: dir, URL: url, Sealer: masterSealer(1)})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestDriverMatchesItsRuntime: modernc.org/sqlite is translated C that works with the one version of modernc.org/libc
// that its own go.mod names; another one crashes or corrupts.
func TestDriverMatchesItsRuntime(t *testing.T) {
	t.Parallel()
	ours, err := os.ReadFile("../go.mod")
	must(t, err)
	find := func(data []byte, module string) string {
		m := regexp.MustCompile(regexp.QuoteMeta(module) + ` (v[0-9.]+)`).FindSubmatch(data)
		if m == nil {
			t.Fatalf("no %s in go.mod", module)
		}
		return string(m[1])
	}
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		must(t, err)
		cache = filepath.Join(home, "go", "pkg", "mod")
	}
	theirs, err := os.ReadFile(filepath.Join(cache, "modernc.org", "sqlite@"+find(ours, "modernc.org/sqlite"), "go.mod"))
	if err != nil {
		t.Skip("not tested: the driver's own go.mod is not in the module cache:", err)
	}
	if a, b := find(ours, "modernc.org/libc"), find(theirs, "modernc.org/libc"); a != b {
		t.Errorf("go.mod has modernc.org/libc %s, but this sqlite needs %s", a, b)
	}
}
