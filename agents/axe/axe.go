// Package axe runs axe-core, unchanged, in a tab: the rules of WCAG that a program can decide by itself. It decides about
// half of what people decide; probes of our own look for the rest.
package axe

import (
	"context"
	_ "embed"
	"fmt"
	"regexp"
	"slices"

	"github.com/atelier-studio/atelier/agents/browser"
)

//go:embed axe.min.js
var source string

//go:embed run.js
var runner string

// Licence is that of axe-core, which travels with it.
//
//go:embed LICENSE
var Licence string

// Tags of the rules, by what they belong to.
var (
	A            = []string{"wcag2a", "wcag21a", "wcag22a"}
	AA           = []string{"wcag2aa", "wcag21aa", "wcag22aa"}
	BestPractice = []string{"best-practice"}
)

// Options of a scan. Rules are run instead of those with the tags, when there are some.
type Options struct {
	Tags  []string
	Rules []string
}

// Result is what a scan found.
type Result struct {
	Violations []Issue `json:"violations"`
	// Unsure are those that somebody has to look at: no failures.
	Unsure []Issue `json:"unsure"`
	// Passed is how many rules applied and held.
	Passed int `json:"passed"`
	// Frames are those that were scanned besides the page; Left those that were not, of other origins.
	Frames []string `json:"frames"`
	Left   []string `json:"left"`
}

// Issue is a rule that does not hold somewhere.
type Issue struct {
	Rule    string   `json:"rule"`
	Impact  Impact   `json:"impact"`
	Help    string   `json:"help"` // what the rule asks for, in a sentence
	HelpURL string   `json:"helpURL"`
	Tags    []string `json:"tags"`
	Count   int      `json:"count"` // of all nodes; Nodes has the first 50
	Nodes   []Node   `json:"nodes"`
}

// Node is an element of which a rule does not hold.
type Node struct {
	browser.Part
	Impact   Impact  `json:"impact"`
	Why      string  `json:"why"`
	Colours  string  `json:"colours,omitempty"` // "#777 on #fff", of rules about contrast
	Contrast float64 `json:"contrast,omitempty"`
	Frame    string  `json:"frame,omitempty"` // its address; "" in the page itself
}

// Impact is how hard an issue hits those whom it hits.
type Impact string

// The impacts.
const (
	Minor    Impact = "minor"
	Moderate Impact = "moderate"
	Serious  Impact = "serious"
	Critical Impact = "critical"
)

// Has tells whether an issue's rule has one of the tags.
func (i *Issue) Has(tags []string) bool {
	return slices.ContainsFunc(tags, func(tag string) bool { return slices.Contains(i.Tags, tag) })
}

// Version is that of axe-core.
func Version() string {
	if m := regexp.MustCompile(`axe v(\d+\.\d+\.\d+)`).FindStringSubmatch(source[:min(len(source), 200)]); m != nil {
		return m[1]
	}
	return ""
}

// onlyTop are rules about a page as a whole, which a frame in it need not follow.
var onlyTop = []string{
	"bypass", "document-title", "html-has-lang", "landmark-one-main", "meta-viewport", "meta-viewport-large", "page-has-heading-one", "region", "landmark-banner-is-top-level",
	"landmark-contentinfo-is-top-level", "landmark-main-is-top-level", "landmark-no-duplicate-banner", "landmark-no-duplicate-contentinfo", "landmark-no-duplicate-main", "landmark-unique", "skip-link",
}

// Scan scans what a tab shows now, with its frames of the same origin. The page hears nothing of it.
func Scan(ctx context.Context, t *browser.Tab, o Options) (*Result, error) {
	frames, err := t.Frames(ctx)
	if err != nil {
		return nil, err
	}
	result := &Result{}
	for _, f := range frames {
		if f.Foreign {
			result.Left = append(result.Left, f.URL)
			continue
		}
		r, err := scan(ctx, t, f, o)
		switch {
		case err != nil && (f.Top || ctx.Err() != nil):
			return nil, fmt.Errorf("the page cannot be scanned: %w", err)
		case err != nil: // it may have gone meanwhile
			result.Left = append(result.Left, f.URL)
			continue
		case !f.Top:
			result.Frames = append(result.Frames, f.URL)
		}
		result.add(r, f)
	}
	return result, nil
}

func scan(ctx context.Context, t *browser.Tab, f browser.Frame, o Options) (*Result, error) {
	there, err := browser.InspectIn[bool](ctx, t, f, `return typeof axe === "object" && axe.version === `+browser.Quote(Version())+`;`)
	if err != nil {
		return nil, err
	}
	if !there {
		if _, err := browser.InspectIn[bool](ctx, t, f, source+"\nreturn true;"); err != nil {
			return nil, err
		}
	}
	options := map[string]any{"runOnly": map[string]any{"type": "tag", "values": o.Tags}, "resultTypes": []string{"violations", "incomplete"}, "elementRef": true, "iframes": false, "preload": false}
	if len(o.Rules) > 0 {
		options["runOnly"] = map[string]any{"type": "rule", "values": o.Rules}
	} else if !f.Top {
		rules := map[string]any{}
		for _, rule := range onlyTop {
			rules[rule] = map[string]bool{"enabled": false}
		}
		options["rules"] = rules
	}
	return browser.InspectIn[*Result](ctx, t, f, runner+"\nreturn scan("+browser.Quote(options)+");")
}

// add takes over what was found in a frame.
func (r *Result) add(from *Result, f browser.Frame) {
	if from == nil {
		return
	}
	r.Passed += from.Passed
	merge := func(to *[]Issue, list []Issue) {
		for _, issue := range list {
			if !f.Top {
				for i := range issue.Nodes {
					issue.Nodes[i].Frame = f.URL
				}
			}
			at := slices.IndexFunc(*to, func(have Issue) bool { return have.Rule == issue.Rule })
			if at < 0 {
				*to = append(*to, issue)
				continue
			}
			(*to)[at].Count += issue.Count
			(*to)[at].Nodes = append((*to)[at].Nodes, issue.Nodes...)
		}
	}
	merge(&r.Violations, from.Violations)
	merge(&r.Unsure, from.Unsure)
}
