package mobile

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

//go:embed hover.js
var hoverScript string

// hovered is something that a style sheet shows while the mouse is over something else.
type hovered struct {
	Over  browser.Part `json:"over"`
	Shown browser.Part `json:"shown"`
	Rule  string       `json:"rule"`
	Text  string       `json:"text"`
}

func hoverOnly() *agents.Probe {
	return &agents.Probe{
		ID: "hover-only", Title: "Content that only a mouse brings up",
		Decides: "Rules of style sheets with :hover are tried. It fails when what they show appears with the mouse over its trigger, and not with the focus on the trigger or in it.",
		Keeps:   "The rule, the trigger and what it shows, and a picture.",
		Advice:  "Add :focus-within to the rule, on something that can have the focus, or show it on a click.",
		Needs:   agents.NeedsBrowser, Severity: agents.Low, References: []string{"WCAG 1.4.13"}, Skills: []string{"touch"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			t, err := pages.Open(ctx, lab, p, browser.Setting{})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer t.Close()
			if err := t.Still(ctx); err != nil {
				return agents.BlockOn(err)
			}
			list, err := browser.Inspect[[]hovered](ctx, t, hoverScript)
			if err != nil {
				return agents.BlockOn(err)
			}
			var findings []agents.Finding
			for _, h := range list {
				only, picture, err := onlyHover(ctx, t, h)
				if err != nil {
					return agents.BlockOn(err)
				}
				if !only {
					continue
				}
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%q appears with the mouse over %s, and not with the focus there.", h.Text, words(&h.Over)),
					Cause: h.Over.Sort + " " + h.Shown.Sort, Where: agents.Place{Element: h.Shown.Selector},
					Evidence: []agents.Evidence{agents.Excerpt("The rule", h.Rule), agents.Excerpt("Trigger and content", h.Over.Selector+"\n"+h.Shown.Selector), agents.Shot("With the mouse over it", picture)},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// onlyHover tells whether something appears with the mouse and does not with the focus.
func onlyHover(ctx context.Context, t *browser.Tab, h hovered) (only bool, picture []byte, err error) {
	is := func() (bool, error) {
		return browser.Inspect[bool](ctx, t, `
			await new Promise((done) => setTimeout(done, 120));
			const e = find(`+browser.Quote(h.Shown.Selector)+`); return !!e && seen(e);`)
	}
	if err := t.Hover(ctx, 1, 1); err != nil {
		return false, nil, err
	}
	if shown, err := is(); err != nil || shown {
		return false, nil, err
	}
	if _, err := browser.Inspect[bool](ctx, t, `
		const over = find(`+browser.Quote(h.Over.Selector)+`);
		const e = over && [over, ...flat(over)].find((x) => x.tabIndex >= 0 && seen(x) && !disabled(x));
		if (e) e.focus();
		return true;`); err != nil {
		return false, nil, err
	}
	if shown, err := is(); err != nil || shown {
		return false, nil, err
	}
	box, err := t.BoxOf(ctx, h.Over.Selector)
	if err != nil {
		return false, nil, nil //nolint:nilerr // it has gone: nothing to say
	}
	if err := t.Hover(ctx, box.X+min(box.W/2, 20), box.Y+min(box.H/2, 20)); err != nil {
		return false, nil, err
	}
	shown, err := is()
	if err != nil || !shown {
		return false, nil, err
	}
	picture, err = t.Screenshot(ctx, nil)
	return true, picture, err
}
