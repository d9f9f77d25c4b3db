package web

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

const (
	replayEvents = 5000 // that the page of a run holds; the rest comes by the API
	tableEvents  = 500  // in words
	shownData    = 64 << 10
)

// runData is what the script of the run view starts with.
type runData struct {
	Run      *engine.Run    `json:"run"`
	Workflow *engine.Stored `json:"workflow"`
	Kinds    []kindView     `json:"kinds"`
	Events   []engine.Event `json:"events"`
}

// runPage shows a run: on the canvas as it happened, and in words.
func runPage(s *Server, c *Ctx) error {
	ctx, scope := c.Request().Context(), c.Scope()
	run, err := s.Store.Run(ctx, scope, c.Param("id"))
	if err != nil {
		return err
	}
	drawing, there, err := s.drawingOf(ctx, scope, run)
	if err != nil {
		return err
	}
	events, err := s.allEvents(ctx, scope, run.ID, replayEvents)
	if err != nil {
		return err
	}
	run, events = sayRun(c.Context(), run), sayEvents(c.Context(), events)
	view := views.RunView{
		Run: run, Names: map[string]string{}, Workflow: there, Effect: run.ErrorNode,
		Events: events[:min(len(events), tableEvents)], More: len(events) > tableEvents,
		Data: runData{Run: run, Workflow: drawing, Kinds: s.viewKinds(c.Context()), Events: events},
	}
	for i := range drawing.Doc.Nodes {
		view.Names[drawing.Doc.Nodes[i].ID] = drawing.Doc.Nodes[i].Name
	}
	if err := s.turnsOf(ctx, scope, &view); err != nil {
		return err
	}
	if view.Input, err = inputText(run); err != nil {
		return err
	}
	if view.Output, err = s.outputText(ctx, scope, run); err != nil {
		return err
	}
	page := c.Page(c.T("Run of ")+run.WorkflowName, "runs")
	page.Studio, page.Main, page.Scripts, page.Styles = true, "run-view", []string{"run.js"}, []string{"site.css", "later.css"}
	return c.View(http.StatusOK, views.RunPage(page, view))
}

// turnsOf puts what agents did, and what they ask, into the page of a run.
func (s *Server) turnsOf(ctx context.Context, scope auth.Scope, view *views.RunView) (err error) {
	if view.Talks, view.Questions, err = s.talks(ctx, scope, view.Run.ID); err != nil || len(view.Talks) == 0 {
		return err
	}
	members, err := s.Store.Members(ctx, scope)
	view.People = map[string]string{}
	for _, m := range members {
		view.People[m.User.ID] = m.User.Name
	}
	return err
}

// drawingOf returns the workflow as it was drawn when the run began. there is false when the workflow itself is gone.
func (s *Server) drawingOf(ctx context.Context, scope auth.Scope, run *engine.Run) (drawing *engine.Stored, there bool, err error) {
	_, err = s.Store.Workflow(ctx, scope, run.WorkflowID)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false, err
	}
	there = err == nil
	drawing, err = s.Store.RunnableWorkflow(ctx, scope.Workspace(), run.WorkflowID, run.Revision)
	if errors.Is(err, fs.ErrNotExist) { // nothing is left of it but the run
		doc := &engine.Workflow{Name: run.WorkflowName, Nodes: []engine.Node{}, Edges: []engine.Edge{}, Notes: []engine.Note{}, Groups: []engine.Group{}}
		drawing = &engine.Stored{Summary: engine.Summary{ID: run.WorkflowID, Name: run.WorkflowName, Revision: run.Revision}, Doc: doc}
		return drawing, there, nil
	}
	return drawing, there, err
}

// allEvents reads the journal from its start, without outputs, up to a number of events.
func (s *Server) allEvents(ctx context.Context, scope auth.Scope, run string, most int) ([]engine.Event, error) {
	all, since := []engine.Event{}, int64(0)
	for len(all) < most {
		page, err := s.Store.Events(ctx, scope, run, since, eventPage)
		if err != nil {
			return nil, err
		}
		all = append(all, light(page)...)
		if len(page) < eventPage {
			return all, nil
		}
		since = page[len(page)-1].Seq
	}
	return all[:most], nil
}

func inputText(run *engine.Run) (string, error) {
	items, err := inputOf(run)
	if err != nil {
		return "", err
	}
	if len(items) == 0 {
		return "One empty item", nil
	}
	return itemsText(items)
}

func (s *Server) outputText(ctx context.Context, scope auth.Scope, run *engine.Run) (string, error) {
	if run.Status != engine.Succeeded {
		return "", nil
	}
	items, err := s.Runner.Output(ctx, scope.Workspace(), run.ID)
	if err != nil {
		return "", err
	}
	return itemsText(items)
}

// itemsText writes items as JSON, as much of it as a page bears.
func itemsText(items []engine.Item) (string, error) {
	more := len(items) > 100
	bodies := make([]map[string]any, 0, min(len(items), 100))
	for _, item := range items[:min(len(items), 100)] {
		bodies = append(bodies, item.JSON)
	}
	data, err := json.MarshalIndent(bodies, "", "  ")
	if err != nil {
		return "", err
	}
	if len(data) > shownData {
		data, more = data[:shownData], true
	}
	text := string(data)
	if more {
		text += "\n… and more, which the canvas shows node by node"
	}
	return text, nil
}
