package read

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"

	"github.com/ledongthuc/pdf"
)

// matrix maps points: x' = ax + cy + e, y' = bx + dy + f.
type matrix struct{ a, b, c, d, e, f float64 }

var unit = matrix{a: 1, d: 1}

// times is what m does followed by what n does.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d,
		m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d,
		m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f,
	}
}

// glyph is a character on a page, turned so that its line runs to the right.
type glyph struct {
	text      string
	x, end, y float64
	size      float64
	turn      int // quarters of a circle that its line is turned by
	bold      bool
}

// drawing is what was found on a page.
type drawing struct {
	glyphs  []glyph
	unknown int // characters whose fonts do not tell what they are
	images  int
}

// graphics is the state that q keeps and Q brings back.
type graphics struct {
	ctm                       matrix
	font                      *pdfFont
	size, char, word, leading float64
	scale, rise               float64
}

type pdfCanvas struct {
	*drawing
	file *pdfFile
	ctx  context.Context
	graphics
	stack        []graphics
	text, line   matrix
	forms, steps int
}

// draw follows what a page draws and keeps its characters. A page's own mistakes cost no more than the rest of that page.
func (p *pdfFile) draw(ctx context.Context, page pdfPage) (d *drawing, err error) {
	d = new(drawing)
	defer func() {
		if recover() != nil {
			err = errors.New("the page cannot be read to its end")
		}
	}()
	c := &pdfCanvas{drawing: d, file: p, ctx: ctx}
	c.graphics = graphics{ctm: unit, scale: 1}
	c.text, c.line = unit, unit
	c.run(p.content(page.page.Key("Contents")), page.resources, 0)
	return d, nil
}

// content unpacks what a page draws.
func (p *pdfFile) content(v pdf.Value) []byte {
	var b bytes.Buffer
	add := func(v pdf.Value) {
		defer func() { _ = recover() }() // packed in a way that is not known
		if left := maxContent - b.Len(); v.Kind() == pdf.Stream && left > 0 {
			_, _ = io.Copy(&b, io.LimitReader(v.Reader(), int64(left))) // what is damaged at its end is read up to there
			b.WriteByte('\n')
		}
	}
	if v.Kind() == pdf.Array {
		for i := range min(v.Len(), maxPage) {
			add(kid(v, i))
		}
	} else {
		add(v)
	}
	p.drawn += b.Len()
	return b.Bytes()
}

func (c *pdfCanvas) run(content []byte, resources pdf.Value, depth int) {
	l := &pdfLexer{data: content}
	var operands []pdfToken
	fonts := map[string]*pdfFont{}
	for {
		t, ok := l.next(0)
		if c.steps++; !ok || c.steps&1023 == 0 && c.ctx.Err() != nil || len(c.glyphs) > maxGlyphs {
			return
		}
		if t.kind != tokOperator {
			if len(operands) < maxOperands {
				operands = append(operands, t)
			}
			continue
		}
		switch t.text {
		case "BI":
			c.images++
		case "ID":
			l.image()
		case "Tf":
			if len(operands) >= 2 {
				name := operands[len(operands)-2].text
				if fonts[name] == nil {
					fonts[name] = c.file.font(resources, name)
				}
				c.font, c.size = fonts[name], operands[len(operands)-1].num
			}
		case "Do":
			if len(operands) > 0 {
				c.object(resources, operands[len(operands)-1].text, depth)
			}
		default:
			c.operator(t.text, operands)
		}
		operands = operands[:0]
	}
}

// object draws a form, which is a page of its own within a page.
func (c *pdfCanvas) object(resources pdf.Value, name string, depth int) {
	defer func() { _ = recover() }()
	form := resources.Key("XObject").Key(name)
	if form.Key("Subtype").Name() == "Image" {
		c.images++
	}
	if c.forms++; form.Key("Subtype").Name() != "Form" || depth >= formDepth || c.forms > maxForms || c.file.drawn > maxDrawn {
		return
	}
	if own := form.Key("Resources"); own.Kind() == pdf.Dict {
		resources = own
	}
	saved, stack := c.graphics, c.stack
	if m := form.Key("Matrix"); m.Len() == 6 {
		c.ctm = matrix{m.Index(0).Float64(), m.Index(1).Float64(), m.Index(2).Float64(), m.Index(3).Float64(), m.Index(4).Float64(), m.Index(5).Float64()}.times(c.ctm)
	}
	c.stack = nil
	c.run(c.file.content(form), resources, depth+1)
	c.graphics, c.stack = saved, stack
}

