package accessibility

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/axe"
)

// group are the nodes of a rule that one change would mend: those that one template draws, or that have one pair of colours.
type group struct {
	issue *axe.Issue
	key   string
	nodes []axe.Node
}

// keyOf names what has to be changed.
func keyOf(issue *axe.Issue, n *axe.Node) string {
	if n.Colours != "" {
		return issue.Rule + " " + n.Colours
	}
	return issue.Rule + " " + n.Sort
}

func grouped(issues []axe.Issue) []*group {
	var list []*group
	for i := range issues {
		byKey := map[string]*group{}
		for _, n := range issues[i].Nodes {
			key := keyOf(&issues[i], &n)
			g := byKey[key]
			if g == nil {
				g = &group{issue: &issues[i], key: key}
				byKey[key] = g
				list = append(list, g)
			}
			g.nodes = append(g.nodes, n)
		}
	}
	return list
}

// severities are what an impact makes of a finding.
var severities = map[axe.Impact]agents.Severity{axe.Critical: agents.High, axe.Serious: agents.Medium, axe.Moderate: agents.Low, axe.Minor: agents.Low}

// finding says what is wrong with a group. State names how the page looked; "" as it is.
func (g *group) finding(s *scan, prefix, state string) agents.Finding {
	n := &g.nodes[0]
	severity, ok := severities[n.Impact]
	if !ok {
		severity = severities[g.issue.Impact]
	}
	f := agents.Finding{
		Title: g.issue.Help, Severity: max(severity, agents.Low), Cause: g.key, References: append(criteria(g.issue.Tags), g.issue.HelpURL),
		Text:  fmt.Sprintf("%s%s not meet the rule %q. %s", state, counted(len(g.nodes)), g.issue.Rule, reason(n.Why)),
		Where: agents.Place{URL: n.Frame, Element: n.Selector}, // without a frame, the page is filled in
	}
	rows := [][]string{{"Element", "Its tag", "Impact"}}
	for i := range g.nodes {
		if i == 20 {
			break
		}
		rows = append(rows, []string{g.nodes[i].Selector, g.nodes[i].HTML, string(g.nodes[i].Impact)})
	}
	f.Evidence = append(f.Evidence, agents.Table("Elements", agents.ByBrowser, rows...), agents.Excerpt("What axe-core says", n.Why+"\n"+g.issue.HelpURL))
	if n.Colours != "" {
		f.Evidence = append(f.Evidence, agents.Excerpt("Contrast", fmt.Sprintf("%s: %.2f to 1", n.Colours, n.Contrast)))
	}
	if picture := s.shots[prefix+g.key]; picture != nil {
		f.Evidence = append(f.Evidence, agents.Shot("The first of them", picture))
	}
	return f
}

func counted(n int) string {
	if n == 1 {
		return "An element does"
	}
	return fmt.Sprintf("%d elements do", n)
}

// reason is the first thing that axe-core would have mended; the evidence has all of them.
func reason(why string) string {
	lines := strings.Split(strings.TrimSpace(why), "\n")
	if len(lines) > 1 { // the first says how many of them
		lines = lines[1:2]
	}
	return strings.TrimSuffix(strings.TrimSpace(lines[0]), ".") + "."
}

var criterion = regexp.MustCompile(`^wcag(\d)(\d)(\d{1,2})$`)

// criteria are the success criteria that a rule belongs to, as its tags tell.
func criteria(tags []string) []string {
	var list []string
	for _, tag := range tags {
		if m := criterion.FindStringSubmatch(tag); m != nil {
			list = append(list, "WCAG "+m[1]+"."+m[2]+"."+m[3])
		}
	}
	return list
}
