package ops

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func robotsSitemap() *agents.Probe {
	return &agents.Probe{
		ID: "robots-sitemap", Title: "robots.txt or site map that machines cannot use",
		Decides:  "robots.txt has lines that are no rule, rules before any User-agent or site maps without a whole address; or a site map is no well-formed one, or lists addresses that are missing, or that are at a machine of development.",
		Keeps:    "The lines, or the addresses and what they answered.",
		Advice:   "Write both from what the application really has, and check them when it is built.",
		Severity: agents.Low, References: []string{"RFC 9309", "sitemaps.org"}, Needs: agents.NeedsHTTP, Skills: []string{"SEO"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return s.Robots != nil || len(s.SiteMaps) > 0 }, usable),
	}
}

func usable(ctx context.Context, lab *agents.Lab) agents.Outcome {
	var findings []agents.Finding
	if doc := lab.Surface.Robots; doc != nil {
		if wrong := wrongLines(doc.Data); len(wrong) > 0 {
			findings = append(findings, agents.Finding{
				Title: "robots.txt has lines that crawlers cannot read", Cause: "robots.txt", Where: agents.Place{URL: doc.URL, Line: wrong[0].number},
				Text: fmt.Sprintf("robots.txt has %d lines that are not as they should be; the first is line %d: %s.", len(wrong), wrong[0].number, wrong[0].why), Evidence: []agents.Evidence{linesOf(wrong)},
			})
		}
	}
	for _, doc := range lab.Surface.SiteMaps {
		list, o := mapped(ctx, lab, doc)
		if o != nil {
			return *o
		}
		findings = append(findings, list...)
	}
	return agents.Fail(findings...)
}

type line struct {
	number    int
	text, why string
}

func linesOf(wrong []line) agents.Evidence {
	rows := [][]string{{"line", "what stands there", "what is wrong"}}
	for _, l := range wrong[:min(len(wrong), 20)] {
		rows = append(rows, []string{fmt.Sprint(l.number), reading.Shorten(l.text, 200), l.why})
	}
	return agents.Table("Lines", agents.ByReading, rows...)
}

var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z-]{1,40}$`)

// wrongLines are the lines of a robots.txt that are no rule of one.
func wrongLines(data []byte) []line {
	var wrong []line
	agent := false
	scanner := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	for n := 1; scanner.Scan() && n <= 5000; n++ {
		text, _, _ := strings.Cut(scanner.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		name, value, ok := strings.Cut(text, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		why := ""
		switch {
		case !ok || !fieldName.MatchString(name):
			why = "it is no name with a value"
		case name == "user-agent":
			agent = true
			if value == "" {
				why = "it names nobody"
			}
		case name == "allow" || name == "disallow":
			if !agent {
				why = "it stands before any User-agent, so it holds for nobody"
			} else if value != "" && value[0] != '/' && value[0] != '*' && value[0] != '$' {
				why = "a path begins with /"
			}
		case name == "sitemap":
			if u, err := url.Parse(value); err != nil || !u.IsAbs() {
				why = "a site map is named with its whole address"
			}
		}
		if why != "" {
			wrong = append(wrong, line{n, text, why})
		}
	}
	return wrong
}
