package views

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// WorkflowsView is one page of the list of workflows.
type WorkflowsView struct {
	Kind      string // "" those in use, "archived" or "trash"
	Query     string
	Folder    string   // "" all
	Folders   []string // all folders of the workspace
	Workflows []WorkflowRow
	Next      string // cursor of the page after, "" at the end
	Templates TemplateGallery
	Fresh     bool // the workspace has no workflow at all
}

// WorkflowRow is a workflow in the list, with the icons of the kinds that it uses.
type WorkflowRow struct {
	engine.Summary
	Icons []KindIcon
}

// KindIcon stands for a kind.
type KindIcon struct{ Name, Title string }

// subfolders are the folders right below the current one.
func (v WorkflowsView) subfolders() []Link {
	prefix := ""
	if v.Folder != "" {
		prefix = v.Folder + "/"
	}
	var links []Link
	for _, f := range v.Folders {
		rest, below := strings.CutPrefix(f, prefix)
		if !below || rest == "" {
			continue
		}
		name, _, _ := strings.Cut(rest, "/")
		link := Link{name, "/workflows?folder=" + url.QueryEscape(prefix+name)}
		if !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links
}

// path leads from all workflows to the current folder.
func (v WorkflowsView) path(ctx context.Context) []Link {
	links := []Link{{tr(ctx, "All workflows"), "/workflows"}}
	at := ""
	for part := range strings.SplitSeq(v.Folder, "/") {
		at = strings.TrimPrefix(at+"/"+part, "/")
		links = append(links, Link{part, "/workflows?folder=" + url.QueryEscape(at)})
	}
	return links
}

func (v WorkflowsView) address() string {
	switch v.Kind {
	case "trash":
		return "/workflows/trash"
	default:
		return "/workflows"
	}
}

// nextPage is the address of the page after this one.
func (v WorkflowsView) nextPage() string {
	q := url.Values{"cursor": {v.Next}}
	if v.Query != "" {
		q.Set("query", v.Query)
	}
	if v.Folder != "" {
		q.Set("folder", v.Folder)
	}
	if v.Kind == "archived" {
		q.Set("archived", "true")
	}
	return v.address() + "?" + q.Encode()
}

// behind counts the edits since what is published; -1 when nothing is.
func (w WorkflowRow) behind() int {
	if w.Published == 0 {
		return -1
	}
	return int(max(0, w.Revision-w.Published))
}

// publishAt is the address at which publishing a workflow begins; it leads back to the list as it is shown.
func (v WorkflowsView) publishAt(id string) string {
	return "/workflows/publish?" + url.Values{"id": {id}, "back": {v.here()}}.Encode()
}

// sinceAt is where the edits since what is published are seen: where they can be published, or on the canvas.
func (v WorkflowsView) sinceAt(w WorkflowRow, p Page) string {
	if canEdit(p) {
		return v.publishAt(w.ID)
	}
	return "/workflows/" + url.PathEscape(w.ID) + "/history?from=" + itoa64(w.Published) + "&to=" + itoa64(w.Revision)
}

func (v WorkflowsView) title(ctx context.Context) string {
	switch v.Kind {
	case "archived":
		return tr(ctx, "Archived workflows")
	case "trash":
		return tr(ctx, "Deleted workflows")
	default:
		return tr(ctx, "Workflows")
	}
}

func (v WorkflowsView) text(ctx context.Context) string {
	switch v.Kind {
	case "archived":
		return tr(ctx, "They keep their drawing and their runs, and start no new ones by themselves.")
	case "trash":
		return tr(ctx, "Deleted workflows can be brought back for 30 days.")
	default:
		return ""
	}
}

// nothing says why a list is empty.
func (v WorkflowsView) nothing(ctx context.Context) (icon, title, text string) {
	switch {
	case v.Query != "":
		return "search", tr(ctx, "Nothing found"), tr(ctx, "No workflow has these words in its name, its folder or its kinds of nodes: “{query}”.", "query", v.Query)
	case v.Kind == "archived":
		return "archive", tr(ctx, "Nothing is archived"), tr(ctx, "Archive a workflow to take it out of the list without losing it.")
	case v.Kind == "trash":
		return "trash-2", tr(ctx, "Nothing is deleted"), tr(ctx, "What you delete waits here for 30 days.")
	default:
		return "folder", tr(ctx, "This folder is empty"), tr(ctx, "Move a workflow here, or make a new one.")
	}
}

func canEdit(p Page) bool { return p.Can(auth.WorkflowEdit) }

// statusIcon is the picture of a run's status beside its word.
func statusIcon(s engine.Status) string {
	switch s {
	case engine.Succeeded:
		return "circle-check"
	case engine.Failed:
		return "circle-x"
	case engine.Cancelled:
		return "ban"
	case engine.Waiting:
		return "hourglass"
	case engine.Deciding:
		return "circle-help"
	case engine.Running:
		return "loader-circle"
	default:
		return "clock"
	}
}

// statusText is a run's status for people.
func statusText(ctx context.Context, s engine.Status) string {
	switch s {
	case engine.Succeeded:
		return tr(ctx, "Done")
	case engine.Deciding:
		return tr(ctx, "Needs a decision")
	case engine.Queued:
		return tr(ctx, "Queued")
	case engine.Running:
		return tr(ctx, "Running")
	case engine.Waiting:
		return tr(ctx, "Waiting")
	case engine.Failed:
		return tr(ctx, "Failed")
	case engine.Cancelled:
		return tr(ctx, "Cancelled")
	default:
		return string(s)
	}
}

// here is the address of the list as it is shown.
func (v WorkflowsView) here() string {
	q := url.Values{}
	if v.Query != "" {
		q.Set("query", v.Query)
	}
	if v.Folder != "" {
		q.Set("folder", v.Folder)
	}
	if v.Kind == "archived" {
		q.Set("archived", "true")
	}
	if len(q) == 0 {
		return v.address()
	}
	return v.address() + "?" + q.Encode()
}

func welcome(ctx context.Context, p Page) string {
	if canEdit(p) {
		return tr(ctx, "A workflow is a drawing that runs: something starts it, and each node does one step. Start with one of these.")
	}
	return tr(ctx, "There is no workflow here yet. Editors and owners of this workspace can draw one.")
}

func iconsText(ctx context.Context, w WorkflowRow) string {
	titles := make([]string, len(w.Icons))
	for i, k := range w.Icons {
		titles[i] = k.Title
	}
	return tr(ctx, "Uses {kinds}", "kinds", strings.Join(titles, ", "))
}

func firstOf(list []string, n int) []string { return list[:min(len(list), n)] }
