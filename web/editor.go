package web

import (
	"errors"
	"io/fs"
	"net/http"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

// editorData is what the script of the editor starts with.
type editorData struct {
	Workflow        *engine.Stored          `json:"workflow"`
	Kinds           []kindView              `json:"kinds"`
	CredentialTypes []engine.CredentialType `json:"credentialTypes"`
	Credentials     []engine.Credential     `json:"credentials"`
	Variables       []string                `json:"variables"`
	Run             *engine.Run             `json:"run"`
	Timezone        string                  `json:"timezone"`
	Python          string                  `json:"python,omitempty"`
	Base            string                  `json:"base"` // address of the studio, before /hooks/
}

// editorPage is where a workflow is drawn. Who may not edit sees the drawing and its last run.
func editorPage(s *Server, c *Ctx) error {
	data, err := s.editorData(c)
	if err != nil {
		return err
	}
	w := data.Workflow
	view := views.EditorView{
		Workflow: w, ReadOnly: !c.Allows(auth.WorkflowEdit) || w.Deleted != 0, Role: string(c.Principal.Member.Role), Data: data,
	}
	if view.ReadOnly {
		view.Role = string(auth.Viewer)
	}
	page := c.Page(w.Name, "workflows")
	page.Studio, page.Main, page.Scripts = true, "canvas", []string{"editor.js"}
	return c.View(http.StatusOK, views.EditorPage(page, view))
}

func (s *Server) editorData(c *Ctx) (*editorData, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	stored, err := s.Store.Workflow(ctx, scope, c.Param("id"))
	if err != nil {
		return nil, err
	}
	data := &editorData{
		Workflow: stored, Kinds: s.viewKinds(ctx), CredentialTypes: s.sayCredentialTypes(ctx), Credentials: []engine.Credential{},
		Variables: []string{}, Timezone: s.zone(stored.Doc.Settings.Timezone), Python: s.Python, Base: s.base(c.Request()),
	}
	for i := range data.Kinds {
		data.Kinds[i].Examples = nil // the page starts sooner without; GET /api/v1/kinds has them
	}
	if scope.Allows(auth.CredentialView) {
		found, err := s.Store.Credentials(ctx, scope)
		if err != nil {
			return nil, err
		}
		data.Credentials = list(found)
	}
	variables, err := s.Store.Variables(ctx, scope)
	if err != nil {
		return nil, err
	}
	for _, v := range variables {
		data.Variables = append(data.Variables, v.Name)
	}
	data.Run, err = s.Store.LastRun(ctx, scope, stored.ID)
	if errors.Is(err, fs.ErrNotExist) {
		data.Run, err = nil, nil
	}
	return data, err
}
