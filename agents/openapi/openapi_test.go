package openapi_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/openapi"
)

const described = `openapi: 3.0.3
info: {title: Orders, version: "1"}
servers: [{url: "https://published.example/v1"}]
security: [{key: []}]
components:
  schemas:
    Node: {type: object, required: [name, next], properties: {name: {type: string, minLength: 6, maxLength: 8}, next: {$ref: "#/components/schemas/Node"}, id: {type: integer, readOnly: true}}}
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 10}}]
    get:
      security: []
      parameters: [{name: view, in: query, required: true, schema: {type: string, enum: [short]}}, {name: page, in: query, schema: {type: integer}}]
      responses: {"200": {description: ok}}
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Node"}}}}
      responses: {"200": {description: ok}}
`

func TestRead(t *testing.T) {
	t.Parallel()
	api, err := openapi.Read([]byte(described), "http://127.0.0.1:3000/docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	operations := api.Operations()
	if len(operations) != 2 || operations[0].Method != "GET" || operations[0].Secured || !operations[1].Secured {
		t.Fatalf("%+v", operations)
	}
	random := rand.New(rand.NewPCG(1, 1))
	get, err := api.Request(operations[0], random)
	if err != nil || get.URL != "http://127.0.0.1:3000/v1/orders/11?view=short" {
		t.Errorf("%s %v", get.URL, err)
	}
	put, err := api.Request(operations[1], random)
	if err != nil || put.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%+v %v", put, err)
	}
	var body struct {
		Name string
		ID   *int
	}
	if err := json.Unmarshal(put.Body, &body); err != nil || len(body.Name) < 6 || len(body.Name) > 8 || body.ID != nil {
		t.Errorf("%s %v", put.Body, err)
	}
	again, err := api.Request(operations[1], rand.New(rand.NewPCG(1, 1)))
	if err != nil || string(again.Body) != string(put.Body) {
		t.Errorf("not the same again: %s", again.Body)
	}
}

func TestReadSwagger(t *testing.T) {
	t.Parallel()
	api, err := openapi.Read([]byte(`{"swagger":"2.0","info":{"title":"x","version":"1"},"basePath":"/api","paths":{"/things":{"get":{"responses":{"200":{"description":"ok"}}}}}}`), "http://127.0.0.1/swagger.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := api.Request(api.Operations()[0], rand.New(rand.NewPCG(1, 1)))
	if err != nil || r.URL != "http://127.0.0.1/api/things" {
		t.Errorf("%s %v", r.URL, err)
	}
}

func TestReadBad(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"nothing":          "",
		"no description":   `{"a":1}`,
		"no paths":         `{"openapi":"3.0.0","info":{"title":"x","version":"1"},"paths":{}}`,
		"elsewhere":        strings.Replace(described, `"#/components/schemas/Node"}}}}`, `"http://127.0.0.1:1/x.json#/A"}}}}`, 1),
		"missing":          strings.Replace(described, `"#/components/schemas/Node"}}}}`, `"#/components/schemas/Gone"}}}}`, 1),
		"swagger of noise": `{"swagger":"2.0","paths":[]}`,
	} {
		if _, err := openapi.Read([]byte(data), "http://127.0.0.1/openapi.json"); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(described))
	f.Add([]byte(`{"swagger":"2.0","paths":{"/a":{"get":{}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		api, err := openapi.Read(data, "http://127.0.0.1/openapi.json")
		if err != nil {
			if !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("%v", err)
			}
			return
		}
		for _, op := range api.Operations() {
			_, _ = api.Request(op, rand.New(rand.NewPCG(1, 1)))
		}
	})
}
