package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/atelier-studio/atelier/agents/wire"
)

// call makes an action of a command whose answer nobody needs.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, command, params)
		return err
	})
}

// Call runs a command of the DevTools protocol in the tab.
func Call[P, R any](ctx context.Context, t *Tab, command cdp.Command[P, R], params P) (R, error) {
	return Run(ctx, t, func(ctx context.Context, target *chromedp.Target) (R, error) {
		return cdp.Call(ctx, target, command, params)
	})
}

// Location is the address that the tab's page has now.
func (t *Tab) Location(ctx context.Context) (string, error) {
	return Eval[string](ctx, t, "location.href")
}

// HTML is the document as scripts have made it, as far as a body is kept.
func (t *Tab) HTML(ctx context.Context) (string, error) {
	return Eval[string](ctx, t, "document.documentElement ? document.documentElement.outerHTML.slice(0, "+Quote(wire.MaxBody)+") : ''")
}

// Screenshot takes a picture (PNG) of what is seen, or of a box of the page in CSS pixels.
func (t *Tab) Screenshot(ctx context.Context, box *Box) ([]byte, error) {
	params := page.CaptureScreenshotParams{}
	if box != nil {
		params.Clip = &page.Viewport{X: box.X, Y: box.Y, Width: max(1, box.W), Height: max(1, box.H), Scale: 1}
		beyond := true
		params.CaptureBeyondViewport = &beyond
	}
	r, err := Call(ctx, t, page.CaptureScreenshot, params)
	return r.Data, err
}

// Box is a rectangle in CSS pixels.
type Box struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// Quote writes a value as JavaScript does, to be put into a script.
func Quote(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`, "</", `<\/`).Replace(string(data))
}

// BoxOf is where the element of a CSS selector is seen. The error wraps fs.ErrNotExist when there is none, or none that
// is seen.
func (t *Tab) BoxOf(ctx context.Context, selector string) (Box, error) {
	box, err := Inspect[*Box](ctx, t, `const e = find(`+Quote(selector)+`); if (!e) return null; e.scrollIntoView({block: "center", behavior: "instant"}); const r = e.getBoundingClientRect(); return r.width && r.height ? {x: r.x, y: r.y, w: r.width, h: r.height} : null;`)
	if err != nil {
		return Box{}, err
	}
	if box == nil {
		return Box{}, fmt.Errorf("%s is not on the page, or not seen: %w", selector, fs.ErrNotExist)
	}
	return *box, nil
}

// Click clicks the middle of the element of a CSS selector, as a mouse does.
func (t *Tab) Click(ctx context.Context, selector string) error {
	box, err := t.BoxOf(ctx, selector)
	if err != nil {
		return err
	}
	return t.ClickAt(ctx, box.X+box.W/2, box.Y+box.H/2)
}

// ClickAt clicks a place of what is seen.
func (t *Tab) ClickAt(ctx context.Context, x, y float64) error {
	return t.Do(ctx, chromedp.MouseClickXY(x, y))
}

// Hover moves the mouse to a place of what is seen.
func (t *Tab) Hover(ctx context.Context, x, y float64) error {
	return t.Do(ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y))
}

// Fill sets the value of a field as if it had been typed: scripts hear of it.
func (t *Tab) Fill(ctx context.Context, selector, value string) error {
	found, err := Eval[bool](ctx, t, `(() => { const e = document.querySelector(`+Quote(selector)+`); if (!e) return false; e.focus();
		if (e.type === "checkbox" || e.type === "radio") { if (e.checked !== (`+Quote(value)+` !== "")) e.click(); return true; }
		const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(e), "value")?.set; set ? set.call(e, `+Quote(value)+`) : e.value = `+Quote(value)+`;
		e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return true; })()`)
	if err == nil && !found {
		err = fmt.Errorf("there is no field %s on the page: %w", selector, fs.ErrNotExist)
	}
	return err
}

// Type types a text with the keyboard.
func (t *Tab) Type(ctx context.Context, text string) error {
	return t.Do(ctx, chromedp.KeyEvent(text))
}

// The keys that people move with.
const (
	Tabulator = kb.Tab
	Enter     = kb.Enter
	Escape    = kb.Escape
	Space     = " "
	Up        = kb.ArrowUp
	Down      = kb.ArrowDown
)

// Press presses a key, with Shift held or not.
func (t *Tab) Press(ctx context.Context, key string, shift bool) error {
	if shift {
		return t.Do(ctx, chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierShift)))
	}
	return t.Do(ctx, chromedp.KeyEvent(key))
}
