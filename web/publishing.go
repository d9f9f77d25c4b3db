package web

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/locales"
	"github.com/atelier-studio/atelier/views"
)

// Limits of a page on which workflows are published.
const (
	maxPublished   = 50    // workflows at once
	maxDifferences = 500   // of one workflow that are listed when it is alone
	fewDifferences = 50    // when it is one of several
	maxFieldText   = 4_000 // bytes of a value that are shown
)

// publishPage shows what publishing the drawings of workflows would change, before anything is done.
func publishPage(s *Server, c *Ctx) error {
	ids, err := publishedIDs(c.QueryParams())
	if err != nil {
		return err
	}
	back := "/workflows"
	if v := c.QueryParam("back"); v != "" {
		back = safeNext(v)
	}
	if len(ids) == 0 {
		return s.backTo(c, back, views.Flash{Text: c.T("Select some workflows first."), Error: true})
	}
	view := views.PublishView{Back: back}
	for _, id := range ids {
		entry, err := s.publishEntry(c, id, 0, len(ids) == 1)
		if err != nil {
			return err
		}
		view.Workflows = append(view.Workflows, entry)
	}
	return s.showPublish(c, http.StatusOK, view)
}

// publishMany publishes workflows, each by itself, at the revisions that were shown. Several are told one by one.
func publishMany(s *Server, c *Ctx) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	ids, err := publishedIDs(form)
	if err != nil {
		return err
	}
	view := views.PublishView{Back: safeBack(c, "/workflows"), Note: form.Get("note"), Done: true}
	if len(ids) == 0 {
		return s.backTo(c, view.Back, views.Flash{Text: c.T("Select some workflows first."), Error: true})
	}
	for _, id := range ids {
		revision, _ := strconv.ParseInt(form.Get("revision."+id), 10, 64) // none: the drawing as it is
		entry, err := s.publishEntry(c, id, revision, len(ids) == 1)
		if err != nil {
			return err
		}
		if entry.Error == "" && entry.Revision != entry.Published {
			s.publishOne(c, &entry, view.Note)
		}
		view.Workflows = append(view.Workflows, entry)
	}
	if len(ids) > 1 {
		return s.showPublish(c, http.StatusOK, view)
	}
	entry := view.Workflows[0]
	switch {
	case entry.Error != "":
		view.Done = false
		return s.showPublish(c, http.StatusUnprocessableEntity, view)
	case !entry.Live:
		return s.backTo(c, view.Back, views.Flash{Text: c.T("Nothing has changed since what is published.")})
	}
	undo := "/workflows/" + url.PathEscape(entry.ID) + "/active?value=false"
	if entry.Published > 0 {
		undo = "/workflows/publish?" + url.Values{"id": {entry.ID}, "revision." + entry.ID: {strconv.FormatInt(entry.Published, 10)}}.Encode()
	}
	return s.backTo(c, view.Back, views.Flash{Text: c.T("“{name}” is published: revision {n}.", "name", entry.Name, "n", entry.Revision), Undo: undo})
}

// publishedIDs are the workflows that a page was asked for, each once.
func publishedIDs(values url.Values) ([]string, error) {
	var ids []string
	for _, id := range values["id"] {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
		if len(ids) > maxPublished {
			return nil, invalidInput("At most %d workflows can be published at once.", maxPublished)
		}
	}
	return ids, nil
}

func (s *Server) backTo(c *Ctx, back string, flash views.Flash) error {
	if err := c.Flash(flash); err != nil {
		return err
	}
	return c.Back(back)
}

func (s *Server) showPublish(c *Ctx, status int, view views.PublishView) error {
	page := c.Page(c.T("Publish"), "workflows").Under(views.Link{Text: c.T("Workflows"), Href: "/workflows"})
	page.Styles = []string{"later.css"}
	return c.View(status, views.PublishPage(page, view))
}

// publishOne publishes what an entry shows, and notes how it went.
func (s *Server) publishOne(c *Ctx, e *views.PublishEntry, note string) {
	ctx, scope := c.Context(), c.Scope()
	drawing, err := s.Store.WorkflowAt(ctx, scope, e.ID, e.Revision)
	if err == nil {
		_, err = s.release(ctx, scope, drawing, note, false)
	}
	e.Live = err == nil
	if err != nil {
		e.Error = c.T(describe(err).Detail)
		if drawing != nil {
			e.Mistakes = mistakesOf(ctx, drawing.Doc, describe(err).Problems)
		}
	}
}

