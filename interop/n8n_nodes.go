package interop

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

const n8nSticky = "n8n-nodes-base.stickyNote"

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// nodes reads the list of nodes: notes, mapped nodes and placeholders.
func (im *n8nImport) nodes() error {
	raw, ok := im.file["nodes"].([]any)
	if !ok {
		return invalid("\"nodes\" must be a list, not %s", typeName(im.file["nodes"]))
	}
	if len(raw) > engine.MaxNodes {
		return invalid("it has %d nodes; at most %d are allowed in a workflow", len(raw), engine.MaxNodes)
	}
	nodes := make([]map[string]any, len(raw))
	for i, v := range raw {
		m, ok := v.(map[string]any)
		if !ok {
			return invalid("node %d must be an object, not %s", i+1, typeName(v))
		}
		if t, ok := m["type"].(string); !ok || t == "" {
			return invalid("node %d (%s): \"type\" must be a text that names the type of the node, not %s", i+1,
				short(m["name"]), typeName(m["type"]))
		}
		nodes[i] = m
	}
	names := im.chooseNames(nodes)
	for i, m := range nodes {
		id := im.id(m, i)
		if m["type"] == n8nSticky {
			im.w.Notes = append(im.w.Notes, n8nNote(m, i, id))
			continue
		}
		im.node(m, i, id, names[i])
	}
	return nil
}

// chooseNames makes names unique. Where two nodes share one, n8n's own connections and expressions mean the last, so
// that one keeps it.
func (im *n8nImport) chooseNames(nodes []map[string]any) []string {
	last := map[string]int{}
	for i, m := range nodes {
		if m["type"] != n8nSticky {
			last[text(m["name"])] = i
		}
	}
	next := map[string]int{}
	free := func(base string) string {
		for {
			name := base
			if next[base]++; next[base] > 1 {
				name = sprintf("%s %d", base, next[base])
			}
			if _, taken := last[name]; !taken && !im.names[name] {
				im.names[name] = true
				return name
			}
		}
	}
	names := make([]string, len(nodes))
	for i, m := range nodes {
		name := text(m["name"])
		switch {
		case m["type"] == n8nSticky:
		case strings.TrimSpace(name) == "":
			names[i] = free(strings.TrimPrefix(text(m["type"]), n8nBase))
			im.warn("node %d has no name; here it is called after its type, %q", i+1, names[i])
		case last[name] == i:
			names[i] = name
		default:
			names[i] = free(name)
			im.warn("two nodes are called %q; the first of them is called %q here", name, names[i])
		}
	}
	return names
}

// id keeps the file's id where it can be one, else derives one that is the same at every import.
func (im *n8nImport) id(m map[string]any, at int) string {
	id := text(m["id"])
	if id == "" || len(id) > 200 || im.ids[id] {
		for salt := 0; id == "" || len(id) > 200 || im.ids[id]; salt++ {
			sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %v %v", at, salt, m["type"], m["name"]))
			id = "n" + hex.EncodeToString(sum[:6])
		}
		if old := text(m["id"]); old != "" && len(old) <= 200 {
			im.warn("the id %q is used twice; node %d gets a new one", old, at+1)
		}
	}
	im.ids[id] = true
	return id
}

// node adds one node.
func (im *n8nImport) node(m map[string]any, at int, id, name string) {
	read := readN8N(m)
	n := read.node
	n.ID, n.Name = id, name
	if _, _, ok := n8nPosition(m); !ok {
		im.warn("%q has no usable position (%s); it is placed at the origin", name, short(m["position"]))
	}
	// An empty list is how PHP writes an empty object; it is common and means nothing.
	if p := m["parameters"]; p != nil && object(p) == nil && !equal(p, []any{}) {
		im.warn("the parameters of %q are %s, not an object; they are kept for export only", name, typeName(p))
	}
	extra := map[string]any{"at": whole(at), "node": m}
	if read.result == Placeholder && object(m["parameters"]) != nil {
		// A placeholder's parameters are the file's own: once is enough.
		without := map[string]any{}
		for k, v := range m {
			if k != "parameters" {
				without[k] = v
			}
		}
		extra["node"] = without
		extra["own"] = true
	}
	if text(m["id"]) != id {
		extra["id"] = id
	}
	if text(m["name"]) != name {
		extra["name"] = name
	}
	n.Extra = map[string]any{n8nKey: extra}
	if old := text(m["name"]); strings.TrimSpace(old) != "" {
		im.byName[old] = len(im.w.Nodes)
	}
	im.w.Nodes = append(im.w.Nodes, n)
	im.read = append(im.read, read)
	im.credentials(m, name)
}

