package nodes

import (
	"cmp"
	"context"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.template", Title: "Template", Group: "Data", Icon: "file-text", PerItem: true,
		Summary: "Writes a text for every item, with values filled in.",
		Doc: `Switch the template to an expression and write values between double braces: ` + "`Hello {{ $json.name }}`" + `. Without the switch the text is taken as it is.

What is filled in is never evaluated again, whatever it contains. For a text over all items use Aggregate first, and ` + "`{{ $json.items.map(i => i.name).join(', ') }}`" + `.`,
		Keywords: []string{"text", "message", "write", "compose", "mustache", "handlebars", "fill in"},
		Examples: []engine.Example{
			{Name: "A greeting", Params: params("template", "=Hello {{ $json.name }}, you have {{ $json.n }} messages.", "into", "greeting"),
				Input: in(obj("name", "Ada", "n", 3)), Output: out(obj("name", "Ada", "n", 3, "greeting", "Hello Ada, you have 3 messages."))},
			{Name: "Braces in data stay text", Params: params("template", "={{ $json.evil }}", "keep_others", false), Input: in(obj("evil", "{{ 1+1 }}")), Output: out(obj("text", "{{ 1+1 }}"))},
		},
	}, dataTemplate{Into: "text", KeepOthers: true}, runDataTemplate)
}

type dataTemplate struct {
	Template   string `json:"template" form:"Template" widget:"textarea" lang:"markdown" required:"true" placeholder:"=Hello {{ $json.name }}"`
	Into       string `json:"into" form:"Into"`
	KeepOthers bool   `json:"keep_others" form:"Keep other fields"`
}

func runDataTemplate(_ context.Context, _ *Deps, p dataTemplate, c *engine.Call) (engine.Outputs, error) {
	it := c.Item()
	m := map[string]any{}
	if p.KeepOthers {
		m = own(it.JSON)
	}
	withField(m, cmp.Or(p.Into, "text"), p.Template)
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}
