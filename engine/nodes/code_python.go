package nodes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "code.python", Title: "Python", Group: "Code", Icon: "square-terminal", Class: engine.CPU,
		Summary: "Runs your own Python on the items.",
		Doc: `With mode *all* the code runs once, sees ` + "`items`" + `, a list of dictionaries, and returns a list; with mode *each* it runs for every item, sees ` + "`item`" + ` and returns a dictionary, a list, or None to drop it.

It is the machine's own Python 3 with its standard library, in a process that has no network, an empty environment, a private folder and a limit of memory and time. A program that goes too far is killed; only its step fails. Where the machine has no Python 3, this node says so and JavaScript still works.`,
		Keywords: []string{"code", "script", "py", "function", "transform", "custom", "program"},
		Check:    typed(func(p pythonCode) []engine.Problem { return checkCode(p.Code) }),
		Examples: []engine.Example{
			{Name: "For each item", Needs: "python", Params: params("mode", "each", "code", "return {'name': item['name'].upper()}"), Input: in(obj("name", "ada")), Output: out(obj("name", "ADA"))},
			{Name: "All items at once", Needs: "python", Params: params("code", "return [{'total': sum(i['n'] for i in items)}]"), Input: in(obj("n", 1), obj("n", 2)), Output: out(obj("total", 3))},
			{Name: "A mistake", Needs: "python", Params: params("code", "return nope"), Input: in(obj()), Error: "nope"},
		},
	}, pythonCode{Mode: "all"}, runPython)
}

type pythonCode struct {
	Code string `json:"code" form:"Code" widget:"code" lang:"python" required:"true" expr:"no" placeholder:"return items"`
	Mode string `json:"mode" form:"Run" options:"all=Once for all items,each=For each item"`
}

func runPython(ctx context.Context, d *Deps, p pythonCode, c *engine.Call) (engine.Outputs, error) {
	if d.Python == nil {
		return nil, fmt.Errorf("this studio runs no Python: %w", errors.ErrUnsupported)
	}
	if err := d.Python.Available(); err != nil {
		return nil, err
	}
	if strings.TrimSpace(p.Code) == "" {
		return nil, bad("code", "there is no code")
	}
	made, err := d.Python.RunCode(ctx, c.Run.Workspace, p.Code, code{Mode: p.Mode}.mode(), jsonOf(c.Items()))
	if err != nil {
		return nil, about("code", err, "%s", err)
	}
	return codeItems(c, made)
}
