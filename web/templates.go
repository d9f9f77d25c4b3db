package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

// Template is a workflow that comes with the studio, to start from.
type Template struct {
	ID, Category, Title, Text string
	Doc                       *engine.Workflow
}

const (
	templatesFirst = 6   // shown to a workspace that has nothing yet
	templateQuery  = 200 // characters of a search
)

// newPage offers what a workflow can begin as.
func newPage(s *Server, c *Ctx) error {
	folder, err := cleanFolder(c.QueryParam("folder"))
	if err != nil {
		return err
	}
	query := c.QueryParam("query")
	if len(query) > templateQuery {
		return invalidInput("A search has at most %d characters.", templateQuery)
	}
	view := views.WorkflowsView{Folder: folder, Templates: s.gallery(c, query, c.QueryParam("category"))}
	page := c.Page(c.T("New workflow"), "workflows").Under(views.Link{Text: c.T("Workflows"), Href: "/workflows"})
	return c.View(http.StatusOK, views.NewPage(page, view))
}

// templatePage shows a template before it is used.
func templatePage(s *Server, c *Ctx) error {
	id := c.Param("template")
	i := slices.IndexFunc(s.Templates, func(t Template) bool { return t.ID == id })
	if i < 0 {
		return absent("There is no template %q.", id)
	}
	folder, err := cleanFolder(c.QueryParam("folder"))
	if err != nil {
		return err
	}
	t := s.Templates[i]
	if t.Doc, err = c.sayTemplate(&t); err != nil {
		return err
	}
	view := views.TemplateView{TemplateCard: s.templateCard(c, &t), Folder: folder, Nodes: len(t.Doc.Nodes)}
	seen := map[string]bool{}
	for _, n := range t.Doc.Nodes {
		if kind, ok := s.Catalogue.Kind(n.Kind); ok && !seen[n.Kind] {
			seen[n.Kind] = true
			view.Kinds = append(view.Kinds, views.KindIcon{Name: kind.Icon, Title: c.T(kind.Title)})
		}
		if name, ok := n.Params["credential"].(string); ok && name != "" && !slices.Contains(view.Credentials, name) {
			view.Credentials = append(view.Credentials, name)
		}
	}
	if len(t.Doc.Notes) > 0 {
		view.About = views.ParagraphsOf(t.Doc.Notes[0].Text)
	}
	for _, test := range t.Doc.Tests {
		view.Tests = append(view.Tests, test.Name)
	}
	page := c.Page(view.Title, "workflows").Under(
		views.Link{Text: c.T("Workflows"), Href: "/workflows"}, views.Link{Text: c.T("New workflow"), Href: "/workflows/new"})
	return c.View(http.StatusOK, views.TemplatePage(page, view))
}

// gallery finds templates by category and by words of their titles, texts and kinds.
func (s *Server) gallery(c *Ctx, query, category string) views.TemplateGallery {
	g := views.TemplateGallery{Query: query, Category: category}
	words := strings.Fields(strings.ToLower(query))
	for i := range s.Templates {
		t := &s.Templates[i]
		if !slices.Contains(g.Categories, t.Category) {
			g.Categories = append(g.Categories, t.Category)
		}
		text := s.searched(c, t)
		misses := slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
		if !misses && (category == "" || category == t.Category) {
			g.Cards = append(g.Cards, s.templateCard(c, t))
		}
	}
	return g
}

// searched is the text that a search looks in.
func (s *Server) searched(c *Ctx, t *Template) string {
	text := strings.Join([]string{t.Title, t.Text, t.Category, c.T(t.Title), c.T(t.Text)}, " ")
	for _, n := range t.Doc.Nodes {
		if kind, ok := s.Catalogue.Kind(n.Kind); ok {
			text += " " + kind.Title + " " + kind.Name
		}
	}
	return strings.ToLower(text)
}

// firstTemplates are those that a workspace sees which has nothing yet.
func (s *Server) firstTemplates(c *Ctx) views.TemplateGallery {
	g := s.gallery(c, "", "")
	if len(g.Cards) > templatesFirst {
		g.Cards, g.More = g.Cards[:templatesFirst], true
	}
	return g
}

// sayTemplate returns a fresh drawing of a template, with the names and notes in the person's language.
func (c *Ctx) sayTemplate(t *Template) (*engine.Workflow, error) {
	doc := t.Doc.Clone()
	return doc, doc.Reword(func(text string) string { return c.T(text) })
}

// templateCard shows a template in the person's language. Its picture has no words.
func (s *Server) templateCard(c *Ctx, t *Template) views.TemplateCard {
	return views.TemplateCard{ID: t.ID, Category: t.Category, Title: c.T(t.Title), Text: c.T(t.Text), Picture: views.PictureOf(t.Doc, s.Catalogue)}
}
