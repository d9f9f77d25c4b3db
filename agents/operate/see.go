package operate

import (
	"context"
	"errors"
	"io/fs"

	"github.com/atelier-studio/atelier/agents/axe"
	"github.com/atelier-studio/atelier/agents/browser"
)

// see looks at what a control has done: what appeared, and what a dialog does with the focus.
func (p *Pressed) see(ctx context.Context, t *browser.Tab) error {
	shown, err := browser.Inspect[[]Shown](ctx, t, pressing+`
		await wait(250);
		const opener = find(`+browser.Quote(p.Selector)+`);
		const opens = !!opener && opener.matches("[aria-haspopup], [aria-expanded], [aria-controls], summary, [popovertarget], [role=tab]");
		return appeared().filter((e) => !opener || !within(opener, e)).slice(0, 20).map((e) => {
			const dialog = e.matches(dialogs) || !!e.querySelector(dialogs) || like(e) || flat(e).some(like);
			const words = text(e.innerText, 400), box = e.getBoundingClientRect();
			const pinned = !!nearest(e, (at) => getComputedStyle(at).position === "fixed");
			const called = !!nearest(e, (at) => at !== document.body && named(at, /(^|[\s_-])(toasts?|snack-?bar|notification|notice|alert|flash|growl)([\s_-]|$)/i));
			const controls = flat(e).filter(control).length;
			return { ...part(e), text: words, live: live(e) || flat(e).some((x) => x !== e && live(x) && text(x.innerText) !== ""), dialog,
				notice: !dialog && !opens && words !== "" && words.length < 300 && controls <= 2 && box.height < innerHeight * 0.4 && (called || pinned && !nearest(e, (at) => at.matches("nav, [role=menu], [role=listbox], [role=tooltip], [role=navigation]"))) };
		});`)
	if err != nil { // the page may have been left
		return ignoreGone(ctx, err)
	}
	p.Shown = shown
	if len(shown) == 0 {
		return nil
	}
	if err := t.Still(ctx); err != nil {
		return ignoreGone(ctx, err)
	}
	if p.Scan, err = axe.Scan(ctx, t, axe.Options{Tags: append(append([]string{}, axe.A...), axe.AA...)}); err != nil {
		return ignoreGone(ctx, err)
	}
	for _, s := range shown {
		if s.Dialog {
			return p.dialog(ctx, t)
		}
	}
	p.Picture, err = t.ShotOf(ctx, shown[0].Selector)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return ignoreGone(ctx, err)
}

// dialog looks at the dialog that opened: whether the focus goes into it, Escape closes it, and the focus comes back.
func (p *Pressed) dialog(ctx context.Context, t *browser.Tab) error {
	type state struct {
		Part   *browser.Part `json:"part"`
		Inside bool          `json:"inside"`
		Focus  string        `json:"focus"`
	}
	opened, err := browser.Inspect[state](ctx, t, pressing+`
		const all = appeared().flatMap(flat).filter((e) => (e.matches(dialogs) || like(e)) && seen(e) && modal(e));
		const e = all[all.length - 1] && (all.find((x) => x.matches(dialogs)) || all[0]);
		if (!e) return { part: null, inside: false, focus: "" };
		const in_ = () => { const at = active(); return !!at && (within(at, e) || at === e); };
		for (let i = 0; i < 10 && !in_(); i++) await wait(50);
		const at = active();
		return { part: part(e), inside: in_(), focus: at ? selectorOf(at) : "" };`)
	if err != nil || opened.Part == nil {
		return ignoreGone(ctx, err)
	}
	d := &Dialog{Part: *opened.Part, Entered: opened.Inside, Focus: opened.Focus}
	if p.Picture, err = t.Screenshot(ctx, nil); err != nil {
		return ignoreGone(ctx, err)
	}
	if err := t.Press(ctx, browser.Escape, false); err != nil {
		return ignoreGone(ctx, err)
	}
	type after struct {
		Open  bool   `json:"open"`
		Back  bool   `json:"back"`
		Focus string `json:"focus"`
	}
	left, err := browser.Inspect[after](ctx, t, pressing+`
		const open = () => { const e = find(`+browser.Quote(d.Selector)+`); return !!e && seen(e); };
		for (let i = 0; i < 10 && open(); i++) await wait(50);
		const opener = find(`+browser.Quote(p.Selector)+`);
		for (let i = 0; i < 4 && active() !== opener; i++) await wait(50);
		const at = active();
		return { open: open(), back: !!at && (at === opener || !opener), focus: at ? selectorOf(at) : "" };`)
	if err != nil {
		return ignoreGone(ctx, err)
	}
	d.Closed, d.Returned = !left.Open, left.Back
	if d.Closed {
		d.Focus = left.Focus
	}
	p.Dialog = d
	return nil
}
