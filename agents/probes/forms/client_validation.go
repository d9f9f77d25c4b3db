package forms

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func clientValidation() *agents.Probe {
	return &agents.Probe{
		ID: "client-validation", Title: "Form that does not say which field is missing", Severity: agents.Low, Needs: agents.NeedsBrowser, References: []string{"WCAG 3.3.1"},
		Decides: "Sent with its required fields empty, the form is not taken, and no message is tied to a field: neither the browser's own, nor one that aria-invalid, aria-describedby or the field's own part of the page shows.",
		Keeps:   "A picture of the form afterwards.",
		Advice:  "Put a message beside each field that is wrong, name it with aria-describedby, and set aria-invalid.",
		Check:   agents.Each(having(mustHave), emptied),
	}
}

// state is what a form looks like in the browser after it was sent.
type state struct {
	There  bool              `json:"there"`  // the form is on the page
	Native bool              `json:"native"` // the browser itself says what is wrong
	Linked bool              `json:"linked"` // a message is tied to a field
	Values map[string]string `json:"values"`
	Path   string            `json:"path"` // a selector of the form
}

// look is a script that finds the form by the names of its fields and tells its state.
func look(f *surface.Form) string {
	var list []string
	for _, field := range f.Fields {
		if typed(field) {
			list = append(list, field.Name)
		}
	}
	return `(() => {
	const names = ` + browser.Quote(list) + `;
	const forms = [...document.forms];
	const at = forms.findIndex(f => names.every(n => f.elements.namedItem(n)));
	if (at < 0) return {there: false, native: false, linked: false, values: {}, path: ""};
	const form = forms[at], values = {};
	const seen = e => e && e.getClientRects().length > 0 && e.textContent.trim() !== "";
	let linked = false;
	for (const name of names) {
		const found = form.elements.namedItem(name), e = found instanceof RadioNodeList ? found[0] : found;
		if (!e) continue;
		values[name] = e.type === "checkbox" ? (e.checked ? "on" : "") : e.value;
		if (e.getAttribute("aria-invalid") === "true") linked = true;
		for (const id of ((e.getAttribute("aria-errormessage") || "") + " " + (e.getAttribute("aria-describedby") || "")).split(/\s+/)) {
			const m = id && document.getElementById(id);
			if (seen(m) && /err|fault|invalid|warn|alert|feedback|message/i.test(id + " " + m.className + " " + (m.getAttribute("role") || ""))) linked = true;
		}
		const part = e.closest("label, p, li, td, fieldset, div");
		if (part && part !== form && !part.contains(form)) for (const m of part.querySelectorAll("[class*=err i], [class*=invalid i], [class*=fault i], [class*=feedback i], [role=alert]")) if (m !== e && seen(m)) linked = true;
		const after = e.nextElementSibling;
		if (after && seen(after) && /err|invalid|fault|feedback|help-block/i.test(after.className)) linked = true;
	}
	form.setAttribute("data-atelier", "form");
	return {there: true, native: !form.noValidate && !form.checkValidity(), linked, values, path: "[data-atelier=form]"};
})()`
}

// press sends the form as people do, with its button; where it has none, as Enter does.
const press = `(() => { const f = document.querySelector("[data-atelier=form]"); const b = f.querySelector("button:not([type=button]):not([type=reset]), input[type=submit], input[type=image]"); if (b && !b.disabled) b.click(); else f.requestSubmit(); return true; })()`

func emptied(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	tab, err := lab.Open(ctx, f.As, browser.Setting{})
	if err != nil {
		return agents.BlockOn(err)
	}
	defer tab.Close()
	if err := tab.Go(ctx, f.Page); err != nil {
		return agents.BlockOn(err)
	}
	before, err := browser.Eval[state](ctx, tab, look(f))
	if err != nil {
		return agents.BlockOn(err)
	}
	if !before.There {
		return agents.Skip("the form is not on its page in the browser")
	}
	for _, field := range f.Fields {
		if !mustHave(field) {
			continue
		}
		if err := tab.Fill(ctx, `[data-atelier=form] [name=`+browser.Quote(field.Name)+`]`, ""); err != nil {
			return agents.BlockOn(err)
		}
	}
	if after, err := browser.Eval[state](ctx, tab, look(f)); err != nil {
		return agents.BlockOn(err)
	} else if after.Native {
		return agents.Pass() // the browser does not send it, and says beside the field what is missing
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
	if !after.There || after.Linked || after.Native {
		return agents.Pass() // taken, or said
	}
	picture, err := tab.ShotOf(ctx, after.Path)
	if err != nil {
		return agents.BlockOn(err)
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("Sent with its required fields empty, the form at %s stays, and no message is tied to any of its fields: who does not see the whole page does not learn what is missing.", pathOf(f.Page)),
		Where: agents.Place{URL: f.Page, Element: "form", As: f.As}, Cause: surface.ShapeOf(f.Action) + names(f), Evidence: []agents.Evidence{agents.Shot("after it was sent", picture)},
	})
}
