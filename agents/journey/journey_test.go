package journey_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/browser/browsertest"
	"github.com/atelier-studio/atelier/agents/journey"
)

const good = `journeys:
  - name: Find a lamp
    steps:
      - go: /
      - fill: {field: Search, with: lamp}
      - press: Enter
      - expect: {url: "/search?q=lamp", status: 200, text: brass LAMP, no_text: desk, title: Results}
      - click: Add it
      - expect: {text: In your basket, state: {element: Add it, is: disabled}}
`

func TestRead(t *testing.T) {
	t.Parallel()
	list, err := journey.Read([]byte(good))
	if err != nil || len(list) != 1 || len(list[0].Steps) != 6 || list[0].Steps[4].String() != `click "Add it"` {
		t.Fatalf("%v %v", list, err)
	}
	for name, bad := range map[string]string{
		"no YAML":          "journeys: [",
		"unknown field":    strings.Replace(good, "name:", "called:", 1),
		"unknown step":     strings.Replace(good, "press:", "push:", 1),
		"no name":          strings.Replace(good, "name: Find a lamp", `name: " "`, 1),
		"twice":            good + strings.TrimPrefix(good, "journeys:\n"),
		"no steps":         "journeys:\n  - {name: x, steps: []}\n",
		"begins elsewhere": strings.Replace(good, "      - go: /\n", "", 1),
		"two in one":       strings.Replace(good, "- press: Enter", "- {press: Enter, click: x}", 1),
		"no key":           strings.Replace(good, "press: Enter", "press: F13", 1),
		"expects nothing":  strings.Replace(good, "{text: In your basket, state: {element: Add it, is: disabled}}", "{}", 1),
		"no status":        strings.Replace(good, "status: 200", "status: 1200", 1),
		"no state":         strings.Replace(good, "is: disabled", "is: pretty", 1),
		"script":           strings.Replace(good, "go: /", "go: 'javascript:alert(1)'", 1),
		"long":             strings.Replace(good, "with: lamp", "with: "+strings.Repeat("x", 3000), 1),
		"a large file":     strings.Repeat("# x\n", 1<<17),
	} {
		if _, err := journey.Read([]byte(bad)); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/search" {
			fmt.Fprint(w, `<!doctype html><title>Results of the search</title><p>Brass lamp</p><p id="n"></p><button id="add" onclick="setTimeout(() => { document.getElementById('n').textContent = 'In your basket'; this.disabled = true; }, 300)">Add it</button>`)
			return
		}
		fmt.Fprint(w, `<!doctype html><title>Shop</title><form action="/search"><label>Search: <input name="q"></label></form><button disabled>Wait</button>`)
	}))
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := browsertest.Start(t, server)
	list, err := journey.Read([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		steps []journey.Step
		made  int
		fault string
	}{
		"to the end":        {list[0].Steps, 6, ""},
		"by selector":       {[]journey.Step{{Go: "/search"}, {Click: "#add"}, {Expect: &journey.Expect{Text: "in your basket"}}}, 3, ""},
		"no such text":      {[]journey.Step{{Go: "/search"}, {Expect: &journey.Expect{Text: "a desk"}}, {Click: "#add"}}, 2, "does not say"},
		"no such control":   {[]journey.Step{{Go: "/"}, {Click: "Buy"}}, 2, "neither as a name nor as a selector"},
		"a disabled one":    {[]journey.Step{{Go: "/"}, {Click: "Wait"}}, 2, "is disabled"},
		"another address":   {[]journey.Step{{Go: "/"}, {Expect: &journey.Expect{URL: "/search"}}}, 2, "the address is"},
		"leaves the target": {[]journey.Step{{Go: "http://elsewhere.example/"}, {Expect: &journey.Expect{Status: 200}}}, 2, "not of the target"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab, err := b.Open(t.Context(), browser.Setting{})
			if err != nil {
				t.Fatal(err)
			}
			defer tab.Close()
			steps, err := journey.Run(t.Context(), tab, target, journey.Journey{Name: name, Steps: x.steps})
			if err != nil || len(steps) != x.made {
				t.Fatalf("%d steps were made: %+v %v", len(steps), steps, err)
			}
			last := steps[len(steps)-1]
			if (x.fault == "") != (last.Fault == "") || !strings.Contains(last.Fault, x.fault) || len(last.Picture) == 0 {
				t.Errorf("it ended with %q", last.Fault)
			}
		})
	}
}