// operator does one of the operators for text and its place (ISO 32000-1, 8.4.4 and 9.4).
func (c *pdfCanvas) operator(op string, operands []pdfToken) {
	n := func(i int) float64 { // counted from the last
		if i < len(operands) {
			return operands[len(operands)-1-i].num
		}
		return 0
	}
	switch op {
	case "q":
		if len(c.stack) < 1000 {
			c.stack = append(c.stack, c.graphics)
		}
	case "Q":
		if k := len(c.stack); k > 0 {
			c.graphics, c.stack = c.stack[k-1], c.stack[:k-1]
		}
	case "cm":
		c.ctm = matrix{n(5), n(4), n(3), n(2), n(1), n(0)}.times(c.ctm)
	case "BT":
		c.text, c.line = unit, unit
	case "Tm":
		c.line = matrix{n(5), n(4), n(3), n(2), n(1), n(0)}
		c.text = c.line
	case "TD":
		c.leading = -n(0)
		c.move(n(1), n(0))
	case "Td":
		c.move(n(1), n(0))
	case "T*":
		c.move(0, -c.leading)
	case "Tc":
		c.char = n(0)
	case "Tw":
		c.word = n(0)
	case "Tz":
		c.scale = n(0) / 100
	case "TL":
		c.leading = n(0)
	case "Ts":
		c.rise = n(0)
	case "Tj", "'", `"`:
		if op == `"` {
			c.word, c.char = n(2), n(1)
		}
		if op != "Tj" {
			c.move(0, -c.leading)
		}
		if len(operands) > 0 {
			c.show(operands[len(operands)-1].text)
		}
	case "TJ":
		if len(operands) > 0 {
			for _, t := range operands[len(operands)-1].list {
				if t.kind == tokNumber {
					c.advance(-t.num / 1000 * c.size * c.scale)
				} else {
					c.show(t.text)
				}
			}
		}
	}
}

func (c *pdfCanvas) move(x, y float64) {
	c.line = matrix{1, 0, 0, 1, x, y}.times(c.line)
	c.text = c.line
}

func (c *pdfCanvas) advance(x float64) { c.text = matrix{1, 0, 0, 1, x, 0}.times(c.text) }

// show draws a string.
func (c *pdfCanvas) show(text string) {
	if c.font == nil {
		return
	}
	for text != "" && len(c.glyphs) <= maxGlyphs {
		code, n := c.font.code(text)
		space := n == 1 && text[0] == ' '
		text = text[n:]
		width := c.font.width(code)*c.size + c.char
		if space {
			width += c.word
		}
		c.put(c.font.letters(code), width*c.scale)
		c.advance(width * c.scale)
	}
}

func (c *pdfCanvas) put(text string, width float64) {
	if text == "" {
		c.unknown++
		return
	}
	m := matrix{1, 0, 0, 1, 0, c.rise}.times(c.text).times(c.ctm)
	size := math.Abs(c.size) * math.Hypot(m.c, m.d)
	if c.font.shape != 0 { // its letters are as high as its own measure says
		size *= c.font.shape
	}
	length := math.Abs(width) * math.Hypot(m.a, m.b)
	if !(size > 0.1 && size < 5000 && math.Abs(m.e) < 1e6 && math.Abs(m.f) < 1e6 && length < 1e5) {
		return
	}
	g := glyph{text: text, size: size, bold: c.font.bold, turn: int(math.Round(math.Atan2(m.b*sign(width), m.a*sign(width))/(math.Pi/2))+4) % 4}
	switch g.turn {
	case 0:
		g.x, g.y = m.e, m.f
	case 1:
		g.x, g.y = m.f, -m.e
	case 2:
		g.x, g.y = -m.e, -m.f
	case 3:
		g.x, g.y = -m.f, m.e
	}
	g.end = g.x + length
	c.glyphs = append(c.glyphs, g)
}

func sign(x float64) float64 {
	if x < 0 {
		return -1
	}
	return 1
}
