package operate

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"

	"github.com/atelier-studio/atelier/agents/browser"
)

// blind finds elements that look the same with and without the focus: their styles do not change, and neither do the
// pictures of them and of what is around them. Fields show a caret, so they are left out. One of every sort is looked at.
func (w *Walk) blind(ctx context.Context, t *browser.Tab) error {
	// What is focused from now on was reached by keys; twice, since the focus may have left the page with the first.
	if _, err := t.Walk(ctx, 2, false, func(s browser.Stop) (bool, error) { return s.Nowhere, nil }); err != nil {
		return err
	}
	sorts := map[string]bool{}
	for _, s := range w.Forward {
		if s.Nowhere || s.Frame || s.Foreign || !s.Seen || sorts[s.Sort] {
			continue
		}
		sorts[s.Sort] = true
		shown, err := browser.Inspect[bool](ctx, t, walking+`
			const e = find(`+browser.Quote(s.Selector)+`); if (!e) return true;
			e.scrollIntoView({ block: "center", behavior: "instant" });
			e.focus({ preventScroll: true });
			if (active() !== e || typed(e) || !document.hasFocus()) return true;
			const was = window.__atelierLooks?.get(e);
			return was !== undefined && was !== lookOf(e);`)
		if err != nil {
			return err
		}
		if shown || len(w.Blind) >= mostLooks {
			continue
		}
		with, err := t.Screenshot(ctx, nil)
		if err != nil {
			return err
		}
		box, err := browser.Inspect[browser.Box](ctx, t, "const e = active(); if (!e) return { x: 0, y: 0, w: 0, h: 0 }; const r = e.getBoundingClientRect(); e.blur(); return { x: r.x, y: r.y, w: r.width, h: r.height };")
		if err != nil {
			return err
		}
		without, err := t.Screenshot(ctx, nil)
		if err != nil {
			return err
		}
		const around = 12 // pixels in which a ring may lie
		b := browser.Box{X: box.X - around, Y: box.Y - around, W: box.W + 2*around, H: box.H + 2*around}
		one, other := crop(with, b), crop(without, b)
		if one != nil && other != nil && bytes.Equal(one.Pix, other.Pix) {
			w.Blind = append(w.Blind, Blind{Stop: s, With: encode(one), Without: encode(other)})
		}
	}
	return nil
}

// crop cuts a box out of a picture; nil when there is nothing of it.
func crop(picture []byte, b browser.Box) *image.RGBA {
	from, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil
	}
	r := image.Rect(int(b.X), int(b.Y), int(b.X+b.W), int(b.Y+b.H)).Intersect(from.Bounds())
	if r.Empty() {
		return nil
	}
	to := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(to, to.Bounds(), from, r.Min, draw.Src)
	return to
}

func encode(picture image.Image) []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil
	}
	return out.Bytes()
}
