package engine_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

const drawn = `{"format":"atelier/v1","name":"Orders","nodes":[
	{"id":"a","kind":"trigger.manual","name":"Start","at":[0,0],"params":{"on":true}},
	{"id":"b","kind":"data.set","name":"Say","at":[240,0],"params":{"text":"first"}},
	{"id":"c","kind":"flow.noop","name":"Old end","at":[480,0],"params":{}}],
	"edges":[{"from":"a","out":"main","to":"b","in":"main"},{"from":"b","out":"true","to":"c","in":"main"}],
	"notes":[{"id":"n","at":[0,200],"size":[240,120],"text":"# Why\nthis is"}],
	"groups":[{"id":"g","name":"Both","nodes":["a","b"]}],"settings":{"timeout_ms":0}}`

func raw(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		ops  []engine.Op
		want []string
	}{
		{"nothing", nil, nil},
		{"a value, false included", []engine.Op{
			{Op: "node.set", ID: "b", Path: "params.text", Value: raw("second")}, {Op: "node.set", ID: "a", Path: "params.on", Value: raw(false)},
		}, []string{"node changed Start (params.on: true > false)", "node changed Say (params.text: first > second)"}},
		{"moved only, and moved with a change", []engine.Op{
			{Op: "node.move", ID: "a", At: &[2]float64{0, 40}}, {Op: "node.move", ID: "b", At: &[2]float64{240, 40}}, {Op: "node.rename", ID: "b", Value: raw("Tell")},
		}, []string{"node moved Start", "node changed Tell (name: Say > Tell)"}},
		{"another node instead, with its edges", []engine.Op{
			{Op: "node.remove", ID: "c"}, {Op: "node.add", Node: &engine.Node{ID: "d", Kind: "flow.noop", Name: "New end", At: [2]float64{480, 0}}},
			{Op: "edge.add", Edge: &engine.Edge{From: "b", Out: "main", To: "d", In: "main"}},
		}, []string{"node added New end (kind:  > flow.noop; name:  > New end)", "node removed Old end (kind: flow.noop > ; name: Old end > )", "edge added Say → New end", "edge removed Say (true) → Old end"}},
		{"note, group and settings", []engine.Op{
			{Op: "note.set", ID: "n", Path: "text", Value: raw("- Because")}, {Op: "group.set", ID: "g", Path: "nodes", Value: raw([]string{"a"})}, {Op: "settings.set", Path: "timeout_ms", Value: raw(5)},
		}, []string{"note changed Because (text: # Why\nthis is > - Because)", `group changed Both (nodes: ["a","b"] > ["a"])`, "setting added timeout_ms (timeout_ms:  > 5)"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			before, err := engine.Parse([]byte(drawn))
			if err != nil {
				t.Fatal(err)
			}
			after, err := engine.Parse([]byte(drawn))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := engine.Apply(after, row.ops...); err != nil {
				t.Fatal(err)
			}
			found, err := engine.Compare(before, after)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range found {
				var fields []string
				for _, f := range d.Fields {
					fields = append(fields, f.Path+": "+f.Before+" > "+f.After)
				}
				line := strings.Join([]string{d.Sort, d.State, d.Name}, " ")
				if len(fields) > 0 {
					line += " (" + strings.Join(fields, "; ") + ")"
				}
				got = append(got, line)
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(row.want, "\n"))
			}
		})
	}
}
