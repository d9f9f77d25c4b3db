package nodes

import (
	"context"
	"maps"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

const maxInputs = 10

func init() {
	define(engine.Kind{
		Name: "flow.merge", Title: "Merge", Group: "Flow", Icon: "merge",
		Summary: "Brings several branches together.",
		Doc: `It starts when every input has its items or can no longer get any: a branch that was skipped counts as empty.

- **Append**: all items of the first input, then of the second, and so on.
- **By key**: items whose key fields have equal values become one item. *Inner* keeps only what all inputs have, *left* everything of the first, *right* everything of the last, *outer* everything, *without a match* the items of the first that have no partner. Several partners give several items, as in SQL. Items whose key field is missing have no partner.
- **By position**: the first with the first, the second with the second. Items without a partner are dropped unless they are to be kept.
- **All combinations**: every item of one input with every item of the others.

When two items have a field of the same name, **clash** decides: the later input's value, the earlier one's, or both, the later with the number of its input (` + "`name_2`" + `).`,
		Keywords: []string{"join", "combine", "append", "union", "zip", "lookup", "cross product"},
		PortsOf:  mergePorts,
		Together: func(params map[string]any) bool { return params["mode"] != nil && params["mode"] != "append" },
		Examples: []engine.Example{
			{Name: "Append", Input: map[string][]map[string]any{"in_1": {obj("a", 1)}, "in_2": {obj("a", 2)}}, Output: out(obj("a", 1), obj("a", 2))},
			{Name: "Customers to orders", Params: params("mode", "by_key", "join", "left", "keys", list(obj("left", "customer", "right", "id"))),
				Input: map[string][]map[string]any{
					"in_1": {obj("order", 1, "customer", 7), obj("order", 2, "customer", 8)}, "in_2": {obj("id", 7, "name", "Ada")}},
				Output: out(obj("order", 1, "customer", 7, "id", 7, "name", "Ada"), obj("order", 2, "customer", 8))},
			{Name: "By position, both values kept", Params: params("mode", "by_position", "clash", "both", "unpaired", true),
				Input:  map[string][]map[string]any{"in_1": {obj("n", 1), obj("n", 2)}, "in_2": {obj("n", 10)}},
				Output: out(obj("n", 1, "n_2", 10), obj("n", 2))},
			{Name: "Sizes and colours", Params: params("mode", "all_combinations"),
				Input:  map[string][]map[string]any{"in_1": {obj("size", "S"), obj("size", "L")}, "in_2": {obj("colour", "red")}},
				Output: out(obj("size", "S", "colour", "red"), obj("size", "L", "colour", "red"))},
		},
	}, flowMerge{Mode: "append", Inputs: 2, Join: "inner", Clash: "last"}, runFlowMerge)
}

type flowMerge struct {
	Mode     string     `json:"mode" form:"Mode" options:"append=Append,by_key=By key,by_position=By position,all_combinations=All combinations"`
	Inputs   int        `json:"inputs" form:"Inputs" min:"2" max:"10" expr:"no"`
	Keys     []mergeKey `json:"keys" form:"Key fields" show:"mode=by_key"`
	Join     string     `json:"join" form:"Keep" options:"inner=Only what matches,left=All of the first input,right=All of the last input,outer=Everything,unmatched=First input without a match" show:"mode=by_key"`
	Clash    string     `json:"clash" form:"Same field twice" options:"last=Later input wins,first=Earlier input wins,both=Keep both" show:"mode=by_key|by_position|all_combinations"`
	Unpaired bool       `json:"unpaired" form:"Keep items without a partner" show:"mode=by_position"`
}

type mergeKey struct {
	Left  string `json:"left" form:"Field of the first input" widget:"field"`
	Right string `json:"right" form:"Field of the others" widget:"field" help:"Empty: the same name."`
}

func mergePorts(params map[string]any) (in, out []engine.Port) {
	n := 2
	if f, ok := looseNumber(params["inputs"]); ok {
		n = min(max(int(f), 2), maxInputs)
	}
	for i := range n {
		in = append(in, engine.Port{Name: "in_" + strconv.Itoa(i+1), Label: strconv.Itoa(i + 1)})
	}
	return in, nil
}

func runFlowMerge(_ context.Context, _ *Deps, p flowMerge, c *engine.Call) (engine.Outputs, error) {
	inputs := make([][]engine.Item, len(c.Inputs))
	for n, items := range c.Inputs {
		inputs[n] = make([]engine.Item, len(items))
		for i, it := range items {
			inputs[n][i] = engine.Item{JSON: it.JSON, Files: it.Files, From: []engine.Origin{{In: n, Item: i}}}
		}
	}
	if len(inputs) == 0 {
		return engine.One(nil), nil
	}
	step := p.combine
	switch p.Mode {
	case "append", "":
		var all []engine.Item
		for _, items := range inputs {
			all = append(all, items...)
		}
		return engine.One(all), nil
	case "by_key":
		if err := p.checkKeys(); err != nil {
			return nil, err
		}
		step = p.join
	case "by_position":
		step = p.pair
	case "all_combinations":
	default:
		return nil, bad("mode", "there is no mode %q", p.Mode)
	}
	merged := inputs[0]
	for n, items := range inputs[1:] {
		var err error
		if merged, err = step(merged, items, n+2); err != nil {
			return nil, err
		}
	}
	return engine.One(merged), nil
}

func (p flowMerge) checkKeys() error {
	if len(p.Keys) == 0 {
		return bad("keys", "name the field whose values must be equal")
	}
	for i, k := range p.Keys {
		if strings.TrimSpace(k.Left) == "" {
			return bad("keys", "key %d has no field name", i+1)
		}
	}
	return nil
}

// unite makes one item of two; number is that of b's input.
func (p flowMerge) unite(a, b engine.Item, number int) engine.Item {
	json := own(a.JSON)
	for k, v := range b.JSON {
		_, clash := json[k]
		switch {
		case clash && p.Clash == "first":
		case clash && p.Clash == "both":
			json[k+"_"+strconv.Itoa(number)] = v
		default:
			json[k] = v
		}
	}
	files := a.Files
	if len(b.Files) > 0 {
		if files = maps.Clone(a.Files); files == nil {
			files = map[string]engine.File{}
		}
		maps.Copy(files, b.Files)
	}
	return engine.Item{JSON: json, Files: files, From: append(a.From[:len(a.From):len(a.From)], b.From...)}
}

func (p flowMerge) combine(a, b []engine.Item, number int) ([]engine.Item, error) {
	if len(a)*len(b) > maxItems {
		return nil, tooMany("all combinations")
	}
	out := make([]engine.Item, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, p.unite(x, y, number))
		}
	}
	return out, nil
}

