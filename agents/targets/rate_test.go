package targets_test

import (
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/targets"
)

func TestRate(t *testing.T) {
	t.Parallel()
	one := targets.Defect{ID: "one", Area: agents.Functional, Probe: "broken-link", Where: "/offers"}
	other := targets.Defect{ID: "other", Area: agents.Functional, Probe: "broken-link", Where: "/offers", Says: "/gone"}
	error500 := targets.Defect{ID: "error", Area: agents.Functional, Probe: "server-error", Where: "/offers/today", Also: []string{"broken-link"}}
	finding := func(probe, at, text string) campaign.Agreed {
		return campaign.Agreed{Finding: agents.Finding{Probe: probe, Severity: agents.Medium, Text: text, Where: agents.Place{URL: "http://127.0.0.1:1" + at}}, Area: agents.Functional}
	}
	for _, c := range []struct {
		name         string
		planted      []targets.Defect
		findings     []campaign.Agreed
		found, wrong int
	}{
		{"each has its finding", []targets.Defect{one, other}, []campaign.Agreed{finding("broken-link", "/offers", "to /gone"), finding("broken-link", "/offers", "to /away")}, 2, 0},
		{"one finding for two", []targets.Defect{one, other}, []campaign.Agreed{finding("broken-link", "/offers", "to /gone")}, 1, 0},
		{"another one's finding", []targets.Defect{other}, []campaign.Agreed{finding("broken-link", "/offers", "to /away")}, 0, 1},
		{"elsewhere", []targets.Defect{one}, []campaign.Agreed{finding("broken-link", "/", "to /gone")}, 0, 1},
		{"seen by another probe too", []targets.Defect{error500}, []campaign.Agreed{finding("broken-link", "/offers/today", "to itself")}, 0, 0},
		{"nothing", []targets.Defect{one}, nil, 0, 0},
	} {
		s := targets.Rate(c.planted, c.findings)[agents.Functional]
		if s.Found != c.found || len(s.False) != c.wrong || s.Planted != len(c.planted) || s.Found+len(s.Missed) != s.Planted {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}
