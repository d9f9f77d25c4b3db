package openapi_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/openapi"
)

// Descriptions of some lines that ask for values without end, or as good as that.
func TestBoundsOfValues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	var many []string
	for i := range 20 {
		many = append(many, fmt.Sprintf(`"f%d"`, i))
	}
	fields := strings.Join(many, `: {"$ref": "#/components/schemas/A"}, `) + `: {"$ref": "#/components/schemas/A"}`
	for name, schema := range map[string]string{
		"lists of lists":          `{"type": "array", "minItems": 20, "items": {"$ref": "#/components/schemas/A"}}`,
		"objects of objects":      `{"type": "object", "required": [` + strings.Join(many, ",") + `], "properties": {` + fields + `}}`,
		"all of all":              `{"allOf": [` + strings.TrimSuffix(strings.Repeat(`{"$ref": "#/components/schemas/A"},`, 20), ",") + `]}`,
		"long examples":           `{"type": "array", "minItems": 20, "items": {"type": "array", "minItems": 20, "items": {"type": "string", "example": "` + long + `"}}}`,
		"a pattern of nothing":    `{"type": "string", "minLength": 900, "pattern": "(((((($)*)*)*)*)*)*"}`,
		"a long pattern":          `{"type": "string", "minLength": 900, "pattern": "` + strings.Repeat("a{1000}", 2000) + `"}`,
		"many patterns":           `{"type": "array", "minItems": 20, "items": {"type": "array", "minItems": 20, "items": {"type": "string", "minLength": 900, "pattern": "^((a|$)*)*b$"}}}`,
		"patterns that are short": `{"type": "string", "minLength": 900, "maxLength": 5000, "pattern": "^a?$"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, err := openapi.Read([]byte(`{"openapi": "3.0.0", "info": {"title": "x", "version": "1"}, "components": {"schemas": {"A": `+schema+`}},
				"paths": {"/things": {"post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}, "responses": {"200": {"description": "ok"}}}}}}`), "http://127.0.0.1/openapi.json")
			if err != nil {
				t.Fatal(err)
			}
			plain, err := api.Case(api.Operations()[0], rand.New(rand.NewPCG(1, 1)))
			if err != nil {
				t.Fatal(err)
			}
			r, err := api.Send(plain)
			if err != nil || len(r.Body) > 4<<20 {
				t.Fatalf("a body of %d bytes, %v", len(r.Body), err)
			}
			for _, v := range append(api.Violating(plain), api.Valid(plain)...) {
				if r, err := api.Send(v.Case); err == nil && len(r.Body) > 8<<20 {
					t.Errorf("%s has a body of %d bytes", v.Words, len(r.Body))
				}
			}
		})
	}
}
