package explore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/journey"
)

// ends are words of controls that end what others need, or pay for something. They are left alone even where changes are
// allowed.
var ends = regexp.MustCompile(`(?i)\b(?:log|sign)[ -]?(?:out|off)\b|\blogout\b|\bsignout\b|\bdelet|\bremove account|\bdeactivat|\bclose account|\bpay\b|\bshut ?down|\bdestroy|abmeld|ausloggen|lösch|bezahl|cerrar sesi|elimin|pagar|déconnect|supprim|payer|退出|登出|注销|删除|支付`)

// part is an element with what using it would send.
type part struct {
	browser.Part
	Submits  bool   `json:"submits"`
	Method   string `json:"method"` // of the form that it sends
	Action   string `json:"action"` // where that goes
	Words    string `json:"words"`  // of what sends it
	Called   string `json:"called"` // names of the form
	Download bool   `json:"download"`
	Disabled bool   `json:"disabled"`
}

// partsScript says of an element what using it would send. A form is asked for attributes, since its fields may have the
// names of properties.
const partsScript = `
	const standing = (at) => at.closest("a, area, button, input, select, textarea, summary, label, [role], [onclick]") || at;
	const sending = (b) => /^(submit|image)$/.test(b.type || "") && /^(button|input)$/.test(b.localName);
	const does = (e, enter) => {
		const of = e.localName === "label" && e.control || e; // clicking a label clicks what it is for
		const form = of.form instanceof HTMLFormElement ? of.form : e.closest("form");
		const by = enter ? form && [...document.querySelectorAll("button, input")].find((b) => b.form === form && sending(b)) || of : of;
		const own = (name) => (form && sending(by) && by.getAttribute("form" + name)) || (form && form.getAttribute(name)) || "";
		let action = "";
		if (form) try { action = new URL(own("action") || document.baseURI, document.baseURI).href; } catch { action = own("action"); }
		const submits = !!form && (enter || sending(of)), said = (list) => list.filter(Boolean).join(" ; ");
		return { ...part(e), submits, method: submits ? (own("method") || "get").toLowerCase() : "", action,
			words: said([by === e ? "" : labelOf(by), submits && sending(by) && by.getAttribute("name"), submits && sending(by) && by.getAttribute("value")]),
			called: submits ? said([form.getAttribute("id"), form.getAttribute("name"), form.getAttribute("aria-label")]) : "",
			download: e.hasAttribute("download"), disabled: e.disabled === true || e.getAttribute("aria-disabled") === "true" };
	};`

// act makes a move, and returns it as a step of a journey and in words; refused says why it was not made.
func (w *walk) act(ctx context.Context, v *view, m move) (step journey.Step, done, refused string, err error) {
	if m.Action == "back" {
		if len(w.places) == 0 {
			return step, "", "there is no page before", nil
		}
		to := w.places[len(w.places)-1]
		w.places = w.places[:len(w.places)-1]
		if err := w.tab.Go(ctx, to); err != nil {
			return step, "", "the page before does not open", onlyOf(ctx, err)
		}
		return journey.Step{Go: pathOf(to)}, "went back", "", nil
	}
	node, ok := v.node(m.ID)
	if !ok {
		return step, "", fmt.Sprintf("there is no line [%d]", m.ID), nil
	}
	e, err := w.element(ctx, node)
	if errors.Is(err, fs.ErrNotExist) {
		return step, "", "it is not on the page any more", nil
	}
	if err != nil {
		return step, "", "", err
	}
	switch {
	case strings.Contains(e.Selector, ">>>"):
		return step, "", "it lies where steps cannot be written down", nil
	case e.Disabled:
		return step, "", "it is disabled", nil
	}
	switch m.Action {
	case "click":
		return w.click(ctx, e, node.Name)
	case "type":
		return w.write(ctx, e, cut(plain(m.Text), maxTyped))
	case "choose":
		return w.choose(ctx, e, plain(m.Text))
	case "enter":
		return w.enter(ctx, e)
	}
	return step, "", "there is no such action", nil
}

// element is the one that a line stands for.
func (w *walk) element(ctx context.Context, node browser.AXNode) (part, error) {
	found, err := w.tab.Describe(ctx, node)
	if err != nil {
		return part{}, err
	}
	e, err := browser.Inspect[part](ctx, w.tab, partsScript+`
		const at = find(`+browser.Quote(found.Selector)+`);
		return at ? does(standing(at), false) : {};`)
	if err == nil && e.Selector == "" {
		return e, fs.ErrNotExist
	}
	return e, err
}

