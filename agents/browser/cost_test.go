package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/browser/browsertest"
)

func TestCosts(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/script.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprintf(w, "function never() { return %q; }\nif (window.x) { never(); } else { window.used = 1; }\n", strings.Repeat("n", 2000))
		default:
			fmt.Fprint(w, `<title>T</title><script src="/script.js"></script><script>window.keep = []; window.grow = () => { keep.push(new Array(200000).fill(1.5)); return true; };</script>`)
		}
	}))
	t.Cleanup(server.Close)
	b, _ := browsertest.Start(t, server)
	tab, err := b.Open(t.Context(), browser.Setting{Measure: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(tab.Cover(t.Context()))
	must(tab.Go(t.Context(), server.URL+"/"))
	uses, err := tab.Covered(t.Context())
	must(err)
	found := false
	for _, u := range uses {
		if strings.HasSuffix(u.URL, "/script.js") {
			found = true
			if u.Size < 2050 || u.Used < 20 || u.Used > 200 {
				t.Errorf("of %d characters, %d are said to be used", u.Size, u.Used)
			}
		}
	}
	if !found {
		t.Errorf("%+v", uses)
	}
	before, err := tab.Heap(t.Context())
	must(err)
	_, err = browser.Eval[bool](t.Context(), tab, "grow()")
	must(err)
	after, err := tab.Heap(t.Context())
	must(err)
	if after-before < 1_000_000 {
		t.Errorf("the heap grew by %d bytes", after-before)
	}
	idle, err := tab.Worked(t.Context())
	must(err)
	_, err = browser.Eval[bool](t.Context(), tab, "(() => { const end = performance.now() + 400; let n = 0; while (performance.now() < end) n++; return n > 0; })()")
	must(err)
	busy, err := tab.Worked(t.Context())
	must(err)
	if busy <= idle+20*time.Millisecond {
		t.Errorf("worked %s, then %s", idle, busy)
	}
}
