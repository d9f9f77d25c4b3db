package interop

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// node writes one node: the one that was imported, with what was edited since, or a new one.
func (ex *n8nExport) node(n *engine.Node) n8nWritten {
	o := readOrigin(n.ID, n.Extra)
	fresh := o.raw == nil
	if fresh {
		o.raw = map[string]any{"name": n.Name}
		o.name, o.copied = n.Name, true
	}
	raw := maps.Clone(o.raw)
	if o.own {
		raw["parameters"] = n.Params
	}
	was := readN8N(raw)
	if n.Kind != was.node.Kind || !equal(n.Params, was.node.Params) {
		ex.params(n, raw, was)
		was = mergeRead(was, readN8N(raw))
	}
	if !ex.keepsName(n, o) {
		raw["name"] = n.Name
	}
	if o.copied {
		raw["id"] = n.ID
	}
	if n.At != was.node.At || fresh {
		raw["position"] = coordinate(n.At)
	}
	if n.Disabled != was.node.Disabled {
		setOrDelete(raw, "disabled", true, n.Disabled)
	}
	if n.Note != was.node.Note {
		setOrDelete(raw, "notes", n.Note, n.Note != "")
	}
	ex.failure(n, raw, was.node)
	if n.TimeoutMS > 0 {
		ex.lose("%q: n8n has no time limit for a node; %d ms is left out", n.Name, n.TimeoutMS)
	}
	written := was
	written.node.Kind, written.node.Params, written.node.OnError = n.Kind, n.Params, n.OnError
	return n8nWritten{at: o.at, raw: raw, outs: written.outputs(), ins: written.inputs()}
}

// keepsName tells whether the node is written under the name it had in the file. A name that the import made unique goes
// back to what it was only where nothing refers to it: connections and pinned data mean the other node of that name.
func (ex *n8nExport) keepsName(n *engine.Node, o origin) bool {
	was := text(o.raw["name"])
	if n.Name != o.name || o.name == was {
		return n.Name == was
	}
	holder, held := ex.byName[was]
	return !ex.joined[n.ID] && n.Pinned == nil && (strings.TrimSpace(was) == "" || held && ex.w.Nodes[holder].Name == was)
}

// mergeRead keeps what the file said of a node's settings, and the type that is written now.
func mergeRead(was, now n8nRead) n8nRead {
	was.typ, was.version = now.typ, now.version
	return was
}

// params writes kind and parameters that differ from the imported ones.
func (ex *n8nExport) params(n *engine.Node, raw map[string]any, was n8nRead) {
	if n.Kind == was.node.Kind && n.Kind != "" {
		if ex.onlyRenamed(n, raw) || ex.onlyCredential(n, raw, was) {
			return
		}
	}
	typ, version, params, lost := toN8N(n.Kind, n.Params)
	raw["type"], raw["typeVersion"], raw["parameters"] = typ, json.Number(version), params
	for _, l := range lost {
		ex.lose("%q: %s", n.Name, l)
	}
	if strings.HasPrefix(typ, atelierPrefix) {
		ex.lose("%q: n8n has nothing like %s; it is written as a node of the type %s that n8n shows by name", n.Name, n.Kind, typ)
	}
	if name := text(n.Params["credential"]); name != text(was.node.Params["credential"]) {
		ex.credential(raw, n, name)
	}
}

// onlyRenamed tells whether the parameters differ from the imported ones by nothing but the names of nodes in them, and
// writes the file's parameters with those names.
func (ex *n8nExport) onlyRenamed(n *engine.Node, raw map[string]any) bool {
	if len(ex.renamed) == 0 || object(raw["parameters"]) == nil {
		return false
	}
	renamed := maps.Clone(raw)
	renamed["parameters"] = ex.rename(raw["parameters"])
	if now := readN8N(renamed); now.node.Kind != n.Kind || !equal(now.node.Params, n.Params) {
		return false
	}
	raw["parameters"] = renamed["parameters"]
	return true
}

