package nodes

import (
	"context"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.rename", Title: "Rename fields", Group: "Data", Icon: "text-cursor-input", PerItem: true,
		Summary: "Gives fields other names.",
		Doc: `Renames happen in their order. A field that is not there is left out silently; a field that already has the new name is replaced. Dots reach into objects.

With **patterns** the old names are regular expressions that are tried on every top-level field, and ` + "`$1`" + ` in the new name stands for the first group.`,
		Keywords: []string{"keys", "columns", "field names", "map", "regex"},
		Check:    typed(checkRename),
		Examples: []engine.Example{
			{Name: "Two fields, one of them inside", Params: params("fields", list(obj("from", "mail", "to", "email"), obj("from", "address.zip", "to", "postcode"))),
				Input: in(obj("mail", "a@x.org", "address", obj("zip", "1010", "city", "Wien"))), Output: out(obj("email", "a@x.org", "address", obj("city", "Wien"), "postcode", "1010"))},
			{Name: "By pattern", Params: params("regex", true, "fields", list(obj("from", "^user_(.+)$", "to", "$1"))), Input: in(obj("user_name", "Ada", "id", 1)), Output: out(obj("name", "Ada", "id", 1))},
		},
	}, dataRename{}, runDataRename)
}

type dataRename struct {
	Fields []rename `json:"fields" form:"Fields" required:"true"`
	Regex  bool     `json:"regex" form:"Old names are patterns"`
}

type rename struct {
	From string `json:"from" form:"Old name" required:"true"`
	To   string `json:"to" form:"New name" required:"true"`
}

func checkRename(p dataRename) []engine.Problem {
	if !p.Regex {
		return nil
	}
	var found []engine.Problem
	for i, r := range p.Fields {
		if _, err := regexp.Compile(r.From); err != nil && !strings.HasPrefix(r.From, "=") {
			found = append(found, problem("fields."+strconv.Itoa(i+1)+".from", "regex", err)...)
		}
	}
	return found
}

func runDataRename(_ context.Context, _ *Deps, p dataRename, c *engine.Call) (engine.Outputs, error) {
	it := c.Item()
	m := own(it.JSON)
	for i, r := range p.Fields {
		if r.From == "" || r.To == "" {
			return nil, bad("fields."+strconv.Itoa(i+1), "the old or the new name is missing")
		}
		if !p.Regex {
			if v, ok := field(m, r.From); ok && r.From != r.To {
				withoutField(m, r.From)
				withField(m, r.To, v)
			}
			continue
		}
		re, err := regexp.Compile(r.From)
		if err != nil {
			return nil, bad("fields."+strconv.Itoa(i+1)+".from", "%q is no regular expression: %s", r.From, err)
		}
		renamed := make(map[string]any, len(m))
		changed := map[string]any{}
		for k, v := range m {
			if re.MatchString(k) {
				changed[re.ReplaceAllString(k, r.To)] = v
			} else {
				renamed[k] = v
			}
		}
		maps.Copy(renamed, changed)
		m = renamed
	}
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}
