package nodes_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
)

type rows = []map[string]any

// TestData holds behaviour that the examples do not show.
func TestData(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	tests := []struct {
		name, kind string
		params     map[string]any
		input      rows
		want       string // the items of "main", or a part of the error
	}{
		{"sort keeps equal items in order and missing last", "data.sort", map[string]any{"by": "-a"}, rows{{"a": 1, "i": 1}, {"i": 2}, {"a": 1, "i": 3}, {"a": 2}}, `[{"a":2},{"a":1,"i":1},{"a":1,"i":3},{"i":2}]`},
		{"sort by a list of fields", "data.sort", map[string]any{"by": []any{map[string]any{"field": "a.b", "order": "descending"}, "c"}}, rows{{"a": map[string]any{"b": 1}, "c": 2}, {"a": map[string]any{"b": 1}, "c": 1}, {"a": map[string]any{"b": 9}}}, `[{"a":{"b":9}},{"a":{"b":1},"c":1},{"a":{"b":1},"c":2}]`},
		{"sort numbers that are text", "data.sort", map[string]any{"by": "n", "as": "number"}, rows{{"n": "10"}, {"n": "x"}, {"n": 9}}, `[{"n":9},{"n":"10"},{"n":"x"}]`},
		{"sort dates", "data.sort", map[string]any{"by": "d", "as": "date", "order": "descending"}, rows{{"d": "01.02.2026"}, {"d": "2026-03-01"}, {"d": 1767225600}}, `[{"d":"2026-03-01"},{"d":"01.02.2026"},{"d":1767225600}]`},
		{"sort without a field", "data.sort", map[string]any{"by": ""}, rows{{}}, "By is missing"},
		{"set reaches into objects and lists without changing the original", "data.set", map[string]any{"fields": []any{map[string]any{"name": "a.b", "value": 2}, map[string]any{"name": "l[1]", "value": "={{ $json.a.b }}"}}}, rows{{"a": map[string]any{"b": 1, "c": 3}, "l": []any{0}}}, `[{"a":{"b":2,"c":3},"l":[0,1]}]`},
		{"set removes a field inside", "data.set", map[string]any{"remove": []any{"a.b, x"}}, rows{{"a": map[string]any{"b": 1, "c": 3}}}, `[{"a":{"c":3}}]`},
		{"a key with a dot wins", "data.split", map[string]any{"field": "a.b"}, rows{{"a.b": []any{1}, "a": map[string]any{"b": []any{2}}}}, `[{"a.b":1}]`},
		{"split an object", "data.split", map[string]any{"field": "o"}, rows{{"o": map[string]any{"b": 2, "a": 1}}}, `[{"key":"a","value":1},{"key":"b","value":2}]`},
		{"sums stay exact", "data.summarize", map[string]any{"operations": []any{map[string]any{"operation": "sum", "field": "x", "into": "s"}}}, rows{{"x": 1e16}, {"x": 1}, {"x": -1e16}}, `[{"s":1}]`},
		{"groups tell types apart", "data.summarize", map[string]any{"group_by": "k"}, rows{{"k": 1}, {"k": "1"}, {}}, `[{"count":1,"k":1},{"count":1,"k":"1"},{"count":1}]`},
		{"smallest and largest", "data.summarize", map[string]any{"operations": []any{map[string]any{"operation": "min", "field": "x"}, map[string]any{"operation": "max", "field": "x"}, map[string]any{"operation": "max", "field": "t"}}}, rows{{"x": "7", "t": "a"}, {"x": -2, "t": "c"}, {"t": "b"}}, `[{"max_t":"c","max_x":7,"min_x":-2}]`},
		{"a condition's text false is false", "data.filter", map[string]any{"condition": "={{ $json.a }} "}, rows{{"a": false}, {"a": true}, {"a": 0}}, `[{"a":true}]`},
		{"JSON too deep", "data.json", map[string]any{"field": "t"}, rows{{"t": strings.Repeat("[", 201)}}, "more than 200 deep"},
		{"a difference in months", "data.datetime", map[string]any{"operation": "difference", "value": "2026-01-31", "to": "2026-03-31", "unit": "months"}, rows{{}}, `[{"date":2}]`},
		{"a day later across a change of clocks", "data.datetime", map[string]any{"operation": "add", "value": "2026-03-28 12:00", "timezone": "Europe/Berlin", "format": "iso"}, rows{{}}, `2026-03-29T12:00:00.000+02:00`},
		{"an hour rounded down", "data.datetime", map[string]any{"operation": "round", "value": "2026-03-28T12:34:56Z", "unit": "hours", "timezone": "Asia/Kolkata"}, rows{{}}, `2026-03-28T18:00:00.000+05:30`},
		{"a quoted pattern", "data.datetime", map[string]any{"operation": "format", "value": 1767225600, "format": "pattern", "pattern": "EEE d MMM yyyy 'at' H:mm:ss.SSS"}, rows{{}}, `Thu 1 Jan 2026 at 0:00:00.000`},
		{"a year out of range", "data.datetime", map[string]any{"operation": "add", "value": "2026-01-01", "amount": 9000, "unit": "years"}, rows{{}}, "out of range"},
		{"CSV rows of other lengths", "data.csv", map[string]any{"field": "t"}, rows{{"t": "a,a,\n1\n1,2,3,4\n"}}, `[{"a":"1"},{"a":"1","a_2":"2","column_3":"3","column_4":"4"}]`},
		{"CSV in Windows-1252", "data.csv", map[string]any{"field": "t", "delimiter": "tab"}, rows{{"t": "n\tz\nGr\u00fc\u00dfe\t1"}}, `[{"n":"Grüße","z":"1"}]`},
		{"a separator of two characters", "data.csv", map[string]any{"field": "t", "delimiter": "::"}, rows{{"t": "a"}}, "no separator"},
		{"markdown is safe", "data.markdown", map[string]any{"field": "t"}, rows{{"t": "[x](javascript:alert(1)) <img src=x onerror=alert(1)> <b>ok</b>"}}, `\u003cimg src=\"x\"\u003e \u003cb\u003eok\u003c/b\u003e`},
		{"all combinations of too much", "flow.merge", map[string]any{"mode": "all_combinations"}, nil, "more than 250000 items"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			input := map[string][]map[string]any{"main": tt.input}
			if tt.kind == "flow.merge" {
				many := make(rows, 600)
				for i := range many {
					many[i] = map[string]any{"i": i}
				}
				input = map[string][]map[string]any{"in_1": many, "in_2": many}
			}
			got, err := w.step(tt.kind, tt.params, input)
			said := text(objects(got["main"]))
			if err != nil {
				said = err.Error()
			}
			if strings.HasPrefix(tt.want, "[") && said != tt.want || !strings.Contains(said, tt.want) {
				t.Errorf("\n got %s\nwant %s", said, tt.want)
			}
		})
	}
}

