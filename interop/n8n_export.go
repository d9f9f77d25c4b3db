package interop

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/expr"
)

// n8nExport is one export in progress.
type n8nExport struct {
	w       *engine.Workflow
	extra   map[string]any
	lost    []string
	nodes   []n8nWritten      // beside w.Nodes
	byID    map[string]int    // id -> index in w.Nodes
	byName  map[string]int    // name in the imported file -> index in w.Nodes
	dangles map[string]bool   // names in the imported file that no node had
	joined  map[string]bool   // ids of nodes that edges lead to or from
	renamed map[string]string // name in the imported file -> name now, where they differ
}

// n8nWritten is a node as it is written.
type n8nWritten struct {
	at        int
	raw       map[string]any
	outs, ins []string
}

// exportN8N writes the workflow as an n8n file. What was imported from n8n and not edited since is written as it came.
func exportN8N(w *engine.Workflow) ([]byte, []string, error) {
	ex := &n8nExport{
		w: w, extra: object(w.Extra[n8nKey]), byID: map[string]int{}, byName: map[string]int{}, renamed: map[string]string{},
		joined: map[string]bool{}, dangles: map[string]bool{},
	}
	ex.names()
	parts := make([]n8nWritten, 0, len(w.Nodes)+len(w.Notes))
	for i := range w.Nodes {
		ex.nodes = append(ex.nodes, ex.node(&w.Nodes[i]))
	}
	parts = append(parts, ex.nodes...)
	for i := range w.Notes {
		parts = append(parts, ex.note(&w.Notes[i]))
	}
	slices.SortStableFunc(parts, func(a, b n8nWritten) int { return a.at - b.at })
	nodes := make([]any, len(parts))
	for i, p := range parts {
		nodes[i] = p.raw
	}
	file := ex.file()
	file["nodes"] = nodes
	if c, ok := ex.connections(); ok {
		file["connections"] = c
	}
	if len(w.Groups) > 0 {
		ex.lose("frames around nodes have no counterpart in n8n: %d are left out", len(w.Groups))
	}
	if len(w.Tests) > 0 {
		ex.lose("tests have no counterpart in n8n: %d are left out", len(w.Tests))
	}
	if s := w.Settings; s.Concurrency > 0 {
		ex.lose("n8n has no bound of runs at once for a workflow: that of %d is left out", s.Concurrency)
	}
	if w.Settings.KeepRunsDays > 0 {
		ex.lose("n8n keeps runs as its administrator says: the %d days of this workflow are left out", w.Settings.KeepRunsDays)
	}
	if w.Settings.ErrorWorkflow != "" {
		ex.lose("the error workflow %q has another id in n8n: choose it there again", w.Settings.ErrorWorkflow)
	}
	data, err := encode(file)
	return data, ex.lost, err
}

func (ex *n8nExport) lose(format string, args ...any) {
	ex.lost = append(ex.lost, sprintf(format, args...))
}

// names finds out which node of now is which of the imported file. A copy of an imported node carries the same remains
// and is told by its id.
func (ex *n8nExport) names() {
	for i := range ex.w.Nodes {
		n := &ex.w.Nodes[i]
		ex.byID[n.ID] = i
		o := readOrigin(n.ID, n.Extra)
		name := text(o.raw["name"])
		if o.raw == nil || o.copied || name != o.name {
			continue // new, a copy, or called so only in the file
		}
		ex.byName[name] = i
	}
	for _, name := range list(ex.extra["dangling"]) {
		ex.dangles[text(name)] = true
	}
	for _, e := range ex.w.Edges {
		ex.joined[e.From], ex.joined[e.To] = true, true
	}
	for name, i := range ex.byName {
		if n := &ex.w.Nodes[i]; n.Name != readOrigin(n.ID, n.Extra).name {
			ex.renamed[name] = n.Name
		}
	}
}

// origin is what the extra of a node or note keeps of the imported file.
type origin struct {
	raw    map[string]any // nil: made here
	at     int
	name   string // the name that the import gave
	own    bool   // raw comes without parameters: ours are the file's
	copied bool   // the node has another id than the import gave
}

