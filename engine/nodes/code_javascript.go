package nodes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/sandbox"
)

func init() {
	define(engine.Kind{
		Name: "code.javascript", Title: "JavaScript", Group: "Code", Icon: "code", Class: engine.CPU,
		Summary: "Runs your own JavaScript on the items.",
		Doc: `With mode *all* the code runs once, sees the items as ` + "`$input.all()`" + ` (each with ` + "`.json`" + `) and returns a list; with mode *each* it runs for every item, sees it as ` + "`$json`" + ` and returns one item, a list, or nothing to drop it. An item is ` + "`{ json: { … } }`" + ` or simply an object.

` + "`$('Node name')`, `$now`, `$vars`, `$run`" + ` work as in expressions. The code is kept apart from the server: no network, no files, no other modules, 64 MiB of memory and five seconds. Beyond that the step fails, nothing else does.

Files travel on with an item that is made of one: with mode *each* always, with mode *all* when the very item is returned.`,
		Keywords: []string{"code", "script", "function", "js", "transform", "custom", "program"},
		Examples: []engine.Example{
			{Name: "Normalise messages", Params: params("mode", "each", "code", "return { message: $json.message.replace(/\\b0x[0-9a-f]+\\b/gi, 'ID').replace(/\\d+/g, 'N') };"),
				Input: in(obj("message", "order 4711 failed at 0xDEADBEEF")), Output: out(obj("message", "order N failed at ID"))},
			{Name: "All items at once", Params: params("code", "const items = $input.all();\nreturn [{ json: { total: items.reduce((sum, i) => sum + i.json.n, 0) } }];"), Input: in(obj("n", 1), obj("n", 2)), Output: out(obj("total", 3))},
			{Name: "A mistake", Params: params("code", "return nope;"), Input: in(obj()), Error: "nope"},
		},
	}, code{Mode: "all"}, runJavaScript, checkJavaScript)
}

type code struct {
	Code string `json:"code" form:"Code" widget:"code" lang:"javascript" required:"true" expr:"no" placeholder:"return $input.all();"`
	Mode string `json:"mode" form:"Run" options:"all=Once for all items,each=For each item"`
}

// maxCode bounds the text of a program.
const maxCode = 256 << 10

func checkCode(s string) []engine.Problem {
	if len(s) > maxCode {
		return []engine.Problem{{Param: "code", Code: "long-code", Text: fmt.Sprintf("the code has more than %d KiB", maxCode>>10)}}
	}
	return nil
}

// checkJavaScript finds mistakes in the syntax, without running anything.
func checkJavaScript(d *Deps, p code) []engine.Problem {
	if found := checkCode(p.Code); found != nil || d.JavaScript == nil || strings.TrimSpace(p.Code) == "" {
		return found
	}
	return problem("code", "syntax", d.JavaScript.CheckCode(p.Code, p.mode()))
}

func runJavaScript(ctx context.Context, d *Deps, p code, c *engine.Call) (engine.Outputs, error) {
	if d.JavaScript == nil {
		return nil, fmt.Errorf("this studio runs no JavaScript: %w", errors.ErrUnsupported)
	}
	if strings.TrimSpace(p.Code) == "" {
		return nil, bad("code", "there is no code")
	}
	made, err := d.JavaScript.RunCode(ctx, p.Code, p.mode(), c.Scope(0, 0), jsonOf(c.Items()))
	if err != nil {
		return nil, about("code", err, "%s", err)
	}
	return codeItems(c, made)
}

func (p code) mode() string {
	if p.Mode == "each" {
		return "each"
	}
	return "all"
}

func jsonOf(items []engine.Item) []map[string]any {
	out := make([]map[string]any, len(items))
	for i, it := range items {
		out[i] = it.JSON
	}
	return out
}

// codeItems gives what a program made its lineage and files.
func codeItems(c *engine.Call, made []sandbox.CodeItem) (engine.Outputs, error) {
	if len(made) > maxItems {
		return nil, tooMany("the code")
	}
	items := make([]engine.Item, len(made))
	for i, m := range made {
		items[i].JSON = m.JSON
		if m.From >= 0 && m.From < len(c.Items()) {
			items[i].From, items[i].Files = fromItem(m.From), c.Items()[m.From].Files
		}
	}
	return engine.One(items), nil
}
