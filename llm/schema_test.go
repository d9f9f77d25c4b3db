package llm_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/llm/llmtest"
)

const invoice = `{"type":"object","properties":{"number":{"type":"string","pattern":"^R-[0-9]+$"},"total":{"type":"number","minimum":0},"lines":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/line"}}},
 "required":["number","total","lines"],"additionalProperties":false,"$defs":{"line":{"type":"object","properties":{"text":{"type":"string","maxLength":10},"kind":{"enum":["work","goods"]}},"required":["text","kind"],"additionalProperties":false}}}`

func TestFit(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{
		`{"number":"R-1","total":1.5,"lines":[{"text":"a","kind":"work"}]}`:                 "",
		`{"number":"R-1","total":1.5,"lines":[]}`:                                           "lines has 0, at least 1 are wanted",
		`{"number":"1","total":1,"lines":[{"text":"a","kind":"work"}]}`:                     "number does not match the pattern",
		`{"number":"R-1","total":-1,"lines":[{"text":"a","kind":"work"}]}`:                  "total breaks the rule minimum 0",
		`{"number":"R-1","total":"1","lines":[{"text":"a","kind":"work"}]}`:                 "total is of the type string, not [number]",
		`{"number":"R-1","total":1,"lines":[{"text":"a","kind":"play"}]}`:                   "lines.0.kind is none of the 2 values",
		`{"number":"R-1","total":1,"lines":[{"text":"a long long text","kind":"work"}]}`:    "lines.0.text has 16, 10 are the most",
		`{"number":"R-1","total":1}`:                                                        `the answer lacks "lines"`,
		`{"number":"R-1","total":1,"lines":[{"text":"a","kind":"work"}],"note":"Contoso!"}`: "note must not be there",
		`{"number":"R-1"`: "it is no JSON value",
		`[] []`:           "it is no JSON value",
		`null`:            "the answer is of the type null, not [object]",
	} {
		err := llm.Fit(json.RawMessage(invoice), text)
		if words == "" && err == nil {
			continue
		}
		if words == "" || err == nil || !strings.Contains(err.Error(), words) || !errors.Is(err, fs.ErrInvalid) || strings.Contains(err.Error(), "Contoso") {
			t.Errorf("%s: %v", text, err)
		}
	}
	for schema, fits := range map[string][2]string{
		`{"anyOf":[{"type":"null"},{"type":"integer","multipleOf":3}]}`: {`9`, `10`},
		`{"oneOf":[{"minimum":0},{"maximum":10}]}`:                      {`20`, `5`},
		`{"not":{"const":1.0}}`:                                         {`2`, `1`},
		`{"type":["string","null"]}`:                                    {`null`, `1`},
		`{"type":"integer"}`:                                            {`3.0`, `3.5`},
		`{"prefixItems":[{"type":"string"}],"items":false}`:             {`["a"]`, `["a",1]`},
		`{"uniqueItems":true}`:                                          {`[1,"1",{"a":1}]`, `[{"a":1},{"a":1.0},1,1.0]`},
		`{"allOf":[{"required":["a"]},{"maxProperties":1}]}`:            {`{"a":1}`, `{"a":1,"b":2}`},
		`{"$ref":"#/$defs/t","$defs":{"t":{"properties":{"c":{"$ref":"#/$defs/t"}},"additionalProperties":false}}}`: {`{"c":{"c":{}}}`, `{"c":{"c":{"d":1}}}`},
	} {
		if err := llm.CheckSchema(json.RawMessage(schema)); err != nil {
			t.Errorf("%s: %v", schema, err)
		}
		if err := llm.Fit(json.RawMessage(schema), fits[0]); err != nil {
			t.Errorf("%s: %s: %v", schema, fits[0], err)
		}
		if llm.Fit(json.RawMessage(schema), fits[1]) == nil {
			t.Errorf("%s takes %s", schema, fits[1])
		}
	}
}

