package browser_test

import (
	"testing"

	"github.com/atelier-studio/atelier/agents/browser"
)

func TestHarmless(t *testing.T) {
	t.Parallel()
	button := func(label string) browser.Element {
		return browser.Element{Tag: "button", Interactive: true, Seen: true, Label: label, HTML: "<button>"}
	}
	with := func(change func(*browser.Element)) browser.Element {
		e := button("Menu")
		change(&e)
		return e
	}
	for name, x := range map[string]struct {
		e    browser.Element
		want bool
	}{
		"menu":                 {button("Menu"), true},
		"details":              {with(func(e *browser.Element) { e.Tag, e.Label = "summary", "Show details" }), true},
		"looks like a block":   {with(func(e *browser.Element) { e.HTML = `<button class="btn btn-block print:hidden order-2">` }), true},
		"dropdown":             {button("Dropdown"), true},
		"tab with an anchor":   {with(func(e *browser.Element) { e.Tag, e.Href, e.Role = "a", "#two", "tab" }), true},
		"more reports":         {button("More reports"), true},
		"delete":               {button("Delete"), false},
		"sign out":             {button("Sign out"), false},
		"German":               {button("Konto löschen"), false},
		"German sign out":      {button("Abmelden"), false},
		"Spanish":              {button("Cerrar sesión"), false},
		"French":               {button("Supprimer le compte"), false},
		"French sign out":      {button("Se déconnecter"), false},
		"Chinese":              {button("退出登录"), false},
		"Chinese delete":       {button("删除"), false},
		"takes only the focus": {with(func(e *browser.Element) { e.Tag, e.HTML = "main", `<main id="main" tabindex="-1">` }), false},
		"by its id":            {with(func(e *browser.Element) { e.ID = "btn_logout" }), false},
		"by camel case":        {with(func(e *browser.Element) { e.HTML = `<button onclick="app.deleteItem(3)">` }), false},
		"by its class":         {with(func(e *browser.Element) { e.HTML = `<button class="btn-danger">` }), false},
		"sends by itself":      {with(func(e *browser.Element) { e.HTML = `<button hx-post="/x">` }), false},
		"of a form":            {with(func(e *browser.Element) { e.Submits = true }), false},
		"a link":               {with(func(e *browser.Element) { e.Tag, e.Href = "a", "/next" }), false},
		"a place":              {with(func(e *browser.Element) { e.Tag, e.Href = "a", "#two" }), false},
		"a field":              {with(func(e *browser.Element) { e.Tag, e.Type = "input", "text" }), false},
		"not seen":             {with(func(e *browser.Element) { e.Seen = false }), false},
		"disabled":             {with(func(e *browser.Element) { e.Disabled = true }), false},
		"covered":              {with(func(e *browser.Element) { e.Covered = "div" }), false},
	} {
		if got := x.e.Harmless(); got != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
