package resilience

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

const (
	slowness = 5 * time.Second
	looksAt  = 2 * time.Second // after a page was opened
)

func apiSlow(slowness, looksAt time.Duration) *agents.Probe {
	return &agents.Probe{
		ID: "api-slow", Title: "Nothing tells that a slow answer is awaited",
		Decides:  "The requests of a page's scripts take five seconds: after two, nothing on the page says that something is awaited, although a paragraph and more is still missing; or a form that a script sends is sent twice when its button is clicked twice.",
		Keeps:    "Pictures of the page while it waits, and when the answer has come.",
		Advice:   "Show that something is under way after a moment (aria-busy, a progress element, a word), and disable what would send it again.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Low, Skills: []string{"faults"},
		Check: agents.Each(asking, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			sound, err := lab.Visits.Visit(ctx, p.URL, p.As)
			if err != nil {
				return agents.BlockOn(err)
			}
			var findings []agents.Finding
			if list := calls(sound); len(list) > 0 {
				f, err := awaited(ctx, lab, p, sound, list[0], slowness, looksAt)
				if err != nil {
					return agents.BlockOn(err)
				}
				findings = append(findings, f...)
			}
			f, err := twice(ctx, lab, p)
			if err != nil {
				return agents.BlockOn(err)
			}
			return agents.Fail(append(findings, f...)...)
		}),
	}
}

// awaited looks at a page while it waits for an answer.
func awaited(ctx context.Context, lab *agents.Lab, p *surface.Page, sound *browser.Visit, q browser.Request, slowness, looksAt time.Duration) ([]agents.Finding, error) {
	tab, err := lab.Open(ctx, p.As, browser.Setting{Rules: []browser.Rule{{Types: []string{"XHR", "Fetch"}, Address: to(q), After: slowness}}})
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	loaded := make(chan error, 1)
	go func() { loaded <- tab.Go(ctx, p.URL) }()
	timer := time.NewTimer(looksAt)
	defer timer.Stop()
	select {
	case <-timer.C:
	case err := <-loaded: // it does not wait for the answer
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	during, err := tab.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	picture, err := tab.Screenshot(ctx, nil)
	if err != nil {
		return nil, err
	}
	moves, err := browser.Eval[bool](ctx, tab, `document.getAnimations().some((a) => a.playState === "running") || getComputedStyle(document.body).cursor === "wait" || getComputedStyle(document.body).cursor === "progress"`)
	if err != nil {
		return nil, err
	}
	if err := <-loaded; err != nil {
		return nil, err
	}
	after, err := tab.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	// What was missing while it waited, and came with the answer.
	if late(after.Text, during.Text) < worthAWord || moves || waiting(&during) != "" || hints(&during) {
		return nil, nil
	}
	return []agents.Finding{{
		Text:  fmt.Sprintf("While %s waits for %s, a paragraph and more is missing, and nothing says that it comes.", pathOf(p.URL), pathOf(q.URL)),
		Where: agents.Place{URL: p.URL, As: p.As}, Cause: p.Shape + " " + surface.ShapeOf(q.URL),
		Evidence: []agents.Evidence{agents.Shot("while it waits", picture), agents.Shot("when the answer has come", sound.Picture)},
	}}, nil
}

// worthAWord are bytes of text that people wait for, and want to know that they come.
const worthAWord = 80

// late is how many bytes of lines came with an answer.
func late(after, during string) (size int) {
	was := lines(during)
	for line := range lines(after) {
		if !was[line] {
			size += len(line)
		}
	}
	return size
}

// twice clicks the button of a form twice that a script sends. What is sent never reaches the target.
func twice(ctx context.Context, lab *agents.Lab, p *surface.Page) ([]agents.Finding, error) {
	var findings []agents.Finding
	for _, f := range lab.Surface.Forms {
		if f.Page != p.URL || f.Purpose == surface.ForSignOut || f.Purpose == surface.ForDelete || f.Purpose == surface.ForUpload {
			continue
		}
		sent, picture, err := sendTwice(ctx, lab, p, f)
		if err != nil {
			return nil, err
		}
		if len(sent) < 2 || sent[0].Body != sent[1].Body || sent[0].URL != sent[1].URL {
			continue
		}
		findings = append(findings, agents.Finding{
			Text:  fmt.Sprintf("The form %q on %s is sent twice when its button is clicked again while the first answer is awaited.", f.Submit, pathOf(p.URL)),
			Where: agents.Place{URL: p.URL, Method: sent[0].Method, Element: f.Name, As: p.As}, Cause: p.Shape + " " + sent[0].Method + " " + surface.ShapeOf(sent[0].URL),
			Evidence: []agents.Evidence{agents.Table("requests", agents.ByBrowser, []string{"after", "method", "address", "body"}, row(sent[0]), row(sent[1])), agents.Shot("the form", picture)},
		})
	}
	return findings, nil
}

func row(q browser.Request) []string {
	return []string{q.Begun.Round(time.Millisecond).String(), q.Method, q.URL, q.Body}
}

func sendTwice(ctx context.Context, lab *agents.Lab, p *surface.Page, f *surface.Form) ([]browser.Request, []byte, error) {
	late := browser.Rule{Methods: []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, After: slowness, Fail: true}
	tab, err := lab.Open(ctx, p.As, browser.Setting{Rules: []browser.Rule{late}})
	if err != nil {
		return nil, nil, err
	}
	defer tab.Close()
	if err := tab.Go(ctx, p.URL); err != nil {
		return nil, nil, err
	}
	form := fmt.Sprintf("document.forms[%d]", f.Index)
	values := map[string]string{}
	for name, list := range f.Values() {
		values[name] = list[0]
	}
	before := len(tab.Log().Requests)
	_, err = browser.Eval[bool](ctx, tab, `(async () => {
		const form = `+form+`, values = `+browser.Quote(values)+`;
		if (!form) return false;
		for (const [name, value] of Object.entries(values)) {
			const field = form.elements.namedItem(name);
			if (!field || !("value" in field) || field.type === "hidden") continue;
			if (field.type === "checkbox") { if (!field.checked) field.click(); continue; }
			field.value = value;
			for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, {bubbles: true}));
		}
		const button = form.querySelector("button:not([type=button]):not([type=reset]), input[type=submit]");
		if (!button) return false;
		let native = false;
		addEventListener("submit", (e) => { if (!e.defaultPrevented) { native = true; e.preventDefault(); } }); // a form that the browser sends itself is not judged here
		button.click();
		await new Promise((done) => setTimeout(done, 400));
		if (!native && !button.disabled && button.isConnected) button.click();
		await new Promise((done) => setTimeout(done, 400));
		return true;
	})()`)
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if err != nil {
		return nil, nil, nil //nolint:nilerr // the page went elsewhere: no script sent the form
	}
	var sent []browser.Request
	for _, q := range tab.Log().Requests[before:] {
		if q.Held && (q.Type == "XHR" || q.Type == "Fetch") {
			sent = append(sent, q)
		}
	}
	picture, err := tab.Screenshot(ctx, nil)
	return sent, picture, err
}
