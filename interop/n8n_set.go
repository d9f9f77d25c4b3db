package interop

import (
	"encoding/json"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// setNode reads the Set (Edit Fields) node of all versions: {values: {string: [{name, value}]}}, {fields: {values: [{name,
// type, stringValue}]}}, {assignments: {assignments: [{name, type, value}]}}, or raw JSON.
func setNode(f *foreign) (string, map[string]any, string) {
	f.ignore("options.ignoreConversionErrors", "options.includeBinary", "options.stripBinary", "duplicateCount")
	if f.yes("duplicateItem", false) {
		f.lose("items are not duplicated for testing")
	}
	if f.str("mode", "manual") == "raw" {
		return rawJSON(f)
	}
	fields := []any{}
	add := func(name string, v any) {
		if strings.TrimSpace(name) != "" {
			fields = append(fields, map[string]any{"name": name, "value": v})
		}
	}
	var keep bool
	switch {
	case f.version < 3:
		for _, typ := range []string{"boolean", "number", "string"} {
			for _, e := range f.entries("values." + typ) {
				add(text(e["name"]), typed(typ, e["value"]))
			}
		}
		keep = !f.yes("keepOnlySet", false)
	default:
		for _, e := range f.entries("fields.values") {
			typ := strings.TrimSuffix(text(e["type"]), "Value")
			if typ == "" {
				typ = "string"
			}
			add(text(e["name"]), typed(typ, e[typ+"Value"]))
		}
		for _, e := range f.entries("assignments.assignments") {
			add(text(e["name"]), typed(text(e["type"]), e["value"]))
		}
		keep = others(f, &fields)
	}
	if dots, ok := f.get("options.dotNotation").(bool); ok && !dots {
		for _, e := range fields {
			if strings.Contains(text(object(e)["name"]), ".") {
				f.lose("a dot in a name always leads into an object")
				break
			}
		}
	}
	p := map[string]any{"fields": fields, "keep_others": keep}
	if names := fieldNames(f.str("excludeFields", "")); len(names) > 0 && f.str("include", "") == "except" {
		p["remove"] = names
	}
	return "data.set", p, ""
}

// others reads which of the other fields are kept. Selected ones are written as fields of their own, in front.
func others(f *foreign, fields *[]any) bool {
	include := f.str("include", "all")
	f.ignore("includeFields", "excludeFields")
	if f.version >= 3.3 && !f.yes("includeOtherFields", false) || include == "none" {
		return false
	}
	f.ignore("includeOtherFields")
	if include != "selected" {
		return true
	}
	selected := []any{}
	for _, name := range fieldNames(f.str("includeFields", "")) {
		selected = append(selected, map[string]any{"name": name, "value": "={{ " + fieldPath(text(name)) + " }}"})
	}
	*fields = append(selected, *fields...)
	return false
}

// fieldPath writes a field of the current item as JavaScript.
func fieldPath(name string) string { return "$json[" + literal(name) + "]" }

// typed reads a value that a form holds as text, as the type that stands beside it.
func typed(typ string, v any) any {
	s, ok := v.(string)
	if v == nil {
		return map[string]any{"number": whole(0), "boolean": false, "string": "", "array": []any{}, "object": map[string]any{}}[typ]
	}
	if !ok {
		return v
	}
	dynamic := expr.IsExpression(s)
	switch {
	case typ == "number" && !dynamic:
		if n := json.Number(strings.TrimSpace(s)); validNumber(n) {
			return n
		}
	case typ == "boolean" && (s == "true" || s == "false"):
		return s == "true"
	case (typ == "array" || typ == "object") && !dynamic:
		if parsed, err := decode([]byte(s)); err == nil {
			return parsed
		}
	case (typ == "array" || typ == "object") && dynamic && !lone(s):
		return "={{ JSON.parse(" + js(s) + ") }}"
	}
	return v
}

func validNumber(n json.Number) bool {
	_, err := decode([]byte(n))
	_, isNumber := number(n)
	return err == nil && isNumber
}

// lone tells whether an expression is one {{ }} without text around it, or has none.
func lone(s string) bool {
	parts := holes(s)
	return len(parts) == 3 && strings.TrimSpace(parts[0]) == "" && strings.TrimSpace(parts[2]) == ""
}

// rawJSON reads the mode in which one JSON text gives the whole item.
func rawJSON(f *foreign) (string, map[string]any, string) {
	fields := []any{}
	keep := others(f, &fields)
	if len(fields) > 0 || f.str("include", "all") == "except" && keep {
		return none("a JSON item together with chosen fields of the old one")
	}
	output := f.get("jsonOutput")
	s, ok := output.(string)
	if ok && expr.IsExpression(s) && len(holes(s)) > 1 {
		value := js(s)
		if !lone(s) {
			value = "JSON.parse(" + value + ")"
		}
		if keep {
			value = "{ ...$json, ..." + value + " }"
		}
		return "code.javascript", map[string]any{"mode": "each", "code": "return " + value + ";"}, ""
	}
	if ok {
		parsed, err := decode([]byte(strings.TrimPrefix(s, "=")))
		if err != nil {
			return none("a JSON item that is not JSON")
		}
		output = parsed
	}
	values := object(output)
	for _, name := range sortedKeys(values) {
		if strings.ContainsAny(name, ".[") {
			return "code.javascript", map[string]any{"mode": "each", "code": "return " + literal(values) + ";"}, ""
		}
		fields = append(fields, map[string]any{"name": name, "value": values[name]})
	}
	return "data.set", map[string]any{"fields": fields, "keep_others": keep}, ""
}

func toSet(p map[string]any) n8nNode {
	n := n8nNode{typ: "set", version: "3.4", params: map[string]any{"options": map[string]any{}}}
	list := []any{}
	for i, e := range objects(p["fields"]) {
		value, typ := e["value"], "string"
		switch value.(type) {
		case json.Number, float64, int:
			typ = "number"
		case bool:
			typ = "boolean"
		case []any:
			typ = "array"
		case map[string]any:
			typ = "object"
		}
		if typ == "array" || typ == "object" {
			value = literal(value)
		}
		list = append(list, map[string]any{"id": sprintf("field-%d", i+1), "name": e["name"], "type": typ, "value": value})
	}
	n.params["assignments"] = map[string]any{"assignments": list}
	if keep, ok := p["keep_others"].(bool); !ok || keep {
		n.params["includeOtherFields"] = true
		if remove := joinNames(p["remove"]); remove != "" {
			n.params["include"], n.params["excludeFields"] = "except", remove
		}
	}
	n.drop(p, "fields", "keep_others", "remove")
	return n
}

// joinNames writes a list of names as n8n does, with commas.
func joinNames(v any) string {
	var out []string
	for _, e := range list(v) {
		if s := text(e); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}
