package compat

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func doctype() *agents.Probe {
	return &agents.Probe{
		ID: "doctype", Title: "Page that browsers draw in quirks mode",
		Decides:    "The document has no doctype, or one that puts browsers into quirks mode; where a browser has drawn the page, its compatMode says so as well.",
		Keeps:      "The beginning of the document and compatMode.",
		Advice:     "Begin every page with <!doctype html>: without it, browsers imitate the mistakes of the nineties, each of them its own.",
		References: []string{"HTML"}, Severity: agents.Low, Skills: []string{"standards"},
		Check: agents.Each(pages.Written, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			why := quirky(p.Answer.Body)
			if why == "" {
				return agents.Pass()
			}
			mode := "not asked: no browser"
			if lab.Browser != nil {
				v, blocked := pages.Visit(ctx, lab, p)
				if blocked != nil {
					return *blocked
				}
				if mode = v.Snapshot.Mode; mode != "BackCompat" {
					return agents.Pass()
				}
			}
			return agents.Fail(agents.Finding{
				Text: fmt.Sprintf("%s %s.", pathOf(p.URL), why), Cause: why, Where: agents.Place{URL: p.URL, As: p.As, Line: 1},
				Evidence: []agents.Evidence{agents.Excerpt("The document begins", reading.Shorten(string(p.Answer.Body), 300)), agents.Excerpt("compatMode", mode)},
			})
		}),
	}
}

var (
	doctypeShape = regexp.MustCompile(`(?is)^<!doctype\s*([^\s>]*)([^>]*)>`)
	before       = regexp.MustCompile(`(?s)^(?:\s+|<!--.*?-->|<\?xml.*?\?>)`)
	// quirks are the beginnings of public names that put browsers into quirks mode; those of HTML 4.01 do where no
	// address follows.
	quirks   = regexp.MustCompile(`(?i)"(?:-//w3c//dtd html (?:3|4\.0 (?:frameset|transitional))|-//ietf//|-//netscape|-//microsoft|-//w3o//|-//softquad|html")`)
	addressy = regexp.MustCompile(`(?i)-//w3c//dtd html 4\.01 (?:frameset|transitional)//`)
)

// quirky says why browsers draw a document in quirks mode; "" when they do not.
func quirky(body []byte) string {
	body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	for at := before.FindIndex(body); at != nil; at = before.FindIndex(body) {
		body = body[at[1]:]
	}
	found := doctypeShape.FindSubmatch(body[:min(len(body), 2000)])
	if found == nil {
		return "has no doctype"
	}
	rest := string(found[2])
	switch {
	case !strings.EqualFold(string(found[1]), "html"):
		return fmt.Sprintf("has a doctype of %q", found[1])
	case quirks.MatchString(rest), addressy.MatchString(rest) && strings.Count(rest, `"`) < 4:
		return "has a doctype that means quirks mode"
	}
	return ""
}
