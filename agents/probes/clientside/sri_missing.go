package clientside

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func sriMissing() *agents.Probe {
	return &agents.Probe{
		ID: "sri-missing", Title: "Foreign scripts that are run unseen",
		Decides:  "A script or style sheet of another origin is loaded without integrity. Hosts that say themselves that their files change with every visitor are left out.",
		Keeps:    "The element.",
		Advice:   "Add integrity=\"sha384-…\" and crossorigin=\"anonymous\", or serve the file yourself.",
		Severity: agents.Low, References: []string{"CWE-353"}, Skills: []string{"third-party script"},
		Check: agents.Each(foreign, func(_ context.Context, lab *agents.Lab, a *surface.Asset) agents.Outcome {
			tag, line, checked := element(lab.Surface, a)
			if checked {
				return agents.Pass()
			}
			u, err := url.Parse(a.URL)
			if err != nil {
				return agents.BlockOn(err)
			}
			return agents.Fail(agents.Finding{
				Text:  "Whoever gets hold of " + u.Host + " runs scripts on these pages, with all that their visitors may do.",
				Where: agents.Place{URL: a.Page, Element: tag, Line: line}, Cause: "files of " + wire.Origin(u), Evidence: []agents.Evidence{agents.Excerpt("element", tag)},
			})
		}),
	}
}

// changing are hosts whose files are not the same for everybody, so that no hash of them holds.
var changing = []string{"fonts.googleapis.com", "www.googletagmanager.com", "www.google-analytics.com", "www.google.com", "maps.googleapis.com", "js.stripe.com", "www.paypal.com", "connect.facebook.net", "platform.twitter.com", "challenges.cloudflare.com", "static.cloudflareinsights.com"}

func foreign(s *surface.Surface) []*surface.Asset {
	return slices.DeleteFunc(slices.Clone(s.Assets), func(a *surface.Asset) bool {
		u, err := url.Parse(a.URL)
		return err != nil || a.Inside || a.Kind != surface.Script && a.Kind != surface.Style || slices.Contains(changing, strings.ToLower(u.Hostname())) || sameOrigin(a)
	})
}

// sameOrigin tells whether an asset lies at the origin of its page, though outside of what is tested.
func sameOrigin(a *surface.Asset) bool {
	u, err := url.Parse(a.URL)
	if err != nil {
		return false
	}
	page, err := url.Parse(a.Page)
	return err == nil && wire.Origin(u) == wire.Origin(page)
}

// element finds the element that loads an asset, and tells whether it names what the file has to be.
func element(s *surface.Surface, a *surface.Asset) (tag string, line int, checked bool) {
	tag, checked = a.Tag, strings.Contains(a.Tag, "integrity=")
	p := s.Page(a.Page)
	if p == nil {
		return tag, 0, checked
	}
	doc := reading.HTML(p.Answer)
	if doc == nil {
		return tag, 0, checked
	}
	doc.Find("script[src], link[href]").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		u := doc.Resolve(e.AttrOr("src", e.AttrOr("href", "")))
		if u == nil || u.String() != a.URL {
			return true
		}
		tag, line, checked = reading.Tag(e), doc.Line(e), e.AttrOr("integrity", "") != ""
		return false
	})
	return tag, line, checked
}
