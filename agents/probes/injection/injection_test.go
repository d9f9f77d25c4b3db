package injection_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/injection"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

func probes(t *testing.T, ids ...string) []*agents.Probe {
	t.Helper()
	var list []*agents.Probe
	for _, probe := range injection.Probes() {
		if len(ids) == 0 || slices.Contains(ids, probe.ID) {
			list = append(list, probe)
		}
	}
	if len(list) < len(ids) {
		t.Fatalf("not all of %v are there", ids)
	}
	return list
}

// paths are where a probe has found something.
func paths(t *testing.T, r *campaign.Result, probe string) []string {
	t.Helper()
	var list []string
	for _, f := range try.Found(r, probe) {
		u, err := url.Parse(f.Where.URL)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, u.Path+" "+f.Where.Parameter)
		if len(f.Evidence) == 0 {
			t.Errorf("%s shows nothing for %s", probe, f.Where.URL)
		}
	}
	slices.Sort(list)
	return list
}

// Each finds what is open, by what it rests on, and nowhere else.
func TestOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		probe string
		parts []string
		want  []string
	}{
		{"sqli-error", []string{"item", "find", "article"}, []string{"/article/1 segment 2", "/item id"}},
		{"sqli-boolean", []string{"item", "find", "quiet", "article"}, []string{"/article/1 segment 2", "/find word", "/item id"}},
		{"sqli-union", []string{"item", "find", "quiet"}, []string{"/find word", "/item id"}},
		{"sqli-time", []string{"add"}, []string{"/add text"}},
		{"os-command", []string{"ping", "greet"}, []string{"/ping host"}},
		{"ssti", []string{"card", "go", "greet"}, []string{"/card text", "/go text"}},
		{"xxe", []string{"import"}, []string{"/import xml"}},
		{"xpath-ldap-nosql", []string{"people", "staff", "greet"}, []string{"/people user", "/staff name"}},
		{"crlf", []string{"lang", "greet"}, []string{"/lang to"}},
		{"path-traversal", []string{"file", "save", "greet"}, []string{"/file name", "/save what"}},
		{"ssrf", []string{"fetch", "greet"}, []string{"/fetch url"}},
		{"xss-stored", []string{"board"}, []string{"/board note"}},
		{"html-injection", []string{"greet", "json", "policy"}, []string{"/greet who", "/policy who"}},
	} {
		t.Run(c.probe, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, false, c.parts...)
			r := try.Probes(t, probes(t, c.probe), s, try.Options{Intrusive: true})
			if got := paths(t, r, c.probe); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v\n%+v", got, c.want, r.ByProbe[c.probe])
			}
			if count := r.ByProbe[c.probe]; count.Blocked+count.NotTested > 0 {
				t.Errorf("%v", count.Reasons)
			}
			if len(s.notes) > 0 {
				t.Errorf("it has left %v", s.notes)
			}
		})
	}
}

// On a target that does the same safely nothing is found, whatever it shows of what it was sent.
func TestSafe(t *testing.T) {
	t.Parallel()
	s := newSite(t, true, "item", "find", "quiet", "add", "greet", "field", "script", "policy", "json", "board", "ping", "card", "go", "import", "lang", "file", "save", "fetch", "people", "staff", "article")
	r := try.Probes(t, probes(t), s, try.Options{Intrusive: true, PerSecond: 5000})
	for _, f := range r.Findings {
		t.Errorf("%s at %s %s: %s\n%+v", f.Probe, f.Where.URL, f.Where.Parameter, f.Text, f.Evidence)
	}
	for id, count := range r.ByProbe {
		if count.Blocked+count.NotTested > 0 {
			t.Errorf("%s: %v", id, count.Reasons)
		}
	}
	t.Logf("%d requests for %d cases", r.Requests, len(r.Cases))
}

// With a browser a script has to run to count, and markup without one is less.
func TestScripts(t *testing.T) {
	t.Parallel()
	both := probes(t, "xss-reflected", "html-injection", "xss-stored")
	s := newSite(t, false, "greet", "script", "policy", "json", "board")
	r := try.Probes(t, both, s, try.Options{Intrusive: true, Browser: true})
	for probe, want := range map[string][]string{
		"xss-reflected":  {"/greet who", "/script theme"},
		"html-injection": {"/policy who"},
		"xss-stored":     {"/board note"},
	} {
		if got := paths(t, r, probe); !slices.Equal(got, want) {
			t.Errorf("%s found %v, want %v: %v", probe, got, want, r.ByProbe[probe])
		}
	}
	for _, f := range try.Found(r, "xss-reflected") {
		if !slices.Contains(f.Kinds, agents.ByBrowser) || !slices.ContainsFunc(f.Evidence, func(e agents.Evidence) bool {
			return len(e.Picture) > 1000 && strings.HasPrefix(string(e.Picture), "\x89PNG")
		}) {
			t.Errorf("no picture of %s", f.Where.URL)
		}
	}
}
