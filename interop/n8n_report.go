package interop

import (
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// finish writes the report, once everything is read.
func (im *n8nImport) finish() {
	r := im.report
	extra := object(im.w.Extra[n8nKey])
	if len(im.dangling) > 0 {
		names := make([]any, 0, len(im.dangling))
		for _, name := range sortedSet(im.dangling) {
			names = append(names, name)
		}
		extra["dangling"] = names
	}
	r.Counts.Nodes, r.Counts.Notes = len(im.w.Nodes), len(im.w.Notes)
	trigger := false
	complete, possible := true, true
	for i := range im.w.Nodes {
		n, read := &im.w.Nodes[i], im.read[i]
		texts := append([]string{}, read.text...)
		r.Nodes = append(r.Nodes, NodeReport{
			ID: n.ID, Name: n.Name, Type: read.typ, Kind: n.Kind, Result: read.result, Disabled: n.Disabled, Text: texts,
		})
		switch read.result {
		case Native:
			r.Counts.Native++
		case Partly:
			r.Counts.Partly++
		default:
			r.Counts.Placeholders++
		}
		im.expressions(n.Name, im.original(i)["parameters"])
		trigger = trigger || strings.HasPrefix(n.Kind, "trigger.") && !n.Disabled
		if n.Disabled || read.result == Native {
			continue
		}
		complete = false
		if read.result == Placeholder {
			possible = false
			r.Reasons = append(r.Reasons, sprintf("%q (%s): %s", n.Name, read.typ, strings.Join(texts, "; ")))
		} else {
			r.Reasons = append(r.Reasons, sprintf("%q came over partly: %s", n.Name, strings.Join(texts, "; ")))
		}
	}
	whole := true
	no := func(format string, args ...any) {
		whole = false
		r.Reasons = append(r.Reasons, sprintf(format, args...))
	}
	if len(im.w.Nodes) == 0 {
		no("there are no nodes")
	} else if !trigger {
		no("no node that Atelier knows starts it")
	}
	for _, e := range r.Expressions.Unsupported {
		no("an expression of %q (%s) will not work: %s", e.Node, e.Param, e.Reason)
	}
	if circle := im.circle(); circle != "" {
		no("edges make a circle that does not pass through a Loop node: %s", circle)
	}
	r.Runnable = whole && complete
	r.Runs = whole && possible
}

// original returns the node as it stands in the file.
func (im *n8nImport) original(i int) map[string]any {
	at, _ := number(object(im.w.Nodes[i].Extra[n8nKey])["at"])
	return object(list(im.file["nodes"])[int(at)])
}

func sortedSet(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// circle names the nodes of a circle of edges that no loop bounds, "" when there is none. Nodes without a way into them
// are taken away until only circles, and what they feed, are left.
func (im *n8nImport) circle() string {
	next := map[string][]engine.Edge{}
	waiting := map[string]int{}
	loops := map[string]bool{}
	for i := range im.w.Nodes {
		waiting[im.w.Nodes[i].ID] = 0
		loops[im.w.Nodes[i].ID] = im.w.Nodes[i].Kind == "flow.loop"
	}
	for _, e := range im.w.Edges {
		if !loops[e.To] && !strings.HasPrefix(e.Out, "ai_") {
			next[e.From] = append(next[e.From], e)
			waiting[e.To]++
		}
	}
	var ready []string
	for i := range im.w.Nodes {
		if id := im.w.Nodes[i].ID; waiting[id] == 0 {
			ready = append(ready, id)
		}
	}
	for len(ready) > 0 {
		id := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		delete(waiting, id)
		for _, e := range next[id] {
			if waiting[e.To]--; waiting[e.To] == 0 {
				ready = append(ready, e.To)
			}
		}
	}
	// Walk from any node that is left: within as many steps as nodes are left, one comes again.
	for i := range im.w.Nodes {
		if _, left := waiting[im.w.Nodes[i].ID]; left {
			return im.walk(im.w.Nodes[i].ID, waiting, loops)
		}
	}
	return ""
}

// walk follows edges backwards among the nodes that are left; each has an edge into it from another of them.
func (im *n8nImport) walk(id string, left map[string]int, loops map[string]bool) string {
	before := map[string]string{}
	for _, e := range im.w.Edges {
		_, from := left[e.From]
		_, to := left[e.To]
		if from && to && !loops[e.To] && !strings.HasPrefix(e.Out, "ai_") {
			before[e.To] = e.From
		}
	}
	var path []string
	for at := id; ; at = before[at] {
		if i := slices.Index(path, at); i >= 0 {
			path = append(path[i:], at)
			break
		}
		path = append(path, at)
	}
	slices.Reverse(path)
	names := make([]string, 0, len(path))
	for _, id := range path[:min(len(path), 12)] {
		names = append(names, im.w.Nodes[im.w.NodeByID(id)].Name)
	}
	return strings.Join(names, " → ")
}