// apart takes names and addresses apart into words.
var apart = strings.NewReplacer("-", " ", "_", " ", "/", " ", ".", " ")

// may says why a control is left alone; "" when it is not.
func (w *walk) may(e part, name string) string {
	words := []string{name, e.Label, apart.Replace(e.Words)}
	address := ""
	switch {
	case e.Href != "" && (e.Tag == "a" || e.Tag == "area"):
		address = e.Href
	case e.Submits:
		address = e.Action
	}
	if at, err := w.Scope.Target().Parse(address); err == nil && address != "" {
		words = append(words, apart.Replace(at.Path))
	}
	if ends.MatchString(apart.Replace(e.Called)) {
		return "it ends or pays for something"
	}
	for _, text := range words {
		switch {
		case ends.MatchString(text):
			return "it ends or pays for something"
		case !w.Changes && browser.Risky(text):
			return "it may change something, which is not allowed here"
		}
	}
	if !w.Changes && e.Submits && e.Method != "get" {
		return "it sends a form that changes something, which is not allowed here"
	}
	return ""
}

// lets says why an element is not clicked; "" when it is.
func (w *walk) lets(ctx context.Context, e part, name string) (why string, err error) {
	if why := w.may(e, name); why != "" {
		return why, nil
	}
	if e.Download {
		return "it is a download", nil
	}
	if (e.Tag == "a" || e.Tag == "area") && e.Href != "" {
		here, err := w.tab.Location(ctx)
		if err != nil {
			return "", err
		}
		if !w.leads(here, e.Href) {
			return "it leads away from the application", nil
		}
	}
	return "", nil
}

// aimed is where an element is clicked, and what a click meets there.
type aimed struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Over bool    `json:"over"` // something else lies there
	Met  *part   `json:"met"`
}

// aim finds a place where a click meets an element, or what stands within it.
func (w *walk) aim(ctx context.Context, e part) (*aimed, error) {
	return browser.Inspect[*aimed](ctx, w.tab, partsScript+`
		const e = find(`+browser.Quote(e.Selector)+`);
		if (!e) return null;
		e.scrollIntoView({ block: "center", behavior: "instant" });
		let over = null;
		for (const r of [e.getBoundingClientRect(), ...e.getClientRects()].slice(0, 10)) { // a link may be broken into lines
			if (!r.width || !r.height) continue;
			const x = r.x + r.width / 2, y = r.y + r.height / 2, at = hit(x, y);
			if (at && (within(at, e) || labelsOf(e).some((l) => within(at, l)))) {
				const met = standing(at);
				return { x, y, over: false, met: met === e || !within(met, e) ? null : does(met, false) };
			}
			over = { x, y, over: true, met: null };
		}
		return over;`)
}

func (w *walk) click(ctx context.Context, e part, name string) (step journey.Step, done, refused string, err error) {
	if why, err := w.lets(ctx, e, name); why != "" || err != nil {
		return step, "", why, err
	}
	what, err := w.name(ctx, e, "a, area, button, input, select, textarea, summary, label, [role], [onclick], [tabindex]")
	if err != nil {
		return step, "", "", err
	}
	at, err := w.aim(ctx, e)
	switch {
	case err != nil:
		return step, "", "it cannot be clicked", onlyOf(ctx, err)
	case at == nil:
		return step, "", "it cannot be clicked", nil
	case at.Over:
		return step, "", "something else lies over it", nil
	case at.Met != nil:
		if why, err := w.lets(ctx, *at.Met, ""); why != "" || err != nil {
			return step, "", why, err
		}
	}
	if err := w.tab.ClickAt(ctx, at.X, at.Y); err != nil {
		return step, "", "it cannot be clicked", onlyOf(ctx, err)
	}
	return journey.Step{Click: what}, fmt.Sprintf("clicked %q", short(what, 100)), "", nil
}

// leads tells whether a link stays within the target.
func (w *walk) leads(here, href string) bool {
	base, err := url.Parse(here)
	if err != nil {
		return false
	}
	to, err := base.Parse(href)
	return err == nil && (to.Scheme == "javascript" || w.Scope.Allows(to))
}

