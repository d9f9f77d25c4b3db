package nodes

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.summarize", Title: "Summarize", Group: "Data", Icon: "sigma",
		Summary: "Counts, adds up and averages items, for each group of equal fields.",
		Doc: `Items with equal values in the **group by** fields make one group, and each group one item with those fields and the results. Groups come in the order in which they first appear. Without group fields there is one item for everything.

*Count* without a field counts items; with one, the items that have it. *Sum*, *average*, *smallest* and *largest* take numbers, also when they are text; smallest and largest order text when a group has no number. What cannot be read is left out; a group without any value has a sum of 0 and no average. A result's name is ` + "`count`" + ` or ` + "`sum_price`" + ` unless another is given.`,
		Keywords: []string{"group by", "count", "sum", "average", "pivot", "statistics", "total", "min", "max", "unique"},
		Examples: []engine.Example{
			{Name: "How often each message", Params: params("group_by", list("message")),
				Input:  in(obj("message", "disk full"), obj("message", "time-out"), obj("message", "disk full")),
				Output: out(obj("message", "disk full", "count", 2), obj("message", "time-out", "count", 1))},
			{Name: "Turnover by country", Params: params("group_by", list("country"), "operations", list(obj("operation", "sum", "field", "total", "into", "turnover"), obj("operation", "average", "field", "total"))),
				Input:  in(obj("country", "DE", "total", 10), obj("country", "FR", "total", 5), obj("country", "DE", "total", "30")),
				Output: out(obj("country", "DE", "turnover", 40, "average_total", 20), obj("country", "FR", "turnover", 5, "average_total", 5))},
			{Name: "Everything in one", Params: params("operations", list(obj("operation", "unique", "field", "user"), obj("operation", "list", "field", "user"))),
				Input: in(obj("user", "a"), obj("user", "b"), obj("user", "a")), Output: out(obj("unique_user", 2, "list_user", list("a", "b", "a")))},
		},
	}, dataSummarize{Operations: []summary{{Operation: "count"}}}, runDataSummarize)
}

type dataSummarize struct {
	GroupBy    []string  `json:"group_by" form:"Group by" widget:"fields"`
	Operations []summary `json:"operations" form:"Work out"`
}

type summary struct {
	Operation string `json:"operation" form:"What" options:"count=Count,sum=Sum,average=Average,min=Smallest,max=Largest,first=First,last=Last,list=List,unique=Count different,unique_list=List different,join=Text with commas"`
	Field     string `json:"field" form:"Field" widget:"field"`
	Into      string `json:"into" form:"Into"`
}

func (s summary) name() string {
	if s.Into != "" {
		return s.Into
	}
	if s.Field == "" {
		return s.Operation
	}
	return s.Operation + "_" + s.Field
}

func runDataSummarize(_ context.Context, _ *Deps, p dataSummarize, c *engine.Call) (engine.Outputs, error) {
	for i, o := range p.Operations {
		if o.Field == "" && o.Operation != "count" {
			return nil, bad("operations."+strconv.Itoa(i+1)+".field", "name the field for %q", o.Operation)
		}
	}
	by := names(p.GroupBy)
	index := map[string]int{}
	var groups [][]int
	if len(by) == 0 {
		index[""], groups = 0, [][]int{nil}
	}
	for i, it := range c.Items() {
		var key strings.Builder
		for _, name := range by {
			v, _ := field(it.JSON, name)
			key.WriteString(canonical(v))
			key.WriteByte(0)
		}
		g, seen := index[key.String()]
		if !seen {
			g = len(groups)
			index[key.String()], groups = g, append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	out := make([]engine.Item, len(groups))
	for g, members := range groups {
		m := map[string]any{}
		out[g].From = make([]engine.Origin, len(members))
		for n, i := range members {
			out[g].From[n].Item = i
		}
		for _, name := range by {
			if v, ok := field(c.Items()[members[0]].JSON, name); ok {
				withField(m, name, v)
			}
		}
		for i, o := range p.Operations {
			v, ok := o.work(c.Items(), members)
			if !ok {
				return nil, bad("operations."+strconv.Itoa(i+1)+".operation", "there is no operation %q", o.Operation)
			}
			m[o.name()] = v
		}
		out[g].JSON = m
	}
	return engine.One(out), nil
}

// work applies the operation to the members of a group; false when there is no such operation.
func (s summary) work(items []engine.Item, members []int) (any, bool) {
	if s.Operation == "count" && s.Field == "" {
		return float64(len(members)), true
	}
	values := make([]any, 0, len(members))
	for _, i := range members {
		if v, ok := field(items[i].JSON, s.Field); ok && v != nil {
			values = append(values, v)
		}
	}
	switch s.Operation {
	case "count":
		return float64(len(values)), true
	case "sum", "average":
		sum, n := total(values)
		if s.Operation == "sum" {
			return sum, true
		}
		if n == 0 {
			return nil, true
		}
		return sum / float64(n), true
	case "min", "max":
		return extreme(values, s.Operation == "max"), true
	case "first":
		return at(values, 0), true
	case "last":
		return at(values, len(values)-1), true
	case "list":
		return values, true
	case "unique", "unique_list", "join":
		different := distinct(values)
		switch s.Operation {
		case "unique":
			return float64(len(different)), true
		case "unique_list":
			return different, true
		}
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = text(v)
		}
		return strings.Join(texts, ", "), true
	}
	return nil, false
}

// total adds up numbers with the error of each addition carried along, so that a long list of cents stays exact
// (Neumaier 1974).
func total(values []any) (sum float64, n int) {
	var lost float64
	for _, v := range values {
		x, ok := looseNumber(v)
		if !ok {
			continue
		}
		n++
		t := sum + x
		if abs(sum) >= abs(x) {
			lost += (sum - t) + x
		} else {
			lost += (x - t) + sum
		}
		sum = t
	}
	return sum + lost, n
}

func abs(x float64) float64 { return max(x, -x) }

// extreme returns the smallest or largest number, or text when there is no number.
func extreme(values []any, largest bool) any {
	var best any
	var bestNumber float64
	numbers := false
	for _, v := range values {
		x, ok := looseNumber(v)
		switch {
		case ok && (!numbers || largest == (x > bestNumber) && x != bestNumber):
			best, bestNumber, numbers = x, x, true
		case ok || numbers:
		case best == nil || largest == (cmp.Compare(text(v), text(best)) > 0):
			best = v
		}
	}
	return best
}

func at(values []any, i int) any {
	if i < 0 || i >= len(values) {
		return nil
	}
	return values[i]
}

// distinct keeps the first of equal values.
func distinct(values []any) []any {
	seen := make(map[string]bool, len(values))
	out := make([]any, 0, len(values))
	for _, v := range values {
		if k := canonical(v); !seen[k] {
			seen[k] = true
			out = append(out, v)
		}
	}
	return out
}
