package interop

import (
	"maps"
	"slices"
)

// connections writes the edges. Those of the imported file keep their places, with its nulls and empty lists; removed
// ones are taken out and new ones put at the end of their output. It reports false when there is nothing to write and
// the file had no connections either.
func (ex *n8nExport) connections() (any, bool) {
	kept, had := ex.extra["connections"]
	left := map[edgeKey]bool{}
	for _, e := range ex.w.Edges {
		left[keyOf(e)] = true
	}
	out := map[string]any{}
	used := map[edgeKey]bool{}
	sources := object(kept)
	for _, source := range sortedKeys(sources) {
		name := source
		if i, ok := ex.byName[source]; ok {
			name = text(ex.nodes[i].raw["name"])
		} else if !ex.wasDangling(source) && ex.leadsAnywhere(sources[source]) {
			continue // its node was removed
		}
		out[name] = ex.kept(source, sources[source], left, used)
	}
	for _, e := range ex.w.Edges {
		if key := keyOf(e); left[key] && !used[key] {
			used[key] = true
			ex.add(out, key)
		}
	}
	if len(sources) == 0 && len(out) == 0 && had {
		return kept, true // null, or an empty list or object
	}
	return out, had || ex.extra == nil || len(out) > 0
}

// leadsAnywhere tells whether a source has any connection.
func (ex *n8nExport) leadsAnywhere(v any) bool {
	found := false
	err := eachN8NTarget("", v, func(n8nTarget) error { found = true; return nil })
	return found || err != nil
}

// kept returns what the file said of a source, without the edges that are no longer there.
func (ex *n8nExport) kept(source string, v any, left, used map[edgeKey]bool) any {
	types := maps.Clone(object(v))
	if types == nil {
		return v
	}
	for typ, outs := range types {
		slots := slices.Clone(list(outs))
		for i, slot := range slots {
			entries := slices.Clone(list(slot))
			if entries == nil {
				continue
			}
			entries = slices.DeleteFunc(entries, func(entry any) bool {
				t := object(entry)
				return t != nil && !ex.keeps(source, readTarget(t, typ, i), left, used)
			})
			for j, entry := range entries {
				if k, ok := ex.byName[text(object(entry)["node"])]; ok {
					if now := ex.nodes[k].raw["name"]; now != object(entry)["node"] {
						renamed := maps.Clone(object(entry))
						renamed["node"] = now
						entries[j] = renamed
					}
				}
			}
			slots[i] = entries
		}
		if slots != nil {
			types[typ] = slots
		}
	}
	return types
}

// keeps tells whether a connection of the file is still there, and marks its edge as written.
func (ex *n8nExport) keeps(source string, t n8nTarget, left, used map[edgeKey]bool) bool {
	from, okFrom := ex.byName[source]
	to, okTo := ex.byName[t.node]
	if !okFrom || !okTo {
		// Dangling since it came, or the node was removed here.
		return (okFrom || ex.wasDangling(source)) && (okTo || ex.wasDangling(t.node))
	}
	e := edgeKey{
		from: ex.w.Nodes[from].ID, out: portName(ex.nodes[from].outs, t.outType, t.out),
		to: ex.w.Nodes[to].ID, in: portName(ex.nodes[to].ins, t.inType, t.in),
	}
	used[e] = used[e] || left[e]
	return left[e]
}

// add writes an edge that the file did not have.
func (ex *n8nExport) add(out map[string]any, e edgeKey) {
	from, okFrom := ex.byID[e.from]
	to, okTo := ex.byID[e.to]
	if !okFrom || !okTo {
		ex.lose("an edge from %q to %q is left out: one of them is not in the workflow", e.from, e.to)
		return
	}
	source, target := text(ex.nodes[from].raw["name"]), text(ex.nodes[to].raw["name"])
	outType, i, ok1 := portIndex(ex.nodes[from].outs, e.out)
	inType, j, ok2 := portIndex(ex.nodes[to].ins, e.in)
	if !ok1 || !ok2 {
		ex.lose("the edge from %q (%s) to %q (%s) is left out: n8n has no such port", source, e.out, target, e.in)
		return
	}
	// The maps and lists reached here are copies that kept made, or new.
	types := object(out[source])
	if types == nil {
		types = map[string]any{}
		out[source] = types
	}
	slots := list(types[outType])
	for len(slots) <= i {
		slots = append(slots, []any{})
	}
	slots[i] = append(list(slots[i]), map[string]any{"node": target, "type": inType, "index": whole(j)})
	types[outType] = slots
}
