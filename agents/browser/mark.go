package browser

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

// Bounds of a picture of an element, in CSS pixels.
const (
	margin     = 60
	mostWidth  = 1280
	mostHeight = 900
)

// ShotOf is a picture (PNG) of an element and what is around it, with a mark drawn around the element. The error wraps
// fs.ErrNotExist when it is not seen.
func (t *Tab) ShotOf(ctx context.Context, selector string) ([]byte, error) {
	if _, err := t.BoxOf(ctx, selector); err != nil { // scrolls there
		return nil, err
	}
	box, err := Inspect[Box](ctx, t, "return boxOf(find("+Quote(selector)+"));")
	if err != nil {
		return nil, err
	}
	return t.ShotAt(ctx, box)
}

// ShotAt is a picture of boxes of the page and what is around the first, with marks drawn around all of them.
func (t *Tab) ShotAt(ctx context.Context, boxes ...Box) ([]byte, error) {
	if len(boxes) == 0 {
		return t.Screenshot(ctx, nil)
	}
	at := boxes[0]
	clip := Box{X: max(0, at.X-margin), Y: max(0, at.Y-margin)}
	clip.W, clip.H = min(mostWidth, at.X+at.W+margin-clip.X), min(mostHeight, at.Y+at.H+margin-clip.Y)
	picture, err := t.Screenshot(ctx, &clip)
	if err != nil {
		return nil, err
	}
	scale, err := Eval[float64](ctx, t, "devicePixelRatio")
	if err != nil {
		return nil, err
	}
	for i := range boxes {
		boxes[i].X, boxes[i].Y = boxes[i].X-clip.X, boxes[i].Y-clip.Y
		boxes[i] = Box{X: boxes[i].X * scale, Y: boxes[i].Y * scale, W: boxes[i].W * scale, H: boxes[i].H * scale}
	}
	return Marked(picture, boxes...), nil
}

// Marked draws a mark around boxes of a picture (PNG), in its pixels: red on white, to be seen on every ground. What is no
// picture stays as it is.
func Marked(picture []byte, boxes ...Box) []byte {
	from, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return picture
	}
	to := image.NewRGBA(from.Bounds())
	draw.Draw(to, to.Bounds(), from, from.Bounds().Min, draw.Src)
	for _, b := range boxes {
		r := image.Rect(int(b.X), int(b.Y), int(b.X+b.W), int(b.Y+b.H))
		frame(to, r.Inset(-5), color.White)
		frame(to, r.Inset(-4), color.RGBA{R: 0xd0, A: 0xff})
		frame(to, r.Inset(-3), color.RGBA{R: 0xd0, A: 0xff})
		frame(to, r.Inset(-2), color.White)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, to); err != nil {
		return picture
	}
	return out.Bytes()
}

// frame draws the outline of a rectangle, one pixel wide, as far as it lies in the picture.
func frame(to draw.Image, r image.Rectangle, c color.Color) {
	ink := image.NewUniform(c)
	for _, side := range []image.Rectangle{
		image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+1), image.Rect(r.Min.X, r.Max.Y-1, r.Max.X, r.Max.Y),
		image.Rect(r.Min.X, r.Min.Y, r.Min.X+1, r.Max.Y), image.Rect(r.Max.X-1, r.Min.Y, r.Max.X, r.Max.Y),
	} {
		draw.Draw(to, side.Intersect(to.Bounds()), ink, image.Point{}, draw.Src)
	}
}
