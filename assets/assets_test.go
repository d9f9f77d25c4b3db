package assets_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/assets"
)

func TestEveryEntryIsServed(t *testing.T) {
	t.Parallel()
	types := map[string]string{
		"app.js": "text/javascript; charset=utf-8", "editor.js": "text/javascript; charset=utf-8", "run.js": "text/javascript; charset=utf-8",
		"history.js": "text/javascript; charset=utf-8", "htmx.js": "text/javascript; charset=utf-8", "theme.js": "text/javascript; charset=utf-8",
		"style.css": "text/css; charset=utf-8", "site.css": "text/css; charset=utf-8", "studio.css": "text/css; charset=utf-8", "later.css": "text/css; charset=utf-8",
		"icons.svg":   "image/svg+xml",
		"favicon.svg": "image/svg+xml", "licences.txt": "text/plain; charset=utf-8",
	}
	for name, want := range types {
		path := assets.Path(name)
		if path == assets.Prefix+name {
			t.Errorf("Path(%q) = %q, which carries no hash", name, path)
		}
		gz, plain, contentType, ok := assets.Open(path)
		if !ok || contentType != want || len(plain) == 0 {
			t.Errorf("Open(%q) = %d bytes of %q, %v; want some of %q", path, len(plain), contentType, ok, want)
			continue
		}
		if got := unzip(t, gz); !bytes.Equal(got, plain) {
			t.Errorf("%s: the compressed form holds %d other bytes", name, len(got))
		}
	}
}

func unzip(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "/assets/", "/assets/none.js", "/assets/../assets.go", "/assets//manifest.json", assets.Path("app.js") + ".gz", "/assets/."} {
		if _, plain, _, ok := assets.Open(path); ok {
			t.Errorf("Open(%q) gave %d bytes; want nothing", path, len(plain))
		}
	}
}

// The first view of the editor, its page aside, has a budget: what the entry loads before anything is drawn, style and
// icons, compressed.
func TestFirstPaintBudget(t *testing.T) {
	t.Parallel()
	const budget = 100 << 10
	seen := map[string]bool{}
	total := 0
	var add func(path string)
	add = func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		gz, plain, _, ok := assets.Open(path)
		if !ok {
			t.Fatalf("%s is not built", path)
		}
		total += len(gz)
		for _, other := range staticImports(string(plain)) {
			add(assets.Prefix + strings.TrimPrefix(other, "./"))
		}
	}
	for _, name := range []string{"theme.js", "app.js", "editor.js", "style.css", "studio.css", "icons.svg"} {
		add(assets.Path(name))
	}
	t.Logf("first paint: %d bytes compressed in %d files", total, len(seen))
	if total > budget {
		t.Errorf("the editor's first paint takes %d bytes compressed, more than %d", total, budget)
	}
}

// staticImports finds the chunks that a minified module imports before it runs: from"./x.js" and import"./x.js", not
// import("./x.js").
func staticImports(code string) []string {
	var found []string
	for _, mark := range []string{`from"./`, `import"./`} {
		rest := code
		for {
			_, after, ok := strings.Cut(rest, mark)
			if !ok {
				break
			}
			name, tail, _ := strings.Cut(after, `"`)
			found = append(found, name)
			rest = tail
		}
	}
	return found
}
