package compat_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/compat"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

func parity(t *testing.T) *agents.Probe {
	t.Helper()
	list := compat.Probes()
	return list[slices.IndexFunc(list, func(p *agents.Probe) bool { return p.ID == "firefox-parity" })]
}

// One Firefox looks at a page of each sort: what only Chromium can do, what Firefox alone is not shown, and pages in order,
// one of which throws in both.
func TestFirefoxParity(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"/brands": `<h1>Brands</h1><p>What the browser says of itself.</p><script>document.title = navigator.userAgentData.brands[0].brand;</script>`,
		"/hidden": `<h1>Order</h1><p>Everything you need.</p><button>Order it now</button><style>@supports (-moz-appearance: none) { button { display: none } }</style>`,
		"/wide":   `<h1>Prices</h1><p>All of them.</p><style>@supports (-moz-appearance: none) { h1 { width: 3000px } }</style>`,
		"/plain":  `<h1>Plain</h1><form><label>Name <input name="n"></label><button>Send</button></form><p>Two lines of text.</p>`,
		"/both":   `<h1>Both</h1><p>It throws everywhere.</p><script>undefined.nothing;</script>`,
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		body, ok := pages[r.URL.Path]
		if r.URL.Path == "/" {
			body, ok = `<h1>Start</h1><a href="/brands">1</a> <a href="/hidden">2</a> <a href="/wide">3</a> <a href="/plain">4</a> <a href="/both">5</a>`, true
		}
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = "<h1>Nothing here</h1>"
		}
		fmt.Fprintf(w, `<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title><main>%s</main>`, body)
	})
	r := try.Probe(t, parity(t), handler, try.Options{Browser: true, Firefox: true})
	var found []string
	for _, f := range try.Want(t, r, "firefox-parity", 3) {
		cause, _, _ := strings.Cut(f.Cause, " ")
		found = append(found, pathIn(f.Where.URL)+" "+cause)
		if len(f.Evidence) != 2 || len(f.Evidence[1].Picture) == 0 {
			t.Errorf("%s is not shown", f.Text)
		}
	}
	slices.Sort(found)
	if want := []string{"/brands error", "/hidden not", "/wide wide"}; !slices.Equal(found, want) {
		t.Errorf("found %q", found)
	}
}

// Where there is no Firefox nothing is claimed.
func TestWithoutFirefox(t *testing.T) {
	t.Parallel()
	r := try.Probe(t, parity(t), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>Page</title><h1>Page</h1>")
	}), try.Options{Browser: true})
	if count := r.ByProbe["firefox-parity"]; count == nil || count.Executed > 0 || count.Reasons["no Firefox"] == 0 {
		t.Errorf("%+v", count)
	}
}

func pathIn(address string) string {
	return address[strings.LastIndex(address, "/"):]
}