// onlyCredential tells whether nothing but the credential was changed, and writes that.
func (ex *n8nExport) onlyCredential(n *engine.Node, raw map[string]any, was n8nRead) bool {
	a, b := maps.Clone(n.Params), maps.Clone(was.node.Params)
	delete(a, "credential")
	delete(b, "credential")
	if !equal(a, b) {
		return false
	}
	ex.credential(raw, n, text(n.Params["credential"]))
	return true
}

// credential writes a reference by name; n8n asks for the credential when it finds no id.
func (ex *n8nExport) credential(raw map[string]any, n *engine.Node, name string) {
	if name == "" {
		delete(raw, "credentials")
		return
	}
	typ := map[string]string{"sql.query": "postgres", "mail.send": "smtp"}[n.Kind]
	if old := sortedKeys(object(raw["credentials"])); len(old) > 0 {
		typ = old[0]
	}
	if typ == "" {
		typ = "httpHeaderAuth"
		ex.lose("%q: choose the kind of the credential %q in n8n", n.Name, name)
	}
	raw["credentials"] = map[string]any{typ: map[string]any{"name": name}}
}

// failure writes what follows a failure: retries and the way on.
func (ex *n8nExport) failure(n *engine.Node, raw map[string]any, was engine.Node) {
	if same := n.Retry == nil && was.Retry == nil || n.Retry != nil && was.Retry != nil && *n.Retry == *was.Retry; !same {
		setOrDelete(raw, "retryOnFail", true, n.Retry != nil)
		delete(raw, "maxTries")
		delete(raw, "waitBetweenTries")
		if r := n.Retry; r != nil {
			raw["maxTries"], raw["waitBetweenTries"] = whole(min(max(r.Attempts, 2), 5)), whole(min(r.WaitMS, 5000))
			if r.Attempts > 5 || r.WaitMS > 5000 || r.Backoff == "exponential" {
				ex.lose("%q: n8n tries at most 5 times, with equal waits of at most 5 seconds", n.Name)
			}
		}
	}
	if onError(*n) != onError(was) {
		delete(raw, "continueOnFail")
		to := map[string]string{"continue": "continueRegularOutput", "output": "continueErrorOutput"}[n.OnError]
		setOrDelete(raw, "onError", to, to != "")
	}
}

func onError(n engine.Node) string {
	if n.OnError == "stop" {
		return ""
	}
	return n.OnError
}

// note writes a note as a sticky note.
func (ex *n8nExport) note(n *engine.Note) n8nWritten {
	o := readOrigin(n.ID, n.Extra)
	if o.raw == nil {
		raw := map[string]any{
			"id": n.ID, "name": "Sticky Note " + n.ID, "type": n8nSticky, "typeVersion": whole(1), "position": coordinate(n.At),
			"parameters": map[string]any{
				"content": n.Text, "width": plainNumber(n.Size[0]), "height": plainNumber(n.Size[1]), "color": noteColor(n.Color),
			},
		}
		return n8nWritten{at: o.at, raw: raw}
	}
	raw := maps.Clone(o.raw)
	if o.copied {
		raw["id"], raw["name"] = n.ID, "Sticky Note "+n.ID
	}
	was := n8nNote(raw, o.at, n.ID)
	if n.At != was.At {
		raw["position"] = coordinate(n.At)
	}
	if n.Text != was.Text || n.Size != was.Size || n.Color != was.Color {
		p := maps.Clone(object(raw["parameters"]))
		if p == nil {
			p = map[string]any{}
		}
		if n.Text != was.Text {
			p["content"] = n.Text
		}
		if n.Size != was.Size {
			p["width"], p["height"] = plainNumber(n.Size[0]), plainNumber(n.Size[1])
		}
		if n.Color != was.Color {
			p["color"] = noteColor(n.Color)
		}
		raw["parameters"] = p
	}
	return n8nWritten{at: o.at, raw: raw}
}

func noteColor(name string) json.Number {
	for i, c := range n8nColors {
		if c == name {
			return whole(i + 1)
		}
	}
	return whole(1)
}
