package web

import (
	"github.com/atelier-studio/atelier/engine"
)

type credentialsOut struct {
	Credentials []engine.Credential `json:"credentials"`
}

// apiCredentials lists names and types. Values never leave the studio.
func apiCredentials(s *Server, c *Ctx, _ nothing) (credentialsOut, error) {
	found, err := s.Store.Credentials(c.Request().Context(), c.Scope())
	return credentialsOut{list(found)}, err
}

type credentialIn struct {
	ID     string            `json:"id,omitempty" doc:"Of one that is to be changed; left out: a new one."`
	Name   string            `json:"name"`
	Type   string            `json:"type"`
	Values map[string]string `json:"values,omitempty" doc:"By field; fields left out keep what they had."`
}

func apiPutCredential(s *Server, c *Ctx, in credentialIn) (engine.Credential, error) {
	name, err := cleanName(in.Name)
	if err != nil {
		return engine.Credential{}, err
	}
	kind, ok := s.kinds[in.Type]
	if !ok {
		return engine.Credential{}, invalidInput("There is no type of credential called %q.", in.Type)
	}
	for field := range in.Values {
		if !hasField(kind, field) {
			return engine.Credential{}, invalidInput("A credential of type %q has no field %q.", in.Type, field)
		}
	}
	return s.Store.PutCredential(c.Request().Context(), c.Scope(), engine.Credential{ID: in.ID, Name: name, Type: in.Type, By: c.Scope().User()}, in.Values)
}

func hasField(t engine.CredentialType, name string) bool {
	for _, f := range t.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

type secretIn struct {
	ID string `path:"id"`
}

func apiDeleteCredential(s *Server, c *Ctx, in secretIn) (nothing, error) {
	return nothing{}, s.Store.DeleteCredential(c.Request().Context(), c.Scope(), in.ID)
}

type variablesOut struct {
	Variables []engine.Variable `json:"variables"`
}

func apiVariables(s *Server, c *Ctx, _ nothing) (variablesOut, error) {
	found, err := s.Store.Variables(c.Request().Context(), c.Scope())
	return variablesOut{list(found)}, err
}

type variableIn struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func apiPutVariable(s *Server, c *Ctx, in variableIn) (engine.Variable, error) {
	v := engine.Variable{Name: in.Name, Value: in.Value, Updated: s.Now().UnixMicro(), By: c.Scope().User()}
	if err := s.Store.PutVariable(c.Request().Context(), c.Scope(), v); err != nil {
		return engine.Variable{}, err
	}
	return v, nil
}

type variableName struct {
	Name string `path:"name"`
}

func apiDeleteVariable(s *Server, c *Ctx, in variableName) (nothing, error) {
	return nothing{}, s.Store.DeleteVariable(c.Request().Context(), c.Scope(), in.Name)
}