// Hostile schemas are refused, or end.
func TestHostileSchemas(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]string{
		"no object":      `[]`,
		"unknown word":   `{"if":{}}`,
		"elsewhere":      `{"$ref":"https://example.com/schema"}`,
		"nowhere":        `{"$ref":"#/$defs/x"}`,
		"pattern":        `{"pattern":"(?=a)"}`,
		"deep":           strings.Repeat(`{"not":`, 500) + `{}` + strings.Repeat(`}`, 500),
		"large":          `{"description":"` + strings.Repeat("x", 300<<10) + `"}`,
		"no list":        `{"anyOf":{}}`,
		"properties odd": `{"properties":[]}`,
	} {
		if err := llm.CheckSchema(json.RawMessage(schema)); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string][2]string{
		"itself":      {`{"$ref":"#"}`, `1`},
		"circle":      {`{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"anyOf":[{"$ref":"#/$defs/a"}]}}}`, `1`},
		"doubling":    {`{"items":{"$ref":"#"},"allOf":[{"items":{"$ref":"#"}}]}`, strings.Repeat("[", 60) + strings.Repeat("]", 60)},
		"many unique": {`{"uniqueItems":true}`, "[" + strings.Repeat("0,", 5000) + "1]"},
	} {
		if err := llm.CheckSchema(json.RawMessage(c[0])); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if llm.Fit(json.RawMessage(c[0]), c[1]) == nil {
			t.Errorf("%s fits", name)
		}
	}
}

func TestStructured(t *testing.T) {
	t.Parallel()
	good := `{"number":"R-1","total":1.5,"lines":[{"text":"a","kind":"work"}]}`
	for name, c := range map[string]struct {
		answers []string
		end     string
		kind    llm.Kind
		calls   int
	}{
		"fits":         {answers: []string{good}, calls: 1},
		"wrapped":      {answers: []string{"Here it is:\n```json\n" + good + "\n```\nDone."}, calls: 1},
		"talks first":  {answers: []string{"Sure! " + good}, calls: 1},
		"mended":       {answers: []string{`{"number":"R-1"}`, good}, calls: 2},
		"never":        {answers: []string{"no", "still no"}, kind: llm.BadReply, calls: 2},
		"cut":          {answers: []string{`{"number":`}, end: "length", kind: llm.TooLong, calls: 1},
		"cut (claude)": {answers: []string{`{"number":`}, end: "max_tokens", kind: llm.TooLong, calls: 1},
	} {
		each(t, func(t *testing.T, s *llmtest.Server, kind string) {
			if c.end != "" && (c.end == "max_tokens") != (kind == llm.Anthropic) {
				t.SkipNow()
			}
			n := 0
			s.Answer(func(llmtest.Asked) llmtest.Said {
				n++
				return llmtest.Said{Pieces: []string{c.answers[n-1]}, Input: 10, Output: 5, End: c.end}
			})
			r := ask("Read the invoice")
			r.Schema = json.RawMessage(invoice)
			text, _, reply, err := hear(t.Context(), model(t, s, kind), r)
			if llm.KindOf(err) != c.kind || n != c.calls {
				t.Fatalf("%s: %d calls, %v", name, n, err)
			}
			if c.kind == "" && (reply.Text != good || text != good || reply.Usage.Input != 10*n) {
				t.Errorf("%s: got %+v", name, reply)
			}
			for i, a := range s.Asked() {
				if !a.Schema || strings.Contains(a.System, "schema") {
					t.Errorf("%s: the schema is not sent as the protocol has it: %v", name, a.Body)
				}
				if i == 1 && !strings.Contains(a.Last, "does not fit") {
					t.Errorf("%s: the second question is %q", name, a.Last)
				}
			}
		})
	}
}

// An endpoint without schemas is told of them in words.
func TestStructuredInWords(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *llmtest.Server, kind string) {
		s.Break(llmtest.Fault{Status: 400, Message: "Unknown parameter: response_format / output_config"})
		s.Answer(func(llmtest.Asked) llmtest.Said { return llmtest.Said{Pieces: []string{"```\n[1, 2]\n```"}} })
		m := model(t, s, kind)
		r := ask("Count")
		r.System, r.Schema = "Be exact.", json.RawMessage(`{"type":"array"}`)
		for range 2 {
			if reply, err := m.Generate(t.Context(), r); err != nil || reply.Text != "[1, 2]" {
				t.Fatalf("got %+v, %v", reply, err)
			}
		}
		asked := s.Asked()
		if len(asked) != 3 || asked[2].Schema || !strings.HasPrefix(asked[2].System, "Be exact.") || !strings.Contains(asked[2].System, `{"type":"array"}`) {
			t.Errorf("asked %+v", asked)
		}
	})
}
