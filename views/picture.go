package views

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// Picture is a small drawing of a workflow: where its nodes are and how they hang together.
type Picture struct {
	ViewBox string
	Cropped bool     // there is more than is shown
	Count   int      // of nodes
	Names   []string // of the first of them
	Nodes   []PictureNode
	Edges   []string // paths
}

// PictureNode is a box of the picture.
type PictureNode struct {
	X, Y    float64
	Icon    string // "" is drawn as a plain box
	Strange bool   // a kind that this studio does not have
}

// Sizes in the picture's own units. A drawing is brought into columns and rows of squares with an icon: words could not
// be read at a picture's size, and the gaps of the canvas would make it dust.
const (
	squareWidth, squareHeight = 84.0, 64.0
	columnStep, rowStep       = 130.0, 104.0

	pictureNodes = 400 // more are not drawn

	// A picture shows at most this much of a drawing, from its beginning.
	mostWidth, mostHeight = 706.0, 336.0
	pictureShape          = 2.1 // width for a height of one
)

// PictureOf draws a workflow. The catalogue gives the icons.
func PictureOf(w *engine.Workflow, c engine.Catalogue) Picture {
	nodes := w.Nodes[:min(len(w.Nodes), pictureNodes)]
	p := Picture{Count: len(w.Nodes), Names: firstNames(w), ViewBox: "0 0 600 286"}
	places := placesOf(nodes)
	at := map[string][2]float64{}
	for i := range nodes {
		n := &nodes[i]
		at[n.ID] = places[i]
		box := PictureNode{X: places[i][0], Y: places[i][1], Icon: "puzzle", Strange: true}
		if kind, ok := c.Kind(n.Kind); ok {
			box.Icon, box.Strange = kind.Icon, false
		}
		p.Nodes = append(p.Nodes, box)
	}
	for i, e := range w.Edges {
		from, ok1 := at[e.From]
		to, ok2 := at[e.To]
		if ok1 && ok2 && i < 4*pictureNodes {
			p.Edges = append(p.Edges, link(from, to))
		}
	}
	p.frame()
	return p
}

// placesOf brings nodes into columns and rows as they stand on the canvas, without what is empty between them.
func placesOf(nodes []engine.Node) [][2]float64 {
	const columnBand, rowBand = 110.0, 70.0 // of the canvas: what stands in one is, more or less, in a line
	xs, ys := make([]float64, len(nodes)), make([]float64, len(nodes))
	for i := range nodes {
		xs[i], ys[i] = finite(nodes[i].At[0]), finite(nodes[i].At[1])
	}
	columns, rows := ranks(xs, columnBand), ranks(ys, rowBand)
	places := make([][2]float64, len(nodes))
	for i := range nodes {
		places[i] = [2]float64{float64(columns[i]) * columnStep, float64(rows[i]) * rowStep}
	}
	return places
}

// ranks numbers the lines that values stand in, from the least; a line reaches a band from its first value.
func ranks(values []float64, band float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	ranks := make([]int, len(values))
	rank, first := -1, math.Inf(-1)
	for _, i := range order {
		if values[i]-first >= band {
			rank, first = rank+1, values[i]
		}
		ranks[i] = rank
	}
	return ranks
}

// frame finds the part that is shown. It keeps a shape, so that a row of pictures is calm and a single node does not
// fill it.
func (p *Picture) frame() {
	if len(p.Nodes) == 0 {
		return
	}
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, n := range p.Nodes {
		minX, minY, maxX, maxY = min(minX, n.X), min(minY, n.Y), max(maxX, n.X+squareWidth), max(maxY, n.Y+squareHeight)
	}
	const margin, least = 32.0, 460.0
	width := min(max(maxX-minX+2*margin, least), mostWidth)
	height := min(max(maxY-minY+2*margin, width/pictureShape), mostHeight)
	width = min(max(width, height*pictureShape), mostWidth)
	x, y := minX-(width-(maxX-minX))/2, minY-(height-(maxY-minY))/2
	if p.Cropped = maxX-minX+2*margin > width || maxY-minY+2*margin > height; p.Cropped {
		x, y = p.fullest(minX-margin, minY-margin, maxX+margin-width, maxY+margin-height, width, height)
	}
	p.ViewBox = fmt.Sprintf("%.0f %.0f %.0f %.0f", x, y, width, height)
}

// fullest is the corner of the part, of a size, that shows most nodes; among equals the one nearest to the beginning.
// Along an axis that is shown whole the last corner lies before the first: then it is the middle of both.
func (p *Picture) fullest(x0, y0, x1, y1, width, height float64) (x, y float64) {
	corners := func(from, to, step float64) []float64 {
		if to <= from {
			return []float64{(from + to) / 2}
		}
		var all []float64
		for at := from; at < to+step && len(all) < 100; at += step {
			all = append(all, min(at, to))
		}
		return all
	}
	most := -1
	for _, cx := range corners(x0, x1, columnStep) {
		for _, cy := range corners(y0, y1, rowStep) {
			seen := 0
			for _, n := range p.Nodes {
				if n.X >= cx && n.X+squareWidth <= cx+width && n.Y >= cy && n.Y+squareHeight <= cy+height {
					seen++
				}
			}
			if seen > most {
				most, x, y = seen, cx, cy
			}
		}
	}
	return x, y
}

func finite(f float64) float64 {
	if math.IsNaN(f) || math.Abs(f) > 1e6 {
		return 0
	}
	return f
}

// link is the path from a node to the next, on the way back between or below their rows.
func link(from, to [2]float64) string {
	x1, y1, x2, y2 := from[0]+squareWidth, from[1]+squareHeight/2, to[0], to[1]+squareHeight/2
	if x2 > x1-squareWidth/2 {
		bend := max(20, math.Abs(x2-x1)/2)
		return fmt.Sprintf("M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", x1, y1, x1+bend, y1, x2-bend, y2, x2, y2)
	}
	const stub = 18.0
	turn := max(y1, y2) + squareHeight*0.75
	if math.Abs(y2-y1) > squareHeight*1.25 {
		turn = (y1 + y2) / 2
	}
	return fmt.Sprintf("M%.0f %.0fH%.0fV%.0fH%.0fV%.0fH%.0f", x1, y1, x1+stub, turn, x2-stub, y2, x2)
}

// pictureText says what a picture shows: how many nodes, and the first of them.
func pictureText(ctx context.Context, p Picture) string {
	if p.Count == 0 {
		return tr(ctx, "An empty drawing")
	}
	names := strings.Join(p.Names, ", ")
	if p.Count > len(p.Names) {
		return trn(ctx, p.Count, "Drawing of {n} node: {names} and more", "Drawing of {n} nodes: {names} and more", "names", names)
	}
	return trn(ctx, p.Count, "Drawing of {n} node: {names}", "Drawing of {n} nodes: {names}", "names", names)
}

// firstNames are the names of the first nodes of a drawing.
func firstNames(w *engine.Workflow) []string {
	names := make([]string, 0, 6)
	for i := range w.Nodes[:min(len(w.Nodes), 6)] {
		names = append(names, w.Nodes[i].Name)
	}
	return names
}

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}

func coordinate(f float64) string { return fmt.Sprintf("%.0f", f) }
