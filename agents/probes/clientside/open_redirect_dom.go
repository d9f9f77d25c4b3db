package clientside

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func openRedirectDOM() *agents.Probe {
	return &agents.Probe{
		ID: "open-redirect-dom", Title: "Scripts lead to wherever an address says",
		Decides:  "With https://evil.invalid/ or //evil.invalid/ in its fragment or its parameters, a page goes there by itself, and no answer of the server has said so.",
		Keeps:    "The address, and where the browser went.",
		Advice:   "Compare where to go with a list, or take only paths: new URL(next, location.origin).origin === location.origin.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, References: []string{"CWE-601"}, Skills: []string{"DOM XSS"},
		Check: agents.Each(scripted, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			scripts := pages.Scripts(lab.Surface, p)
			if !leads.MatchString(scripts) || !sources.MatchString(scripts) {
				return agents.Pass()
			}
			named := func(evil string) url.Values {
				query := url.Values{}
				for _, name := range append(namesIn(scripts, p.URL), redirectNames...) {
					query.Set(name, evil+name)
				}
				return query
			}
			const evil, bare = "https://" + evilHost + "/", "//" + evilHost + "/"
			for _, address := range []string{with(p.URL, named(evil), ""), with(p.URL, named(bare), ""), with(p.URL, nil, evil+"fragment"), with(p.URL, nil, named(evil).Encode())} {
				went, err := leadsTo(ctx, lab, p, address)
				if err != nil {
					return agents.BlockOn(err)
				}
				if went == "" {
					continue
				}
				_, from, _ := strings.Cut(went, evilHost)
				from = strings.Trim(from, "/")
				return agents.Fail(agents.Finding{
					Text:  "The page goes to another site that its address names (" + from + "): a link that looks like this site's leads people anywhere.",
					Where: agents.Place{URL: p.URL, Parameter: from, As: p.As}, Evidence: []agents.Evidence{agents.Table("the browser", agents.ByBrowser, []string{"opened", "went to"}, []string{address, went})},
				})
			}
			return agents.Pass()
		}),
	}
}

const evilHost = "evil.invalid"

var (
	leads         = regexp.MustCompile(`\blocation\s*=[^=]|\blocation\.(?:href\s*=[^=]|assign\b|replace\b)|\bwindow\.open\s*\(|navigation\.navigate`)
	redirectNames = []string{"next", "url", "redirect", "redirect_uri", "return", "returnTo", "return_to", "returnUrl", "to", "goto", "dest", "destination", "continue", "target"}
)

// leadsTo opens an address, and tells where else than at the target the page wanted to go; "" when it stayed.
func leadsTo(ctx context.Context, lab *agents.Lab, p *surface.Page, address string) (string, error) {
	tab, err := lab.Open(ctx, p.As, browser.Setting{})
	if err != nil {
		return "", err
	}
	defer tab.Close()
	gone := tab.Go(ctx, address)
	log := tab.Log()
	for _, q := range log.Requests {
		if q.Status >= 300 && q.Status < 400 && strings.Contains(q.Answer["location"]+q.Answer["Location"], evilHost) {
			return "", nil // the server's own doing: open-redirect
		}
	}
	for _, q := range log.Requests {
		if u, err := url.Parse(q.URL); err == nil && q.Type == "Document" && u.Hostname() == evilHost {
			return q.URL, nil
		}
	}
	if i := slices.IndexFunc(log.Opened, func(opened string) bool { u, err := url.Parse(opened); return err == nil && u.Hostname() == evilHost }); i >= 0 {
		return log.Opened[i], nil
	}
	if gone != nil && ctx.Err() != nil {
		return "", gone
	}
	return "", nil
}
