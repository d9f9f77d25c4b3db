package nodes

import (
	"context"
	"strconv"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.set", Title: "Set fields", Group: "Data", Icon: "pencil", PerItem: true,
		Summary: "Adds, changes or removes fields of every item.",
		Doc: `Fields are set in their order, each with a fixed value or an expression. A dot in a name reaches into objects and makes them where they are missing: ` + "`customer.address.city`" + `.

All expressions see the item as it came in, not the fields set here. Without **keep other fields** only what is set here stays. Files always travel on.`,
		Keywords: []string{"edit", "assign", "change", "map", "field", "value", "remove", "transform"},
		Check:    typed(checkSet),
		Examples: []engine.Example{
			{Name: "Add a total", Params: params("fields", list(obj("name", "total", "value", "={{ $json.price * $json.qty }}"))),
				Input: in(obj("price", 12.5, "qty", 2)), Output: out(obj("price", 12.5, "qty", 2, "total", 25))},
			{Name: "Only these fields, one inside an object", Params: params("keep_others", false, "fields", list(obj("name", "customer.name", "value", "={{ $json.name }}"), obj("name", "vip", "value", true))),
				Input: in(obj("name", "Ada", "age", 36)), Output: out(obj("customer", obj("name", "Ada"), "vip", true))},
			{Name: "Remove a field", Params: params("remove", list("password")), Input: in(obj("user", "ada", "password", "x")), Output: out(obj("user", "ada"))},
		},
	}, dataSet{KeepOthers: true}, runDataSet)
}

type dataSet struct {
	Fields     []setField `json:"fields" form:"Fields"`
	KeepOthers bool       `json:"keep_others" form:"Keep other fields"`
	Remove     []string   `json:"remove" form:"Remove fields" widget:"fields"`
}

type setField struct {
	Name  string `json:"name" form:"Name" required:"true"`
	Value any    `json:"value" form:"Value"`
}

func checkSet(p dataSet) []engine.Problem {
	var found []engine.Problem
	for i, f := range p.Fields {
		if f.Name == "" {
			found = append(found, engine.Problem{Param: "fields." + strconv.Itoa(i+1) + ".name", Code: "no-name", Text: "the field has no name"})
		}
	}
	return found
}

func runDataSet(_ context.Context, _ *Deps, p dataSet, c *engine.Call) (engine.Outputs, error) {
	it := c.Item()
	m := map[string]any{}
	if p.KeepOthers {
		m = own(it.JSON)
	}
	for _, name := range names(p.Remove) {
		withoutField(m, name)
	}
	for i, f := range p.Fields {
		if f.Name == "" {
			return nil, bad("fields."+strconv.Itoa(i+1)+".name", "the field has no name")
		}
		withField(m, f.Name, plain(f.Value))
	}
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}