// credentials notes what the node logs in with: {type: {id, name}}, in old files {type: name}.
func (im *n8nImport) credentials(m map[string]any, node string) {
	for _, typ := range sortedKeys(object(m["credentials"])) {
		name := n8nCredentialName(object(m["credentials"])[typ])
		i := slices.IndexFunc(im.report.Credentials, func(c NeededLogin) bool { return c.Type == typ && c.Name == name })
		if i < 0 {
			i = len(im.report.Credentials)
			im.report.Credentials = append(im.report.Credentials, NeededLogin{Type: typ, Name: name})
		}
		im.report.Credentials[i].Nodes = append(im.report.Credentials[i].Nodes, node)
	}
}

func n8nCredentialName(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return text(object(v)["name"])
}

func n8nPosition(m map[string]any) (x, y float64, ok bool) {
	p := list(m["position"])
	if len(p) < 2 {
		return 0, 0, false
	}
	x, okX := number(p[0])
	y, okY := number(p[1])
	const far = 1e9
	if !okX || !okY || !(math.Abs(x) <= far) || !(math.Abs(y) <= far) {
		return 0, 0, false
	}
	return x, y, true
}

// n8nColors are the seven colours of a sticky note.
var n8nColors = []string{"amber", "orange", "red", "green", "blue", "violet", "gray"}

// n8nNote makes a note of a sticky note. What it left out has n8n's defaults.
func n8nNote(m map[string]any, at int, id string) engine.Note {
	p := object(m["parameters"])
	note := engine.Note{ID: id, Size: [2]float64{240, 160}, Color: n8nColors[0], Text: text(p["content"])}
	note.At[0], note.At[1], _ = n8nPosition(m)
	for i, key := range []string{"width", "height"} {
		if v, ok := number(p[key]); ok && v > 0 && v < 1e6 {
			note.Size[i] = v
		}
	}
	if c, ok := number(p["color"]); ok && c >= 1 && c <= float64(len(n8nColors)) {
		note.Color = n8nColors[int(c)-1]
	}
	extra := map[string]any{"at": whole(at), "node": m}
	if text(m["id"]) != id {
		extra["id"] = id
	}
	note.Extra = map[string]any{n8nKey: extra}
	return note
}

// n8nRead is what a node of a file means here, apart from its id and name.
type n8nRead struct {
	node    engine.Node
	typ     string
	version float64
	result  string
	text    []string
}

// readN8N reads one node. It is pure: the export reads a node again to see what was edited since.
func readN8N(m map[string]any) n8nRead {
	r := n8nRead{typ: text(m["type"])}
	r.version, _ = number(m["typeVersion"])
	n := &r.node
	n.At[0], n.At[1], _ = n8nPosition(m)
	n.Disabled = boolean(m["disabled"])
	n.Note = text(m["notes"])
	if boolean(m["retryOnFail"]) {
		n.Retry = &engine.Retry{Attempts: 3, WaitMS: 1000, Backoff: "fixed"}
		if v, ok := number(m["maxTries"]); ok {
			n.Retry.Attempts = int(min(max(v, 2), 5))
		}
		if v, ok := number(m["waitBetweenTries"]); ok {
			n.Retry.WaitMS = int(min(max(v, 0), 5000))
		}
	}
	switch {
	case m["onError"] == "continueErrorOutput":
		n.OnError = "output"
	case m["onError"] == "continueRegularOutput", m["onError"] == nil && boolean(m["continueOnFail"]):
		n.OnError = "continue"
	}
	f := readForeign(m)
	n.Kind, n.Params, r.text = f.mapped()
	r.result = Native
	if n.Kind == r.typ {
		r.result = Placeholder
		return r
	}
	for key, what := range map[string]string{
		"alwaysOutputData": "\"always output data\" is not supported: without items, nothing is passed on",
		"executeOnce":      "\"execute once\" is not supported: the node works on every item",
	} {
		if boolean(m[key]) {
			r.text = append(r.text, what)
		}
	}
	if slices.Sort(r.text); len(r.text) > 0 {
		r.result = Partly
	}
	return r
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
