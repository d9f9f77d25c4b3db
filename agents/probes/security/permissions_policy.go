package security

import (
	"context"
	"regexp"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func permissionsPolicy() *agents.Probe {
	return &agents.Probe{
		ID: "permissions-policy", Title: "Camera, microphone or position used without a Permissions Policy",
		Decides:  "A page's scripts ask for camera, microphone or position, and the page comes without a Permissions-Policy header.",
		Keeps:    "The place in the script.",
		Advice:   "Send Permissions-Policy, such as camera=(self), geolocation=(), so that frames of others cannot ask for them.",
		Severity: agents.Info, References: []string{"MDN Permissions-Policy"}, Skills: []string{"header policy"},
		Check: agents.Each(drawn, func(_ context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			if len(reading.List(p.Answer.Header, "Permissions-Policy"))+len(reading.List(p.Answer.Header, "Feature-Policy")) > 0 {
				return agents.Pass()
			}
			where, excerpt := powerful(lab.Surface, p)
			if excerpt == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  "The page uses what browsers ask their people for, and does not say which frames may ask too.",
				Where: agents.Place{URL: p.URL, As: p.As}, Cause: at("Permissions-Policy", p.URL),
				Evidence: []agents.Evidence{agents.Excerpt("script "+where, excerpt), agents.Excerpt("headers", reading.Lines(p.Answer.Header, "Permissions-Policy"))},
			})
		}),
	}
}

var powers = regexp.MustCompile(`\bgetUserMedia\s*\(|\bgetDisplayMedia\s*\(|navigator\.geolocation\b|\.mediaDevices\b`)

// powerful finds the first use of a power in a page's own scripts.
func powerful(s *surface.Surface, p *surface.Page) (where, excerpt string) {
	doc := reading.HTML(p.Answer)
	if doc == nil {
		return "", ""
	}
	loads := map[string]bool{}
	doc.Find("script").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		if src, ok := e.Attr("src"); ok {
			if u := doc.Resolve(src); u != nil {
				loads[u.String()] = true
			}
			return true
		}
		where, excerpt = p.URL, found(e.Text())
		return excerpt == ""
	})
	for _, a := range s.Assets {
		if excerpt == "" && loads[a.URL] && a.Answer != nil {
			where, excerpt = a.URL, found(string(a.Answer.Body))
		}
	}
	return where, excerpt
}

func found(script string) string {
	if at := powers.FindStringIndex(script); at != nil {
		return reading.Around(script, at[0], at[1], 80)
	}
	return ""
}