func TestJoins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	input := map[string][]map[string]any{
		"in_1": {{"k": 1, "a": "x"}, {"k": "2", "a": "y"}, {"a": "z"}},
		"in_2": {{"k": "1", "b": 1}, {"k": 1, "b": 2}, {"k": 3, "b": 3}},
	}
	for join, want := range map[string]string{
		"inner":     `[{"a":"x","b":1,"k":"1"},{"a":"x","b":2,"k":1}]`,
		"left":      `[{"a":"x","b":1,"k":"1"},{"a":"x","b":2,"k":1},{"a":"y","k":"2"},{"a":"z"}]`,
		"right":     `[{"a":"x","b":1,"k":"1"},{"a":"x","b":2,"k":1},{"b":3,"k":3}]`,
		"outer":     `[{"a":"x","b":1,"k":"1"},{"a":"x","b":2,"k":1},{"a":"y","k":"2"},{"a":"z"},{"b":3,"k":3}]`,
		"unmatched": `[{"a":"y","k":"2"},{"a":"z"}]`,
	} {
		got, err := w.step("flow.merge", map[string]any{"mode": "by_key", "join": join, "keys": []any{map[string]any{"left": "k"}}}, input)
		if err != nil || text(objects(got["main"])) != want {
			t.Errorf("%s: %v\n got %s\nwant %s", join, err, text(objects(got["main"])), want)
		}
		if join == "inner" && text(got["main"][1].From) != `[{"item":0},{"in":1,"item":1}]` {
			t.Errorf("lineage of a joined item: %s", text(got["main"][1].From))
		}
	}
}

