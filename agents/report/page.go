package report

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/base64"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

//go:embed report.css
var style string

// Bounds of the page.
const (
	maxDetailed = 300 // findings with all that shows them
	maxEvidence = 10  // of one finding
	maxPlaces   = 25
	maxCells    = 60 // rows of a table
	maxReasons  = 12 // of an area
	maxProbes   = 30 // of one reason
)

// HTML writes one page that needs nothing but itself: no script, no file and no address of others. It is in the language
// of the context.
func (r Report) HTML(ctx context.Context, w io.Writer) error {
	result := masked(r.Result)
	return document(&page{Report: r, result: result, conclusion: r.Conclude()}).Render(ctx, w)
}

// page is what the template shows.
type page struct {
	Report
	result     *campaign.Result
	conclusion Conclusion
}

// stamp is the beginning of the page, with the style in it: a template of its own would escape it.
func stamp() string { return "<style>" + style + "</style>" }

func (p *page) detailed() []campaign.Agreed {
	return p.result.Findings[:min(len(p.result.Findings), maxDetailed)]
}

// bySeverity counts findings, the worst severity first.
func (p *page) bySeverity() []tally {
	list := []tally{{agents.Critical, 0}, {agents.High, 0}, {agents.Medium, 0}, {agents.Low, 0}, {agents.Info, 0}}
	for i := range p.result.Findings {
		if f := &p.result.Findings[i]; f.Marked == "" {
			list[agents.Critical-f.Severity].count++
		}
	}
	return list
}

type tally struct {
	severity agents.Severity
	count    int
}

// marked counts what somebody marked as false.
func (p *page) marked() int {
	n := 0
	for i := range p.result.Findings {
		if p.result.Findings[i].Marked != "" {
			n++
		}
	}
	return n
}

// unmet are the requirements that were not reached.
func (p *page) unmet() int {
	n := 0
	for _, gate := range p.result.Gates {
		if !gate.Met {
			n++
		}
	}
	return n
}

func (p *page) total() *agents.Count {
	all := &agents.Count{}
	for _, count := range p.result.Counts {
		all.Applicable += count.Applicable
		all.Executed += count.Executed
		all.Passed += count.Passed
		all.Failed += count.Failed
		all.NotTested += count.NotTested
		all.Blocked += count.Blocked
	}
	return all
}

// areas are those with something to test.
func (p *page) areas() []agents.Area {
	return slices.DeleteFunc(slices.Clone(agents.Areas), func(a agents.Area) bool { return p.result.Counts[a] == nil })
}

// reason is why something was not tested, and what.
type reason struct {
	text   string
	count  int
	probes []string
	more   int
}

// reasons say for all areas what was not tested, the most frequent first.
func (p *page) reasons() []reason {
	index := map[string]*reason{}
	for _, x := range p.result.Cases {
		if o := x.Outcome; o.Verdict == agents.NotTested || o.Verdict == agents.Blocked {
			text := firstLine(o.Reason)
			r := index[text]
			if r == nil {
				r = &reason{text: text}
				index[text] = r
			}
			r.count++
			if title := p.title(x.Probe); !slices.Contains(r.probes, title) {
				r.probes = append(r.probes, title)
			}
		}
	}
	list := make([]reason, 0, len(index))
	for _, r := range index {
		r.more = max(0, len(r.probes)-maxProbes)
		r.probes = r.probes[:len(r.probes)-r.more]
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b reason) int { return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.text, b.text)) })
	return list[:min(len(list), 100)]
}

// areaReasons are those of an area, for its row.
func areaReasons(count *agents.Count) []reason {
	index := map[string]int{}
	for text, n := range count.Reasons {
		index[firstLine(text)] += n
	}
	var list []reason
	for text, n := range index {
		list = append(list, reason{text: text, count: n})
	}
	slices.SortFunc(list, func(a, b reason) int { return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.text, b.text)) })
	return list[:min(len(list), maxReasons)]
}

// member is what a persona did.
type member struct {
	agents.Persona
	planned, did, passed, failed, not int
	findings                          int
	probes                            []string
}

func (p *page) members() []member {
	var list []member
	index := map[string]int{}
	for _, persona := range p.result.Settings.Personas {
		index[persona.ID] = len(list)
		list = append(list, member{Persona: persona})
	}
	for _, x := range p.result.Cases {
		if i, ok := index[x.Owner]; ok {
			list[i].planned++
			if title := p.title(x.Probe); !slices.Contains(list[i].probes, title) {
				list[i].probes = append(list[i].probes, title)
			}
		}
		who := x.By
		if who == "" {
			who = x.Owner
		}
		i, ok := index[who]
		if !ok {
			continue
		}
		switch x.Outcome.Verdict {
		case agents.Passed:
			list[i].did++
			list[i].passed++
		case agents.Failed:
			list[i].did++
			list[i].failed++
		default:
			list[i].not++
		}
	}
	for k := range p.result.Findings {
		if p.result.Findings[k].Marked != "" {
			continue
		}
		for _, by := range p.result.Findings[k].By {
			if i, ok := index[by]; ok {
				list[i].findings++
			}
		}
	}
	return slices.DeleteFunc(list, func(m member) bool { return m.planned+m.did+m.not == 0 })
}

// names are those of personas by their ids.
func (p *page) names(ids []string) string {
	var list []string
	for _, id := range ids {
		for _, persona := range p.result.Settings.Personas {
			if persona.ID == id {
				id = persona.Name
				break
			}
		}
		if id != "" {
			list = append(list, printable(id))
		}
	}
	return strings.Join(list, ", ")
}

// picture is a PNG as an address that carries it.
func picture(data []byte) string {
	kind := "image/png"
	if len(data) > 2 && data[0] == 0xFF && data[1] == 0xD8 {
		kind = "image/jpeg"
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
}

// widths are the parts of a bar of 100, in the order passed, failed, not tested, blocked.
func widths(c *agents.Count) (list [4]bar) {
	if c.Applicable == 0 {
		return list
	}
	at := 0.0
	for i, n := range []int{c.Passed, c.Failed, c.NotTested, c.Blocked} {
		w := float64(n) * 100 / float64(c.Applicable)
		list[i] = bar{class: []string{"ok", "bad", "not", "warn"}[i], x: strconv.FormatFloat(at, 'f', 2, 64), w: strconv.FormatFloat(w, 'f', 2, 64)}
		at += w
	}
	return list
}

type bar struct{ class, x, w string }
