package web

import (
	"context"
	"slices"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/locales"
)

// The texts of kinds and credential types are written beside their code, in English, and said in the person's language
// where they are handed out.

func sayKind(l locales.Language, v kindView) kindView {
	say := func(text string) string { return locales.Say(l, text) }
	v.GroupTitle = say(v.Group)
	if l == locales.English {
		return v
	}
	if title := say(v.Title); title != v.Title {
		v.Keywords = append(slices.Clone(v.Keywords), v.Title) // who knows the English name finds it too
		v.Title = title
	}
	v.Summary, v.Doc = say(v.Summary), say(v.Doc)
	v.Inputs, v.Outputs, v.Params = sayPorts(l, v.Inputs), sayPorts(l, v.Outputs), sayParams(l, v.Params)
	for i := range v.Examples { // made for this answer
		v.Examples[i].Name = say(v.Examples[i].Name)
	}
	return v
}

func sayPorts(l locales.Language, ports []engine.Port) []engine.Port {
	ports = slices.Clone(ports)
	for i := range ports {
		ports[i].Label = locales.Say(l, ports[i].Label)
	}
	return ports
}

func sayParams(l locales.Language, params []engine.Param) []engine.Param {
	params = slices.Clone(params)
	for i := range params {
		p := &params[i]
		p.Label, p.Help, p.Placeholder = locales.Say(l, p.Label), locales.Say(l, p.Help), locales.Say(l, p.Placeholder)
		p.Options = slices.Clone(p.Options)
		for o := range p.Options {
			p.Options[o].Label = locales.Say(l, p.Options[o].Label)
		}
		p.Fields = sayParams(l, p.Fields)
	}
	return params
}

// sayCredentialType returns a type of credentials in a language.
func sayCredentialType(l locales.Language, t engine.CredentialType) engine.CredentialType {
	t.Title, t.Help, t.Fields = locales.Say(l, t.Title), locales.Say(l, t.Help), sayParams(l, t.Fields)
	return t
}

// sayCredentialTypes returns the types of credentials in the person's language.
func (s *Server) sayCredentialTypes(ctx context.Context) []engine.CredentialType {
	l := locales.Of(ctx)
	types := list(slices.Clone(s.CredentialTypes))
	if l == locales.English {
		return types
	}
	for i := range types {
		types[i] = sayCredentialType(l, types[i])
	}
	return types
}
