package views

import (
	"fmt"
	"math"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// Picture is a small drawing of a workflow: where its nodes are and how they hang together.
type Picture struct {
	ViewBox string
	Alt     string
	Nodes   []PictureNode
	Edges   []string // paths
}

// PictureNode is a box of the picture.
type PictureNode struct {
	X, Y    float64
	Icon    string // "" is drawn as a plain box
	Title   string // "" when there is no room for words
	Strange bool   // a kind that this studio does not have
}

// Size of a node in the drawing's own units, as the canvas draws it.
const (
	nodeWidth, nodeHeight = 200.0, 64.0

	pictureNodes = 400 // more are not drawn: they would be dust
	wordNodes    = 7   // with more nodes there is no room for their names
)

// PictureOf draws a workflow. The catalogue gives the icons.
func PictureOf(w *engine.Workflow, c engine.Catalogue) Picture {
	p := Picture{Alt: pictureText(w), ViewBox: "0 0 600 240"}
	at := map[string][2]float64{}
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := range w.Nodes[:min(len(w.Nodes), pictureNodes)] {
		n := &w.Nodes[i]
		x, y := finite(n.At[0]), finite(n.At[1])
		at[n.ID] = [2]float64{x, y}
		minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x+nodeWidth), max(maxY, y+nodeHeight)
		box := PictureNode{X: x, Y: y, Icon: "puzzle", Strange: true}
		if kind, ok := c.Kind(n.Kind); ok {
			box.Icon, box.Strange = kind.Icon, false
		}
		if len(w.Nodes) <= wordNodes {
			box.Title = shorten(n.Name, 18)
		}
		p.Nodes = append(p.Nodes, box)
	}
	if len(p.Nodes) == 0 {
		return p
	}
	for i, e := range w.Edges {
		from, ok1 := at[e.From]
		to, ok2 := at[e.To]
		if ok1 && ok2 && i < 4*pictureNodes {
			p.Edges = append(p.Edges, curve(from[0]+nodeWidth, from[1]+nodeHeight/2, to[0], to[1]+nodeHeight/2))
		}
	}
	// The frame keeps a shape, so that a row of pictures is calm and a single node does not fill it.
	const margin, least = 30.0, 700.0
	width := max(maxX-minX+2*margin, least)
	height := max(maxY-minY+2*margin, width*0.36)
	width = max(width, height/0.6)
	p.ViewBox = fmt.Sprintf("%.0f %.0f %.0f %.0f", minX-(width-(maxX-minX))/2, minY-(height-(maxY-minY))/2, width, height)
	return p
}

func finite(f float64) float64 {
	if math.IsNaN(f) || math.Abs(f) > 1e6 {
		return 0
	}
	return f
}

func curve(x1, y1, x2, y2 float64) string {
	bend := max(40, math.Abs(x2-x1)/2)
	return fmt.Sprintf("M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", x1, y1, x1+bend, y1, x2-bend, y2, x2, y2)
}

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}

func pictureText(w *engine.Workflow) string {
	if len(w.Nodes) == 0 {
		return "An empty drawing"
	}
	names := make([]string, 0, 6)
	for i := range w.Nodes[:min(len(w.Nodes), 6)] {
		names = append(names, w.Nodes[i].Name)
	}
	text := fmt.Sprintf("Drawing of %s: %s", plural(len(w.Nodes), "node", "nodes"), strings.Join(names, ", "))
	if len(w.Nodes) > 6 {
		text += " and more"
	}
	return text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func coordinate(f float64) string { return fmt.Sprintf("%.0f", f) }
