package accessibility

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func axeFrames() *agents.Probe {
	return &agents.Probe{
		ID: "axe-frames", Title: "Frame of another origin, which was not looked into",
		Decides: "Frames of the page's own origin are scanned with the page. Those of others are listed as not covered; that is no fault.",
		Keeps:   "The addresses of the frames.",
		Advice:  "Ask whoever provides what the frame shows for its own accessibility report.",
		Needs:   agents.NeedsBrowser, Severity: agents.Info, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(framed, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			s, problem := scanned(ctx, lab, p)
			if problem != nil {
				return *problem
			}
			v, problem := pages.Visit(ctx, lab, p)
			if problem != nil {
				return *problem
			}
			foreign := strangers(v)
			if len(foreign) == 0 {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Cause: "frames " + foreign[0], Where: agents.Place{Element: "iframe"},
				Text:     fmt.Sprintf("%d frames of other origins were not looked into; %d of the page's own origin were.", len(foreign), len(s.full.Frames)),
				Evidence: []agents.Evidence{agents.Excerpt("Not looked into", strings.Join(foreign, "\n")), agents.Excerpt("Looked into", strings.Join(s.full.Frames, "\n"))},
			})
		}),
	}
}

// framed are the pages with frames.
func framed(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range pages.Drawn(s) {
		if doc := reading.HTML(p.Answer); doc != nil && doc.Find("iframe, frame").Length() > 0 {
			list = append(list, p)
		}
	}
	return list
}

// strangers are the origins of a page's frames that are not its own.
func strangers(v *browser.Visit) []string {
	own, err := url.Parse(v.Final)
	if err != nil {
		return nil
	}
	var list []string
	for _, address := range v.Snapshot.Frames {
		u, err := own.Parse(address)
		if err == nil && u.Host != "" && (u.Scheme != own.Scheme || u.Host != own.Host) {
			list = append(list, u.Scheme+"://"+u.Host+u.EscapedPath())
		}
	}
	return list
}
