package nodes

import (
	"context"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.sort", Title: "Sort", Group: "Data", Icon: "arrow-down-wide-narrow",
		Summary: "Puts items in order by one or more fields.",
		Doc: `Name a field, or several with commas: the second decides where the first is equal. A minus before a name turns its order around: ` + "`-count, message`" + `. A list of ` + "`{\"field\": …, \"order\": …}`" + ` works too. Equal items keep their order.

Values are compared as they are, numbers by size and text by letter, numbers before text; or as numbers even when they are text, naturally (*file9* before *file10*), or as dates. Items where the field is missing or cannot be read so come last in both orders.`,
		Keywords: []string{"order", "rank", "ascending", "descending", "top"},
		Examples: []engine.Example{
			{Name: "Most frequent first", Params: params("by", "count", "order", "descending"),
				Input:  in(obj("m", "a", "count", 2), obj("m", "b", "count", 9), obj("m", "c")),
				Output: out(obj("m", "b", "count", 9), obj("m", "a", "count", 2), obj("m", "c"))},
			{Name: "By two fields", Params: params("by", "-age, name"),
				Input:  in(obj("name", "Cy", "age", 30), obj("name", "Al", "age", 30), obj("name", "Bo", "age", 41)),
				Output: out(obj("name", "Bo", "age", 41), obj("name", "Al", "age", 30), obj("name", "Cy", "age", 30))},
			{Name: "Natural order", Params: params("by", "file", "as", "natural"),
				Input: in(obj("file", "page10"), obj("file", "page9")), Output: out(obj("file", "page9"), obj("file", "page10"))},
		},
	}, dataSort{Order: "ascending", As: "auto"}, runDataSort)
}

type dataSort struct {
	By         any    `json:"by" form:"By" widget:"field" placeholder:"count" required:"true" help:"Field names, separated by commas. A minus before a name turns its order around."`
	Order      string `json:"order" form:"Order" options:"ascending=Ascending,descending=Descending"`
	As         string `json:"as" form:"Compare as" options:"auto=What they are,text=Text,natural=Text with numbers,number=Numbers,date=Dates"`
	IgnoreCase bool   `json:"ignore_case" form:"Ignore upper and lower case"`
}

type sortKey struct {
	field string
	down  bool
}

func (p dataSort) keys() ([]sortKey, error) {
	var keys []sortKey
	down := strings.HasPrefix(strings.ToLower(p.Order), "desc")
	add := func(s string) {
		for _, name := range names([]string{s}) {
			name, minus := strings.CutPrefix(name, "-")
			keys = append(keys, sortKey{name, down != minus})
		}
	}
	switch by := p.By.(type) {
	case nil:
	case string:
		add(by)
	case []any:
		for _, e := range by {
			m, ok := e.(map[string]any)
			if !ok {
				add(text(e))
				continue
			}
			key := sortKey{text(m["field"]), down}
			if order := text(m["order"]); order != "" {
				key.down = strings.HasPrefix(strings.ToLower(order), "desc")
			}
			if key.field != "" {
				keys = append(keys, key)
			}
		}
	default:
		return nil, bad("by", "write field names, separated by commas")
	}
	if len(keys) == 0 {
		return nil, bad("by", "name the field to sort by")
	}
	return keys, nil
}

func runDataSort(_ context.Context, _ *Deps, p dataSort, c *engine.Call) (engine.Outputs, error) {
	keys, err := p.keys()
	if err != nil {
		return nil, err
	}
	items := c.Items()
	values := make([][]any, len(items))
	order := make([]int, len(items))
	for i, it := range items {
		order[i] = i
		values[i] = make([]any, len(keys))
		for k, key := range keys {
			values[i][k], _ = field(it.JSON, key.field)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		for k, key := range keys {
			c, missA, missB := compareValues(values[a][k], values[b][k], p.As, p.IgnoreCase)
			switch {
			case missA && missB:
				continue
			case missA:
				return 1
			case missB:
				return -1
			case key.down:
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	return engine.One(picked(items, order)), nil
}