// TestLineage holds that items which move keep pointing at where they came from.
func TestLineage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	input := map[string][]map[string]any{"main": {{"n": 2}, {"n": 3}, {"n": 1}, {"n": 3}}}
	for _, tt := range []struct {
		kind   string
		params map[string]any
		want   string
	}{
		{"data.sort", map[string]any{"by": "n"}, "2 0 1 3"},
		{"data.limit", map[string]any{"count": 2, "from": "last"}, "2 3"},
		{"data.dedupe", map[string]any{"fields": "n", "keep": "last"}, "0 2 3"},
		{"data.filter", map[string]any{"condition": "={{ $json.n > 1 }}"}, "0 1 3"},
		{"code.javascript", map[string]any{"mode": "each", "code": "return $json.n === 3 ? [] : { n: 0 }"}, "0 2"},
	} {
		got, err := w.step(tt.kind, tt.params, input)
		must(t, err)
		var from []string
		for _, it := range got["main"] {
			for _, o := range it.From {
				from = append(from, fmt.Sprint(o.Item))
			}
		}
		if s := strings.Join(from, " "); s != tt.want {
			t.Errorf("%s: items come from %s, want %s", tt.kind, s, tt.want)
		}
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	begin := time.Now()
	got, err := w.step("flow.wait", map[string]any{"amount": 0.05, "unit": "seconds"}, map[string][]map[string]any{"main": {{"a": 1}}})
	if err != nil || len(got["main"]) != 1 || time.Since(begin) < 50*time.Millisecond {
		t.Errorf("after %v: %s, %v", time.Since(begin), text(got), err)
	}
	if _, err := w.step("flow.wait", map[string]any{"mode": "until", "until": "9999-01-01"}, one); err == nil || !strings.Contains(err.Error(), "five years") {
		t.Errorf("a wait of eight thousand years: %v", err)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if _, err := w.step("flow.stop", map[string]any{"as": "finished"}, one); err != nil {
		t.Errorf("stopped as finished: %v", err)
	}
	if _, err := w.step("flow.stop", map[string]any{"message": "enough"}, one); err == nil || !strings.Contains(err.Error(), "failed: enough") {
		t.Errorf("stopped as failed: %v", err)
	}
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	basic := map[string]string{"user": "u", "password": "p"}
	header := map[string]string{"name": "X-Key", "value": "k"}
	request := func(set func(*http.Request)) http.Header {
		r := &http.Request{Header: http.Header{}}
		set(r)
		return r.Header
	}
	for _, tt := range []struct {
		name   string
		hook   nodes.Webhook
		typ    string
		values map[string]string
		header http.Header
		want   bool
		fails  bool
	}{
		{"open", nodes.Webhook{Auth: "none"}, "", nil, nil, true, false},
		{"name and password", nodes.Webhook{Auth: "basic"}, "http.basic", basic, request(func(r *http.Request) { r.SetBasicAuth("u", "p") }), true, false},
		{"a wrong password", nodes.Webhook{Auth: "basic"}, "http.basic", basic, request(func(r *http.Request) { r.SetBasicAuth("u", "q") }), false, false},
		{"nothing sent", nodes.Webhook{Auth: "basic"}, "http.basic", basic, http.Header{}, false, false},
		{"a credential without a name lets nobody in", nodes.Webhook{Auth: "basic"}, "http.basic", nil, http.Header{}, false, true},
		{"a header", nodes.Webhook{Auth: "header"}, "http.header", header, request(func(r *http.Request) { r.Header.Set("x-key", "k") }), true, false},
		{"a header with an empty value", nodes.Webhook{Auth: "header"}, "http.header", map[string]string{"name": "X-Key"}, http.Header{}, false, true},
		{"another type of credential", nodes.Webhook{Auth: "header"}, "http.basic", header, request(func(r *http.Request) { r.Header.Set("x-key", "k") }), false, true},
		{"an unknown way", nodes.Webhook{Auth: "magic"}, "", nil, http.Header{}, false, true},
	} {
		got, err := tt.hook.Admits(tt.typ, tt.values, tt.header)
		if got != tt.want || (err != nil) != tt.fails {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
	kind, _ := nodes.Catalogue(&nodes.Deps{}).Kind("trigger.webhook")
	for path, ok := range map[string]bool{"orders/new": true, "/a/": true, "a//b": false, "../a": false, "a b": false, "ä": false, "a?b": false, strings.Repeat("a", 201): false} {
		if found := kind.Check(nodes.Webhook{Path: path, Auth: "none"}); (len(found) == 0) != ok {
			t.Errorf("path %q: %v", path, found)
		}
	}
	items := []engine.Item{{JSON: map[string]any{"a": 1}}, {JSON: map[string]any{"a": 2}}}
	for content, want := range map[string]string{"first_item": `{"a":1}`, "all_items": `[{"a":1},{"a":2}]`, "none": ""} {
		r, err := nodes.Webhook{Content: content, Status: 201, Headers: map[string]string{"X-A": "b"}}.Answer(items)
		if err != nil || string(r.Body) != want || r.Status != 201 || r.Headers["X-A"] != "b" {
			t.Errorf("%s: %+v, %v", content, r, err)
		}
	}
}

// FuzzCSV holds that what is written can be read back, whatever the text.
func FuzzCSV(f *testing.F) {
	f.Add("a", "b", ";")
	f.Add("\"", "a\r\nb", ",")
	f.Add(" =1", "", "tab")
	f.Add("x\x00", "\ufeff", "|")
	r := engine.NewRunner(engine.Options{Catalogue: nodes.Catalogue(&nodes.Deps{})})
	f.Fuzz(func(t *testing.T, a, b, comma string) {
		if strings.HasPrefix(comma, "=") || !utf8.ValidString(a) || !utf8.ValidString(b) {
			t.Skip("an expression, or no text")
		}
		edge := func(from, to string) engine.Edge { return engine.Edge{From: from, Out: "main", To: to, In: "main"} }
		doc := &engine.Workflow{Nodes: []engine.Node{
			{ID: "s", Kind: "trigger.manual", Name: "S"},
			{ID: "w", Kind: "data.csv", Name: "W", Params: map[string]any{"operation": "build", "field": "t", "delimiter": comma}},
			{ID: "r", Kind: "data.csv", Name: "R", Params: map[string]any{"field": "t", "delimiter": comma}},
		}, Edges: []engine.Edge{edge("s", "w"), edge("w", "r")}}
		h, err := r.Start(t.Context(), engine.StartRequest{Doc: doc, Items: []engine.Item{{JSON: map[string]any{"first": a, "second": b}}}})
		if err != nil {
			return
		}
		<-h.Done()
		if h.Result().Run.Status != engine.Succeeded {
			if strings.Contains(h.Result().Run.Error, "separator") {
				return
			}
			t.Fatal(h.Result().Run.Error)
		}
		if comma == "auto" || comma == "" || len(h.Result().Items) != 1 {
			return
		}
		row := h.Result().Items[0].JSON
		// A carriage return before a line break is the reader's to drop (RFC 4180).
		same := func(got any, want string) bool { return got == strings.ReplaceAll(want, "\r\n", "\n") }
		if !same(row["first"], a) || !same(row["second"], b) {
			t.Fatalf("%q and %q came back as %v", a, b, row)
		}
	})
}
