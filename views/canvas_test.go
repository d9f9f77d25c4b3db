package views_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/atelier-studio/atelier/views"
)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The script finds the pieces of the canvas by these names; a page without one of them has no canvas.
func TestCanvasHasWhatTheScriptLooksFor(t *testing.T) {
	t.Parallel()
	frame := render(t, views.CanvasFrame(false))
	for _, name := range []string{
		"world", "dots", "nodes", "edges", "labels", "notes", "groups", "box", "guides", "pull", "empty", "zoom", "minimap", "map", "outline", "list", "close",
	} {
		if !strings.Contains(frame, `data-part="`+name+`"`) {
			t.Errorf("the frame has no part %q", name)
		}
	}
	templates := render(t, views.CanvasTemplates())
	for _, name := range []string{"node", "node-actions", "edge-actions", "edge-label", "note", "group", "replay"} {
		if !strings.Contains(templates, `<template id="`+name+`-template">`) {
			t.Errorf("there is no template for %q", name)
		}
	}
	if strings.Contains(frame+templates, "style=") {
		t.Error("a style attribute would be refused by the page's security policy")
	}
}

func TestReadOnlyCanvasOffersNoEdits(t *testing.T) {
	t.Parallel()
	frame := render(t, views.CanvasFrame(true))
	for _, action := range []string{"add", "note", "tidy", "undo", "redo"} {
		if strings.Contains(frame, `data-action="`+action+`"`) {
			t.Errorf("a reader is offered %q", action)
		}
	}
	if !strings.Contains(frame, `data-action="fit"`) {
		t.Error("a reader cannot see the whole drawing")
	}
}
