package views

import "github.com/atelier-studio/atelier/engine"

// EditorView is the page on which a workflow is drawn.
type EditorView struct {
	Workflow *engine.Stored
	ReadOnly bool
	Role     string
	Data     any // of script#editor-data
}
