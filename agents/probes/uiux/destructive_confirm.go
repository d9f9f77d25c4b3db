package uiux

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// destroys are words of controls that destroy something for good. To remove is left out where it is easily undone, as from
// a cart.
var destroys = regexp.MustCompile(`(?i)\b(?:delete|erase|destroy|wipe|purge)\b|\b(?:remove|close|terminate) (?:my |this |the |your )?(?:account|user|member|customer|project|workspace|team|file|document|note|order|product|profile)\b|` +
	`\blöschen\b|unwiderruflich|\bsupprimer\b|\beliminar\b|\bborrar\b|删除`)

func destructiveConfirm() *agents.Probe {
	return &agents.Probe{
		ID: "destructive-confirm", Title: "Control that destroys at once",
		Decides: "Controls with words such as delete are clicked on in a page whose network is cut off. It fails when the click tries to send something that changes, and neither a question nor a dialog nor a way to undo it came before.",
		Keeps:   "The control, and what it tried to send.",
		Advice:  "Ask before, and say what will be gone, or offer to undo it afterwards.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"Nielsen 5"}, Skills: []string{"usability heuristics"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			v, problem := pages.Visit(ctx, lab, p)
			if problem != nil {
				return *problem
			}
			var findings []agents.Finding
			seen := map[string]bool{}
			for i := range v.Snapshot.Elements {
				e := &v.Snapshot.Elements[i]
				if !destructive(e) || seen[e.Label] || len(seen) >= 4 {
					continue
				}
				seen[e.Label] = true
				sent, err := attempt(ctx, lab, p, e)
				if err != nil {
					return agents.BlockOn(err)
				}
				if sent == "" {
					continue
				}
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("A click on %q sends %s at once, without a question.", e.Label, sent),
					Cause: "at once " + surface.ShapeOf(strings.TrimSpace(sent[strings.Index(sent, " ")+1:])), Where: agents.Place{Element: e.Selector},
					Evidence: []agents.Evidence{agents.Table("With the network cut off", agents.ByBrowser, []string{"Step", "What happened"}, []string{"click on " + e.Selector, "no question, no dialog"}, []string{"it tried to send", sent}), agents.Excerpt("Element", e.HTML)},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// destructive tells whether a control speaks of destroying something.
func destructive(e *browser.Element) bool {
	const longest = 60 // characters of a control's words
	words := e.Label
	if words == "" {
		words = e.Text
	}
	return e.Interactive && e.Seen && !e.Disabled && !e.Shadow && (e.Tag == "button" || e.Tag == "a" || e.Tag == "input" && (e.Type == "submit" || e.Type == "button") || e.Role == "button") &&
		words != "" && len(words) <= longest && destroys.MatchString(words)
}

// attempt clicks on a control with the network cut off, and tells what it tried to send without asking; "" when it asked,
// or sent nothing that changes.
func attempt(ctx context.Context, lab *agents.Lab, p *surface.Page, e *browser.Element) (string, error) {
	t, err := pages.Open(ctx, lab, p, browser.Setting{})
	if err != nil {
		return "", err
	}
	defer t.Close()
	if err := t.Intercept(ctx, browser.Rule{Fail: true}); err != nil {
		return "", err
	}
	const dialogs = `flat(document.body).filter((e) => e.matches("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true], :popover-open, [class*=modal], [class*=confirm]") && seen(e)).length`
	before := t.Log()
	open, err := browser.Inspect[int](ctx, t, "return "+dialogs+";")
	if err != nil {
		return "", err
	}
	if err := t.Click(ctx, e.Selector); err != nil {
		return "", ctx.Err() // it has gone: nothing to say
	}
	type after struct {
		Open int  `json:"open"`
		Undo bool `json:"undo"`
	}
	now, err := browser.Inspect[after](ctx, t, `
		await new Promise((done) => setTimeout(done, 400));
		return { open: `+dialogs+`, undo: /\bundo\b|rückgängig|annuler|deshacer|撤销/i.test(document.body.innerText) };`)
	if err != nil { // the page was left, or tried to be
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		now = after{Open: open}
	}
	log := t.Log()
	if len(log.Dialogs) > len(before.Dialogs) || now.Open > open || now.Undo {
		return "", nil
	}
	for _, q := range log.Requests[len(before.Requests):] {
		if q.Method != "GET" && q.Method != "HEAD" && q.Method != "OPTIONS" && q.Type != "Ping" {
			return q.Method + " " + q.URL, nil
		}
	}
	return "", nil
}
