package interop

import (
	"maps"
	"slices"
	"strings"
)

// n8nBase is the package of n8n's own nodes.
const n8nBase = "n8n-nodes-base."

// atelierPrefix marks, in an n8n file, a node that only Atelier knows.
const atelierPrefix = "atelier."

// foreign reads the parameters of a node that comes from another product. It remembers which were read: the rest are
// options that the node here does not have, and the report names them.
type foreign struct {
	typ     string
	version float64
	params  map[string]any
	logins  map[string]any
	// webhookID is the path of a webhook that has none of its own.
	webhookID string
	used      map[string]bool
	lost      []string
}

func readForeign(m map[string]any) *foreign {
	f := &foreign{typ: text(m["type"]), params: object(m["parameters"]), logins: object(m["credentials"]), webhookID: text(m["webhookId"]), used: map[string]bool{}}
	f.version, _ = number(m["typeVersion"])
	return f
}

// n8nMapper makes our kind and parameters of a foreign node. An empty kind means that there is none for what the node
// does; reason says what that is.
type n8nMapper func(f *foreign) (kind string, params map[string]any, reason string)

// mapped returns what the node is here. A type without a kind of ours stays what it is.
func (f *foreign) mapped() (kind string, params map[string]any, lost []string) {
	if own, ok := strings.CutPrefix(f.typ, atelierPrefix); ok && own != "" {
		return own, f.all(), nil
	}
	mapper, ok := n8nTypes[f.typ]
	if !ok {
		return f.typ, f.all(), []string{"Atelier has no kind of node for " + f.typ + " yet"}
	}
	kind, params, reason := mapper(f)
	if kind == "" {
		return f.typ, f.all(), []string{reason}
	}
	return kind, params, append(f.lost, f.unused()...)
}

func (f *foreign) all() map[string]any {
	if f.params == nil {
		return map[string]any{}
	}
	return f.params
}

func (f *foreign) lose(format string, args ...any) {
	if s := sprintf(format, args...); !slices.Contains(f.lost, s) {
		f.lost = append(f.lost, s)
	}
}

// get returns the value at a path such as "options.timeout", nil when there is none.
func (f *foreign) get(path string) any {
	f.used[path] = true
	var v any = f.params
	for key := range strings.SplitSeq(path, ".") {
		v = object(v)[key]
	}
	// A "resource locator" wraps what the person chose in a list or typed.
	if m := object(v); m != nil && boolean(m["__rl"]) {
		return m["value"]
	}
	return v
}

// str returns a text, or def when there is none.
func (f *foreign) str(path, def string) string {
	switch v := f.get(path).(type) {
	case string:
		return v
	case nil:
		return def
	default:
		return short(v)
	}
}

// or returns the value at a path, or def when there is none.
func (f *foreign) or(path string, def any) any {
	if v := f.get(path); v != nil {
		return v
	}
	return def
}

func (f *foreign) yes(path string, def bool) bool {
	switch v := f.get(path).(type) {
	case bool:
		return v
	case string:
		return v == "true"
	}
	return def
}

// entries returns the objects of a list.
func (f *foreign) entries(path string) []map[string]any { return objects(f.get(path)) }

func objects(v any) []map[string]any {
	var out []map[string]any
	for _, e := range list(v) {
		if m := object(e); m != nil {
			out = append(out, m)
		}
	}
	return out
}

// ignore marks parameters that mean nothing here: hints for a form, or the state of n8n's editor.
func (f *foreign) ignore(paths ...string) {
	for _, p := range paths {
		f.used[p] = true
	}
}

// login returns the name of the credential the node uses, "" for none.
func (f *foreign) login() string {
	for _, typ := range sortedKeys(f.logins) {
		if name := n8nCredentialName(f.logins[typ]); name != "" {
			return name
		}
	}
	return ""
}

// n8nContainers are parameters whose entries are options by themselves.
var n8nContainers = []string{"options", "additionalOptions", "additionalFields", "otherOptions"}

// unused names the parameters that no one read and that say something.
func (f *foreign) unused() []string {
	var out []string
	for _, key := range sortedKeys(f.params) {
		v := f.params[key]
		if slices.Contains(n8nContainers, key) {
			for _, option := range sortedKeys(object(v)) {
				if !f.read(key+"."+option) && !f.used[key] && !blank(object(v)[option]) {
					out = append(out, sprintf("the option %q is not supported", option))
				}
			}
		} else if !f.read(key) && !blank(v) {
			out = append(out, sprintf("the parameter %q is not used", key))
		}
	}
	return out
}

func (f *foreign) read(path string) bool {
	if f.used[path] {
		return true
	}
	for p := range f.used {
		if strings.HasPrefix(p, path+".") {
			return true
		}
	}
	return false
}

// blank tells whether a value says nothing: the editor writes empty options for everything that was opened once.
func blank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !blank(e) })
	case map[string]any:
		return !slices.ContainsFunc(slices.Collect(maps.Values(v)), func(e any) bool { return !blank(e) })
	}
	return false
}

// names splits a comma-separated list of field names.
func fieldNames(s string) []any {
	out := []any{}
	for name := range strings.SplitSeq(s, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}
