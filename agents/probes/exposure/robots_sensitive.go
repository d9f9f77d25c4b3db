package exposure

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func robotsSensitive() *agents.Probe {
	return &agents.Probe{
		ID: "robots-sensitive", Title: "robots.txt leads to what is not meant to be found",
		Decides:  "robots.txt names a path whose name says that it is not for everybody, and the target answers it to nobody in particular.",
		Keeps:    "The paths.",
		Advice:   "Ask who somebody is at these paths; robots.txt hides nothing, but lists it.",
		Severity: agents.Info, References: []string{"WSTG-INFO-03"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return s.Robots != nil }, runRobotsSensitive),
	}
}

var sensitive = regexp.MustCompile(`(?i)admin|backup|private|secret|intern|config|setup|install|database|\bdb\b|dump|old|staging|\.git|\.env|log(?:s|file)?\b|phpmyadmin|upload`)

func runRobotsSensitive(_ context.Context, lab *agents.Lab) agents.Outcome {
	answered := map[string]bool{}
	for _, p := range lab.Surface.Pages {
		if u, err := url.Parse(p.URL); err == nil && p.As == "" && p.Answer != nil && p.Answer.Status == 200 && len(p.Answer.Hops) == 0 {
			answered[strings.TrimSuffix(u.Path, "/")] = true
		}
	}
	for _, f := range lab.Surface.Forms { // a page to sign in at is what should be there
		if u, err := url.Parse(f.Page); err == nil && f.Purpose == surface.ForSignIn {
			delete(answered, strings.TrimSuffix(u.Path, "/"))
		}
	}
	rows := [][]string{{"line of robots.txt"}}
	for line := range strings.Lines(string(lab.Surface.Robots.Data)) {
		name, path, ok := strings.Cut(strings.TrimSpace(line), ":")
		path, _, _ = strings.Cut(path, "#")
		path = strings.TrimSpace(path)
		if ok && strings.EqualFold(strings.TrimSpace(name), "disallow") && sensitive.MatchString(path) && answered[strings.TrimSuffix(path, "/")] {
			rows = append(rows, []string{strings.TrimSpace(line)})
		}
	}
	if len(rows) == 1 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("robots.txt names %d paths that are not meant to be found, and everybody who asks gets an answer.", len(rows)-1),
		Where: agents.Place{URL: lab.Surface.Robots.URL}, Cause: "robots.txt", Evidence: []agents.Evidence{agents.Table("the paths", agents.ByReading, rows...)},
	})
}
