package nodes

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// maxCases bounds the outputs of a switch.
const maxCases = 50

func init() {
	define(engine.Kind{
		Name: "flow.switch", Title: "Switch", Group: "Flow", Icon: "waypoints", PerItem: true,
		Summary: "Sends each item to the case that matches it.",
		Doc: `Every case has its own output, **case_1**, **case_2** and so on. An item goes to the first case whose **value** equals the switch's value, or whose **condition** holds; to **default** when none does. With *every matching case* it goes to all that match.

5 and the text "5" count as equal; texts are compared letter by letter. A case with a condition does not look at its value.`,
		Keywords: []string{"case", "route", "branch", "match", "select", "multiple", "rules"},
		PortsOf:  switchPorts,
		Check:    typed(checkSwitch),
		Examples: []engine.Example{
			{Name: "By status", Params: params("value", "={{ $json.status }}", "cases", list(obj("value", "paid"), obj("value", "open", "label", "Unpaid"))),
				Input:  in(obj("status", "open"), obj("status", "paid"), obj("status", "lost")),
				Output: map[string][]map[string]any{"case_1": {obj("status", "paid")}, "case_2": {obj("status", "open")}, "default": {obj("status", "lost")}}},
			{Name: "By conditions", Params: params("cases", list(obj("condition", "={{ $json.n >= 10 }}", "label", "large"), obj("condition", "={{ $json.n >= 5 }}", "label", "middle"))),
				Input:  in(obj("n", 12), obj("n", 7), obj("n", 1)),
				Output: map[string][]map[string]any{"case_1": {obj("n", 12)}, "case_2": {obj("n", 7)}, "default": {obj("n", 1)}}},
			{Name: "Every matching case", Params: params("value", 3, "every", true, "cases", list(obj("value", 3), obj("value", "3"))),
				Input: in(obj("a", 1)), Output: map[string][]map[string]any{"case_1": {obj("a", 1)}, "case_2": {obj("a", 1)}, "default": {}}},
		},
	}, flowSwitch{}, runFlowSwitch)
}

type flowSwitch struct {
	Value any          `json:"value" form:"Value" help:"Compared with the value of each case." placeholder:"={{ $json.status }}"`
	Cases []switchCase `json:"cases" form:"Cases" required:"true"`
	Every bool         `json:"every" form:"To every matching case" help:"Otherwise to the first."`
}

type switchCase struct {
	Value     any    `json:"value" form:"Equals"`
	Condition any    `json:"condition" form:"Or condition" widget:"condition" help:"When it is set, the value is not looked at."`
	Label     string `json:"label" form:"Label" expr:"no"`
}

// switchPorts gives one output a case and the default.
func switchPorts(params map[string]any) (in, out []engine.Port) {
	cases, _ := params["cases"].([]any)
	for i, c := range cases[:min(len(cases), maxCases)] {
		p := engine.Port{Name: "case_" + strconv.Itoa(i+1)}
		if m, ok := c.(map[string]any); ok {
			if p.Label = text(m["label"]); p.Label == "" {
				if v := text(m["value"]); m["condition"] == nil && !strings.HasPrefix(v, "=") {
					p.Label = excerpt(v, 24)
				}
			}
		}
		if p.Label == "" {
			p.Label = strconv.Itoa(i + 1)
		}
		out = append(out, p)
	}
	return nil, append(out, engine.Port{Name: "default", Label: "default", Optional: true})
}

func checkSwitch(p flowSwitch) []engine.Problem {
	if len(p.Cases) > maxCases {
		return []engine.Problem{{Param: "cases", Code: "too-many-cases", Text: fmt.Sprintf("a switch has at most %d cases", maxCases)}}
	}
	var found []engine.Problem
	for i, c := range p.Cases {
		for _, w := range checkCondition(c.Condition) {
			w.Param = "cases." + strconv.Itoa(i+1) + ".condition"
			found = append(found, w)
		}
	}
	return found
}

func runFlowSwitch(_ context.Context, _ *Deps, p flowSwitch, c *engine.Call) (engine.Outputs, error) {
	if len(p.Cases) > maxCases {
		return nil, bad("cases", "a switch has at most %d cases, this one has %d", maxCases, len(p.Cases))
	}
	out := make(engine.Outputs, len(p.Cases)+1)
	it := []engine.Item{c.Item()}
	matched := false
	for i, k := range p.Cases {
		if !k.matches(p.Value) {
			continue
		}
		out[i], matched = it, true
		if !p.Every {
			break
		}
	}
	if !matched {
		out[len(p.Cases)] = it
	}
	return out, nil
}

func (k switchCase) matches(value any) bool {
	if k.Condition != nil && k.Condition != "" {
		return truth(k.Condition)
	}
	return same(value, k.Value)
}
