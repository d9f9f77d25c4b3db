package interop

import (
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// n8nKey is where the remains of an n8n file are kept in the "extra" of a workflow, a node or a note.
//
// Of a workflow: "file" (its keys without nodes and connections), "connections" (as they came), "dangling" (names in
// connections that no node has) and "unnamed" (the name given to a workflow without one). Of a node or a note: "at"
// (its place in the list of nodes), "node" (as it came; without parameters, and "own" is true, when ours are the same),
// "id" and "name" when they are not those in the file.
const n8nKey = "n8n"

func n8nFormat() Format {
	return Format{Name: "n8n", Title: "n8n", Detect: isN8N, Import: importN8N, Export: exportN8N}
}

func isN8N(file any) bool {
	m, ok := file.(map[string]any)
	if !ok {
		// A list of workflows is what n8n's command line exports; the import says what to do with it.
		l := list(file)
		return len(l) > 0 && !slices.ContainsFunc(l, func(v any) bool { return object(v)["connections"] == nil })
	}
	if m["format"] == engine.Format || m["nodes"] == nil {
		return false
	}
	if _, ok := m["connections"]; ok {
		return true
	}
	nodes := list(m["nodes"])
	if len(nodes) == 0 || m["edges"] != nil {
		return false
	}
	_, parameters := object(nodes[0])["parameters"]
	return parameters || object(nodes[0])["typeVersion"] != nil
}

// n8nImport is one import in progress.
type n8nImport struct {
	file   map[string]any
	w      *engine.Workflow
	report *Report
	byName map[string]int // name in the file -> index in w.Nodes
	read   []n8nRead      // beside w.Nodes
	ids    map[string]bool
	names  map[string]bool
	// dangling are the names that connections or pinned data use and no node has.
	dangling map[string]bool
}

// importN8N makes a workflow of a decoded n8n file.
func importN8N(file any, name string) (*engine.Workflow, *Report, error) {
	m, ok := file.(map[string]any)
	if !ok {
		if l := list(file); len(l) > 0 {
			return nil, nil, invalid("it holds %d workflows in a list: save each as a file of its own", len(l))
		}
		return nil, nil, invalid("it must be an object with \"nodes\" and \"connections\", not %s", typeName(file))
	}
	im := &n8nImport{
		file: m, report: newReport(), byName: map[string]int{}, ids: map[string]bool{}, names: map[string]bool{},
		dangling: map[string]bool{},
		w:        &engine.Workflow{Format: engine.Format},
	}
	im.workflow(name)
	if err := im.nodes(); err != nil {
		return nil, nil, err
	}
	if err := im.connections(); err != nil {
		return nil, nil, err
	}
	im.pinned()
	im.finish()
	return im.w, im.report, nil
}

func newReport() *Report {
	return &Report{
		Nodes: []NodeReport{}, Credentials: []NeededLogin{}, Reasons: []string{}, Warnings: []string{},
		Expressions: Expressions{Unsupported: []UnsupportedExpression{}},
	}
}

// workflow reads everything but nodes and connections.
func (im *n8nImport) workflow(name string) {
	rest := map[string]any{}
	for k, v := range im.file {
		if k != "nodes" && k != "connections" {
			rest[k] = v
		}
	}
	extra := map[string]any{"file": rest}
	if c, ok := im.file["connections"]; ok {
		extra["connections"] = c
	}
	im.w.Name = text(im.file["name"])
	if strings.TrimSpace(im.w.Name) == "" {
		im.w.Name = name
		extra["unnamed"] = name
	}
	im.w.Settings = n8nSettings(object(im.file["settings"]))
	if s := object(im.file["settings"]); text(s["errorWorkflow"]) != "" {
		im.warn("the workflow for errors is %q of the other installation: choose one here in the settings", text(s["errorWorkflow"]))
	}
	im.w.Extra = map[string]any{n8nKey: extra}
}

// n8nSettings reads the settings that Atelier has too.
func n8nSettings(s map[string]any) engine.Settings {
	var out engine.Settings
	if zone := text(s["timezone"]); zone != "DEFAULT" {
		out.Timezone = zone
	}
	if seconds, ok := number(s["executionTimeout"]); ok && seconds > 0 && seconds < 1e9 {
		out.TimeoutMS = int(seconds * 1000)
	}
	return out
}

func (im *n8nImport) warn(format string, args ...any) {
	const most = 200
	if len(im.report.Warnings) == most {
		im.report.Warnings = append(im.report.Warnings, "there are more warnings than these")
	} else if len(im.report.Warnings) < most {
		im.report.Warnings = append(im.report.Warnings, sprintf(format, args...))
	}
}

// pinned takes over pinned data: a list of {json, binary} or of bare objects by node name.
func (im *n8nImport) pinned() {
	pins := object(im.file["pinData"])
	for _, name := range sortedKeys(pins) {
		i, ok := im.byName[name]
		if !ok {
			im.dangling[name] = true
			im.warn("there is pinned data for %q, which is not in the file; it is kept for export", name)
			continue
		}
		im.w.Nodes[i].Pinned = n8nPinned(pins[name])
	}
}

func n8nPinned(data any) []engine.Item {
	var items []engine.Item
	for _, v := range list(data) {
		m, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if inner, ok := m["json"].(map[string]any); ok {
			m = inner
		}
		items = append(items, engine.Item{JSON: m})
	}
	return items
}
