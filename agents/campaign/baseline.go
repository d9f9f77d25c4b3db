package campaign

import (
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of what a campaign leaves for the next.
const (
	maxKeptPages    = 1000
	maxKeptPictures = 60
	maxKeptPicture  = 1 << 20 // bytes
	maxKeptSpec     = 2 << 20
	maxKeptFixed    = 5000
	keptRuns        = 5 // whose metrics are kept
)

// BaselineOf is what a campaign leaves for the next one on its target. It is made of the result that Run returned, which
// alone still has what the browser saw.
func BaselineOf(r *Result) *agents.Baseline {
	b := &agents.Baseline{At: r.Ended, Surface: withoutBodies(r.Surface), Executed: map[string]int{}, Seen: map[string]agents.Seen{}, Metrics: map[string][]float64{}}
	for id, count := range r.ByProbe {
		b.Executed[id] = count.Executed
	}
	for i := range r.Findings {
		f := r.Findings[i].Finding
		f.Evidence = nil
		b.Findings = append(b.Findings, f)
	}
	pictures := 0
	for _, p := range r.Surface.Pages[:min(len(r.Surface.Pages), maxKeptPages)] {
		v := r.visits[p.As+" "+p.URL]
		seen := outline(p, v)
		if v != nil && len(v.Picture) <= maxKeptPicture && pictures < maxKeptPictures {
			seen.Picture = v.Picture
			pictures++
		}
		b.Seen[p.Key()] = seen
		measured(b, r.before, p.Key(), v)
	}
	b.Fixed = fixed(r)
	return b
}

// withoutBodies is a surface small enough to be kept.
func withoutBodies(s *surface.Surface) *surface.Surface {
	kept := &surface.Surface{Target: s.Target, Inputs: s.Inputs[:min(len(s.Inputs), maxKeptPages)], Cookies: s.Cookies, Sockets: s.Sockets, GraphQL: s.GraphQL, SignIn: s.SignIn, Missing: s.Missing}
	for _, p := range s.Pages[:min(len(s.Pages), maxKeptPages)] {
		page := *p
		if p.Answer != nil {
			page.Answer = &wire.Exchange{Request: wire.Request{Method: p.Answer.Request.Method, URL: p.Answer.Request.URL, As: p.Answer.Request.As}, URL: p.Answer.URL, Status: p.Answer.Status, Header: p.Answer.Header.Clone(), At: p.Answer.At}
			page.Answer.Header.Del("Set-Cookie") // they are secrets of a session that was
		}
		kept.Pages = append(kept.Pages, &page)
	}
	for _, f := range s.Forms[:min(len(s.Forms), maxKeptPages)] {
		form := *f
		form.HTML = ""
		kept.Forms = append(kept.Forms, &form)
	}
	for _, o := range s.Operations[:min(len(s.Operations), maxKeptPages)] {
		operation := *o
		operation.Seen = nil
		kept.Operations = append(kept.Operations, &operation)
	}
	if s.Spec != nil && len(s.Spec.Data) <= maxKeptSpec {
		kept.Spec = s.Spec
	}
	return kept
}

// outline is what a page says at its head: as a browser drew it, or as it came.
func outline(p *surface.Page, v *browser.Visit) agents.Seen {
	seen := agents.Seen{Title: p.Title}
	if p.Answer != nil {
		seen.Status = p.Answer.Status
	}
	doc := reading.HTML(p.Answer)
	if v != nil && p.Answer == nil {
		doc = reading.Parse([]byte(v.HTML), v.Final)
	}
	if doc != nil {
		o := doc.Outline()
		seen.Title, seen.Heads, seen.Nav = o.Title, o.Heads, o.Nav
	}
	return seen
}

// measured adds a campaign's metrics of a page to those of the ones before.
func measured(b, before *agents.Baseline, page string, v *browser.Visit) {
	for _, m := range []struct {
		name  string
		value func(browser.Measured) float64
	}{
		{"ttfb", func(m browser.Measured) float64 { return m.TTFB }}, {"fcp", func(m browser.Measured) float64 { return m.FCP }},
		{"lcp", func(m browser.Measured) float64 { return m.LCP }}, {"loaded", func(m browser.Measured) float64 { return m.Loaded }},
	} {
		var list []float64
		key := agents.Metric(page, m.name)
		if before != nil {
			list = slices.Clone(before.Metrics[key])
		}
		if v != nil && m.value(v.Measured) > 0 {
			list = append(list, m.value(v.Measured))
		}
		if len(list) > keptRuns {
			list = list[len(list)-keptRuns:]
		}
		if len(list) > 0 {
			b.Metrics[key] = list
		}
	}
}

// fixed are the prints that were found once and are not any more. A finding counts as fixed only where its probe was
// executed on everything that it applies to: what was not looked at again is not mended.
func fixed(r *Result) map[string]time.Time {
	if r.before == nil {
		return nil
	}
	found := map[string]bool{}
	for i := range r.Findings {
		found[r.Findings[i].ID] = true
	}
	list := map[string]time.Time{}
	for mark, at := range r.before.Fixed {
		if !found[mark] && len(list) < maxKeptFixed {
			list[mark] = at
		}
	}
	for i := range r.before.Findings {
		f := &r.before.Findings[i]
		count := r.ByProbe[f.Probe]
		if mark := f.Print(); !found[mark] && len(list) < maxKeptFixed && count != nil && count.Executed > 0 && count.NotTested+count.Blocked == 0 {
			list[mark] = r.Ended
		}
	}
	return list
}
