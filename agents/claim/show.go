package claim

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/journey"
)

// Mark is how things stood in a tab at one moment.
type Mark struct {
	at         string
	text       string
	requests   int
	exceptions int
}

// Stand notes how things stand.
func Stand(ctx context.Context, tab *browser.Tab) (Mark, error) {
	at, err := tab.Location(ctx)
	if err != nil {
		return Mark{}, err
	}
	s, err := tab.Snapshot(ctx)
	log := tab.Log()
	return Mark{at, s.Text, len(log.Requests), len(log.Exceptions)}, err
}

// Wrong is a norm that was broken since a mark.
type Wrong struct {
	Norm Norm
	Text string // what is wrong, for people
	// What names it without what varies: an address, the words of an error.
	What string
}

// Since says which norms that need nobody's word were broken since a mark. What the tab itself held back, and what a script
// made of that, is not the application's fault.
func (m Mark) Since(ctx context.Context, tab *browser.Tab, inside func(address string) bool) ([]Wrong, error) {
	now, err := Stand(ctx, tab)
	if err != nil {
		return nil, err
	}
	log := tab.Log()
	var list []Wrong
	disturbed, opened := false, false
	for _, q := range log.Requests[min(m.requests, len(log.Requests)):] {
		disturbed = disturbed || q.Held || q.Blocked || q.Failed != ""
		opened = opened || q.Type == "Document"
		if q.Held || q.Blocked || !inside(q.URL) {
			continue
		}
		switch {
		case q.Status >= 500:
			list = append(list, Wrong{ServerError, fmt.Sprintf("%s %s answers %d", q.Method, q.URL, q.Status), shapeless(q.URL)})
		case q.Type == "Document" && (q.Status == 404 || q.Status == 410) && same(q.URL, now.at):
			list = append(list, Wrong{MissingPage, fmt.Sprintf("%s answers %d", q.URL, q.Status), shapeless(q.URL)})
		}
	}
	if !disturbed && !opened {
		for _, e := range log.Exceptions[min(m.exceptions, len(log.Exceptions)):] {
			if (e.URL == "" || inside(e.URL)) && !slices.ContainsFunc(log.Exceptions[:min(m.exceptions, len(log.Exceptions))], func(o browser.Exception) bool { return o.Text == e.Text }) {
				list = append(list, Wrong{ScriptError, "a script fails with " + short(e.Text, 300), short(e.Text, 300)})
			}
		}
	}
	if !disturbed {
		for _, word := range raw {
			if line := fresh(m.text, now.text, word); line != "" {
				list = append(list, Wrong{RawValue, fmt.Sprintf("the page shows %q", line), word.String()})
			}
		}
	}
	return list, nil
}

// raw are values that programs have and people do not read.
var raw = []*regexp.Regexp{regexp.MustCompile(`\bNaN\b`), regexp.MustCompile(`\[object Object\]`), regexp.MustCompile(`\bInvalid Date\b`), regexp.MustCompile(`(?:^|[\s:$€£])undefined(?:$|[\s.,])`)}

// fresh is a short line of a text with a word that was in no line of the text before; long ones may be about the word.
func fresh(before, now string, word *regexp.Regexp) string {
	const longest = 80
	if word.MatchString(before) {
		return ""
	}
	for line := range strings.SplitSeq(now, "\n") {
		if line = Fold(line); len(line) <= longest && word.MatchString(line) {
			return line
		}
	}
	return ""
}

func same(a, b string) bool {
	a, _, _ = strings.Cut(a, "#")
	b, _, _ = strings.Cut(b, "#")
	return a == b
}

// shapeless is an address without its query.
func shapeless(address string) string {
	address, _, _ = strings.Cut(address, "?")
	address, _, _ = strings.Cut(address, "#")
	return address
}

func short(s string, most int) string {
	if s = Fold(s); len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// Shown is what came of trying a claim.
type Shown struct {
	Steps []journey.Done
	URL   string
	// Wrong is what is wrong at the end; nil when nothing is, or when a step before the end could not be made: Broke says
	// which then.
	Wrong *Wrong
	Broke string
}

// Show goes the way of a claim in a tab, and says whether its norm is broken at the end. The error is that of the browser or
// of ctx, and says nothing about the application.
func (c *Claim) Show(ctx context.Context, tab *browser.Tab, target *url.URL, inside func(string) bool) (Shown, error) {
	j := c.Journey()
	last := len(j.Steps) - 1
	steps, err := journey.Run(ctx, tab, target, journey.Journey{Name: j.Name, Steps: j.Steps[:last]})
	s := Shown{Steps: steps}
	if err != nil {
		return s, err
	}
	if n := len(steps); n > 0 {
		s.URL = steps[n-1].URL
		if fault := steps[n-1].Fault; fault != "" {
			s.Broke = fmt.Sprintf("step %d (%s): %s", n, steps[n-1].Step, fault)
			return s, nil
		}
	}
	before, err := Stand(ctx, tab)
	if err != nil {
		return s, err
	}
	end, err := journey.Run(ctx, tab, target, journey.Journey{Name: j.Name, Steps: j.Steps[last:]})
	s.Steps = append(s.Steps, end...)
	if err != nil || len(end) == 0 {
		return s, err
	}
	s.URL = end[0].URL
	if c.Norm.Words() {
		if end[0].Fault != "" {
			s.Wrong = &Wrong{c.Norm, end[0].Fault, c.Text + c.NoText}
		}
		return s, nil
	}
	if end[0].Fault != "" {
		s.Broke = fmt.Sprintf("step %d (%s): %s", last+1, end[0].Step, end[0].Fault)
		return s, nil
	}
	list, err := before.Since(ctx, tab, inside)
	if i := slices.IndexFunc(list, func(w Wrong) bool { return w.Norm == c.Norm }); i >= 0 {
		s.Wrong = &list[i]
		s.Steps[len(s.Steps)-1].Fault = list[i].Text
	}
	return s, err
}
