package axe_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/axe"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/browser/browsertest"
)

// axe-core here is the one that the studio's own pages are tested with, unchanged.
func TestCurrent(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../e2e/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	if want := manifest.DevDependencies["axe-core"]; axe.Version() != want {
		t.Errorf("axe-core here is %q, in e2e/package.json %q: run make axe", axe.Version(), want)
	}
	for _, name := range []string{"axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"} {
		theirs, err := os.ReadFile("../../e2e/node_modules/axe-core/" + name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // not installed: make check, which runs after make e2e, has it
		}
		ours, ours2 := os.ReadFile(name)
		if err != nil || ours2 != nil || string(theirs) != string(ours) {
			t.Errorf("%s is not that of the package: run make axe", name)
		}
	}
	if !strings.Contains(axe.Licence, "Mozilla Public License") {
		t.Error("the licence is not there")
	}
}

func TestScan(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "script-src 'none'") // does not bind us
		if r.URL.Path == "/frame" {
			fmt.Fprint(w, `<!doctype html><html lang="en"><title>F</title><img src="/x.png">`)
			return
		}
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>T</title><main><h1>T</h1><p style="color:#999;background:#fff">Pale words</p><button class="go-1 big"></button>
			<iframe src="/frame" title="One"></iframe><iframe src="http://localhost:9/" title="Other"></iframe></main>`)
	}))
	t.Cleanup(server.Close)
	b, _ := browsertest.Start(t, server)
	tab, err := b.Open(t.Context(), browser.Setting{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Go(t.Context(), server.URL+"/"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a page can be scanned again
		r, err := axe.Scan(t.Context(), tab, axe.Options{Tags: append(axe.A, axe.AA...)})
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]axe.Node{}
		for _, issue := range r.Violations {
			if issue.Help == "" || issue.Impact == "" || !issue.Has(axe.A) && !issue.Has(axe.AA) {
				t.Errorf("%+v", issue)
			}
			found[issue.Rule] = issue.Nodes[0]
		}
		if len(found) != 3 {
			t.Errorf("found %v", found)
		}
		if n := found["color-contrast"]; n.Colours != "#999999 on #ffffff" || n.Contrast > 4.5 {
			t.Errorf("contrast: %+v", n)
		}
		if n := found["button-name"]; n.Sort != "main > button.big" || n.Impact != axe.Critical {
			t.Errorf("name: %+v", n)
		}
		if n := found["image-alt"]; n.Frame != server.URL+"/frame" {
			t.Errorf("in the frame: %+v", n)
		}
		if len(r.Frames) != 1 || r.Passed == 0 {
			t.Errorf("frames %v, left %v", r.Frames, r.Left)
		}
	}
	if r, err := axe.Scan(t.Context(), tab, axe.Options{Rules: []string{"color-contrast"}}); err != nil || len(r.Violations) != 1 {
		t.Errorf("one rule: %+v %v", r, err)
	}
}
