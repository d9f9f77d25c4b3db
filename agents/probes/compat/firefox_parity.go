package compat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/firefox"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func firefoxParity() *agents.Probe {
	return &agents.Probe{
		ID: "firefox-parity", Title: "Page that Firefox shows otherwise",
		Decides:  "In Firefox a script throws an error where none is thrown in Chromium, the page stays empty or is wider than the window, or a heading, landmark, control or picture that Chromium shows is not shown or much wider or narrower.",
		Keeps:    "What differs, and the page in Firefox.",
		Advice:   "Use what all browsers know, ask whether a feature is there before using it, and look at the page in Firefox as well.",
		Severity: agents.Medium, Needs: agents.NeedsBrowser, Skills: []string{"engines"}, Time: 3 * time.Minute,
		Check: agents.Each(func(s *surface.Surface) []*surface.Page {
			return slices.DeleteFunc(pages.Drawn(s), func(p *surface.Page) bool { return p.As != "" }) // it is nobody who looks
		}, runFirefoxParity),
	}
}

func runFirefoxParity(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	if lab.Firefox == nil {
		return agents.Skip("no Firefox")
	}
	v, blocked := pages.Visit(ctx, lab, p)
	if blocked != nil {
		return *blocked
	}
	b, err := lab.Firefox(ctx)
	if err != nil {
		if errors.Is(err, firefox.ErrNone) {
			return agents.Skip("no Firefox")
		}
		return agents.BlockOn(err)
	}
	look, err := b.Look(ctx, p.URL, browser.SnapshotScript())
	if err != nil {
		return agents.Block("the page could not be looked at in Firefox: %v", err)
	}
	var s browser.Snapshot
	if err := json.Unmarshal(look.Value, &s); err != nil {
		return agents.BlockOn(err)
	}
	var findings []agents.Finding
	add := func(cause, text, element string, shown ...string) {
		f := agents.Finding{Text: fmt.Sprintf(text, pathOf(p.URL)), Cause: cause, Where: agents.Place{URL: p.URL, Element: element}}
		f.Evidence = []agents.Evidence{agents.Excerpt("what differs", strings.Join(shown, "\n")), agents.Shot("the page in Firefox", look.Picture)}
		findings = append(findings, f)
	}
	if thrown := thrownIn(look.Log); len(thrown) > 0 && len(v.Log.Exceptions) == 0 {
		add("error "+firstLine(thrown[0]), "In Firefox a script of %s throws an error, and in Chromium none does.", "", thrown...)
	}
	switch missing := notShown(v.Snapshot, s); {
	case blank(s) && !blank(v.Snapshot):
		add("blank", "In Firefox %s stays empty.", "", "in Chromium: "+firstLine(strings.TrimSpace(v.Snapshot.Text)))
	case len(missing) > 0:
		add("not shown "+steady(missing[0].Selector), "In Firefox %s does not show what it shows in Chromium.", missing[0].Selector, described(missing)...)
	}
	const more = 20 // pixels
	if wide(s) > more && wide(v.Snapshot) <= 1 {
		add("wide "+surface.ShapeOf(p.URL), "In Firefox %s is wider than the window, and in Chromium it is not.", "", fmt.Sprintf("%.0f pixels more than the window", wide(s)))
	}
	if other := otherWidth(v.Snapshot, s); len(other) > 0 {
		add("width "+steady(other[0].Selector), "In Firefox a part of %s is much wider or narrower than in Chromium.", other[0].Selector, described(other)...)
	}
	return agents.Fail(findings...)
}

// raised are messages of the console that are errors of scripts, and not of what they ask for.
var raised = regexp.MustCompile(`^(?:uncaught exception|(?:\w*Error|\w+Exception)\b)`)

func thrownIn(log []firefox.Entry) []string {
	var list []string
	for _, e := range log {
		if e.Type == "javascript" && e.Level == "error" && raised.MatchString(e.Text) && len(list) < 10 {
			list = append(list, e.Text)
		}
	}
	return list
}

func blank(s browser.Snapshot) bool { return len(strings.TrimSpace(s.Text)) < 20 }

// wide is how far a page reaches beyond the window.
func wide(s browser.Snapshot) float64 { return s.Page.W - float64(s.Width) }

const outline = " h1 h2 h3 main nav header footer form button input select textarea table img "

// pairs are the elements of the outline that both browsers have at the same place in the document, as Chromium and Firefox
// see them.
func pairs(chromium, other browser.Snapshot) (list [][2]browser.Element) {
	at := map[string]browser.Element{}
	for _, e := range other.Elements {
		if !e.Shadow {
			at[e.Selector] = e
		}
	}
	for _, e := range chromium.Elements {
		if f, ok := at[e.Selector]; ok && e.Seen && !e.Shadow && f.Tag == e.Tag && f.Text == e.Text && strings.Contains(outline, " "+e.Tag+" ") {
			list = append(list, [2]browser.Element{e, f})
		}
	}
	return list
}

// notShown are those that Firefox does not show, or whose picture it does not draw.
func notShown(chromium, other browser.Snapshot) (list []browser.Element) {
	const fold, dot = 800, 2 // pixels
	for _, pair := range pairs(chromium, other) {
		e, f := pair[0], pair[1]
		drawn := e.Natural == nil || e.Natural.W <= dot || e.Box.Y > fold || f.Natural != nil && f.Natural.W > 0 // what is below is loaded later
		if (!f.Seen || !drawn) && e.Box.W > dot && e.Box.H > dot {
			list = append(list, e)
		}
	}
	return list
}

// otherWidth are parts of the page that are much wider or narrower in Firefox.
func otherWidth(chromium, other browser.Snapshot) (list []browser.Element) {
	const much = 400 // of 1280 pixels
	for _, pair := range pairs(chromium, other) {
		e, f := pair[0], pair[1]
		part := strings.Contains(" main nav header footer form table ", " "+e.Tag+" ")
		if part && f.Seen && math.Abs(e.Box.W-f.Box.W) > much {
			e.Box.W = f.Box.W // what is told is Firefox's
			list = append(list, e)
		}
	}
	return list
}

func described(list []browser.Element) []string {
	const most = 10
	var lines []string
	for _, e := range list[:min(len(list), most)] {
		lines = append(lines, fmt.Sprintf("%s  %q  %.0f × %.0f", e.Selector, e.Label+e.Text, e.Box.W, e.Box.H))
	}
	if more := len(list) - most; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return lines
}

var index = regexp.MustCompile(`:nth-of-type\(\d+\)`)

// steady is a selector without what differs from page to page.
func steady(selector string) string { return index.ReplaceAllString(selector, "") }
