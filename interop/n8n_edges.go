package interop

import (
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// n8n keeps connections by names: {source: {type: [[{node, type, index}] or null, …]}}, where the place in the outer
// list is the source's output and index the target's input. Ports of type main have our names; those of other types
// (ai_tool …) are called after the type, from the second on with a number behind it.

// connections makes edges. What leads to or from a name that no node has is kept for export and reported.
func (im *n8nImport) connections() error {
	c := im.file["connections"]
	if c == nil || equal(c, []any{}) {
		return nil
	}
	sources, ok := c.(map[string]any)
	if !ok {
		return invalid("\"connections\" must be an object by the names of nodes, not %s", typeName(c))
	}
	seen := map[edgeKey]bool{}
	for _, source := range im.inOrder(sources) {
		err := eachN8NTarget(source, sources[source], func(t n8nTarget) error {
			im.report.Counts.Edges++
			from, okFrom := im.byName[source]
			to, okTo := im.byName[t.node]
			if !okFrom || !okTo {
				im.leadsNowhere(source, t.node, okFrom, okTo)
				return nil
			}
			e := engine.Edge{
				From: im.w.Nodes[from].ID, Out: portName(im.read[from].outputs(), t.outType, t.out),
				To: im.w.Nodes[to].ID, In: portName(im.read[to].inputs(), t.inType, t.in),
			}
			if key := keyOf(e); !seen[key] {
				seen[key] = true
				im.w.Edges = append(im.w.Edges, e)
			}
			if len(im.w.Edges) > engine.MaxEdges {
				return invalid("it has more than %d connections", engine.MaxEdges)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// edgeKey is what makes an edge the same as another.
type edgeKey struct{ from, out, to, in string }

func keyOf(e engine.Edge) edgeKey { return edgeKey{e.From, e.Out, e.To, e.In} }

func (im *n8nImport) leadsNowhere(source, target string, okFrom, okTo bool) {
	im.report.Counts.DanglingEdges++
	if !okFrom {
		im.dangling[source] = true
	}
	if !okTo {
		im.dangling[target] = true
	}
	if okFrom {
		im.warn("a connection from %q leads to %q, which is not in the file; it is kept for export and not drawn", source, target)
	} else {
		im.warn("a connection comes from %q, which is not in the file; it is kept for export and not drawn", source)
	}
}

// inOrder returns the sources in the order of the nodes, then the dangling ones.
func (im *n8nImport) inOrder(sources map[string]any) []string {
	names := sortedKeys(sources)
	place := func(name string) int {
		if i, ok := im.byName[name]; ok {
			return i
		}
		return len(im.w.Nodes)
	}
	slices.SortStableFunc(names, func(a, b string) int { return place(a) - place(b) })
	return names
}

// n8nTarget is one connection of a source.
type n8nTarget struct {
	outType string
	out     int
	node    string
	inType  string
	in      int
}

// eachN8NTarget calls f for each connection in a source's value. Nulls and empty lists are passed over.
func eachN8NTarget(source string, v any, f func(n8nTarget) error) error {
	types, err := as[map[string]any](v, "the connections of %q must be an object by type", source)
	if err != nil {
		return err
	}
	for _, typ := range mainFirst(types) {
		outs, err := as[[]any](types[typ], "the %s connections of %q must be a list by output", typ, source)
		if err != nil {
			return err
		}
		for i, out := range outs {
			targets, err := as[[]any](out, "output %d of %q must be a list of connections", i+1, source)
			if err != nil {
				return err
			}
			for _, entry := range targets {
				t, err := as[map[string]any](entry, "a connection at output %d of %q must be an object with \"node\"", i+1, source)
				if err != nil {
					return err
				}
				if t == nil {
					continue
				}
				if err := f(readTarget(t, typ, i)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func readTarget(t map[string]any, typ string, out int) n8nTarget {
	target := n8nTarget{outType: typ, out: out, node: text(t["node"]), inType: typ}
	if s := text(t["type"]); s != "" {
		target.inType = s
	}
	if n, ok := number(t["index"]); ok && n >= 0 && n < maxPorts {
		target.in = int(n)
	}
	return target
}

// maxPorts bounds the numbers of ports: the connections of an exported file are lists as long as the highest number.
const maxPorts = 1000

// as returns v as a T, nil for null, or an error that begins with the text.
func as[T any](v any, format string, args ...any) (T, error) {
	t, ok := v.(T)
	if !ok && v != nil {
		return t, invalid(format+", not %s", append(args, typeName(v))...)
	}
	return t, nil
}

// mainFirst returns the connection types with the data's own first.
func mainFirst(types map[string]any) []string {
	keys := sortedKeys(types)
	if i := slices.Index(keys, "main"); i > 0 {
		keys = slices.Insert(slices.Delete(keys, i, i+1), 0, "main")
	}
	return keys
}

// portName names the port of a type at an index; named are the names of the main ports.
func portName(named []string, typ string, index int) string {
	if typ == "main" && index < len(named) {
		return named[index]
	}
	if index == 0 {
		return typ
	}
	return typ + "_" + strconv.Itoa(index+1)
}

// portIndex is the inverse of portName.
func portIndex(named []string, port string) (typ string, index int, ok bool) {
	if i := slices.Index(named, port); i >= 0 {
		return "main", i, true
	}
	if cut := strings.LastIndexByte(port, '_'); cut > 0 {
		if n, err := strconv.Atoi(port[cut+1:]); err == nil && n > 1 {
			return port[:cut], n - 1, n <= maxPorts
		}
	}
	return port, 0, strings.HasPrefix(port, "ai_")
}

// outputs names the main outputs of a node in the order of n8n's indexes.
func (r n8nRead) outputs() []string {
	out := n8nOutputs(r.typ, r.version, r.node.Kind, r.node.Params)
	if r.node.OnError == "output" {
		out = append(slices.Clip(out), "error")
	}
	return out
}

func (r n8nRead) inputs() []string { return n8nInputs(r.node.Kind, r.node.Params) }

func n8nOutputs(typ string, version float64, kind string, params map[string]any) []string {
	switch kind {
	case "flow.if":
		return []string{"true", "false"}
	case "flow.loop":
		if typ == n8nBase+"splitInBatches" && version < 3 {
			return []string{"loop", "done"}
		}
		return []string{"done", "loop"}
	case "flow.switch":
		var out []string
		for i := range min(len(list(params["cases"])), maxPorts) {
			out = append(out, "case_"+strconv.Itoa(i+1))
		}
		return append(out, "default")
	}
	return []string{"main"}
}

func n8nInputs(kind string, params map[string]any) []string {
	if kind != "flow.merge" {
		return []string{"main"}
	}
	n, ok := number(params["inputs"])
	if !ok || n < 2 || n > maxPorts {
		n = 2
	}
	var in []string
	for i := range int(n) {
		in = append(in, "in_"+strconv.Itoa(i+1))
	}
	return in
}
