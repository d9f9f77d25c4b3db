package injection

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/wire"
)

// reflection is what an input does with markup.
type reflection struct {
	spots []spot
	// raw is the answer in which a tag came back as it was sent; nil when it did not.
	raw *wire.Exchange
	tag string
	// ran is the answer whose script a browser ran, value what was sent for it; nil when none did.
	ran     *wire.Exchange
	value   string
	picture []byte
}

// reflect looks whether a value comes back as markup, and whether a browser runs a script in it; with tagged, only where a
// whole tag comes back.
func (a *aim) reflect(ctx context.Context, tagged bool) (reflection, error) {
	var r reflection
	word := a.lab.Marker(1)
	plain := a.send(ctx, word)
	if !plain.Answered() || !isMarkup(plain) || a.in.Changes() && a.kept(ctx, plain, word) {
		return r, ctx.Err()
	}
	if r.spots = spots(plain.Body, word); len(r.spots) == 0 {
		return r, ctx.Err()
	}
	r.tag = word + `<b x="'>`
	if x := a.send(ctx, r.tag); isMarkup(x) && strings.Contains(string(x.Body), r.tag) {
		r.raw = x
	} else if tagged {
		return r, ctx.Err()
	}
	tried := map[string]bool{}
	for _, s := range r.spots {
		for _, script := range scripts(s) {
			if s.kind != inAddress {
				script = word + script
			}
			if tried[script] || a.lab.Browser == nil || len(tried) >= maxScripts {
				continue
			}
			tried[script] = true
			x := a.send(ctx, script)
			if !isMarkup(x) || !strings.Contains(string(x.Body), script) {
				continue
			}
			ran, picture, err := a.run(ctx, script)
			if err != nil {
				return r, err
			}
			if ran {
				r.ran, r.value, r.picture = x, script, picture
				return r, nil
			}
		}
	}
	return r, ctx.Err()
}

const maxScripts = 12

// kept tells whether an answer shows a word since it was stored, and not since it was sent just now: that is another
// fault, and another probe's.
func (a *aim) kept(ctx context.Context, x *wire.Exchange, word string) bool {
	if !strings.Contains(string(x.Body), word) {
		return false
	}
	again := a.lab.Send(ctx, wire.Request{URL: x.URL, As: a.in.As, Follow: true})
	return strings.Contains(string(again.Body), word) || len(x.Hops) > 0 && !strings.Contains(x.URL, word)
}

// run sends a value with a browser, and tells whether the script in it ran.
func (a *aim) run(ctx context.Context, value string) (ran bool, picture []byte, err error) {
	if a.form != nil && a.fresh {
		a.token(ctx)
	}
	r, err := a.in.Request(value)
	if err != nil {
		return false, nil, err
	}
	tab, err := a.lab.Open(ctx, a.in.As, browser.Setting{})
	if err != nil {
		return false, nil, err
	}
	defer tab.Close()
	if !a.in.Changes() {
		if err := tab.Go(ctx, r.URL); err != nil {
			return false, nil, ctx.Err() // a page that cannot be opened runs nothing
		}
		return hit(ctx, tab)
	}
	if err := tab.Go(ctx, a.in.Page); err != nil {
		return false, nil, ctx.Err()
	}
	fields := url.Values{}
	for name, values := range a.in.Others {
		fields[name] = values
	}
	fields.Set(a.in.Name, value)
	// A form of another site could be sent the same way.
	_, err = browser.Eval[bool](ctx, tab, `((action, fields) => { const f = document.createElement("form"); f.method = "post"; f.action = action;
		for (const [name, values] of Object.entries(fields)) for (const value of values) { const i = document.createElement("textarea"); i.name = name; i.value = value; f.append(i); }
		document.body.append(f); setTimeout(() => HTMLFormElement.prototype.submit.call(f)); return true; })(`+browser.Quote(r.URL)+", "+browser.Quote(fields)+")")
	if err != nil {
		return false, nil, err
	}
	if err := tab.Settle(ctx); err != nil {
		return false, nil, err
	}
	return hit(ctx, tab)
}

// hit does what people do to a page, focus and click, where that would run the script, and tells whether it ran.
func hit(ctx context.Context, tab *browser.Tab) (ran bool, picture []byte, err error) {
	_, err = browser.Eval[bool](ctx, tab, `(() => { for (const e of document.querySelectorAll("[onfocus*='`+product+`']")) { e.blur(); e.focus(); }
		for (const e of document.querySelectorAll("a[href^='javascript:alert(`+product+`']")) e.click();
		return new Promise(done => setTimeout(() => done(true), 50)); })()`)
	if err != nil {
		return false, nil, ctx.Err() // a page that does not answer has run nothing that could be shown
	}
	ran = slices.ContainsFunc(tab.Log().Dialogs, func(d browser.Dialog) bool { return d.Text == computed })
	if ran {
		picture, _ = tab.Screenshot(ctx, nil) //nolint:errcheck // the proof is the dialog
	}
	return ran, picture, nil
}

// shot is evidence of a picture, if there is one.
func shot(name string, picture []byte) []agents.Evidence {
	if len(picture) == 0 {
		return nil
	}
	return []agents.Evidence{agents.Shot(name, picture)}
}
