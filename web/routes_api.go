package web

import (
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// editBody bounds an edit: a whole drawing and what JSON adds when it is written without line breaks and with escapes.
const editBody = engine.MaxFileBytes + 6<<20

// apiRoutes are the JSON API.
var apiRoutes = []route{
	call("GET", "/kinds", auth.WorkflowView, "The kinds of nodes and the types of credentials", apiKinds),
	call("POST", "/kinds/:kind/choices", auth.WorkflowEdit, "What a parameter of a node can be, such as the tools of a server", apiChoices, costs(costSome)),
	call("POST", "/ports", auth.WorkflowView, "The ports of a node whose kind makes them from its parameters", apiPorts),

	call("GET", "/workflows", auth.WorkflowView, "Workflows, those changed last first", apiWorkflows),
	call("POST", "/workflows", auth.WorkflowEdit, "Make a workflow", apiCreateWorkflow, made, body(editBody)),
	stream[importIn, importOut]("POST", "/workflows/import", auth.WorkflowEdit, "Make a workflow of a file of Atelier or another product", apiImport, made,
		costs(costFile), body(importBody), media("multipart/form-data")),
	stream[importIn, convertOut]("POST", "/workflows/convert", auth.WorkflowEdit, "The drawing in a file of Atelier or another product; nothing is kept", apiConvert,
		costs(costFile), body(importBody), media("multipart/form-data")),
	call("GET", "/workflows/:id", auth.WorkflowView, "A workflow with its drawing", apiWorkflow),
	call("DELETE", "/workflows/:id", auth.WorkflowEdit, "Delete a workflow; it can be restored for 30 days", apiDeleteWorkflow),
	call("POST", "/workflows/:id/restore", auth.WorkflowEdit, "Bring a deleted workflow back", apiRestoreWorkflow),
	call("GET", "/workflows/:id/callers", auth.WorkflowView, "The workflows that call a workflow or hand their errors to it", apiCallers, costs(costFile)),
	stream[exportIn, engine.Workflow]("GET", "/workflows/:id/export", auth.WorkflowView, "A workflow as a file", apiExport, costs(costFile)),
	call("POST", "/workflows/:id/ops", auth.WorkflowEdit, "Edit a workflow: all operations or none", apiOps, body(editBody)),
	call("GET", "/workflows/:id/revisions", auth.WorkflowView, "Edits of a workflow after a revision, oldest first", apiRevisions),
	call("POST", "/workflows/:id/check", auth.WorkflowView, "Find the mistakes in a workflow without running it", apiCheck),
	call("POST", "/workflows/:id/tests/run", auth.WorkflowRun, "Run the tests of a workflow; nothing of their runs is kept", apiRunTests, timed(testsLimit), costs(costTests)),
	call("POST", "/workflows/:id/tests/make", auth.WorkflowEdit, "A test that repeats a run, to be added to the workflow", apiMakeTest),
	call("GET", "/workflows/:id/history", auth.WorkflowView, "Edits of a workflow in words, the newest first, and its versions", apiHistory),
	call("GET", "/workflows/:id/revisions/:revision", auth.WorkflowView, "A workflow as it was drawn at a revision", apiRevision),
	call("POST", "/workflows/:id/revisions/:revision/restore", auth.WorkflowEdit, "Make an earlier drawing the present one, as a new revision", apiRestoreRevision),
	call("POST", "/workflows/:id/versions", auth.WorkflowEdit, "Give a revision a name", apiNameVersion, made),
	call("POST", "/workflows/:id/versions/:version", auth.WorkflowEdit, "Change the name or the note of a version", apiRenameVersion),
	call("DELETE", "/workflows/:id/versions/:version", auth.WorkflowEdit, "Take a name off its revision", apiDeleteVersion),
	call("POST", "/workflows/:id/publish", auth.WorkflowEdit, "Publish a revision: triggers and callers run it from then on", apiPublish),
	call("POST", "/workflows/:id/unpublish", auth.WorkflowEdit, "Take what is published back: triggers are off", apiUnpublish),
	call("POST", "/workflows/:id/active", auth.WorkflowEdit, "Publish the drawing of a workflow with triggers, or take what is published back", apiActive),
	call("POST", "/workflows/:id/listen", auth.WorkflowEdit, "Open the test address of a webhook for two minutes", apiListen),
	stream[startIn, startOut]("POST", "/workflows/:id/runs", auth.WorkflowRun, "Start a run", apiStart, accepted, costs(costFree), body(maxInput), answers(eventStream), timed(maxWait)),

	call("GET", "/workflows/:id/comments", auth.WorkflowView, "Threads of comments on a workflow, those in which something was said last first", apiThreads, costs(costSome)),
	call("POST", "/workflows/:id/comments", auth.WorkflowComment, "Begin a thread of comments", apiStartThread, made),
	call("POST", "/workflows/:id/comments/read", auth.WorkflowView, "Mark all threads of a workflow as seen", apiReadThreads),
	call("GET", "/workflows/:id/comments/:thread", auth.WorkflowView, "A thread with its first comment and its last ones", apiThread),
	call("POST", "/workflows/:id/comments/:thread", auth.WorkflowComment, "Answer in a thread", apiReply, made),
	call("POST", "/workflows/:id/comments/:thread/resolve", auth.WorkflowComment, "Settle a thread or open it again", apiResolveThread),
	call("POST", "/workflows/:id/comments/:thread/read", auth.WorkflowView, "Mark a thread as seen", apiReadThread),
	call("POST", "/workflows/:id/comments/:thread/comments/:comment", auth.WorkflowComment, "Change an own comment", apiEditComment),
	call("DELETE", "/workflows/:id/comments/:thread/comments/:comment", auth.WorkflowComment, "Delete an own comment, or as an owner anybody's", apiDeleteComment),
	call("GET", "/mentions", auth.WorkflowView, "Comments that call the asking person, the newest first", apiMentions),

	call("GET", "/runs", auth.RunView, "Runs, the newest first", apiRuns),
	call("GET", "/runs/:id", auth.RunView, "A run", apiRun),
	stream[eventsIn, eventsOut]("GET", "/runs/:id/events", auth.RunView, "What happened in a run, in order, or as a stream to its end", apiEvents,
		answers(eventStream), untimed),
	call("GET", "/runs/:id/steps/:node", auth.RunView, "What a step gave: its items by output port", apiStep),
	stream[runIn, *engine.Run]("POST", "/runs/:id/cancel", auth.RunCancel, "Cancel a run; 202 while a step takes its time to stop", apiCancel),
	call("POST", "/runs/:id/retry", auth.WorkflowRun, "Run again on the same input", apiRetry, accepted),
	call("GET", "/runs/:id/turns", auth.RunView, "What agents did in a run, turn by turn, and what it asks a person now", apiTurns),
	call("POST", "/runs/:id/answer", auth.WorkflowRun, "Answer a question of a run", apiAnswer),
	call("POST", "/runs/:id/decide", auth.WorkflowRun, "Say what to do with a step that was interrupted", apiDecide),

	call("POST", "/preview", auth.WorkflowView, "Evaluate an expression on the data of the last run", apiPreview, costs(costSome)),
	call("POST", "/schedule/preview", auth.WorkflowView, "When a cron line fires next", apiSchedulePreview),
	stream[fileIn, nothing]("GET", "/files/:hash", auth.RunView, "A file that travelled with an item", apiFile, answers("application/octet-stream")),

	call("GET", "/credentials", auth.CredentialView, "Credentials without their values", apiCredentials),
	call("POST", "/credentials", auth.CredentialEdit, "Make or change a credential", apiPutCredential),
	call("DELETE", "/credentials/:id", auth.CredentialEdit, "Delete a credential", apiDeleteCredential),
	call("GET", "/variables", auth.VariableView, "Variables, which expressions read as $vars", apiVariables),
	call("POST", "/variables", auth.VariableEdit, "Set a variable", apiPutVariable),
	call("DELETE", "/variables/:name", auth.VariableEdit, "Delete a variable", apiDeleteVariable),
}

func init() {
	// The document describes the whole table, of which it is a row itself.
	apiRoutes = append(apiRoutes, stream[nothing, any]("GET", "/openapi.json", auth.SignedIn, "This document (OpenAPI 3.1)", apiDocument))
}
