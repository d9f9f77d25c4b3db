package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
)

// result is one of lines such as "a fail high": a case, what it came to, and how bad what it found is. The finding's cause
// is the case's letter, so that "a1" and "a2" are two cases of one fault.
func result(text string) *campaign.Result {
	r := &campaign.Result{}
	for one := range strings.SplitSeq(text, ",") {
		words := strings.Fields(one)
		if len(words) < 2 {
			continue
		}
		x := &campaign.Case{ID: words[0], Probe: "probe", Outcome: agents.Outcome{Verdict: map[string]agents.Verdict{"fail": agents.Failed, "pass": agents.Passed, "skip": agents.NotTested}[words[1]]}}
		if x.Outcome.Verdict == agents.Failed {
			f := agents.Finding{Probe: "probe", Cause: words[0][:1], Where: agents.Place{URL: "http://h/" + words[0]}}
			_ = f.Severity.UnmarshalText([]byte(words[2]))
			x.Outcome.Findings = []agents.Finding{f}
			if i := slices.IndexFunc(r.Findings, func(a campaign.Agreed) bool { return a.ID == f.Print() }); i >= 0 {
				r.Findings[i].Places = append(r.Findings[i].Places, f.Where)
			} else {
				r.Findings = append(r.Findings, campaign.Agreed{Finding: f, ID: f.Print(), Places: []agents.Place{f.Where}})
			}
		}
		r.Cases = append(r.Cases, x)
	}
	return r
}

// Several campaigns are compared with several as one with one would be.
func TestTogether(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		now, before []string // the newest first
		want        string   // cause, change, severity, places
		unsure      bool
	}{
		{"the first time", []string{"a fail high, b pass"}, nil, "a new high 1", true},
		{"as always", []string{"a fail high, b fail low, c pass, d skip"}, []string{"a fail high, b pass, c fail low, d fail low"}, "a still there high 1, b new low 1, c fixed low 1, d not re-tested low 1", false},
		{"two as one", []string{"a1 fail low, b skip", "a1 fail high, a2 fail high, b pass"}, []string{"b fail low"}, "a new high 2, b fixed low 1", true},
		{"the last looked elsewhere", []string{"a fail high"}, []string{"z pass", "a fail low"}, "a still there high 1", false},
		{"only the last is asked, which looked elsewhere", []string{"a fail high"}, []string{"z pass"}, "a new high 1", true},
		{"it was gone and is back", []string{"a fail high"}, []string{"a pass", "a fail high"}, "a new high 1", false},
		{"it was gone and stays so", []string{"a pass"}, []string{"a pass", "a fail high"}, "", false},
		{"half of it was looked at", []string{"a1 fail high"}, []string{"a1 pass", "a1 fail high, a2 fail high"}, "a still there high 1", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			read := func(texts []string) (list []*campaign.Result) {
				for _, text := range texts {
					list = append(list, result(text))
				}
				return list
			}
			now, before := desk.Together(read(tt.now)...), desk.Known(read(tt.before)...)
			var got []string
			for _, c := range desk.Compare(now, before) {
				got = append(got, fmt.Sprintf("%s %s %s %d", c.Finding.Cause, c.Change, c.Finding.Severity, len(c.Finding.Places)))
			}
			slices.Sort(got)
			if text := strings.Join(got, ", "); text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
			if unsure := desk.Unsure(now, before); unsure != tt.unsure {
				t.Errorf("unsure: %v", unsure)
			}
		})
	}
}
