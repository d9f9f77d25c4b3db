package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// Frame is a document in a tab: the page itself, or one that stands in it.
type Frame struct {
	ID     string `json:"id"`
	URL    string `json:"url"`
	Origin string `json:"origin"`
	// Top tells that it is the page; Foreign, that it is of another origin than the page.
	Top     bool `json:"top"`
	Foreign bool `json:"foreign"`
}

// maxFrames bounds the frames that are looked into.
const maxFrames = 20

// Frames are the documents in the tab, the page itself first. Those that a browser draws in a process of their own, as it
// does with other sites, are not among them.
func (t *Tab) Frames(ctx context.Context) ([]Frame, error) {
	r, err := Call(ctx, t, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return nil, err
	}
	var list []Frame
	var add func(*page.FrameTree)
	add = func(tree *page.FrameTree) {
		if tree == nil || tree.Frame == nil || len(list) >= maxFrames {
			return
		}
		f := Frame{ID: string(tree.Frame.ID), URL: tree.Frame.URL, Origin: tree.Frame.SecurityOrigin, Top: len(list) == 0}
		f.Foreign = !f.Top && f.Origin != list[0].Origin && f.URL != "about:srcdoc" && f.URL != "about:blank"
		list = append(list, f)
		for _, child := range tree.ChildFrames {
			add(child)
		}
	}
	add(r.FrameTree)
	return list, nil
}

// InspectIn is Inspect in a frame, in a world of its own: the page's scripts neither see nor disturb what runs there.
func InspectIn[T any](ctx context.Context, t *Tab, f Frame, body string) (T, error) {
	var value T
	world, err := Call(ctx, t, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: cdp.FrameID(f.ID), WorldName: "atelier"})
	if err != nil {
		return value, fmt.Errorf("the frame %s cannot be looked into: %w", f.URL, err)
	}
	yes := true
	r, err := Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{
		Expression: "(async () => {\n" + elementsScript + "\n" + body + "\n})()", ContextID: world.ExecutionContextID, ReturnByValue: &yes, AwaitPromise: &yes,
	})
	switch {
	case err != nil:
		return value, err
	case r.ExceptionDetails != nil:
		x := r.ExceptionDetails
		if x.Exception != nil {
			return value, errors.New(shorten(x.Exception.Description))
		}
		return value, errors.New(x.Text)
	case r.Result == nil || len(r.Result.Value) == 0:
		return value, nil
	}
	return value, json.Unmarshal(r.Result.Value, &value)
}
