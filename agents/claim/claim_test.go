package claim_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/wire"
)

func TestAmounts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]float64{
		"Total: $1,234.50":      {1234.5},
		"1.234,50 €":            {1234.5},
		"3 × 4,5 = 13.5":        {3, 4.5, 13.5},
		"CHF 12'000.00":         {12000},
		"1\u202f234,00 €":       {1234},
		"12.345.678":            {12345678},
		"0.125":                 {0.125},
		"−7 and -8":             {-7, -8},
		"none":                  nil,
		"Order 17, 2 lamps.":    {17, 2},
		strings.Repeat("9", 40): nil,
	} {
		if got := claim.Amounts(text); !slices.Equal(got, want) {
			t.Errorf("%q has %v, want %v", text, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	scope, err := wire.NewScope("http://127.0.0.1:3000", nil, "", []string{"/private"})
	if err != nil {
		t.Fatal(err)
	}
	good := []journey.Step{{Go: "/"}, {Click: "Lamps"}}
	book := func() claim.Book {
		return claim.Book{
			Claims:  []claim.Claim{{Norm: claim.Specified, Steps: good, Text: "x", Quote: "it says x"}},
			Rules:   []claim.Rule{{Relation: claim.Sum, Parts: []string{".line"}, Whole: "#total", Steps: good}},
			Samples: []claim.Sample{{Method: "GET", Path: "/api?n=1", Want: 2, Quote: "it answers"}},
		}
	}
	b := book()
	if err := b.Check(scope); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(b *claim.Book){
		"another host":           func(b *claim.Book) { b.Claims[0].Steps = []journey.Step{{Go: "http://elsewhere.example/"}} },
		"a path that is left":    func(b *claim.Book) { b.Claims[0].Steps = []journey.Step{{Go: "/"}, {Go: "/private/x"}} },
		"a script":               func(b *claim.Book) { b.Rules[0].Steps = []journey.Step{{Go: "javascript:alert(1)"}} },
		"no steps":               func(b *claim.Book) { b.Claims[0].Steps = nil },
		"no norm":                func(b *claim.Book) { b.Claims[0].Norm = "ugly" },
		"nothing quoted":         func(b *claim.Book) { b.Claims[0].Quote = " " },
		"both texts":             func(b *claim.Book) { b.Claims[0].NoText = "y" },
		"a whole that is a part": func(b *claim.Book) { b.Rules[0].Whole = ".line" },
		"no relation":            func(b *claim.Book) { b.Rules[0].Relation = "power" },
		"a method that deletes":  func(b *claim.Book) { b.Samples[0].Method = "DELETE" },
		"a change that works":    func(b *claim.Book) { b.Samples[0].Method = "POST" },
		"another host's path":    func(b *claim.Book) { b.Samples[0].Path = "//elsewhere.example/" },
		"a whole address":        func(b *claim.Book) { b.Samples[0].Path = "http://elsewhere.example/" },
		"too many":               func(b *claim.Book) { b.Samples = slices.Repeat(b.Samples, 100) },
	} {
		b := book()
		change(&b)
		if err := b.Check(scope); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const description = `{"openapi": "3.0.3", "info": {"title": "Things", "version": "1"}, "servers": [{"url": "/v1"}], "paths": {"/things/{id}": {"get": {
	"description": "Shows one thing. A depth of more than 3 is answered with 400.",
	"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}, {"name": "depth", "in": "query", "description": "How deep; at most 3 levels.", "schema": {"type": "integer"}}],
	"responses": {"200": {"description": "The thing and what is in it"}, "400": {"description": "The depth is no number, or too large"}, "404": {"description": "There is no such thing here"}}}}}}`

func TestForetold(t *testing.T) {
	t.Parallel()
	api, err := openapi.Read([]byte(description), "http://127.0.0.1:3000/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	const text = "A person's words: /orders?open=yes lists open orders. Whoever asks /orders for more than 20 gets 400."
	for name, x := range map[string]struct {
		path, quote string
		want        int
		ok          bool
	}{
		"beyond a bound":             {"/v1/things/7?depth=4", "A depth of more than 3 is answered with 400.", 4, true},
		"within the bound":           {"/v1/things/7?depth=3", "A depth of more than 3 is answered with 400.", 4, false},
		"within, and answered":       {"/v1/things/7?depth=3", "The thing and what is in it", 2, true},
		"beyond, and answered":       {"/v1/things/7?depth=4", "at most 3 levels.", 2, false},
		"against the schema":         {"/v1/things/7?depth=deep", "The depth is no number, or too large", 4, true},
		"as the schema wants":        {"/v1/things/7?depth=2", "The depth is no number, or too large", 4, false},
		"said of nothing in it":      {"/v1/things/7", "There is no such thing here", 4, false},
		"another operation":          {"/v1/orders", "The thing and what is in it", 2, false},
		"without the base":           {"/things/7", "The thing and what is in it", 2, false},
		"made up":                    {"/v1/things/7?depth=4", "A depth of more than 3 is refused", 4, false},
		"too short":                  {"/v1/things/7", "Shows one", 2, false},
		"a person's words":           {"/orders?open=yes", "/orders?open=yes lists open orders.", 2, true},
		"a person's words, bent":     {"/orders?open=no", "/orders?open=yes lists open orders.", 2, false},
		"a person's bound":           {"/orders?limit=21", "Whoever asks /orders for more than 20 gets 400.", 4, true},
		"a person's bound, kept":     {"/orders?limit=20", "Whoever asks /orders for more than 20 gets 400.", 4, false},
		"a person's words elsewhere": {"/invoices?limit=21", "Whoever asks /orders for more than 20 gets 400.", 4, false},
	} {
		s := claim.Sample{Method: "GET", Path: x.path, Want: x.want, Quote: x.quote}
		if err := s.Foretold(api, text); (err == nil) != x.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
