package functional

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// maxAnchors bounds the places in other pages that are looked up for one page.
const maxAnchors = 20

func brokenAnchor() *agents.Probe {
	return &agents.Probe{
		ID: "broken-anchor", Title: "Link to a place that the page does not have",
		Decides:  "A link names a place in a page (#name) that has no element with that id or name, and clicking it changes nothing.",
		Keeps:    "The link's element, and the place that is missing.",
		Advice:   "Give the place that is meant the id, or correct the link.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Low, Skills: []string{"links"},
		Check: onVisit(func(ctx context.Context, lab *agents.Lab, p *surface.Page, v *browser.Visit) agents.Outcome {
			doc := reading.Parse([]byte(v.HTML), v.Final)
			if doc == nil {
				return agents.Block("the page's document cannot be read")
			}
			missing, err := lost(ctx, lab, p, v, doc)
			if err != nil {
				return agents.BlockOn(err)
			}
			var findings []agents.Finding
			for _, m := range missing {
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s links to %s, and no element has the id %q.", pathOf(p.URL), m.href, m.name),
					Where: agents.Place{URL: p.URL, Element: m.tag, As: p.As}, Cause: m.cause,
					Evidence: []agents.Evidence{agents.Table("link", agents.ByBrowser, []string{"page", "element", "missing"}, []string{p.URL, m.tag, "#" + m.name})},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// anchor is a link to a place in a page.
type anchor struct{ href, name, tag, cause string }

// lost are the links of a page whose places are not there.
func lost(ctx context.Context, lab *agents.Lab, p *surface.Page, v *browser.Visit, doc *reading.Document) ([]anchor, error) {
	here, err := url.Parse(v.Final)
	if err != nil {
		return nil, err
	}
	var same, other []anchor
	seen := map[string]bool{}
	doc.Find("a[href*='#'], area[href*='#']").Each(func(_ int, e *goquery.Selection) {
		href := e.AttrOr("href", "")
		to := doc.Resolve(href)
		if to == nil || seen[to.String()] || to.Fragment == "" || to.Fragment == "top" || strings.ContainsAny(to.Fragment[:1], "/!") || strings.Contains(to.Fragment, ":~:") || strings.ContainsAny(to.Fragment, "=&") {
			return
		}
		seen[to.String()] = true
		a := anchor{href: href, name: to.Fragment, tag: reading.Tag(e)}
		if to.Host == here.Host && to.Path == here.Path && to.RawQuery == here.RawQuery {
			a.cause = p.Shape + " #" + a.name
			if !has(doc, a.name) {
				same = append(same, a)
			}
			return
		}
		page := lab.Surface.Page(withoutPlace(to))
		if page == nil || page.Answer == nil || len(other) >= maxAnchors {
			return
		}
		a.cause = page.Shape + " #" + a.name
		if target := reading.HTML(page.Answer); target != nil && !has(target, a.name) {
			other = append(other, a)
		}
	})
	kept, err := inert(ctx, lab, p, same)
	if err != nil {
		return nil, err
	}
	for _, a := range other { // scripts may draw the place
		to := doc.Resolve(a.href)
		page := lab.Surface.Page(withoutPlace(to))
		seen, err := lab.Visits.Visit(ctx, page.URL, page.As)
		if err != nil {
			return nil, err
		}
		if target := reading.Parse([]byte(seen.HTML), seen.Final); target != nil && !has(target, a.name) && len(strangers(seen, "Script")) == 0 {
			kept = append(kept, a)
		}
	}
	return kept, nil
}

func withoutPlace(u *url.URL) string {
	page := *u
	page.Fragment, page.RawFragment = "", ""
	return page.String()
}

// has tells whether a document has a place of that name.
func has(doc *reading.Document, name string) (found bool) {
	doc.Find("[id], a[name]").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		found = e.AttrOr("id", "") == name || e.AttrOr("name", "") == name && e.Is("a")
		return !found
	})
	return found
}

// inert keeps those links whose click changes nothing but the address: many a script takes links to # for buttons.
func inert(ctx context.Context, lab *agents.Lab, p *surface.Page, list []anchor) ([]anchor, error) {
	if len(list) == 0 {
		return nil, nil
	}
	tab, err := lab.Open(ctx, p.As, browser.Setting{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	var kept []anchor
	for _, a := range list[:min(len(list), maxAnchors)] {
		if err := tab.Go(ctx, p.URL); err != nil {
			return nil, err
		}
		still, err := browser.Eval[bool](ctx, tab, `(async () => {
			const link = [...document.querySelectorAll("a[href], area[href]")].find((e) => e.getAttribute("href") === `+browser.Quote(a.href)+`);
			if (!link) return false;
			let taken = false, changes = 0;
			addEventListener("click", (e) => { taken = e.defaultPrevented; }, {once: true});
			const watch = new MutationObserver((l) => { changes += l.length; });
			watch.observe(document, {subtree: true, childList: true, attributes: true});
			link.click();
			await new Promise((done) => setTimeout(done, 500));
			return !taken && changes === 0 && !document.getElementById(`+browser.Quote(a.name)+`);
		})()`)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil && still {
			kept = append(kept, a)
		}
	}
	return kept, nil
}
