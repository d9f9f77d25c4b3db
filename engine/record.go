package engine

import "encoding/json"

// Summary is a workflow as lists show it.
type Summary struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Folder   string `json:"folder"` // "" or a path like "Reports/Weekly"
	Revision int64  `json:"revision"`
	Active   bool   `json:"active"` // triggers fire
	// Published is the revision that triggers and callers run; 0: nothing is published, callers run the drawing as it is.
	Published int64  `json:"published"`
	Archived  bool   `json:"archived"`
	Deleted   int64  `json:"deleted,omitempty"` // when, microseconds UTC; kept 30 days for undo
	Nodes     int    `json:"nodes"`
	Kinds     string `json:"kinds,omitempty"` // kinds used, space separated, for search and icons
	Created   int64  `json:"created"`
	Updated   int64  `json:"updated"`
	By        string `json:"by,omitempty"` // user who changed it last
	// LastRun is the newest run's status and time, when there is one.
	LastStatus Status `json:"last_status,omitempty"`
	LastRun    int64  `json:"last_run,omitempty"`
}

// Stored is a workflow with its drawing.
type Stored struct {
	Summary
	Doc *Workflow `json:"doc"`
}

// SummaryFilter selects workflows of a list.
type SummaryFilter struct {
	Query    string // words in name, folder or kinds
	Folder   string // "" all, "/" only those without a folder
	Archived bool   // only archived ones; else only those that are not
	Deleted  bool   // only deleted ones; else only those that are not
	Cursor   string
	Limit    int // 0: 50; at most 200
}

// Edit asks for a change of a workflow: operations that apply together or not at all.
type Edit struct {
	Base   int64  `json:"base"` // revision that the author saw
	Ops    []Op   `json:"ops"`
	Client string `json:"client,omitempty"` // random per editor tab
	Seq    int64  `json:"seq,omitempty"`    // counts a client's edits; the same one delivered twice has no effect
	// Guard, when set, is asked whether the author may make of the first drawing the second; an error refuses the edit.
	Guard func(was, is *Workflow) error `json:"-"`
}

// Revision is one accepted edit.
type Revision struct {
	Number  int64  `json:"revision"`
	Ops     []Op   `json:"ops"`
	Inverse []Op   `json:"inverse,omitempty"`
	By      string `json:"by,omitempty"`
	Client  string `json:"client,omitempty"`
	Seq     int64  `json:"seq,omitempty"`
	At      int64  `json:"at"`
}

// RunFilter selects runs of a list, newest first.
type RunFilter struct {
	WorkflowID string
	Status     []Status
	Trigger    string
	Query      string // in workflow name or error
	Cursor     string
	Limit      int // 0: 50; at most 200
}

// Hook is a webhook address of an active workflow.
type Hook struct {
	Path       string
	Method     string // "GET", "POST" …, or "*"
	Workspace  string
	WorkflowID string
	Node       string
	Test       int64 // when not 0: a test address, until then (microseconds UTC)
}

// Schedule is a cron line of an active workflow.
type Schedule struct {
	ID         string
	Workspace  string
	WorkflowID string
	Node       string
	Cron       string
	Timezone   string
	Next       int64 // microseconds UTC
	Last       int64
}

// Variable is a named value that expressions read as $vars.NAME.
type Variable struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Updated int64  `json:"updated"`
	By      string `json:"by,omitempty"`
}

// Credential is what may be shown of a credential: never its values.
type Credential struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"` // unique in the workspace; how nodes refer to it
	Type    string   `json:"type"`
	Fields  []string `json:"fields,omitempty"` // names of the fields that have a value
	Created int64    `json:"created"`
	Updated int64    `json:"updated"`
	By      string   `json:"by,omitempty"`
}

// Op is one edit of a workflow: the one language in which the canvas, the API, imports, undo and history speak.
//
//	node.add      Node                       (Edges of a removed node come back by their own edge.add)
//	node.set      ID, Path, Value            Path: "params" or "params.url", "retry", "timeout_ms", "on_error", "disabled",
//	                                         "note", "pinned", "kind", "extra", "ignore"; a null Value removes
//	node.move     ID, At
//	node.rename   ID, Value (the new name)   rewrites $('Old') and $node["Old"] in every expression
//	node.remove   ID                         takes its edges along
//	edge.add      Edge          edge.remove  Edge
//	note.add      Note          note.set     ID, Path (text, color, size, at), Value     note.remove   ID
//	group.add     Group         group.set    ID, Path (name, color, nodes, collapsed), Value  group.remove  ID
//	test.add      Test          test.set     ID, Path (name, trigger, input, mocks, allow, asserts, timeout_ms), Value
//	                                                                                     test.remove   ID
//	settings.set  Path, Value   (Path "name" is the workflow's name)
//	node.text     ID, Path ("note", "params.code"), Changes   changes a text by character, see TextChange; of a parameter
//	                                         that is not set, Value is the text that it begins with
//	note.text     ID, Path ("text"), Changes
//	workflow.replace  Doc       the whole drawing: import, restore
//
// With If, a set, move or rename applies only while what it changes still has that value (null: is not set), so that
// undo never overwrites what somebody else did since; otherwise the error wraps ErrConflict.
//
// With Base, a node.set that meets another one at what was not set before is merged as if Base had been there: the rows
// that a list has by default are not added by both.
type Op struct {
	Op    string          `json:"op"`
	ID    string          `json:"id,omitempty"`
	Path  string          `json:"path,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
	If    json.RawMessage `json:"if,omitempty"`
	Base  json.RawMessage `json:"base,omitempty"`
	// Changes of a text, see TextChange.
	Changes json.RawMessage `json:"changes,omitempty"`
	At      *[2]float64     `json:"at,omitempty"`
	Node    *Node           `json:"node,omitempty"`
	Edge    *Edge           `json:"edge,omitempty"`
	Note    *Note           `json:"note,omitempty"`
	Group   *Group          `json:"group,omitempty"`
	Test    *Case           `json:"test,omitempty"`
	Doc     *Workflow       `json:"doc,omitempty"`
}
