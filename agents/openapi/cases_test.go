package openapi_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/wire"
)

const things = `openapi: VERSION
info: {title: Things, version: "1"}
paths:
  /things:
    post:
      parameters: [{name: limit, in: query, required: true, schema: {type: integer, minimum: 1, maximum: 100}}, {name: mode, in: query, schema: {type: string, enum: [a, b]}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: object, required: [items], properties: {items: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}}}}
        4XX: {description: no}
components:
  schemas:
    Thing:
      type: object
      required: [name, code]
      additionalProperties: false
      properties:
        name: {type: string, minLength: 2, maxLength: 10}
        code: {type: string, pattern: "^[A-Z]{2}-\\d{3,}$"}
        price: {type: number, minimum: 0, exclusiveMinimum: MIN}
        day: {type: string, format: date}
        tags: {type: array, maxItems: 2, items: {type: string}}
        inner: {type: object, required: [n], properties: {n: {type: integer}}}
`

func read(t *testing.T, version string) (*openapi.API, openapi.Op) {
	t.Helper()
	least := "true"
	if version == "3.1.0" {
		least = "0"
	}
	api, err := openapi.Read([]byte(strings.NewReplacer("VERSION", version, "MIN", least).Replace(things)), "http://127.0.0.1/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return api, api.Operations()[0]
}

func TestCases(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.0.3", "3.1.0"} {
		api, op := read(t, version)
		plain, err := api.Case(op, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		_, schema := op.Takes()
		if faults := api.Fits(schema.Value, plain.Body); len(faults) > 0 {
			t.Errorf("%s: the plain case does not fit: %+v", version, faults)
		}
		var valid, broken []string
		for _, v := range api.Valid(plain) {
			valid = append(valid, v.At+" "+v.Keyword)
			if faults := api.Fits(schema.Value, v.Body); len(faults) > 0 {
				t.Errorf("%s: %s %s: %s does not fit: %+v", version, v.At, v.Keyword, v.Words, faults)
			}
		}
		for _, v := range api.Violating(plain) {
			broken = append(broken, v.At+" "+v.Keyword)
			if strings.HasPrefix(v.At, "body") && v.Keyword != "format" && len(api.Fits(schema.Value, v.Body)) == 0 {
				t.Errorf("%s: %s %s: %s fits", version, v.At, v.Keyword, v.Words)
			}
			if _, err := api.Send(v.Case); err != nil {
				t.Errorf("%s %s: %v", v.At, v.Keyword, err)
			}
		}
		for _, want := range []string{"query limit minimum", "query limit maximum", "query mode enum", "body /name minLength", "body /name maxLength", "body /price minimum", "body /price required"} {
			if !slices.Contains(valid, want) {
				t.Errorf("%s: nothing valid for %s in %v", version, want, valid)
			}
		}
		for _, want := range []string{"query limit minimum", "query limit maximum", "query limit type", "query limit required", "query mode enum", "body / type", "body / additionalProperties", "body /name type", "body /name required",
			"body /name minLength", "body /name maxLength", "body /code pattern", "body /price minimum", "body /price type", "body /day format", "body /tags type", "body /tags maxItems", "body /inner type"} {
			if !slices.Contains(broken, want) {
				t.Errorf("%s: nothing breaks %s in %v", version, want, broken)
			}
		}
		if n := len(api.Hostile(plain)); n < 20 || n > 60 {
			t.Errorf("%d hostile cases", n)
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`^[a-z0-9]+(?:-[a-z0-9]+)*$`, `^\+?[1-9]\d{6,14}$`, `\S`, `^(?:red|blue)$`, `^#[0-9a-fA-F]{6}$`, `^[^<>]{3,}$`} {
		api, err := openapi.Read([]byte(`{"openapi":"3.0.0","info":{"title":"x","version":"1"},"paths":{"/a":{"get":{"parameters":[{"name":"p","in":"query","required":true,"schema":{"type":"string","minLength":4,"pattern":`+string(must(json.Marshal(pattern)))+`}}],"responses":{"200":{"description":"ok"}}}}}}`), "http://127.0.0.1/")
		if err != nil {
			t.Fatal(err)
		}
		c, err := api.Case(api.Operations()[0], rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := c.Given[openapi.Slot{In: "query", Name: "p"}].(string)
		if matched, err := regexp.MatchString(pattern, got); err != nil || !matched {
			t.Errorf("%q does not match %s", got, pattern)
		}
	}
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

func TestShrink(t *testing.T) {
	t.Parallel()
	_, op := read(t, "3.0.3")
	c := &openapi.Case{Op: op, Media: "application/json", Given: map[openapi.Slot]any{{In: "query", Name: "limit"}: 5}, Body: map[string]any{
		"name": "a long name with a \x00 in it", "code": "AB-123", "price": 9.5, "tags": []any{"x", "y"},
	}}
	asked := 0
	small := openapi.Shrink(c, 100, func(c *openapi.Case) bool {
		asked++
		name, _ := c.Body.(map[string]any)["name"].(string)
		return strings.Contains(name, "\x00")
	})
	data, err := json.Marshal(small.Body)
	if err != nil || string(data) != `{"name":"\u0000"}` || len(small.Given) != 0 || asked > 100 {
		t.Errorf("%s %v after %d", data, small.Given, asked)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.0.3", "3.1.0"} {
		api, op := read(t, version)
		if op.Described(422) == nil || op.Described(200) == nil || op.Described(302) != nil {
			t.Errorf("%s: statuses are %s", version, op.Statuses())
		}
		for body, want := range map[string]string{
			`{"items":[{"name":"ab","code":"AB-123"}]}`: "", `{"items":[{"name":"ab","code":"AB-123"},{"name":"ab"}]}`: "/items/*/code required",
			`{"items":[{"name":"a","code":"AB-123"}]}`: "/items/*/name minLength", `{}`: "/items required", `{`: "/ json",
		} {
			faults, checked := api.Body(&op, &wire.Exchange{Status: 200, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: []byte(body)})
			got := ""
			if len(faults) > 0 {
				got = faults[0].Place() + " " + faults[0].Keyword
			}
			if !checked || got != want {
				t.Errorf("%s %s: %q, want %q (%+v)", version, body, got, want, faults)
			}
		}
		if _, known, _ := op.Media(&wire.Exchange{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("<p>")}); known {
			t.Errorf("%s: text/html counts as described", version)
		}
	}
}
