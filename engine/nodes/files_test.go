package nodes_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
)

var one = map[string][]map[string]any{"main": {{}}}

// TestFilePaths tries to leave the folder for files with every kind that takes a path.
func TestFilePaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	outside := t.TempDir()
	must(t, os.WriteFile(filepath.Join(outside, "secret.txt"), []byte("secret"), 0o600))
	must(t, os.Symlink(outside, filepath.Join(w.root, "link")))
	must(t, os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(w.root, "file-link.txt")))
	for _, name := range []string{
		"../secret.txt", "a/../../secret.txt", "/etc/passwd", filepath.Join(outside, "secret.txt"), "link/secret.txt", "file-link.txt", "a\x00b", "..", "./../x", "", " ",
	} {
		for kind, params := range map[string]map[string]any{
			"file.read":  {"path": name},
			"file.write": {"path": name, "content": "x", "mode": "append"},
			"file.list":  {"path": name},
		} {
			got, err := w.step(kind, params, one)
			if kind == "file.list" && (strings.TrimSpace(name) == "" || name == "file-link.txt") {
				continue // the folder itself
			}
			if err == nil {
				t.Errorf("%s took the path %q and gave %s", kind, name, text(got))
			} else if strings.Contains(err.Error(), w.root) {
				t.Errorf("%s with %q tells where the folder is: %v", kind, name, err)
			}
		}
	}
	if data, err := os.ReadFile(filepath.Join(outside, "secret.txt")); err != nil || string(data) != "secret" {
		t.Errorf("the file outside is now %q, %v", data, err)
	}
	got, err := w.step("file.list", map[string]any{"recursive": true}, one)
	if err != nil || len(got["main"]) != 0 {
		t.Errorf("links were listed: %s, %v", text(got), err)
	}
}

func FuzzPaths(f *testing.F) {
	for _, name := range []string{"../x", "a/./b", "a//b", "..\\x", "C:\\x", "con", "a/../b", strings.Repeat("a/", 2000)} {
		f.Add(name)
	}
	parent := f.TempDir()
	must2(f, os.WriteFile(filepath.Join(parent, "secret"), []byte("outside"), 0o600))
	must2(f, os.Mkdir(filepath.Join(parent, "root"), 0o755))
	root, err := os.OpenRoot(filepath.Join(parent, "root"))
	must2(f, err)
	f.Cleanup(func() { root.Close() })
	set := nodes.Catalogue(&nodes.Deps{Roots: func(string) (*os.Root, error) { return root, nil }})
	r := engine.NewRunner(engine.Options{Catalogue: set})
	f.Fuzz(func(t *testing.T, name string) {
		if strings.HasPrefix(name, "=") {
			t.Skip("an expression")
		}
		doc := &engine.Workflow{Nodes: []engine.Node{
			{ID: "s", Kind: "trigger.manual", Name: "S"},
			{ID: "r", Kind: "file.read", Name: "R", Params: map[string]any{"path": name}},
		}, Edges: []engine.Edge{{From: "s", Out: "main", To: "r", In: "main"}}}
		h, err := r.Start(t.Context(), engine.StartRequest{Doc: doc})
		if err != nil {
			return
		}
		<-h.Done()
		if h.Result().Run.Status == engine.Succeeded {
			t.Fatalf("%q was read in an empty folder: %s", name, text(h.Result().Items))
		}
	})
}

func must2(f *testing.F, err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func TestFileWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	write := func(params map[string]any) error {
		params["path"] = "deep/er/x.txt"
		_, err := w.step("file.write", params, one)
		return err
	}
	must(t, write(map[string]any{"content": "one"}))
	must(t, write(map[string]any{"content": "two", "mode": "append", "newline": true}))
	if err := write(map[string]any{"content": "three", "mode": "new"}); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("new on an old file: %v", err)
	}
	if err := write(map[string]any{"file": "nothing"}); err == nil {
		t.Error("a file that the item has not was written")
	}
	if got := w.readBack("deep/er/x.txt"); got != "onetwo\n" {
		t.Errorf("the file holds %q", got)
	}
	must(t, write(map[string]any{"content": map[string]any{"a": 1}}))
	if got := w.readBack("deep/er/x.txt"); got != `{"a":1}` {
		t.Errorf("overwritten, the file holds %q", got)
	}
	entries, err := os.ReadDir(filepath.Join(w.root, "deep/er"))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestFileRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("l.jsonl", "\ufeff{\"a\":1}\r\n\nnonsense\n[1]\n"+strings.Repeat("[", 500)+"\n{\"last\":true}")
	w.write("b.bin", "\xff\xfe")
	w.write("j.json", `[{"a":1},2]`)
	tests := []struct {
		name   string
		params map[string]any
		want   string
	}{
		{"a bad line stops the step", map[string]any{"path": "l.jsonl", "as": "json_lines"}, `"l.jsonl", line 3: this is not JSON`},
		{"bad lines are left out", map[string]any{"path": "l.jsonl", "as": "json_lines", "bad_lines": "skip"}, `[{"a":1},{"value":[1]},{"last":true}]`},
		{"bad lines are kept", map[string]any{"path": "l.jsonl", "as": "json_lines", "bad_lines": "keep"}, `"line":"nonsense","number":3`},
		{"lines keep empty ones", map[string]any{"path": "l.jsonl", "as": "lines"}, `{"line":"","number":2}`},
		{"JSON", map[string]any{"path": "j.json", "as": "json"}, `[{"a":1},{"value":2}]`},
		{"text that is none", map[string]any{"path": "b.bin"}, "no UTF-8 text"},
		{"a folder", map[string]any{"path": "."}, "is a folder"},
		{"a missing file", map[string]any{"path": "nope.txt"}, `there is no "nope.txt"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := w.step("file.read", tt.params, one)
			said := text(objects(got["main"]))
			if err != nil {
				said = err.Error()
			}
			if !strings.Contains(said, tt.want) {
				t.Errorf("got %s, want %s", said, tt.want)
			}
		})
	}
	t.Run("as a file", func(t *testing.T) {
		got, err := w.step("file.read", map[string]any{"path": "j.json", "as": "file"}, one)
		must(t, err)
		f := got["main"][0].Files["data"]
		if f.Name != "j.json" || f.Type != "application/json" || f.Size != 11 {
			t.Fatalf("the item carries %+v", f)
		}
		_, err = w.stepItems("file.write", map[string]any{"path": "copy.json", "file": "data"}, got)
		must(t, err)
		if w.readBack("copy.json") != `[{"a":1},2]` {
			t.Errorf("copied: %q", w.readBack("copy.json"))
		}
	})
	t.Run("switched off", func(t *testing.T) {
		off := engine.NewRunner(engine.Options{Catalogue: nodes.Catalogue(&nodes.Deps{})})
		defer off.Close(t.Context())
		h, err := off.Start(t.Context(), engine.StartRequest{Doc: &engine.Workflow{Nodes: []engine.Node{{ID: "r", Kind: "file.list", Name: "R"}}}})
		must(t, err)
		<-h.Done()
		if got := h.Result().Run.Error; !strings.Contains(got, "switched off") {
			t.Errorf("error %q", got)
		}
	})
}
