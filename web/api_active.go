package web

import (
	"time"

	"github.com/atelier-studio/atelier/engine"
)

type activeIn struct {
	ID     string `path:"id" json:"-"`
	Active bool   `json:"active"`
}

// apiActive switches the triggers of a workflow on or off.
func apiActive(s *Server, c *Ctx, in activeIn) (*engine.Stored, error) {
	ctx := c.Request().Context()
	if err := s.setActive(ctx, c.Scope(), in.ID, in.Active); err != nil {
		return nil, err
	}
	return s.Store.Workflow(ctx, c.Scope(), in.ID)
}

// listenFor is how long a test address answers.
const listenFor = 2 * time.Minute

type listenIn struct {
	ID   string `path:"id" json:"-"`
	Node string `json:"node"`
}

type listenOut struct {
	Path   string `json:"path"` // of the test address on this studio
	Method string `json:"method"`
	Until  int64  `json:"until"` // microseconds UTC
}

// apiListen arms the test address of a webhook node for two minutes.
func apiListen(s *Server, c *Ctx, in listenIn) (listenOut, error) {
	ctx := c.Request().Context()
	stored, err := s.Store.Workflow(ctx, c.Scope(), in.ID)
	if err != nil {
		return listenOut{}, err
	}
	i := stored.Doc.NodeByID(in.Node)
	if i < 0 {
		return listenOut{}, absent("The workflow has no node %q.", in.Node)
	}
	hook, err := s.hookOf(&stored.Doc.Nodes[i], stored.ID, c.Scope().Workspace())
	if err != nil {
		return listenOut{}, err
	}
	hook.Test = s.Now().Add(listenFor).UnixMicro()
	if err := s.Store.ListenHook(ctx, c.Scope(), hook); err != nil {
		return listenOut{}, err
	}
	return listenOut{testHookPrefix + hook.Path, hook.Method, hook.Test}, nil
}
