package forms

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func errorLosesInput() *agents.Probe {
	return &agents.Probe{
		ID: "error-loses-input", Title: "Form that forgets what was typed when something is wrong", Severity: agents.Low, Needs: agents.NeedsBrowser, References: []string{"WCAG 3.3.1"},
		Decides: "Sent with one required field empty and the others filled in, the form comes back without what was typed into the others (passwords aside).",
		Keeps:   "What was typed and what is left of it.",
		Advice:  "Draw the form again with the values that were sent.",
		Check:   agents.Each(losable, forgets),
	}
}

// losable are forms with a required field and another one with text that could be lost.
func losable(s *surface.Surface) []*surface.Form {
	var list []*surface.Form
	for _, f := range having(mustHave)(s) {
		if hole(f) != "" {
			list = append(list, f)
		}
	}
	return list
}

// hole is the required field that is left empty: the last one, as long as another one is filled in.
func hole(f *surface.Form) string {
	last, texts := "", 0
	for _, field := range f.Fields {
		if mustHave(field) {
			last = field.Name
		}
		if written(field) || field.Type == "email" {
			texts++
		}
	}
	if field := f.Field(last); field == nil || texts == 0 || texts == 1 && (written(*field) || field.Type == "email") {
		return ""
	}
	return last
}

func forgets(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	tab, err := lab.Open(ctx, f.As, browser.Setting{})
	if err != nil {
		return agents.BlockOn(err)
	}
	defer tab.Close()
	if err := tab.Go(ctx, f.Page); err != nil {
		return agents.BlockOn(err)
	}
	if before, err := browser.Eval[state](ctx, tab, look(f)); err != nil {
		return agents.BlockOn(err)
	} else if !before.There {
		return agents.Skip("the form is not on its page in the browser")
	}
	empty := hole(f)
	d := &desk{lab: lab, form: f}
	values := d.fitting(f)
	for _, field := range f.Fields {
		if !typed(field) || field.Type == "file" || field.Type == "radio" || field.Type == "select" {
			continue
		}
		value := values.Get(field.Name)
		if field.Name == empty {
			value = ""
		}
		if err := tab.Fill(ctx, `[data-atelier=form] [name=`+browser.Quote(field.Name)+`]`, value); err != nil {
			return agents.BlockOn(err)
		}
	}
	// The browser would not send it: the server's own check is what is looked at.
	if _, err := browser.Eval[bool](ctx, tab, `(document.querySelector("[data-atelier=form]").noValidate = true)`); err != nil {
		return agents.BlockOn(err)
	}
	typedIn, err := browser.Eval[state](ctx, tab, look(f))
	if err != nil {
		return agents.BlockOn(err)
	}
	if _, err := browser.Eval[bool](ctx, tab, press); err != nil {
		return agents.BlockOn(err)
	}
	if err := tab.Settle(ctx); err != nil {
		return agents.BlockOn(err)
	}
	after, err := browser.Eval[state](ctx, tab, look(f))
	if err != nil {
		return agents.BlockOn(err)
	}
	if !after.There {
		return agents.Skip("the form does not come back, so that nothing can be compared")
	}
	if page, err := tab.HTML(ctx); err != nil {
		return agents.BlockOn(err)
	} else if !wordsWrong.MatchString(page) && !after.Linked {
		return agents.Skip("nothing says that something was wrong with what was sent")
	}
	rows := [][]string{{"field", "typed", "left"}}
	for _, field := range f.Fields {
		was := typedIn.Values[field.Name]
		if (written(field) || field.Type == "email") && field.Name != empty && was != "" && strings.TrimSpace(after.Values[field.Name]) != strings.TrimSpace(was) && after.Values[field.Name] == "" {
			rows = append(rows, []string{field.Name, was, after.Values[field.Name]})
		}
	}
	if len(rows) == 1 {
		return agents.Pass()
	}
	picture, err := tab.ShotOf(ctx, after.Path)
	if err != nil {
		return agents.BlockOn(err)
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("Sent without %s, the form at %s comes back without what was typed into %s: people type it all again.", empty, pathOf(f.Page), rows[1][0]),
		Where: agents.Place{URL: f.Page, Element: "form", Parameter: rows[1][0], As: f.As}, Cause: surface.ShapeOf(f.Action) + names(f),
		Evidence: []agents.Evidence{agents.Table("before and after", agents.ByBrowser, rows...), agents.Shot("the form afterwards", picture)},
	})
}
