package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/atelier-studio/atelier/engine"
)

// webhook is what a webhook node's parameters say, with the kind's defaults for what they leave out.
type webhook struct {
	Path       string            `json:"path"`
	Method     string            `json:"method"`
	Respond    string            `json:"respond"` // at_once, last_node or respond_node
	Status     int               `json:"status"`
	Headers    map[string]string `json:"headers"`
	Credential string            `json:"credential"`
	Auth       string            `json:"auth"`
	MaxBodyMB  int64             `json:"max_body_mb"`

	rules webhookRules
}

// webhookRules are what the kind trigger.webhook decides itself. Its parameters implement them.
type webhookRules interface {
	// Admits tells whether a request may start a run, given type and values of the webhook's credential.
	Admits(typ string, values map[string]string, h http.Header) (bool, error)
	// Answer makes the response of a run that answers with its last node's items.
	Answer(items []engine.Item) (engine.Response, error)
}

// webhookOf reads a webhook's parameters. They must be fixed: who calls it must know it beforehand.
func (s *Server) webhookOf(n *engine.Node) (webhook, error) {
	var w webhook
	params, err := s.fixedParams(n, kindWebhook, "Only a webhook can be listened to.")
	if err != nil {
		return w, err
	}
	rules, ok := params.(webhookRules)
	if !ok {
		return w, fmt.Errorf("the kind %s has no rules for callers", n.Kind)
	}
	w.rules = rules
	data, err := json.Marshal(params)
	if err != nil {
		return w, err
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return w, err
	}
	if _, chosen := n.Params["status"]; !chosen && w.Respond == "at_once" {
		w.Status = http.StatusAccepted
	}
	w.Path = strings.Trim(w.Path, "/")
	switch {
	case w.Path == "":
		return w, nodeProblem(n.ID, "path", "A webhook needs a path.")
	case strings.HasPrefix(w.Path, "="):
		return w, nodeProblem(n.ID, "path", "The path of a webhook cannot be an expression.")
	}
	return w, nil
}

// fixedParams are the parameters of a node of this kind over the kind's defaults. They must be fixed and without mistakes.
func (s *Server) fixedParams(n *engine.Node, of, other string) (any, error) {
	kind, ok := s.Catalogue.Kind(n.Kind)
	if !ok || n.Kind != of {
		return nil, nodeProblem(n.ID, "", other)
	}
	given, err := json.Marshal(n.Params)
	if err != nil {
		return nil, err
	}
	full := reflect.New(reflect.TypeOf(kind.Defaults))
	full.Elem().Set(reflect.ValueOf(kind.Defaults))
	if err := json.Unmarshal(given, full.Interface()); err != nil {
		return nil, nodeProblem(n.ID, "", "The parameters of the node cannot be read: "+err.Error()+".")
	}
	params := full.Elem().Interface()
	if kind.Check != nil {
		if wrong := onlyErrors(kind.Check(params)); len(wrong) > 0 {
			return nil, nodeProblem(n.ID, wrong[0].Param, sentence(wrong[0].Text))
		}
	}
	return params, nil
}

// hookOf is the address that a webhook node listens at.
func (s *Server) hookOf(n *engine.Node, workflow, workspace string) (engine.Hook, error) {
	w, err := s.webhookOf(n)
	return engine.Hook{Path: w.Path, Method: w.Method, Workspace: workspace, WorkflowID: workflow, Node: n.ID}, err
}

// admitCaller checks the caller of a webhook against the credential that its node names; a webhook without one is
// open. A credential that cannot be read lets nobody in.
func (s *Server) admitCaller(ctx context.Context, c *Ctx, w webhook, workspace string) error {
	var typ string
	var values map[string]string
	if w.Credential != "" && w.Auth != "none" && w.Auth != "" {
		var err error
		if typ, values, err = s.Store.Secret(ctx, workspace, w.Credential); err != nil {
			return failure{Status: http.StatusInternalServerError, Text: "This webhook's credential cannot be read. Its owner finds why in the log.", Err: err}
		}
	}
	admitted, err := w.rules.Admits(typ, values, c.Request().Header)
	if err != nil {
		return failure{Status: http.StatusInternalServerError, Text: "This webhook's authentication is not set up. Its owner finds why in the log.", Err: err}
	}
	if admitted {
		return nil
	}
	if w.Auth == "basic" {
		c.Response().Header().Set("WWW-Authenticate", `Basic realm="webhook", charset="UTF-8"`)
	}
	return failure{Status: http.StatusUnauthorized, Text: "This webhook asks for a credential that the request does not carry."}
}

// webhooks remembers how the webhooks of revisions answer: a revision never changes.
type webhooks struct {
	mu    sync.Mutex
	known map[webhookKey]webhook
}

type webhookKey struct {
	workflow, node string
	revision       int64
}

const maxWebhooks = 1024

func (w *webhooks) get(stored *engine.Stored, node int, read func(*engine.Node) (webhook, error)) (webhook, error) {
	key := webhookKey{stored.ID, stored.Doc.Nodes[node].ID, stored.Revision}
	w.mu.Lock()
	defer w.mu.Unlock()
	if hook, ok := w.known[key]; ok {
		return hook, nil
	}
	hook, err := read(&stored.Doc.Nodes[node])
	if err != nil {
		return hook, err
	}
	if w.known == nil || len(w.known) >= maxWebhooks {
		w.known = map[webhookKey]webhook{}
	}
	w.known[key] = hook
	return hook, nil
}
