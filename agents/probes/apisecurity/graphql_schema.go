package apisecurity

import (
	"encoding/json"
	"strings"
)

// schemaQuery asks for what leads from type to type.
const schemaQuery = `{__schema{queryType{name}types{name kind fields{name args{name type{kind}}type{kind name ofType{kind name ofType{kind name ofType{kind name}}}}}}}}`

// schema is what a GraphQL endpoint tells of its types.
type schema struct {
	Query struct {
		Name string `json:"name"`
	} `json:"queryType"`
	Types []struct {
		Name   string  `json:"name"`
		Kind   string  `json:"kind"`
		Fields []field `json:"fields"`
	} `json:"types"`
}

type field struct {
	Name string `json:"name"`
	Args []struct {
		Name string `json:"name"`
		Type kind   `json:"type"`
	} `json:"args"`
	Type kind `json:"type"`
}

type kind struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Of   *kind  `json:"ofType"`
}

// under is the type inside of lists and promises, and whether there was a list.
func (k *kind) under() (name string, object, list bool) {
	for k.Of != nil {
		list = list || k.Kind == "LIST"
		k = k.Of
	}
	return k.Name, k.Kind == "OBJECT", list
}

// plain tells whether a field can be asked for without arguments.
func (f *field) plain() bool {
	for _, a := range f.Args {
		if a.Type.Kind == "NON_NULL" {
			return false
		}
	}
	return true
}

// readSchema reads the schema of an answer; nil when it tells none.
func readSchema(data map[string]any) *schema {
	raw, err := json.Marshal(data["__schema"])
	s := &schema{}
	if err != nil || json.Unmarshal(raw, s) != nil || s.Query.Name == "" {
		return nil
	}
	return s
}

// deep is a selection of so many levels from the type of queries; lists are among them only where they are wanted. It is ""
// when the schema has no way that deep.
func (s *schema) deep(levels int, lists bool) string {
	fields := map[string][]field{}
	for _, t := range s.Types {
		if !strings.HasPrefix(t.Name, "__") {
			fields[t.Name] = t.Fields
		}
	}
	none := map[string]bool{} // type and levels from which no way leads on
	var way func(name string, left int) string
	way = func(name string, left int) string {
		if left == 0 {
			return "{__typename}"
		}
		key := name + strings.Repeat(" ", left)
		if none[key] {
			return ""
		}
		for _, f := range fields[name] {
			next, object, list := f.Type.under()
			if !object || !f.plain() || list && !lists {
				continue
			}
			if rest := way(next, left-1); rest != "" {
				return "{" + f.Name + rest + "}"
			}
		}
		none[key] = true
		return ""
	}
	return way(s.Query.Name, levels)
}
