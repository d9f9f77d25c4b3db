package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/views"
)

// collectionRoutes are the pages of collections: their documents, questions, searches and settings.
var collectionRoutes = []route{
	{Method: "GET", Path: "/collections", Permission: auth.CollectionView, Handle: collectionsPage},
	{Method: "POST", Path: "/collections", Permission: auth.CollectionEdit, Handle: createCollection, Body: formBody},
	{Method: "GET", Path: "/collections/:id", Permission: auth.CollectionView, Handle: collectionPage},
	{Method: "POST", Path: "/collections/:id/order", Permission: auth.CollectionEdit, Handle: orderDocuments},
	{Method: "POST", Path: "/collections/:id/delete", Permission: auth.CollectionEdit, Handle: deleteCollection, Body: formBody},
	{Method: "GET", Path: "/collections/:id/ask", Permission: auth.CollectionView, Handle: askPage},
	{Method: "GET", Path: "/collections/:id/ask/:conversation", Permission: auth.CollectionView, Handle: askPage},
	{Method: "GET", Path: "/collections/:id/feedback", Permission: auth.CollectionEdit, Handle: feedbackPage},
	{Method: "GET", Path: "/collections/:id/feedback/:message", Permission: auth.CollectionEdit, Handle: judgedPage},
	{Method: "GET", Path: "/collections/:id/search", Permission: auth.CollectionView, Handle: retrievalPage},
	{Method: "GET", Path: "/collections/:id/settings", Permission: auth.CollectionEdit, Handle: collectionSettings},
	{Method: "POST", Path: "/collections/:id/settings", Permission: auth.CollectionEdit, Handle: saveCollectionSettings, Body: formBody},
	{Method: "GET", Path: "/collections/:id/documents/:document", Permission: auth.CollectionView, Handle: documentPage, Cost: costFile},
}

func collectionsPage(s *Server, c *Ctx) error {
	return s.showCollections(c, http.StatusOK, views.CollectionsView{Language: "en"})
}

func (s *Server) showCollections(c *Ctx, status int, v views.CollectionsView) error {
	var err error
	if v.Collections, err = s.Store.Collections(c.Context(), c.Scope()); err != nil {
		return err
	}
	return c.View(status, views.CollectionsPage(c.Page(c.T("Documents"), "collections"), v))
}

func createCollection(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	in := newCollectionIn{Name: strings.TrimSpace(form.Get("name")), Note: form.Get("note"), Language: form.Get("language")}
	made, err := apiCreateCollection(s, c, in)
	if err == nil {
		return c.Back("/collections/" + made.ID)
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	v := views.CollectionsView{Name: in.Name, Note: in.Note, Language: in.Language, Mistakes: wrong}
	return s.showCollections(c, http.StatusUnprocessableEntity, v)
}

func deleteCollection(s *Server, c *Ctx) error {
	found, err := s.Store.Collection(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	if _, err := apiDeleteCollection(s, c, collectionIn{found.ID}); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("{name} is deleted.", "name", found.Name)), c.Back("/collections"))
}

// collectionPage lists the documents of a collection and how it stands with each.
func collectionPage(s *Server, c *Ctx) error {
	found, err := s.Store.Collection(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	v := views.CollectionView{Collection: *found, Query: c.QueryParam("q"), Cursor: c.QueryParam("cursor"), Status: library.Status(c.QueryParam("status"))}
	if !slices.Contains(views.DocumentStates, v.Status) {
		v.Status = ""
	}
	list, err := apiDocuments(s, c, documentsIn{ID: found.ID, Status: string(v.Status), Query: v.Query, Cursor: v.Cursor, Limit: 50})
	if err != nil {
		return err
	}
	v.Documents, v.Next = list.Documents, list.Next
	return c.View(http.StatusOK, views.CollectionPage(c.collectionPage(found.Name), v))
}

// collectionPage is the frame of a page about one collection.
func (c *Ctx) collectionPage(title string, above ...views.Link) views.Page {
	p := c.Page(title, "collections").Under(append([]views.Link{{Text: c.T("Documents"), Href: "/collections"}}, above...)...)
	p.Scripts = []string{"documents.js"}
	return p
}

// orderDocuments does what a button of the list says with the documents that are ticked, or with all of the collection.
func orderDocuments(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	order, ids := form.Get("order"), form["document"]
	if name, all := strings.CutSuffix(order, "-all"); all && name != "delete" {
		order, ids = name, nil
	} else if id, one := strings.CutPrefix(order, "retry-"); one {
		order, ids = "retry", []string{id}
	} else if len(ids) == 0 {
		return errors.Join(c.Say(c.T("Tick the documents first.")), c.Back("/collections/"+c.Param("id")))
	}
	out, err := apiOrderDocuments(s, c, orderIn{ID: c.Param("id"), Order: order, IDs: ids})
	if err != nil {
		return err
	}
	return errors.Join(c.Say(ordered(c, order, out.Count)), c.Back(backToList(c.Param("id"), form.Get("back"))))
}

// backToList is the address of the list as it was filtered.
func backToList(id, query string) string {
	address := "/collections/" + id
	if strings.HasPrefix(query, "?") {
		address += query
	}
	return address
}

func ordered(c *Ctx, order string, n int) string {
	number := strconv.Itoa(n)
	switch order {
	case "pause":
		return c.T("Paused: {n}", "n", number)
	case "resume":
		return c.T("Resumed: {n}", "n", number)
	case "delete":
		return c.T("Deleted: {n}", "n", number)
	}
	return c.T("Queued again: {n}", "n", number)
}

func askPage(s *Server, c *Ctx) error {
	found, err := s.Store.Collection(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	return c.View(http.StatusOK, views.AskPage(c.collectionPage(c.T("Ask {name}", "name", found.Name)), *found, c.Param("conversation")))
}
