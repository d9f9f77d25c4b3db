package agents_test

import (
	"errors"
	"io/fs"
	"math"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
)

func TestPersonas(t *testing.T) {
	t.Parallel()
	list, err := agents.Personas()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 27 {
		t.Errorf("%d personas", len(list))
	}
	probes, ids := map[string]string{}, map[string]bool{}
	for _, p := range list {
		ids[p.ID] = true
		for _, probe := range p.Probes {
			if other := probes[probe]; other != "" {
				t.Errorf("%s and %s both have the probe %s", other, p.ID, probe)
			}
			probes[probe] = p.ID
		}
	}
	for _, fixed := range []string{"security_tester", "performance_tester", "ui_ux_tester"} {
		if !ids[fixed] {
			t.Errorf("there is no %s", fixed)
		}
	}
}

func TestReadPersonas(t *testing.T) {
	t.Parallel()
	good := "personas:\n  - {id: mine, name: Mine, area: security, probes: [csp-missing]}\n"
	if list, err := agents.ReadPersonas([]byte(good)); err != nil || len(list) != 1 || list[0].ID != "mine" {
		t.Fatalf("%v %v", list, err)
	}
	for name, bad := range map[string]string{
		"no YAML":            "personas: [",
		"no list":            "personas: 3",
		"unknown field":      strings.Replace(good, "name:", "called:", 1),
		"no id":              strings.Replace(good, "id: mine, ", "", 1),
		"strange id":         strings.Replace(good, "id: mine", "id: ../x", 1),
		"no area":            strings.Replace(good, "area: security", "area: everything", 1),
		"no probes":          strings.Replace(good, "[csp-missing]", "[]", 1),
		"twice":              good + "  - {id: mine, name: Mine, area: security, probes: [csp-missing]}\n",
		"limit below":        strings.Replace(good, "probes:", "limits: {requests: -1}, probes:", 1),
		"aliases of aliases": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\npersonas: *d\n",
		"a large file":       strings.Repeat("# x\n", 1<<19),
	} {
		if _, err := agents.ReadPersonas([]byte(bad)); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRequirements(t *testing.T) {
	t.Parallel()
	const text = "functional=0.95,security=0.9,performance=0.85,usability=0.8"
	required, err := agents.ParseRequirements(" usability=0.80, functional=0.95,security=0.90,performance=0.85")
	if err != nil || required.String() != text {
		t.Fatalf("%v %v", required, err)
	}
	for _, bad := range []string{"security", "security=", "security=2", "security=-1", "security=NaN", "beauty=0.5", "security=0.1,security=0.2", ","} {
		if _, err := agents.ParseRequirements(bad); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	security := &agents.Count{}
	for range 9 {
		security.Add(agents.Pass())
	}
	security.Add(agents.Fail(agents.Finding{Title: "x"}))
	security.Add(agents.Skip("not allowed: intrusive"))
	security.Add(agents.Block("timed out"))
	if security.Applicable != 12 || security.Executed != 10 || math.Abs(security.Share()-10.0/12) > 1e-9 || security.Reasons["timed out"] != 1 {
		t.Errorf("%+v", security)
	}
	gates := required.Check(map[agents.Area]*agents.Count{agents.Security: security})
	if len(gates) != 4 || gates[0].Area != agents.Functional || gates[0].Met || gates[1].Area != agents.Security || gates[1].Met {
		t.Errorf("%+v", gates)
	}
	if gates := (agents.Requirements{agents.Security: 0.8}).Check(map[agents.Area]*agents.Count{agents.Security: security}); !gates[0].Met {
		t.Errorf("%+v", gates)
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	at := func(url, parameter string) string {
		f := agents.Finding{Probe: "sqli-error", Where: agents.Place{URL: url, Parameter: parameter}}
		return f.Print()
	}
	if at("http://a/orders/1?q=x", "q") != at("http://b/orders/22?q=y", "q") {
		t.Error("one cause, two prints")
	}
	if at("http://a/orders/1?q=x", "q") == at("http://a/orders/1?q=x", "r") || at("http://a/orders", "q") == at("http://a/users", "q") {
		t.Error("two causes, one print")
	}
}

func TestSeverity(t *testing.T) {
	t.Parallel()
	for s := agents.Info; s <= agents.Critical; s++ {
		text, err := s.MarshalText()
		var back agents.Severity
		if err != nil || back.UnmarshalText(text) != nil || back != s {
			t.Errorf("%v %v", s, err)
		}
	}
	var s agents.Severity
	if err := s.UnmarshalText([]byte("dreadful")); !errors.Is(err, fs.ErrInvalid) {
		t.Error(err)
	}
}
