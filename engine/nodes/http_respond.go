package nodes

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/net/http/httpguts"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "http.respond", Title: "Respond", Group: "Network", Icon: "reply",
		Summary: "Answers the request that started the run.",
		Doc: `For a Webhook that responds *by a Respond node*. The caller gets the answer as soon as this node runs; the run goes on after it. The first answer counts, later ones are ignored. In a run that no webhook started, it does nothing but hand on its items.

To redirect, set the status to 302 and a header ` + "`Location`" + `.`,
		Keywords: []string{"webhook", "answer", "response", "reply", "return", "status", "redirect"},
		Examples: []engine.Example{
			{Name: "The item as JSON", Needs: "run", Input: in(obj("ok", true)), Output: out(obj("ok", true))},
			{Name: "A text with another status", Needs: "run", Params: params("status", 202, "respond_with", "text", "body", "=Thanks, {{ $json.name }}"), Input: in(obj("name", "Ada")), Output: out(obj("name", "Ada"))},
		},
	}, httpRespond{Status: 200, With: "first_item"}, runHTTPRespond)
}

type httpRespond struct {
	Status  int               `json:"status" form:"Status" min:"200" max:"599"`
	Headers map[string]string `json:"headers" form:"Headers"`
	With    string            `json:"respond_with" form:"Answer with" options:"first_item=First item,all_items=All items,json=JSON,text=Text,file=File of the first item,none=Nothing"`
	Body    any               `json:"body" form:"Body" widget:"json" lang:"json" show:"respond_with=json|text"`
	File    string            `json:"file" form:"File" placeholder:"data" show:"respond_with=file"`
}

func runHTTPRespond(_ context.Context, _ *Deps, p httpRespond, c *engine.Call) (engine.Outputs, error) {
	if p.Status < 200 || p.Status > 599 {
		return nil, bad("status", "%d is no status: 200 to 599", p.Status)
	}
	r, err := answer(p.With, p.Body, p.File, c.Items())
	if err != nil {
		return nil, fmt.Errorf("there is no answer: %w", err)
	}
	r.Status = p.Status
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(p.Headers[name]) {
			return nil, bad("headers", "the header %q cannot be sent: its name or value holds characters that headers may not have", excerpt(name, 40))
		}
		setHeader(&r, name, p.Headers[name])
	}
	c.Respond(r)
	return engine.One(passed(c.Items())), nil
}
