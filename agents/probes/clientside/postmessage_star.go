package clientside

import (
	"context"
	_ "embed"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

//go:embed postmessage.js
var postMessageScript string

func postMessageStar() *agents.Probe {
	return &agents.Probe{
		ID: "postmessage-star", Title: "Messages between windows that anybody may read or send",
		Decides:  "A script sends a message with the target * to another window (not to its own); or a listener reads the data of a message whose origin and source it never asks for, neither in its text nor when one comes.",
		Keeps:    "The message or the listener, with the stack.",
		Advice:   "Name the origin that a message is for, and compare event.origin with a list before event.data is read.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, References: []string{"CWE-346"}, Skills: []string{"DOM XSS"},
		Check: agents.Each(messaging, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			tab, err := lab.Open(ctx, p.As, browser.Setting{Before: postMessageScript})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer tab.Close()
			if err := tab.Go(ctx, p.URL); err != nil {
				return agents.BlockOn(err)
			}
			seen, err := browser.Eval[messages](ctx, tab, "window.__atelierMessages ? window.__atelierMessages() : {sent: [], listeners: [], asked: {}}")
			if err != nil {
				return agents.BlockOn(err)
			}
			var findings []agents.Finding
			at := agents.Place{URL: p.URL, As: p.As}
			for _, m := range seen.Sent {
				findings = append(findings, agents.Finding{
					Text: "A message to " + m.To + " is for whoever shows there: if that went to another site meanwhile, it reads it.", Where: at, Cause: "postMessage * in " + scriptIn(m.Stack),
					Evidence: []agents.Evidence{agents.Excerpt("message", m.Text), {Name: "stack", Text: m.Stack, Kind: agents.ByBrowser}},
				})
			}
			if m := toAnybody.FindStringIndex(pages.Scripts(lab.Surface, p)); m != nil && len(seen.Sent) == 0 {
				scripts := pages.Scripts(lab.Surface, p)
				findings = append(findings, agents.Finding{
					Text: "A script sends messages to the window around or before it, whoever that is.", Where: at, Cause: "postMessage * to parent or opener",
					Evidence: []agents.Evidence{agents.Excerpt("script", reading.Around(scripts, m[0], m[1], 60))},
				})
			}
			for _, l := range seen.Listeners {
				if !readsData.MatchString(l.Text) || asksWho.MatchString(l.Text) || seen.Asked.Origin || !seen.Asked.Data {
					continue
				}
				findings = append(findings, agents.Finding{
					Text: "A listener takes messages of every site that opens this page or puts it into a frame.", Where: at, Cause: "listener in " + scriptIn(l.Stack),
					Evidence: []agents.Evidence{agents.Excerpt("listener", l.Text), {Name: "stack", Text: l.Stack, Kind: agents.ByBrowser}},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// messages are what the page sent to anybody, and who listens in it.
type messages struct {
	Sent []struct {
		To    string `json:"to"`
		Text  string `json:"text"`
		Stack string `json:"stack"`
	} `json:"sent"`
	Listeners []struct {
		Text  string `json:"text"`
		Stack string `json:"stack"`
	} `json:"listeners"`
	Asked struct {
		Data   bool `json:"data"`
		Origin bool `json:"origin"`
	} `json:"asked"`
}

var (
	mentions  = regexp.MustCompile(`postMessage\s*\(|onmessage|["'\x60]message["'\x60]`)
	toAnybody = regexp.MustCompile(`\b(?:parent|opener|top)\.postMessage\([^;]{0,200}?,\s*["']\*["']`)
	readsData = regexp.MustCompile(`\bdata\b`)
	asksWho   = regexp.MustCompile(`\borigin\b|\bsource\b`)
)

// messaging are the pages whose scripts send or take messages.
func messaging(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range scripted(s) {
		if mentions.MatchString(pages.Scripts(s, p)) {
			list = append(list, p)
		}
	}
	return list
}
