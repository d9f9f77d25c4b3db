package views

import "github.com/atelier-studio/atelier/engine"

// HistoryView is the page on which revisions of a workflow are compared.
type HistoryView struct {
	Workflow *engine.Stored
	Role     string // "viewer" may only look
	Data     any    // of script#history-data
}