// publishEntry compares a revision of a workflow (0: its drawing as it is) with what is published. One of several that
// is not there is told as such; alone it is an error.
func (s *Server) publishEntry(c *Ctx, id string, revision int64, alone bool) (e views.PublishEntry, err error) {
	ctx, scope := c.Context(), c.Scope()
	stored, err := s.Store.Workflow(ctx, scope, id)
	if errors.Is(err, fs.ErrNotExist) && !alone {
		return views.PublishEntry{ID: id, Name: id, Error: c.T(describe(err).Detail)}, nil
	}
	if err != nil {
		return e, err
	}
	e = views.PublishEntry{ID: id, Name: stored.Name, Folder: stored.Folder, Revision: stored.Revision, Published: stored.Published}
	if revision > 0 && revision != stored.Revision {
		e.Revision = revision
		if stored, err = s.drawingAt(ctx, scope, id, revision); err != nil {
			return e, err
		}
	}
	if problems := onlyErrors(engine.Validate(stored.Doc, s.Catalogue)); len(problems) > 0 {
		e.Error, e.Mistakes = c.T("The workflow has mistakes; it can be published when they are mended."), mistakesOf(ctx, stored.Doc, problems)
	}
	if e.Published == 0 {
		return e, nil
	}
	then, err := s.Store.WorkflowAt(ctx, scope, id, e.Published)
	if err != nil {
		return e, err
	}
	found, err := engine.Compare(then.Doc, stored.Doc)
	if err != nil {
		return e, err
	}
	most := fewDifferences
	if alone {
		most = maxDifferences
		if err := s.whoPublished(c, &e); err != nil {
			return e, err
		}
	}
	for _, d := range found {
		e.Counts.Count(d)
	}
	e.More = max(0, len(found)-most)
	for _, d := range found[:len(found)-e.More] {
		e.Differences = append(e.Differences, s.readable(ctx, d))
	}
	return e, nil
}

func (s *Server) whoPublished(c *Ctx, e *views.PublishEntry) error {
	versions, err := s.Store.Versions(c.Context(), c.Scope(), e.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(versions, func(v engine.Version) bool { return v.Published })
	if i < 0 {
		return nil
	}
	names, err := s.Store.NamesOf(c.Context(), []string{versions[i].By})
	e.At, e.By = versions[i].At, names[versions[i].By]
	if e.By == "" {
		e.By = c.T("somebody who left")
	}
	return err
}

// mistakesOf says problems with the names of their nodes.
func mistakesOf(ctx context.Context, doc *engine.Workflow, problems []engine.Problem) []string {
	var lines []string
	for _, p := range sayProblems(ctx, problems[:min(len(problems), 20)]) {
		line := p.Text
		if i := doc.NodeByID(p.Node); i >= 0 {
			line = doc.Nodes[i].Name + ": " + line
		}
		lines = append(lines, line)
	}
	return lines
}

// readable gives a difference the words that the forms of kinds use.
func (s *Server) readable(ctx context.Context, d engine.Difference) views.PublishChange {
	l := locales.Of(ctx)
	change := views.PublishChange{Difference: d}
	kind, known := s.Catalogue.Kind(d.Kind)
	if known {
		change.Title = locales.Say(l, kind.Title)
	}
	if d.Sort == engine.DiffSetting {
		change.Name = fieldLabel(l, d.Name, kind)
	}
	for _, f := range d.Fields {
		if (d.State == engine.DiffAdded || d.State == engine.DiffRemoved) && (f.Path == "name" || f.Path == "kind") {
			continue
		}
		change.Fields = append(change.Fields, views.PublishField{Label: fieldLabel(l, f.Path, kind), Before: cut(f.Before), After: cut(f.After)})
	}
	return change
}

func cut(text string) string {
	if len(text) <= maxFieldText {
		return text
	}
	return string([]rune(text[:maxFieldText])) + " …"
}
