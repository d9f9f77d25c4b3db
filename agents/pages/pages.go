// Package pages says which pages probes of what people see look at, and opens them: one of every shape, as long as it is
// one that a browser draws.
package pages

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Drawn picks one page of every shape, of those that a browser draws and that are no error.
func Drawn(s *surface.Surface) []*surface.Page {
	seen := map[string]bool{}
	var list []*surface.Page
	for _, p := range s.Pages {
		if key := p.As + "\x00" + p.Shape; !seen[key] && draws(s, p) {
			seen[key] = true
			list = append(list, p)
		}
	}
	return list
}

func draws(s *surface.Surface, p *surface.Page) bool {
	x := p.Answer
	if x == nil {
		return true // a route that scripts draw
	}
	if x.Fault != nil || x.Status < 200 || x.Status >= 300 || len(x.Hops) > 0 && p.URL != x.URL || !reading.IsHTML(x) {
		return false
	}
	u, err := url.Parse(p.URL)
	return err == nil && (u.Path == "" || u.Path == "/" || s.Missing.Shell || !discover.IsMissing(s, x, u.Path))
}

// Written is Drawn for probes that read the document as it was sent, which routes of scripts do not have.
func Written(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range Drawn(s) {
		if reading.HTML(p.Answer) != nil {
			list = append(list, p)
		}
	}
	return list
}

// Document is a page's document: as it was sent, or, where scripts draw it and a browser is there, as they have drawn it.
// It is nil with a reason when there is none to read.
func Document(ctx context.Context, lab *agents.Lab, p *surface.Page) (doc *reading.Document, reason string) {
	doc = reading.HTML(p.Answer)
	if doc != nil && !empty(doc) && !discover.IsShell(p.Answer) {
		return doc, ""
	}
	if lab.Browser == nil {
		if doc != nil {
			return nil, "scripts draw the page, and there is no browser"
		}
		return nil, "the page has no document that could be read"
	}
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return nil, fmt.Sprintf("the page could not be looked at: %v", err)
	}
	if doc = reading.Parse([]byte(v.HTML), v.Final); doc == nil {
		return nil, "the page has no document that could be read"
	}
	return doc, ""
}

// empty tells whether a document is but the frame that scripts draw into.
func empty(doc *reading.Document) bool {
	const words = 40 // characters
	return doc.Find("script").Length() > 0 && len(strings.TrimSpace(doc.Text())) < words && doc.Find("a[href], form, img").Length() == 0
}

// Visit is what the browser saw of a page; the outcome is what to answer when it saw nothing.
func Visit(ctx context.Context, lab *agents.Lab, p *surface.Page) (*browser.Visit, *agents.Outcome) {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		blocked := agents.Block("the page could not be looked at: %v", err)
		return nil, &blocked
	}
	return v, nil
}

// Open opens a page in a tab of its own, which the caller closes. Nothing that may change something leaves it.
func Open(ctx context.Context, lab *agents.Lab, p *surface.Page, s browser.Setting) (*browser.Tab, error) {
	s.ReadOnly = true
	t, err := lab.Open(ctx, p.As, s)
	if err != nil {
		return nil, err
	}
	if err := t.Go(ctx, p.URL); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}
