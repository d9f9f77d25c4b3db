package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/web"
)

func TestDocumentDescribesEveryRow(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	b := s.owner(t, "ada@example.org")
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary     string
			OperationID string
			Parameters  []struct{ Name, In string }
			Responses   map[string]any
		}
		Components struct{ Schemas map[string]any }
	}
	res := b.api("GET", "/openapi.json", nil, &doc, http.StatusOK)
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %q", doc.OpenAPI)
	}
	ids := map[string]bool{}
	for _, row := range web.Rows() {
		if !strings.HasPrefix(row.Path, "/api/v1/") {
			continue
		}
		parts := strings.Split(row.Path, "/")
		wants := 0
		for i, p := range parts {
			if name, ok := strings.CutPrefix(p, ":"); ok {
				parts[i] = "{" + name + "}"
				wants++
			}
		}
		op, ok := doc.Paths[strings.Join(parts, "/")][strings.ToLower(row.Method)]
		if !ok || op.Summary == "" || len(op.Responses) < 2 {
			t.Errorf("%s %s is not described: %+v", row.Method, row.Path, op)
		}
		for _, p := range op.Parameters {
			if p.In == "path" {
				wants--
			}
		}
		if wants != 0 {
			t.Errorf("%s %s: %d parameters of the path are not described", row.Method, row.Path, wants)
		}
		if ids[op.OperationID] {
			t.Errorf("the name %q stands twice", op.OperationID)
		}
		ids[op.OperationID] = true
	}
	// Every reference leads somewhere.
	var any1 any
	if err := json.Unmarshal([]byte(res.Text), &any1); err != nil {
		t.Fatal(err)
	}
	refs(any1, func(ref string) {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		if schema, ok := doc.Components.Schemas[name].(map[string]any); !ok || len(schema) == 0 {
			t.Errorf("%s leads nowhere", ref)
		}
	})
}

func refs(v any, found func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if text, ok := e.(string); ok && k == "$ref" {
				found(text)
			}
			refs(e, found)
		}
	case []any:
		for _, e := range v {
			refs(e, found)
		}
	}
}