func (w *walk) write(ctx context.Context, e part, text string) (step journey.Step, done, refused string, err error) {
	switch {
	case e.Tag != "input" && e.Tag != "textarea":
		return step, "", "it takes no text", nil
	case strings.Contains(" password file hidden submit button image reset checkbox radio ", " "+strings.ToLower(e.Type)+" ") && e.Type != "":
		return step, "", "nothing is typed into it", nil
	}
	what, err := w.name(ctx, e, "input, textarea, select")
	if err != nil {
		return step, "", "", err
	}
	if err := w.tab.Fill(ctx, e.Selector, text); err != nil {
		return step, "", "nothing can be typed into it", onlyOf(ctx, err)
	}
	return journey.Step{Fill: &journey.Fill{Field: what, With: text}}, fmt.Sprintf("typed %q into %q", short(text, 60), short(what, 60)), "", nil
}

func (w *walk) choose(ctx context.Context, e part, text string) (step journey.Step, done, refused string, err error) {
	if e.Tag != "select" {
		return step, "", "it has no options", nil
	}
	value, err := browser.Inspect[*string](ctx, w.tab, `
		const want = text(`+browser.Quote(text)+`).toLowerCase(), e = find(`+browser.Quote(e.Selector)+`);
		const o = e && [...e.options].find((o) => !o.disabled && text(o.textContent).toLowerCase() === want);
		return o ? o.value : null;`)
	if err != nil {
		return step, "", "", err
	}
	if value == nil {
		return step, "", "there is no such option", nil
	}
	what, err := w.name(ctx, e, "input, textarea, select")
	if err != nil {
		return step, "", "", err
	}
	if err := w.tab.Fill(ctx, e.Selector, *value); err != nil {
		return step, "", "it cannot be chosen", onlyOf(ctx, err)
	}
	return journey.Step{Fill: &journey.Fill{Field: what, With: *value}}, fmt.Sprintf("chose %q in %q", short(text, 60), short(what, 60)), "", nil
}

// enter presses Enter where the focus was put by typing.
func (w *walk) enter(ctx context.Context, e part) (step journey.Step, done, refused string, err error) {
	if e.Tag != "input" && e.Tag != "select" {
		return step, "", "Enter is pressed in fields only", nil
	}
	sent, err := browser.Inspect[*part](ctx, w.tab, partsScript+`const e = find(`+browser.Quote(e.Selector)+`); return e ? does(e, true) : null;`)
	if err != nil || sent == nil {
		return step, "", "it is not on the page any more", onlyOf(ctx, err)
	}
	if why := w.may(*sent, ""); why != "" { // what the form's button would do
		return step, "", why, nil
	}
	focused, err := browser.Inspect[bool](ctx, w.tab, `return document.activeElement === find(`+browser.Quote(e.Selector)+`);`)
	if err != nil {
		return step, "", "", err
	}
	if !focused {
		return step, "", "type into it first", nil
	}
	if err := w.tab.Press(ctx, browser.Enter, false); err != nil {
		return step, "", "", err
	}
	return journey.Step{Press: "Enter"}, "pressed Enter", "", nil
}

// name is what a journey calls an element: its words, where the first element with them is this one, or its selector.
func (w *walk) name(ctx context.Context, e part, fits string) (string, error) {
	label := plain(e.Label)
	if label == "" || len(label) > 100 {
		return e.Selector, nil
	}
	s, err := w.tab.Snapshot(ctx)
	if err != nil {
		return "", err
	}
	fold := func(s string) string { return strings.ToLower(strings.TrimRight(plain(s), " *:")) }
	for i := range s.Elements {
		o := &s.Elements[i]
		if !o.Seen || o.Shadow || o.Disabled || fold(o.Label) != fold(label) && fold(o.Text) != fold(label) {
			continue
		}
		field := o.Tag == "input" || o.Tag == "textarea" || o.Tag == "select"
		if strings.HasPrefix(fits, "input") && !field || !strings.HasPrefix(fits, "input") && !o.Interactive && o.Tag != "label" {
			continue
		}
		same, err := browser.Inspect[bool](ctx, w.tab, `return find(`+browser.Quote(o.Selector)+`) === find(`+browser.Quote(e.Selector)+`);`)
		if err != nil || same {
			return label, err
		}
		break
	}
	return e.Selector, nil
}

// onlyOf is the error of the context, if there is one: any other is the page's.
func onlyOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return nil
}