func readOrigin(id string, extra map[string]any) origin {
	kept := object(extra[n8nKey])
	o := origin{raw: object(kept["node"]), at: 1 << 30, own: boolean(kept["own"])}
	if o.raw == nil {
		return o
	}
	if at, ok := number(kept["at"]); ok && at >= 0 && at < 1<<30 {
		o.at = int(at)
	}
	o.name = text(o.raw["name"])
	if s, ok := kept["name"].(string); ok {
		o.name = s
	}
	given := text(o.raw["id"])
	if s, ok := kept["id"].(string); ok {
		given = s
	}
	o.copied = given != id
	return o
}

// file writes the keys of the workflow other than nodes and connections.
func (ex *n8nExport) file() map[string]any {
	file := maps.Clone(object(ex.extra["file"]))
	if file == nil {
		file = map[string]any{"pinData": map[string]any{}, "settings": map[string]any{"executionOrder": "v1"}, "active": false}
	}
	if unnamed, ok := ex.extra["unnamed"].(string); (!ok || unnamed != ex.w.Name) && file["name"] != ex.w.Name {
		file["name"] = ex.w.Name
	}
	ex.settings(file)
	ex.pinned(file)
	return file
}

func (ex *n8nExport) settings(file map[string]any) {
	was := n8nSettings(object(file["settings"]))
	s := ex.w.Settings
	if was.Timezone == s.Timezone && was.TimeoutMS == s.TimeoutMS {
		return
	}
	changed := maps.Clone(object(file["settings"]))
	if changed == nil {
		changed = map[string]any{}
	}
	if was.Timezone != s.Timezone {
		setOrDelete(changed, "timezone", s.Timezone, s.Timezone != "")
	}
	if was.TimeoutMS != s.TimeoutMS {
		setOrDelete(changed, "executionTimeout", whole((s.TimeoutMS+999)/1000), s.TimeoutMS > 0)
	}
	file["settings"] = changed
}

func setOrDelete(m map[string]any, key string, v any, set bool) {
	if set {
		m[key] = v
	} else {
		delete(m, key)
	}
}

// pinned writes pinned data, under the names of now.
func (ex *n8nExport) pinned(file map[string]any) {
	old := object(file["pinData"])
	data := map[string]any{}
	for name, v := range old {
		if i, ok := ex.byName[name]; ok {
			data[text(ex.nodes[i].raw["name"])] = v
		} else if ex.wasDangling(name) {
			data[name] = v
		}
	}
	for i := range ex.w.Nodes {
		n := &ex.w.Nodes[i]
		name := text(ex.nodes[i].raw["name"])
		if j, ok := ex.byName[name]; ok && j != i && ex.renamed[name] == "" {
			continue // the data of this name belong to another node of the same name
		}
		if !samePinned(n8nPinned(data[name]), n.Pinned) {
			setOrDelete(data, name, writePinned(n.Pinned), len(n.Pinned) > 0)
		}
	}
	if len(old)+len(data) > 0 && !equal(old, data) {
		file["pinData"] = data
	}
}

// wasDangling tells whether a name stood in the imported file without a node: what is said of it stays as it was.
func (ex *n8nExport) wasDangling(name string) bool {
	return ex.dangles[name]
}

func samePinned(a, b []engine.Item) bool {
	return slices.EqualFunc(a, b, func(x, y engine.Item) bool { return equal(x.JSON, y.JSON) })
}

func writePinned(items []engine.Item) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = map[string]any{"json": item.JSON}
	}
	return out
}

// rename rewrites references to renamed nodes in every text of a value; the value itself stays as it is. It goes by way
// of names that nobody has, because two nodes may have swapped theirs.
func (ex *n8nExport) rename(v any) any {
	switch v := v.(type) {
	case string:
		names := slices.Sorted(maps.Keys(ex.renamed))
		for i, from := range names {
			v = expr.RenameNode(v, from, between(i))
		}
		for i, from := range names {
			v = expr.RenameNode(v, between(i), ex.renamed[from])
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = ex.rename(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = ex.rename(e)
		}
		return out
	}
	return v
}

func between(i int) string { return "\u2060renamed " + strconv.Itoa(i) }

// coordinate writes a place on the canvas with as few digits as it has.
func coordinate(at [2]float64) []any {
	return []any{plainNumber(at[0]), plainNumber(at[1])}
}

func plainNumber(f float64) json.Number { return json.Number(strconv.FormatFloat(f, 'f', -1, 64)) }
