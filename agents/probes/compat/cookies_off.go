package compat

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

// noStorage is what scripts meet in a browser that keeps nothing: reading the storage of a site is an error.
const noStorage = `for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } });
Object.defineProperty(Document.prototype, "cookie", { get: () => "", set: () => {} });`

func cookiesOff() *agents.Probe {
	return &agents.Probe{
		ID: "cookies-off", Title: "Page that breaks when cookies are blocked",
		Decides:  "In a browser that keeps neither cookies nor storage, the page loads itself again and again, throws an error that it does not throw otherwise, or stays empty.",
		Keeps:    "The errors of the console, or the addresses that it goes through.",
		Advice:   "Expect that storage is denied (try and catch around localStorage), and do not redirect again for want of a cookie that was just set: say that the page needs it.",
		Severity: agents.Low, Needs: agents.NeedsBrowser, Skills: []string{"engines"},
		Check: agents.Each(func(s *surface.Surface) []*surface.Page {
			var list []*surface.Page
			for _, p := range pages.Drawn(s) {
				if p.As == "" { // who is signed in has cookies
					list = append(list, p)
				}
			}
			return list
		}, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			v, blocked := pages.Visit(ctx, lab, p)
			if blocked != nil {
				return *blocked
			}
			t, err := lab.Open(ctx, "", browser.Setting{NoCookies: true, ReadOnly: true, Before: noStorage})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer t.Close()
			opened := t.Go(ctx, p.URL)
			log := t.Log()
			cause, text := "", ""
			var shown []string
			const again = 4 // times that a page may come to itself
			switch {
			case opened != nil && strings.Contains(opened.Error(), "ERR_TOO_MANY_REDIRECTS"), loads(log) > loads(v.Log)+again:
				cause, text, shown = "loop", "Without cookies, %s loads itself again and again.", log.Went[:min(len(log.Went), 20)]
			case opened != nil:
				return agents.BlockOn(opened)
			default:
				for _, e := range log.Exceptions {
					if !has(v.Log, e) && len(shown) < 10 {
						shown = append(shown, e.Text+"\n"+e.Stack)
					}
				}
				if len(shown) > 0 {
					cause, text = "error "+firstLine(shown[0]), "Without cookies and storage, a script of %s fails."
				}
			}
			if cause == "" {
				s, err := t.Snapshot(ctx)
				if err != nil {
					return agents.BlockOn(err)
				}
				if wordsSeen(s) == 0 && wordsSeen(v.Snapshot) > 50 {
					cause, text, shown = "empty", "Without cookies and storage, %s stays empty.", []string{"with cookies: " + strings.TrimSpace(firstLine(v.Snapshot.Text))}
				}
			}
			if cause == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{Text: fmt.Sprintf(text, pathOf(p.URL)), Cause: cause, Where: agents.Place{URL: p.URL}, Evidence: []agents.Evidence{agents.Excerpt("What happened", strings.Join(shown, "\n"))}})
		}),
	}
}

// loads counts how often documents were asked for.
func loads(l browser.Log) int {
	n := 0
	for _, q := range l.Requests {
		if q.Type == "Document" && q.Document == q.URL {
			n++
		}
	}
	return n
}

// has tells whether a log has an error already.
func has(l browser.Log, e browser.Exception) bool {
	for _, other := range l.Exceptions {
		if firstLine(other.Text) == firstLine(e.Text) {
			return true
		}
	}
	return false
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
