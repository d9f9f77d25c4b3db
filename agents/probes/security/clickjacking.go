package security

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func clickjacking() *agents.Probe {
	return &agents.Probe{
		ID: "clickjacking", Title: "Pages that other sites can put into a frame",
		Decides:  "A page with a form that changes something, or of somebody who is signed in, comes with neither X-Frame-Options DENY or SAMEORIGIN nor frame-ancestors.",
		Keeps:    "The headers, and a picture of the page in a frame of a foreign origin where there is a browser.",
		Advice:   "Send frame-ancestors 'none' or 'self' in the Content-Security-Policy, and X-Frame-Options: DENY or SAMEORIGIN for older browsers.",
		Severity: agents.Medium, References: []string{"CWE-1021", "WSTG-CLNT-09"}, Skills: []string{"header policy"},
		Check: agents.Each(worthFraming, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			if !framable(p.Answer) {
				return agents.Pass()
			}
			f := agents.Finding{
				Text:  "Another site can lay the page, unseen, over its own: who clicks there presses the buttons of this one.",
				Where: agents.Place{URL: p.URL, As: p.As}, Cause: at("frame-ancestors", p.URL),
				Evidence: []agents.Evidence{agents.Excerpt("headers", reading.Lines(p.Answer.Header, "X-Frame-Options", "Content-Security-Policy")), agents.Exchanged("answer", p.Answer)},
			}
			if first := slices.IndexFunc(worthFraming(lab.Surface), func(p *surface.Page) bool { return framable(p.Answer) }); worthFraming(lab.Surface)[first] == p {
				if picture := framed(ctx, lab, p); picture != nil {
					f.Evidence = append(f.Evidence, agents.Shot("the page in a frame of a foreign origin", picture))
				}
			}
			return agents.Fail(f)
		}),
	}
}

// worthFraming are pages on which a click does something.
func worthFraming(s *surface.Surface) []*surface.Page {
	acts := map[string]bool{}
	for _, f := range s.Forms {
		if f.Changes() {
			acts[f.Page] = true
		}
	}
	return slices.DeleteFunc(drawn(s), func(p *surface.Page) bool { return p.As == "" && !acts[p.URL] })
}

// framable tells whether a page of another origin may show the answer in a frame.
func framable(x *wire.Exchange) bool {
	bounded := false
	for _, policy := range reading.Enforced(x) {
		values, ok := policy.Get("frame-ancestors")
		if !ok {
			continue
		}
		bounded = true // browsers then take no notice of X-Frame-Options
		if !slices.ContainsFunc(values, func(v string) bool { return v == "*" || v == "http:" || v == "https:" }) {
			return false
		}
	}
	if bounded {
		return true
	}
	for _, value := range reading.List(x.Header, "X-Frame-Options") {
		if strings.EqualFold(value, "DENY") || strings.EqualFold(value, "SAMEORIGIN") {
			return false
		}
	}
	return true
}

// framed shows the page in a frame of a page that has no origin in common with it; nil when it does not come up there.
func framed(ctx context.Context, lab *agents.Lab, p *surface.Page) []byte {
	if lab.Browser == nil {
		return nil
	}
	tab, err := lab.Open(ctx, p.As, browser.Setting{Width: 900, Height: 600})
	if err != nil {
		return nil
	}
	defer tab.Close()
	const frame = `<!doctype html><title>foreign</title><body style="background:#fdd"><p>A page of another site</p><iframe width=860 height=480 src="`
	const enough = 3 * time.Second // a frame of another process says nothing of its end
	timed, cancel := context.WithTimeout(ctx, enough)
	defer cancel()
	if err := tab.Go(timed, "data:text/html,"+url.PathEscape(frame+strings.ReplaceAll(p.URL, `"`, "%22")+`"></iframe>`)); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	for _, q := range tab.Log().Requests {
		if q.URL == p.URL && q.Status >= 200 && q.Status < 300 && q.Failed == "" && !q.Blocked {
			if picture, err := tab.Screenshot(ctx, nil); err == nil {
				return picture
			}
		}
	}
	return nil
}
