package nodes_test

import (
	"strings"
	"testing"
	"time"
)

// TestMarkupBombs gives the readers of Markdown, HTML and selectors texts of a few hundred kilobytes that would keep
// them busy for hours, fill the memory or overflow the stack.
func TestMarkupBombs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, c := range []struct {
		name, kind string
		text       string
		params     map[string]any
		refused    bool
	}{
		{"quotes in quotes", "data.markdown", strings.Repeat(">", 1<<20), nil, true},
		{"lists in lists", "data.markdown", strings.Repeat("- ", 1<<18), nil, true},
		{"numbered lists in lists", "data.markdown", strings.Repeat("1. ", 1<<18), nil, true},
		{"links that do not end", "data.markdown", strings.Repeat("[a](", 1e5), nil, true},
		{"a wide table of short rows", "data.markdown", strings.Repeat("|a", 1e5) + "|\n" + strings.Repeat("|-", 1e5) + "|\n" + strings.Repeat("x\n", 1e5), nil, true},
		{"emphasis", "data.markdown", strings.Repeat("*a **b ", 5e4), nil, false},
		{"back quotes", "data.markdown", strings.Repeat("`` ` ", 5e4), nil, false},
		{"too long", "data.markdown", strings.Repeat("a", 2<<20), nil, true},
		{"an ordinary text", "data.markdown", strings.Repeat("# T\n\n- [a](b)\n\n|a|b|\n|-|-|\n|1|2|\n\n", 1000), nil, false},
		{"elements in elements", "data.html", strings.Repeat("<div>", 1e5), map[string]any{"operation": "text"}, true},
		{"too many elements", "data.html", strings.Repeat("<p>", 2<<20), map[string]any{"operation": "text"}, true},
		{"selectors in selectors", "data.html", "<p>", map[string]any{"values": []any{map[string]any{"name": "a", "selector": strings.Repeat(":not(", 1e5)}}}, true},
	} {
		params := map[string]any{"field": "t"}
		for k, v := range c.params {
			params[k] = v
		}
		begun := time.Now()
		_, err := w.step(c.kind, params, map[string][]map[string]any{"main": {{"t": c.text}}})
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("%s took %v", c.name, took)
		}
		if (err != nil) != c.refused || err != nil && len(err.Error()) > 500 {
			t.Errorf("%s: %.200v", c.name, err)
		}
	}
}
