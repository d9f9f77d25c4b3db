package web

import (
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// importBody bounds an upload: some files of the largest size that a workflow may have.
const importBody = 2*engine.MaxFileBytes + 1<<20

// workflowRoutes are the pages of workflows and runs, and the doors for machines beside the API.
var workflowRoutes = append([]route{
	{Method: "GET", Path: "/workflows", Permission: auth.WorkflowView, Handle: workflowsPage},
	{Method: "POST", Path: "/workflows", Permission: auth.WorkflowEdit, Handle: createWorkflow},
	{Method: "POST", Path: "/workflows/many", Permission: auth.WorkflowEdit, Handle: changeMany},
	{Method: "GET", Path: "/workflows/new", Permission: auth.WorkflowEdit, Handle: newPage},
	{Method: "GET", Path: "/workflows/new/:template", Permission: auth.WorkflowEdit, Handle: templatePage},
	{Method: "GET", Path: "/workflows/publish", Permission: auth.WorkflowEdit, Handle: publishPage, Cost: costFile},
	{Method: "POST", Path: "/workflows/publish", Permission: auth.WorkflowEdit, Handle: publishMany, Cost: costFile},
	{Method: "GET", Path: "/workflows/trash", Permission: auth.WorkflowView, Handle: trashPage},
	{Method: "GET", Path: "/workflows/import", Permission: auth.WorkflowEdit, Handle: importPage},
	{Method: "POST", Path: "/workflows/import", Permission: auth.WorkflowEdit, Handle: importFiles, Body: importBody, Cost: costFile},
	{Method: "GET", Path: "/workflows/:id", Permission: auth.WorkflowView, Handle: editorPage},
	{Method: "GET", Path: "/workflows/:id/history", Permission: auth.WorkflowView, Handle: historyPage},
	{Method: "GET", Path: "/workflows/:id/details", Permission: auth.WorkflowEdit, Handle: detailsPage},
	{Method: "POST", Path: "/workflows/:id/details", Permission: auth.WorkflowEdit, Handle: saveDetails},
	{Method: "POST", Path: "/workflows/:id/duplicate", Permission: auth.WorkflowEdit, Handle: duplicateWorkflow},
	{Method: "POST", Path: "/workflows/:id/archive", Permission: auth.WorkflowEdit, Handle: archiveWorkflow},
	{Method: "POST", Path: "/workflows/:id/delete", Permission: auth.WorkflowEdit, Handle: deleteWorkflow},
	{Method: "POST", Path: "/workflows/:id/restore", Permission: auth.WorkflowEdit, Handle: restoreWorkflow},
	{Method: "POST", Path: "/workflows/:id/active", Permission: auth.WorkflowEdit, Handle: activateWorkflow},
	{Method: "POST", Path: "/workflows/:id/run", Permission: auth.WorkflowRun, Handle: runWorkflow},

	{Method: "GET", Path: "/runs", Permission: auth.RunView, Handle: runsPage},
	{Method: "GET", Path: "/runs/:id", Permission: auth.RunView, Handle: runPage},
	{Method: "POST", Path: "/runs/:id/cancel", Permission: auth.RunCancel, Handle: cancelRun},
	{Method: "POST", Path: "/runs/:id/retry", Permission: auth.WorkflowRun, Handle: retryRun},
	{Method: "POST", Path: "/runs/:id/answer", Permission: auth.WorkflowRun, Handle: answerRun},
	{Method: "POST", Path: "/runs/:id/decide", Permission: auth.WorkflowRun, Handle: decideRun},

	{Method: "GET", Path: "/ws", Permission: auth.SignedIn, Handle: handleSocket, Timeout: noTimeout, Cost: costFree},
}, hookRoutes()...)

// hookMethods are the methods that webhooks can listen to.
var hookMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

// hookRoutes are the addresses of webhooks, for every method that a workflow may listen to.
func hookRoutes() []route {
	var rows []route
	for _, method := range hookMethods {
		for path, handle := range map[string]func(*Server, *Ctx) error{hookPrefix + "*": handleHook, testHookPrefix + "*": handleTestHook} {
			rows = append(rows, route{
				Method: method, Path: path, Permission: auth.Public, Handle: handle, Body: hookBody, Timeout: hookWait + time.Minute, Foreign: true,
			})
		}
	}
	return rows
}
