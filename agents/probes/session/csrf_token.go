package session

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func csrfToken() *agents.Probe {
	return &agents.Probe{
		ID: "csrf-token", Title: "Forms that another site can send",
		Decides:  "A form that changes something for whoever is signed in has no token, its page keeps none for scripts either, and the session's cookie says neither SameSite=Lax nor Strict.",
		Keeps:    "The form.",
		Advice:   "Put a token into every form that changes something and compare it, or refuse requests whose Origin or Sec-Fetch-Site is foreign; set the session's cookie with SameSite=Lax.",
		Severity: agents.Medium, References: []string{"CWE-352", "WSTG-SESS-05"}, Skills: []string{"CSRF"},
		Check: agents.Each(acting, func(_ context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
			if !ridesAlong(lab.Surface) || hasToken(lab.Surface, f) {
				return agents.Pass()
			}
			cause := "form " + surface.ShapeOf(f.Action)
			if !slices.ContainsFunc(acting(lab.Surface), func(f *surface.Form) bool { return hasToken(lab.Surface, f) }) {
				cause = "no form has a token"
			}
			return agents.Fail(agents.Finding{
				Text:  "Nothing in the form shows that it came from a page of this site, and the session goes along with what other sites send: they can send it in the visitor's name.",
				Where: agents.Place{URL: f.Page, Method: f.Method, Element: f.Name, As: f.As}, Cause: cause, Evidence: []agents.Evidence{agents.Excerpt("form", f.HTML)},
			})
		}),
	}
}

// inHeaders are headers that scripts send a token in.
var inHeaders = regexp.MustCompile(`(?i)x-[cx]srf-?token|requestverificationtoken|csrf-?token`)

// hasToken tells whether a form carries a token, or its page keeps one that scripts send with it.
func hasToken(s *surface.Surface, f *surface.Form) bool {
	for i := range f.Fields {
		if isToken(&f.Fields[i]) {
			return true
		}
	}
	if _, query, ok := strings.Cut(f.Action, "?"); ok && tokenName.MatchString(query) {
		return true
	}
	p := s.Page(f.Page)
	if p == nil {
		return false
	}
	doc := reading.HTML(p.Answer)
	if doc == nil {
		return false
	}
	kept := false
	doc.Find("meta[name]").Each(func(_ int, e *goquery.Selection) {
		kept = kept || tokenName.MatchString(e.AttrOr("name", "")) && len(e.AttrOr("content", "")) >= 16
	})
	doc.Find("script:not([src])").Each(func(_ int, e *goquery.Selection) { kept = kept || inHeaders.MatchString(e.Text()) })
	return kept
}
