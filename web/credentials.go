package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/locales"
	"github.com/atelier-studio/atelier/views"
)

// Rows of pages about credentials and variables; their JSON API stands in api_secrets.go.
var secretRoutes = []route{
	{Method: "GET", Path: "/credentials", Permission: auth.CredentialView, Handle: credentials},
	{Method: "GET", Path: "/credentials/new", Permission: auth.CredentialEdit, Handle: newCredential},
	{Method: "POST", Path: "/credentials", Permission: auth.CredentialEdit, Handle: saveCredential},
	{Method: "GET", Path: "/credentials/:id", Permission: auth.CredentialEdit, Handle: editCredential},
	{Method: "POST", Path: "/credentials/:id", Permission: auth.CredentialEdit, Handle: saveCredential},
	{Method: "POST", Path: "/credentials/:id/delete", Permission: auth.CredentialEdit, Handle: deleteCredential, Body: formBody},

	{Method: "GET", Path: "/variables", Permission: auth.VariableView, Handle: variables},
	{Method: "POST", Path: "/variables", Permission: auth.VariableEdit, Handle: addVariable},
	{Method: "POST", Path: "/variables/:name", Permission: auth.VariableEdit, Handle: setVariable},
	{Method: "POST", Path: "/variables/:name/delete", Permission: auth.VariableEdit, Handle: deleteVariable, Body: formBody},
}

func credentials(s *Server, c *Ctx) error {
	all, err := s.Store.Credentials(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, t := range s.sayCredentialTypes(c.Context()) {
		titles[t.Name] = t.Title
	}
	return c.View(http.StatusOK, views.CredentialsPage(c.Page(c.T("Credentials"), "credentials"), views.CredentialList{Credentials: all, Titles: titles}))
}

func (c *Ctx) credentialPage(title string) views.Page {
	p := c.Page(title, "credentials").Under(views.Link{Text: c.T("Credentials"), Href: "/credentials"})
	p.Narrow = true
	return p
}

func newCredential(s *Server, c *Ctx) error {
	name := c.QueryParam("type")
	if name == "" {
		return c.View(http.StatusOK, views.CredentialTypesPage(c.credentialPage(c.T("New credential")), s.sayCredentialTypes(c.Context())))
	}
	kind, ok := s.kinds[name]
	if !ok {
		return absent("There is no type of credential called %q.", name)
	}
	return c.View(http.StatusOK, views.CredentialPage(c.credentialPage(c.T("New credential")), credentialForm(sayCredentialType(locales.Of(c.Context()), kind), engine.Credential{}, nil)))
}

func editCredential(s *Server, c *Ctx) error {
	form, err := s.storedForm(c, nil)
	if err != nil {
		return err
	}
	return c.View(http.StatusOK, views.CredentialPage(c.credentialPage(form.Name), form))
}

// storedForm is the form of the credential that the address names.
func (s *Server) storedForm(c *Ctx, entered url.Values) (views.CredentialForm, error) {
	cred, err := s.credential(c, c.Param("id"))
	if err != nil {
		return views.CredentialForm{}, err
	}
	kind, ok := s.kinds[cred.Type]
	if !ok {
		kind = engine.CredentialType{Name: cred.Type, Title: cred.Type, Help: "This version of the studio does not know this type."}
	}
	form := credentialForm(sayCredentialType(locales.Of(c.Context()), kind), cred, entered)
	form.UsedBy, err = s.usersOf(c.Context(), c.Scope(), cred.Name)
	return form, err
}

func (s *Server) credential(c *Ctx, id string) (engine.Credential, error) {
	all, err := s.Store.Credentials(c.Context(), c.Scope())
	if err != nil {
		return engine.Credential{}, err
	}
	i := slices.IndexFunc(all, func(v engine.Credential) bool { return v.ID == id })
	if i < 0 {
		return engine.Credential{}, fmt.Errorf("there is no such credential in this workspace: %w", fs.ErrNotExist)
	}
	return all[i], nil
}

// credentialForm builds a form of a type: what is stored shows only as being there, what was entered comes back unless
// it is secret.
func credentialForm(kind engine.CredentialType, cred engine.Credential, entered url.Values) views.CredentialForm {
	form := views.CredentialForm{ID: cred.ID, Name: cred.Name, Type: kind, Updated: cred.Updated, Mistakes: views.Mistakes{}}
	for _, param := range kind.Fields {
		f := views.CredentialField{Param: param, Secret: slices.Contains(kind.Secret, param.Name), Set: slices.Contains(cred.Fields, param.Name)}
		if entered != nil && !f.Secret {
			f.Value = entered.Get("value-" + param.Name)
		} else if cred.ID == "" && param.Default != nil {
			f.Value = fmt.Sprint(param.Default)
		}
		form.Fields = append(form.Fields, f)
	}
	return form
}

// enteredValues are a form's values by field: empty ones keep what is stored, those with a tick at "remove" go.
func enteredValues(kind engine.CredentialType, form url.Values) map[string]string {
	values := map[string]string{}
	for _, param := range kind.Fields {
		if form.Has("clear-" + param.Name) {
			values[param.Name] = ""
		} else if v := form.Get("value-" + param.Name); v != "" {
			values[param.Name] = v
		}
	}
	return values
}

func saveCredential(s *Server, c *Ctx) error {
	entered, err := c.form()
	if err != nil {
		return err
	}
	id := c.Param("id")
	var form views.CredentialForm
	if id == "" {
		kind, ok := s.kinds[entered.Get("type")]
		if !ok {
			return invalidInput("There is no type of credential called %q.", entered.Get("type"))
		}
		form = credentialForm(sayCredentialType(locales.Of(c.Context()), kind), engine.Credential{Name: entered.Get("name")}, entered)
	} else if form, err = s.storedForm(c, entered); err != nil {
		return err
	}
	if len(form.UsedBy) == 0 {
		form.Name = entered.Get("name")
	}
	values := enteredValues(form.Type, entered)
	if !missing(&form, values) {
		_, err = apiPutCredential(s, c, credentialIn{ID: id, Name: form.Name, Type: form.Type.Name, Values: values})
		if err == nil {
			return errors.Join(c.Say(c.T("“{name}” is saved.", "name", form.Name)), c.Back("/credentials"))
		}
		if form.Mistakes, err = mistakes(c, err); err != nil {
			return err
		}
	}
	title := "New credential"
	if id != "" {
		title = "Credential"
	}
	return c.View(http.StatusUnprocessableEntity, views.CredentialPage(c.credentialPage(title), form))
}

// missing marks required fields that have no value, neither entered nor stored.
func missing(form *views.CredentialForm, values map[string]string) (found bool) {
	for i := range form.Fields {
		f := &form.Fields[i]
		if v, entered := values[f.Param.Name]; f.Param.Required && v == "" && (entered || !f.Set) {
			f.Error, found = "This is needed.", true
		}
	}
	return found
}

func deleteCredential(s *Server, c *Ctx) error {
	if err := s.Store.DeleteCredential(c.Context(), c.Scope(), c.Param("id")); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("The credential is deleted.")), c.Back("/credentials"))
}

