package web

import (
	"context"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/locales"
)

// kindView is a kind as palette, forms and API see it: without its code.
type kindView struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Group string `json:"group"`
	// GroupTitle is the group in the language of the person.
	GroupTitle string   `json:"group_title"`
	Icon       string   `json:"icon"`
	Summary    string   `json:"summary"`
	Doc        string   `json:"doc,omitempty"`
	Keywords   []string `json:"keywords,omitempty"`
	Trigger    bool     `json:"trigger,omitempty"`
	Loop       bool     `json:"loop,omitempty"`
	PerItem    bool     `json:"per_item,omitempty"`
	World      bool     `json:"world,omitempty"` // reads or changes what lies outside of the run

	Inputs       []engine.Port  `json:"inputs"`
	Outputs      []engine.Port  `json:"outputs"`
	DynamicPorts bool           `json:"dynamic_ports,omitempty"` // ask POST /ports
	Params       []engine.Param `json:"params"`
	Credentials  []string       `json:"credentials,omitempty"`
	Examples     []exampleView  `json:"examples,omitempty"`
	Deprecated   string         `json:"deprecated,omitempty"`
}

type exampleView struct {
	Name   string         `json:"name"`
	Params map[string]any `json:"params,omitempty"`
	// Output is what the example gives, by output port.
	Output map[string][]map[string]any `json:"output,omitempty"`
}

type kindsView struct {
	Kinds           []kindView              `json:"kinds"`
	CredentialTypes []engine.CredentialType `json:"credential_types"`
}

func viewKind(k *engine.Kind) kindView {
	in, out := (&engine.Node{Kind: k.Name, Params: map[string]any{}}).Ports(k)
	v := kindView{
		Name: k.Name, Title: k.Title, Group: k.Group, Icon: k.Icon, Summary: k.Summary, Doc: k.Doc, Keywords: k.Keywords,
		Trigger: k.Trigger, Loop: k.Loop, PerItem: k.PerItem, World: k.World, Inputs: list(in), Outputs: list(out),
		DynamicPorts: k.PortsOf != nil, Params: list(k.Params), Credentials: k.Credentials,
		Deprecated: k.Deprecated,
	}
	for _, e := range k.Examples {
		v.Examples = append(v.Examples, exampleView{e.Name, e.Params, e.Output})
	}
	return v
}

// viewKinds returns all kinds, in the person's language.
func (s *Server) viewKinds(ctx context.Context) []kindView {
	var views []kindView
	for _, k := range s.Catalogue.Kinds() {
		views = append(views, sayKind(locales.Of(ctx), viewKind(k)))
	}
	return list(views)
}

// list makes an empty list of none, so that JSON says [] and not null.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func apiKinds(s *Server, c *Ctx, _ nothing) (kindsView, error) {
	return kindsView{Kinds: s.viewKinds(c.Context()), CredentialTypes: s.sayCredentialTypes(c.Context())}, nil
}

type portsIn struct {
	Kind    string         `json:"kind"`
	Params  map[string]any `json:"params,omitempty"`
	OnError string         `json:"on_error,omitempty"`
}

type portsOut struct {
	Inputs  []engine.Port `json:"inputs"`
	Outputs []engine.Port `json:"outputs"`
}

// apiPorts tells the ports of a node whose kind makes them from its parameters.
func apiPorts(s *Server, c *Ctx, in portsIn) (portsOut, error) {
	kind, ok := s.Catalogue.Kind(in.Kind)
	if !ok {
		return portsOut{}, absent("There is no kind %q in this studio.", in.Kind)
	}
	if in.Params == nil {
		in.Params = map[string]any{}
	}
	node := engine.Node{Kind: in.Kind, Params: in.Params, OnError: in.OnError}
	inputs, outputs := node.Ports(kind)
	l := locales.Of(c.Context())
	return portsOut{list(sayPorts(l, inputs)), list(sayPorts(l, outputs))}, nil
}
