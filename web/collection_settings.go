package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/split"
	"github.com/atelier-studio/atelier/views"
)

// modelsCredential is the type of credentials of providers of language models.
const modelsCredential = "ai.models"

// shownModels is how many models the form has room for.
const shownModels = 5

func collectionSettings(s *Server, c *Ctx) error {
	found, err := s.Store.Collection(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	return s.showCollectionSettings(c, http.StatusOK, views.CollectionForm{Collection: *found})
}

func (s *Server) showCollectionSettings(c *Ctx, status int, v views.CollectionForm) error {
	if c.Allows(auth.CredentialView) {
		var err error
		if v.Providers, err = s.modelCredentials(c.Context(), c.Scope()); err != nil {
			return err
		}
	}
	title := c.T("Settings of {name}", "name", v.Collection.Name)
	page := c.collectionPage(title, views.Link{Text: v.Collection.Name, Href: "/collections/" + v.Collection.ID})
	return c.View(status, views.CollectionSettingsPage(page, v))
}

// modelCredentials are the names of the workspace's credentials of language models.
func (s *Server) modelCredentials(ctx context.Context, scope auth.Scope) (names []string, err error) {
	all, err := s.Store.Credentials(ctx, scope)
	for _, cred := range all {
		if cred.Type == modelsCredential {
			names = append(names, cred.Name)
		}
	}
	return names, err
}

func saveCollectionSettings(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	found, err := s.Store.Collection(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	entered, err := enteredCollection(*found, form)
	if err == nil {
		in := putCollectionIn{found.ID, entered.Name, entered.Note, entered.Language, &entered.Settings, &entered.Split, entered.Embedder, entered.Models}
		if _, err = apiPutCollection(s, c, in); err == nil {
			return errors.Join(c.Say(c.T("{name} is saved.", "name", entered.Name)), c.Back("/collections/"+found.ID+"/settings"))
		}
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return s.showCollectionSettings(c, http.StatusUnprocessableEntity, views.CollectionForm{Collection: entered, Mistakes: wrong})
}

// enteredCollection puts what the form says over what is kept.
func enteredCollection(k library.Collection, form url.Values) (library.Collection, error) {
	k.Name, k.Note, k.Language, k.Embedder = strings.TrimSpace(form.Get("name")), form.Get("note"), form.Get("language"), form.Get("embedder")
	k.Models = nil
	for i := range shownModels {
		if name := form.Get("model-" + strconv.Itoa(i)); name != "" && !slices.Contains(k.Models, name) {
			k.Models = append(k.Models, name)
		}
	}
	r := numbers{form: form}
	k.Split = split.Options{Size: r.whole("size"), Window: r.whole("window")}
	k.Settings = rag.Settings{
		Fusion: rag.Fusion(form.Get("s-fusion")), WordWeight: r.part("s-word_weight"), Candidates: r.whole("s-candidates"), Results: r.whole("s-results"),
		Threshold: r.part("s-threshold"), Relevance: r.part("s-relevance"), PerDocument: r.whole("s-per_document"),
		Weights: rag.Weights{
			Base: r.part("s-base"), Coverage: r.part("s-coverage"), Proximity: r.part("s-proximity"), Title: r.part("s-title"), Neighbour: r.part("s-neighbour"),
		},
		Expand: form.Get("s-expand") != "",
	}
	return k, r.err
}

// numbers reads the fields of a form that are numbers, and keeps that one is none.
type numbers struct {
	form url.Values
	err  error
}

func (r *numbers) part(name string) float64 {
	n, err := strconv.ParseFloat(strings.TrimSpace(r.form.Get(name)), 64)
	if err != nil || n != n {
		r.err = invalidInput("A number of the form cannot be read.")
	}
	return n
}

func (r *numbers) whole(name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(r.form.Get(name)))
	if err != nil {
		r.err = invalidInput("A number of the form cannot be read.")
	}
	return n
}