// maxSearched bounds how many workflows are read to find those that use something.
const maxSearched = 1000

// usersOf finds the workflows with a node that names the credential.
func (s *Server) usersOf(ctx context.Context, scope auth.Scope, name string) ([]engine.Summary, error) {
	return s.workflowsThat(ctx, scope, func(w engine.Summary) (bool, error) { return s.uses(ctx, scope, w.ID, name) })
}

// workflowsThat finds the workflows of which something holds, those changed last first.
func (s *Server) workflowsThat(ctx context.Context, scope auth.Scope, holds func(engine.Summary) (bool, error)) ([]engine.Summary, error) {
	var found []engine.Summary
	filter := engine.SummaryFilter{Limit: 200}
	for seen := 0; seen < maxSearched; {
		page, next, err := s.Store.Workflows(ctx, scope, filter)
		if err != nil {
			return nil, err
		}
		for _, w := range page {
			yes, err := holds(w)
			if err != nil {
				return nil, err
			}
			if yes {
				found = append(found, w)
			}
		}
		if seen += len(page); next == "" {
			break
		}
		filter.Cursor = next
	}
	return found, nil
}

func (s *Server) uses(ctx context.Context, scope auth.Scope, id, name string) (bool, error) {
	w, err := s.Store.Workflow(ctx, scope, id)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // deleted meanwhile
	}
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(w.Doc.Nodes, func(n engine.Node) bool { return n.Params["credential"] == name }), nil
}
