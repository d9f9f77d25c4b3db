package nodes

import (
	"context"
	"fmt"
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
	From string `json:"from" form:"Old name" widget:"field" required:"true"`
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
				name, err := newName(re, k, r.To)
				if err != nil {
					return nil, bad("fields."+strconv.Itoa(i+1)+".to", "%s", err)
				}
				changed[name] = v
			} else {
				renamed[k] = v
			}
		}
		maps.Copy(renamed, changed)
		m = renamed
	}
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}

// maxName bounds the name of a field that a pattern makes, in bytes.
const maxName = 64 << 10

// newName replaces what the pattern finds in a name. It stops when the name becomes longer than any name should be: a
// pattern that finds every letter and puts a page in its place would fill the memory.
func newName(re *regexp.Regexp, name, to string) (string, error) {
	if len(name) > maxName {
		return "", fmt.Errorf("the field %q… has a name of %d KiB, patterns take at most %d", excerpt(name, 40), len(name)>>10, maxName>>10)
	}
	var b []byte
	end, refs := 0, strings.Count(to, "$")
	for _, found := range re.FindAllStringSubmatchIndex(name, -1) {
		b = append(b, name[end:found[0]]...)
		if longest := len(b) + len(to) + refs*(found[1]-found[0]); longest > maxName {
			return "", fmt.Errorf("the new name of %q would be longer than %d KiB", excerpt(name, 40), maxName>>10)
		}
		b = re.ExpandString(b, to, name, found)
		end = found[1]
	}
	return string(append(b, name[end:]...)), nil
}
