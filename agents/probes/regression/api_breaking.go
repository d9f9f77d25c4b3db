package regression

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func apiBreaking() *agents.Probe {
	return &agents.Probe{
		ID: "api-breaking", Title: "Interface that changed so that its users break",
		Decides:  "The description of the API lost a path, a method or a field of an answer since the campaign before, or wants a parameter or field that it did not want.",
		Keeps:    "The changes, by operation.",
		Advice:   "Bring back what others use, or publish the change as a new version beside the old one.",
		Needs:    agents.NeedsBaseline,
		Severity: agents.High, References: []string{"OpenAPI"}, Skills: []string{"change", "OpenAPI conformance"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return s.Spec != nil }, func(_ context.Context, lab *agents.Lab) agents.Outcome {
			if lab.Baseline.Surface.Spec == nil {
				return agents.Skip("the campaign before found no description of an API")
			}
			before, err := read(lab.Baseline.Surface.Spec.Data)
			if err != nil {
				return agents.Block("the description of the campaign before cannot be read: %v", err)
			}
			now, err := read(lab.Surface.Spec.Data)
			if err != nil {
				return agents.Block("the description cannot be read: %v", err)
			}
			var findings []agents.Finding
			for _, c := range breaks(before, now) {
				findings = append(findings, agents.Finding{
					Text:  c[0] + ": " + c[1] + ".",
					Where: agents.Place{URL: lab.Surface.Spec.URL, Parameter: c[0]}, Cause: c[0] + " " + c[1],
					Evidence: []agents.Evidence{agents.Table("change", agents.ByReading, []string{"operation", "change"}, c[:])},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

const maxBreaks = 50

func read(data []byte) (map[string]any, error) {
	var doc map[string]any
	err := yaml.Unmarshal(data, &doc) // JSON is YAML, too
	return doc, err
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch"}

// breaks are the changes from one description to the next that break users: operation and change.
func breaks(before, now map[string]any) (list [][2]string) {
	is := object(now, "paths")
	was := object(before, "paths")
	for _, path := range sorted(was) {
		if is[path] == nil {
			list = append(list, [2]string{path, "the path is gone"})
			continue
		}
		for _, method := range methods {
			old, there := object(was, path)[method].(map[string]any)
			if !there {
				continue
			}
			name := strings.ToUpper(method) + " " + path
			next, there := object(is, path)[method].(map[string]any)
			if !there {
				list = append(list, [2]string{name, "the method is gone"})
				continue
			}
			list = append(list, operation(name, before, now, old, next)...)
		}
		if len(list) > maxBreaks {
			break
		}
	}
	return list[:min(len(list), maxBreaks)]
}

func operation(name string, before, now, old, next map[string]any) (list [][2]string) {
	wanted := map[string]bool{}
	for _, p := range required(before, old) {
		wanted[p] = true
	}
	for _, p := range required(now, next) {
		if !wanted[p] {
			list = append(list, [2]string{name, "it wants " + p + " now"})
		}
	}
	was, is := fields(before, answer(before, old), "", 0), fields(now, answer(now, next), "", 0)
	for _, field := range was {
		if len(is) > 0 && !slices.Contains(is, field) {
			list = append(list, [2]string{name, "its answer lost the field " + field})
		}
	}
	return list
}

// required are the parameters and fields of a body that an operation cannot do without.
func required(doc, op map[string]any) (list []string) {
	parameters, _ := op["parameters"].([]any) //nolint:errcheck // what is no list has none
	for _, p := range parameters {
		p := resolve(doc, p)
		if need, _ := p["required"].(bool); need { //nolint:errcheck // what is no truth is false
			list = append(list, fmt.Sprintf("the parameter %v", p["name"]))
		}
	}
	body := resolve(doc, op["requestBody"])
	schema := resolve(doc, object(object(object(body, "content"), "application/json"), "schema"))
	names, _ := schema["required"].([]any) //nolint:errcheck // what is no list has none
	for _, n := range names {
		list = append(list, fmt.Sprintf("the field %v", n))
	}
	return list
}

// answer is the schema of an operation's success in JSON.
func answer(doc, op map[string]any) map[string]any {
	answers := object(op, "responses")
	for _, status := range sorted(answers) {
		if strings.HasPrefix(status, "2") {
			return resolve(doc, object(object(object(resolve(doc, answers[status]), "content"), "application/json"), "schema"))
		}
	}
	return nil
}

const deepest = 4

// fields are the paths of all properties of a schema.
func fields(doc, schema map[string]any, at string, depth int) (list []string) {
	if depth > deepest || schema == nil {
		return nil
	}
	if items, ok := schema["items"]; ok {
		return fields(doc, resolve(doc, items), at+"[]", depth+1)
	}
	all, _ := schema["allOf"].([]any) //nolint:errcheck // what is no list has none
	for _, part := range all {
		list = append(list, fields(doc, resolve(doc, part), at, depth+1)...)
	}
	properties := object(schema, "properties")
	for _, name := range sorted(properties) {
		path := strings.TrimPrefix(at+"."+name, ".")
		list = append(list, path)
		list = append(list, fields(doc, resolve(doc, properties[name]), path, depth+1)...)
	}
	return list
}

// resolve follows references within a document.
func resolve(doc map[string]any, v any) map[string]any {
	for range 8 {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		ref, ok := m["$ref"].(string)
		if !ok {
			return m
		}
		rest, inside := strings.CutPrefix(ref, "#/")
		if !inside {
			return nil
		}
		var at any = doc
		for part := range strings.SplitSeq(rest, "/") {
			m, ok := at.(map[string]any)
			if !ok {
				return nil
			}
			at = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
		}
		v = at
	}
	return nil
}

func object(m map[string]any, name string) map[string]any {
	o, _ := m[name].(map[string]any) //nolint:errcheck // what is no object has nothing in it
	return o
}

func sorted(m map[string]any) []string {
	var list []string
	for name := range m {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