func (p flowMerge) pair(a, b []engine.Item, number int) ([]engine.Item, error) {
	var out []engine.Item
	for i := range max(len(a), len(b)) {
		switch {
		case i < len(a) && i < len(b):
			out = append(out, p.unite(a[i], b[i], number))
		case !p.Unpaired:
			return out, nil
		case i < len(a):
			out = append(out, a[i])
		default:
			out = append(out, b[i])
		}
	}
	return out, nil
}

func (p flowMerge) join(a, b []engine.Item, number int) ([]engine.Item, error) {
	byKey := make(map[string][]int, len(b))
	for i, it := range b {
		if key, ok := p.key(it, false); ok {
			byKey[key] = append(byKey[key], i)
		}
	}
	used := make([]bool, len(b))
	var out []engine.Item
	for _, it := range a {
		key, ok := p.key(it, true)
		partners := byKey[key]
		if !ok {
			partners = nil
		}
		switch {
		case len(partners) == 0 && (p.Join == "left" || p.Join == "outer" || p.Join == "unmatched"):
			out = append(out, it)
		case p.Join == "unmatched":
		default:
			for _, i := range partners {
				used[i] = true
				if out = append(out, p.unite(it, b[i], number)); len(out) > maxItems {
					return nil, tooMany("the join")
				}
			}
		}
	}
	if p.Join == "right" || p.Join == "outer" {
		for i, it := range b {
			if !used[i] {
				out = append(out, it)
			}
		}
	}
	return out, nil
}

// key is the text by which items match; none when a field is missing.
func (p flowMerge) key(it engine.Item, left bool) (string, bool) {
	var b strings.Builder
	for _, k := range p.Keys {
		name := k.Left
		if !left && k.Right != "" {
			name = k.Right
		}
		v, ok := field(it.JSON, name)
		if !ok || v == nil {
			return "", false
		}
		if rank(v) == 3 {
			v = canonical(v)
		}
		t := text(v)
		b.WriteString(strconv.Itoa(len(t)))
		b.WriteByte(':')
		b.WriteString(t)
	}
	return b.String(), true
}
