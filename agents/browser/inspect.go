package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
)

//go:embed elements.js
var elementsScript string

// Part is an element as findings name it.
type Part struct {
	// Selector finds it on the page as it is now; " >>> " leads into a shadow tree.
	Selector string `json:"selector"`
	// Sort names what draws it, without places and numbers: elements of one template share it.
	Sort  string `json:"sort"`
	Tag   string `json:"tag"`
	Type  string `json:"type,omitempty"`
	Role  string `json:"role,omitempty"`
	Label string `json:"label,omitempty"` // the words that people know it by
	Href  string `json:"href,omitempty"`
	HTML  string `json:"html"` // its own tag, shortened
	Box   Box    `json:"box"`  // in the page, not in what is seen of it
}

// Inspect runs the body of a function in the page, with the functions of elements.js at hand, waits for the promise that
// it may return, and gives what it returns as JSON says it.
func Inspect[T any](ctx context.Context, t *Tab, body string) (T, error) {
	return Eval[T](ctx, t, "(async () => {\n"+elementsScript+"\n"+body+"\n})()")
}

// Describe tells which element a node of the accessibility tree stands for. The error wraps fs.ErrNotExist when it is
// none, or has gone.
func (t *Tab) Describe(ctx context.Context, n AXNode) (Part, error) {
	gone := fmt.Errorf("the %s %q is no element of the page any more: %w", n.Role, n.Name, fs.ErrNotExist)
	node, err := Call(ctx, t, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: cdp.BackendNodeID(n.Backend)})
	if err != nil || node.Object == nil {
		return Part{}, orElse(ctx, gone)
	}
	byValue := true
	r, err := Call(ctx, t, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		ObjectID: node.Object.ObjectID, ReturnByValue: &byValue,
		FunctionDeclaration: "function() {\n" + elementsScript + "\nconst e = this.nodeType === 1 ? this : this.parentElement; return e ? part(e) : null; }",
	})
	if err != nil || r.Result == nil || r.ExceptionDetails != nil {
		return Part{}, orElse(ctx, gone)
	}
	var p *Part
	if err := json.Unmarshal(r.Result.Value, &p); err != nil || p == nil {
		return Part{}, gone
	}
	return *p, nil
}

func orElse(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// HitAt is the element that a click at a place of what is seen would meet; nil when there is none.
func (t *Tab) HitAt(ctx context.Context, x, y float64) (*Part, error) {
	return Inspect[*Part](ctx, t, "const e = hit("+Quote(x)+", "+Quote(y)+"); return e ? part(e) : null;")
}

// Still ends animations and transitions at once, now and from now on, so that two pictures can be compared.
func (t *Tab) Still(ctx context.Context) error {
	_, err := Inspect[bool](ctx, t, `
		const sheet = new CSSStyleSheet();
		sheet.replaceSync("*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; scroll-behavior: auto !important; }");
		for (const root of [document, ...flat().filter((e) => e.shadowRoot).map((e) => e.shadowRoot)]) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
		return true;`)
	return err
}
