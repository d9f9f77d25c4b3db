package clientside

import (
	"context"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func vulnerableJS() *agents.Probe {
	return &agents.Probe{
		ID: "vulnerable-js", Title: "Libraries with known faults",
		Decides:  "The version of a library, as it names itself in the page, at the head of its file or in its address, is one of those that a published advisory names. The table is short and comes with the studio; a library that is not in it says nothing.",
		Keeps:    "Library and version, how it was told, and the advisories.",
		Advice:   "Update the library; where it is not kept up any more, replace it.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, References: []string{"CWE-1104", "OWASP A06:2021"}, Skills: []string{"third-party script"},
		Check: agents.Each(loading, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			tab, err := lab.Open(ctx, p.As, browser.Setting{})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer tab.Close()
			if err := tab.Go(ctx, p.URL); err != nil {
				return agents.BlockOn(err)
			}
			says, err := browser.Eval[map[string]string](ctx, tab, asking)
			if err != nil {
				return agents.BlockOn(err)
			}
			files := filesOf(lab.Surface, p)
			var findings []agents.Finding
			for i := range libraries {
				l := &libraries[i]
				version, told := says[l.name], "the page, by "+l.global
				if !whole(version) {
					version, told = l.inFiles(files)
				}
				known := l.known(version)
				if version == "" || len(known) == 0 {
					continue
				}
				rows := [][]string{{"advisory", "of versions before", "what it says"}}
				references := []string{"CWE-1104", "OWASP A06:2021"}
				for _, f := range known {
					rows = append(rows, []string{f.id, f.below, f.text})
					references = append(references, f.id)
				}
				findings = append(findings, agents.Finding{
					Text:  l.name + " " + version + " has known faults, such as " + known[0].id + ": " + known[0].text + ".",
					Where: agents.Place{URL: p.URL, Element: told, As: p.As}, Cause: l.name + " " + version, References: references,
					Evidence: []agents.Evidence{agents.Table(l.name+" "+version+", told by "+told, agents.ByBrowser, rows...)},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// asking gives the versions of all libraries that the page names.
var asking = func() string {
	var b strings.Builder
	b.WriteString("(() => { const found = {}; const ask = (name, of) => { try { const v = of(); if (v) found[name] = String(v); } catch (e) {} };\n")
	for _, l := range libraries {
		if l.global != "" {
			b.WriteString("ask(" + browser.Quote(l.name) + ", () => " + l.global + ");\n")
		}
	}
	return b.String() + "return found; })()"
}()

func whole(version string) bool {
	return version != "" && version[0] >= '0' && version[0] <= '9' && strings.Contains(version, ".")
}

// file is a script that a page loads: what it begins with is known of the target's own.
type file struct{ address, head string }

// filesOf are the scripts that a page loads.
func filesOf(s *surface.Surface, p *surface.Page) []file {
	const enough = 4000
	var list []file
	doc := reading.HTML(p.Answer)
	if doc == nil {
		return nil
	}
	doc.Find("script[src]").Each(func(_ int, e *goquery.Selection) {
		u := doc.Resolve(e.AttrOr("src", ""))
		if u == nil {
			return
		}
		f := file{address: u.String()}
		for _, a := range s.Assets {
			if a.URL == f.address && a.Answer != nil {
				f.head = string(a.Answer.Body[:min(len(a.Answer.Body), enough)])
			}
		}
		list = append(list, f)
	})
	return list
}

// inFiles finds a library's version in what files begin with, or in their addresses.
func (l *library) inFiles(files []file) (version, told string) {
	for _, f := range files {
		if l.banners != nil {
			if m := l.banners.FindStringSubmatch(f.head); m != nil {
				return m[1], "the head of " + f.address
			}
		}
		if m := l.files.FindStringSubmatch(strings.SplitN(f.address, "?", 2)[0]); m != nil {
			return m[1], "the address " + f.address
		}
	}
	return "", ""
}

// loading are pages that load scripts, one for every set of them.
func loading(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	seen := map[string]bool{}
	for _, p := range pages.Drawn(s) {
		var addresses []string
		for _, f := range filesOf(s, p) {
			addresses = append(addresses, f.address)
		}
		slices.Sort(addresses)
		set := strings.Join(addresses, "\n")
		if scripts := pages.Scripts(s, p); scripts == "" && set == "" || seen[set] {
			continue
		}
		seen[set] = true
		list = append(list, p)
	}
	return list
}
