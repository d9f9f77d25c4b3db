package injection

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func xssStored() *agents.Probe {
	return &agents.Probe{
		ID: "xss-stored", Title: "What somebody enters runs as a script on the pages of others",
		Decides:  "A tag that was entered into a form stands unescaped on a page that is asked for afterwards; with a browser, a script in it runs there. So does a script in what an API was given to keep.",
		Keeps:    "The request that entered it, and the page that shows it.",
		Advice:   "Escape what is written into a page where it is written, whatever it was when it was stored; where markup is meant to be allowed, keep to a list of harmless tags.",
		Needs:    needs,
		Severity: agents.Critical, References: []string{"CWE-79", "WSTG-INPV-02"}, Skills: []string{"XSS"},
		Check: agents.Each(keepers, func(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
			switch item := item.(type) {
			case *surface.Form:
				return runXSSStored(ctx, lab, item)
			case *kept:
				return runKept(ctx, lab, item)
			}
			return agents.Block("the item %s is none that this probe knows", item.Key())
		}),
	}
}

// keepers are the forms and the operations of an API that may keep what is entered.
func keepers(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, f := range storing(s) {
		list = append(list, f)
	}
	return append(list, keeping(s)...)
}

// storing are the forms that may keep what is entered.
func storing(s *surface.Surface) []*surface.Form {
	var list []*surface.Form
	for _, f := range s.Forms {
		if f.Changes() && mayBeSent(f) && f.Purpose != surface.ForSignIn && len(texts(f)) > 0 {
			list = append(list, f)
		}
	}
	return list
}

// texts are the fields of a form that take any text.
func texts(f *surface.Form) []*surface.Field {
	var list []*surface.Field
	for i := range f.Fields {
		field := &f.Fields[i]
		switch field.Type {
		case "text", "textarea", "search", "tel", "url":
			if !field.ReadOnly && !tokenName.MatchString(field.Name) {
				list = append(list, field)
			}
		}
	}
	return list
}

// tag is the canary: it closes all that it opens, so that the page that shows it stays whole.
const tag = `<b x="'"></b>`

func runXSSStored(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	e := newEntry(lab, f)
	defer e.close(ctx)
	marks := map[string]string{} // of fields
	for i, field := range texts(f) {
		marks[field.Name] = lab.Marker(i)
	}
	sent := e.enter(ctx, func(name string) string { return marks[name] + tag })
	if stop := unfit(ctx, sent); stop != nil {
		return *stop
	}
	shown := e.pages(ctx, sent)
	var findings []agents.Finding
	for _, field := range texts(f) {
		canary := marks[field.Name] + tag
		for _, page := range shown {
			if !isMarkup(page) || !strings.Contains(string(page.Body), canary) || page.URL == sent.URL && page == sent && f.As == "" && !e.keeps(ctx, page, canary) {
				continue
			}
			findings = append(findings, e.judge(ctx, field, sent, page, canary))
			break
		}
	}
	if ctx.Err() != nil && len(findings) == 0 {
		return agents.Block("it took too long")
	}
	return agents.Fail(findings...)
}

// judge says what follows from a tag that a page shows.
func (e *entry) judge(ctx context.Context, field *surface.Field, sent, page *wire.Exchange, canary string) agents.Finding {
	finding := agents.Finding{
		Where: agents.Place{URL: e.form.Page, Method: e.form.Method, Parameter: field.Name, As: e.form.As},
		Cause: strings.Join([]string{"form", surface.ShapeOf(e.form.Action), field.Name}, " "),
		Text:  fmt.Sprintf("What is entered as %s is kept and written into %s with its tags, so that whoever opens that page runs what another has entered.", field.Name, page.URL),
		Evidence: []agents.Evidence{
			agents.Exchanged("what entered it", sent), agents.Exchanged("the page that shows it", page), agents.Excerpt("where it stands", around(string(page.Body), canary)),
		},
	}
	if e.lab.Browser == nil {
		return finding
	}
	const script = "<svg onload=alert(" + product + ")>"
	sent = e.enter(ctx, func(name string) string {
		if name == field.Name {
			return e.lab.Marker(50) + script
		}
		return e.lab.Marker(51)
	})
	at, as := page.URL, page.Request.As
	if e.made[page.Request.URL] { // this one has a page of its own
		for _, x := range e.pages(ctx, sent) {
			if isMarkup(x) && strings.Contains(string(x.Body), e.lab.Marker(50)+script) {
				at, as = x.URL, x.Request.As
				break
			}
		}
	}
	tab, err := e.lab.Open(ctx, as, browser.Setting{})
	if err == nil {
		defer tab.Close()
		err = tab.Go(ctx, at)
	}
	if err == nil {
		if ran, picture, err := hit(ctx, tab); err == nil && ran {
			finding.Evidence = append(finding.Evidence, agents.Evidence{Name: "the dialog of the script", Text: computed, Kind: agents.ByBrowser})
			finding.Evidence = append(finding.Evidence, shot("the page after the script ran", picture)...)
			return finding
		}
		finding.Severity = agents.Medium
		finding.Text = fmt.Sprintf("What is entered as %s is kept and written into %s with its tags. No script was seen to run there, but whoever enters it decides what the page shows to others.", field.Name, page.URL)
	}
	return finding
}
