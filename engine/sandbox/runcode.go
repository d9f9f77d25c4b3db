package sandbox

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/atelier-studio/atelier/engine/expr"
)

// CodeItem is one item that a code node gave. From is the index of the input item that it was made from, -1 when the
// code does not say.
type CodeItem struct {
	JSON map[string]any `json:"json"`
	From int            `json:"from"`
}

// RunCode runs the code of a code node on the JSON of its input items. In mode "all" it runs once and sees all items as
// items and $input.all(); in mode "each" it runs once for each and sees it as $json and item, and null leaves it out.
func (j *JavaScript) RunCode(ctx context.Context, code, mode string, s expr.Scope, items []map[string]any) ([]CodeItem, error) {
	kind, err := kindOf(mode)
	if err != nil {
		return nil, err
	}
	p, err := j.program(programKey{source: code, kind: kind}, nil)
	if err != nil {
		return nil, err
	}
	data, err := j.data(p, s, items)
	if err != nil {
		return nil, err
	}
	answer, err := j.run(ctx, p, data)
	if err != nil {
		return nil, err
	}
	return readItems([]byte(answer), len(items))
}

// readItems reads {"json": [{…}…], "from": [0…]}.
func readItems(answer []byte, input int) ([]CodeItem, error) {
	var out struct {
		JSON []map[string]any `json:"json"`
		From []int            `json:"from"`
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("what the code returned cannot be read: %w", err)
	}
	list := make([]CodeItem, len(out.JSON))
	for i, m := range out.JSON {
		if m == nil {
			m = map[string]any{}
		}
		list[i] = CodeItem{JSON: m, From: -1}
		if i < len(out.From) && out.From[i] < input {
			list[i].From = out.From[i]
		}
	}
	return list, nil
}
