package accessibility

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/axe"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// scan is what axe-core says of a page: as it is, in dark colours, and 320 CSS pixels wide. It is made once for all probes.
type scan struct {
	full, dark, narrow *axe.Result
	// shots are pictures of the first element of every group of violations, by its key.
	shots map[string][]byte
}

// maxShots bounds the pictures of one page.
const maxShots = 12

// scanned scans a page, or takes the scan that another probe has made; the outcome is what to answer when there is none.
func scanned(ctx context.Context, lab *agents.Lab, p *surface.Page) (*scan, *agents.Outcome) {
	v, problem := pages.Visit(ctx, lab, p)
	if problem != nil {
		return nil, problem
	}
	s, err := browser.Once(ctx, v, "axe", func(ctx context.Context) (*scan, error) { return scanAll(ctx, lab, p) })
	if err != nil {
		blocked := agents.BlockOn(err)
		return nil, &blocked
	}
	return s, nil
}

func scanAll(ctx context.Context, lab *agents.Lab, p *surface.Page) (*scan, error) {
	t, err := pages.Open(ctx, lab, p, browser.Setting{})
	if err != nil {
		return nil, err
	}
	defer t.Close()
	if err := t.Still(ctx); err != nil { // what fades in is pale for a moment
		return nil, err
	}
	s := &scan{shots: map[string][]byte{}}
	tags := append(append([]string{}, axe.A...), axe.AA...)
	if s.full, err = axe.Scan(ctx, t, axe.Options{Tags: append(tags[:len(tags):len(tags)], axe.BestPractice...)}); err != nil {
		return nil, err
	}
	s.picture(ctx, t, "", s.full)
	if err := t.Emulate(ctx, browser.Setting{Dark: true}); err != nil {
		return nil, err
	}
	if s.dark, err = axe.Scan(ctx, t, axe.Options{Rules: []string{"color-contrast"}}); err != nil {
		return nil, err
	}
	s.dark.Violations = without(s.dark.Violations, s.full.Violations)
	s.picture(ctx, t, "dark ", s.dark)
	if err := t.Emulate(ctx, browser.Setting{Width: 320, Height: 800}); err != nil {
		return nil, err
	}
	if s.narrow, err = axe.Scan(ctx, t, axe.Options{Tags: tags}); err != nil {
		return nil, err
	}
	s.narrow.Violations = without(s.narrow.Violations, s.full.Violations)
	s.picture(ctx, t, "320 ", s.narrow)
	return s, nil
}

// picture keeps pictures of violations while the tab shows them. A picture that cannot be taken is no reason to stop.
func (s *scan) picture(ctx context.Context, t *browser.Tab, prefix string, r *axe.Result) {
	for _, g := range grouped(r.Violations) {
		if len(s.shots) >= maxShots || ctx.Err() != nil {
			return
		}
		if g.nodes[0].Frame != "" || !g.issue.Has(axe.A) && !g.issue.Has(axe.AA) {
			continue
		}
		if picture, err := t.ShotOf(ctx, g.nodes[0].Selector); err == nil {
			s.shots[prefix+g.key] = picture
		}
	}
}

// without leaves out the nodes that another scan has for the same cause.
func without(list, known []axe.Issue) []axe.Issue {
	have := map[string]bool{}
	for _, g := range grouped(known) {
		have[g.key] = true
	}
	var left []axe.Issue
	for _, issue := range list {
		var nodes []axe.Node
		for _, n := range issue.Nodes {
			if !have[keyOf(&issue, &n)] {
				nodes = append(nodes, n)
			}
		}
		if len(nodes) > 0 {
			issue.Nodes, issue.Count = nodes, len(nodes)
			left = append(left, issue)
		}
	}
	return left
}
