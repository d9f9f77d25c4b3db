package views

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// Picture is a small drawing of a workflow: where its nodes are and how they hang together.
type Picture struct {
	ViewBox string
	Width   float64 // of a node
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

// Size of a node in the drawing's own units, a little narrower than on the canvas, so that edges show.
const (
	nodeWidth, nodeHeight = 180.0, 64.0

	// A long drawing is squeezed: its nodes are squares with an icon, without the words that nobody could read.
	squareWidth, squareGap = 84.0, 46.0

	wordColumns  = 4
	pictureNodes = 400 // more are not drawn: they would be dust
)

// PictureOf draws a workflow. The catalogue gives the icons.
func PictureOf(w *engine.Workflow, c engine.Catalogue) Picture {
	nodes := w.Nodes[:min(len(w.Nodes), pictureNodes)]
	p := Picture{Alt: pictureText(w), ViewBox: "0 0 600 240", Width: nodeWidth}
	places := placesOf(nodes)
	if columns := columnsOf(places); len(columns) > wordColumns {
		p.Width = squareWidth
		for i := range places {
			places[i][0] = float64(columns[column(places[i][0])]) * (squareWidth + squareGap)
		}
	}
	at := map[string][2]float64{}
	for i := range nodes {
		n := &nodes[i]
		at[n.ID] = places[i]
		box := PictureNode{X: places[i][0], Y: places[i][1], Icon: "puzzle", Strange: true}
		if kind, ok := c.Kind(n.Kind); ok {
			box.Icon, box.Strange = kind.Icon, false
		}
		if p.Width == nodeWidth {
			box.Title = shorten(n.Name, 12)
		}
		p.Nodes = append(p.Nodes, box)
	}
	for i, e := range w.Edges {
		from, ok1 := at[e.From]
		to, ok2 := at[e.To]
		if ok1 && ok2 && i < 4*pictureNodes {
			p.Edges = append(p.Edges, curve(from[0]+p.Width, from[1]+nodeHeight/2, to[0], to[1]+nodeHeight/2))
		}
	}
	p.frame()
	return p
}

func placesOf(nodes []engine.Node) [][2]float64 {
	places := make([][2]float64, len(nodes))
	for i := range nodes {
		places[i] = [2]float64{finite(nodes[i].At[0]), finite(nodes[i].At[1])}
	}
	return places
}

// column is the stretch of the drawing that an x falls into; nodes in one stand, more or less, above each other.
func column(x float64) int { return int(math.Floor(x / (nodeWidth * 0.6))) }

// columnsOf numbers the columns that hold nodes, from the left.
func columnsOf(places [][2]float64) map[int]int {
	columns := map[int]int{}
	for _, p := range places {
		columns[column(p[0])] = 0
	}
	for i, c := range slices.Sorted(maps.Keys(columns)) {
		columns[c] = i
	}
	return columns
}

// frame finds the part that is shown. It keeps a shape, so that a row of pictures is calm and a single node does not
// fill it.
func (p *Picture) frame() {
	if len(p.Nodes) == 0 {
		return
	}
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, n := range p.Nodes {
		minX, minY, maxX, maxY = min(minX, n.X), min(minY, n.Y), max(maxX, n.X+p.Width), max(maxY, n.Y+nodeHeight)
	}
	const margin, least = 30.0, 520.0
	width := max(maxX-minX+2*margin, least)
	height := max(maxY-minY+2*margin, width*0.36)
	width = max(width, height/0.6)
	p.ViewBox = fmt.Sprintf("%.0f %.0f %.0f %.0f", minX-(width-(maxX-minX))/2, minY-(height-(maxY-minY))/2, width, height)
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
