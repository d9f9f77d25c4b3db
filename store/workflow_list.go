package store

import (
	"context"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// Workflows lists workflows, the last changed first. A folder includes those below it. next asks for the page after;
// it is empty at the end.
func (s *Store) Workflows(ctx context.Context, scope auth.Scope, f engine.SummaryFilter) (list []engine.Summary, next string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, "", err
	}
	var w where
	w.add("workspace = ?", ws)
	if f.Deleted {
		w.add("deleted <> 0")
	} else {
		w.add("deleted = 0 AND archived = ?", f.Archived)
	}
	switch folder := strings.Trim(f.Folder, "/"); {
	case f.Folder == "":
	case folder == "":
		w.add("folder = ''")
	default:
		w.add("(folder = ? OR folder LIKE ? ESCAPE '!')", folder, escapeLike(folder)+"/%")
	}
	for _, word := range searchWords(f.Query) {
		w.add("search LIKE ? ESCAPE '!'", like(word))
	}
	if f.Cursor != "" {
		at, id, err := parseCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(updated, id) < (?, ?)", at, id)
	}
	limit := pageSize(f.Limit)
	w.args = append(w.args, limit+1)
	list, err = collect(ctx, s.studio.reader(), scanSummary, "SELECT "+summaryColumns+" FROM workflows WHERE "+w.text.String()+
		" ORDER BY updated DESC, id DESC LIMIT "+placeholder(len(w.args)), w.args...)
	if err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		next = cursor(list[limit-1].Updated, list[limit-1].ID)
	}
	each := make([]*engine.Summary, len(list))
	for i := range list {
		each[i] = &list[i]
	}
	return list, next, s.addLastRuns(ctx, ws, each...)
}

// addLastRuns fills in the status and time of each workflow's newest run, with one query.
func (s *Store) addLastRuns(ctx context.Context, ws string, list ...*engine.Summary) error {
	if len(list) == 0 {
		return nil
	}
	args := []any{}
	byID := make(map[string]*engine.Summary, len(list))
	for _, v := range list {
		args = append(args, v.ID)
		byID[v.ID] = v
	}
	args = append(args, ws)
	mark := "?"
	if s.runs.postgres {
		mark = placeholder(len(args))
	} else {
		args = append(args, ws)
	}
	type last struct {
		workflow string
		status   engine.Status
		created  int64
	}
	found, err := collect(ctx, s.runs.reader(), func(row scanner) (v last, err error) {
		return v, row.Scan(&v.workflow, &v.status, &v.created)
	}, "WITH wanted (id) AS (VALUES "+s.runs.rowsOf(len(list), 1)+`)
		SELECT r.workflow, r.status, r.created FROM wanted CROSS JOIN runs r WHERE r.workspace = `+mark+` AND r.id = (
			SELECT n.id FROM runs n WHERE n.workspace = `+mark+` AND n.workflow = wanted.id ORDER BY n.created DESC, n.id DESC LIMIT 1)`, args...)
	for _, v := range found {
		byID[v.workflow].LastStatus, byID[v.workflow].LastRun = v.status, v.created
	}
	return err
}

// Folders lists the folders that have workflows which are neither archived nor deleted.
func (s *Store) Folders(ctx context.Context, scope auth.Scope) ([]string, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.studio.reader(), scanText,
		"SELECT DISTINCT folder FROM workflows WHERE workspace = $1 AND folder <> '' AND NOT archived AND deleted = 0 ORDER BY folder LIMIT 10000", ws)
}

// searchWords splits what a person typed; more than eight words find nothing more precisely.
func searchWords(query string) []string {
	words := strings.Fields(strings.ToLower(query))
	return words[:min(len(words), 8)]
}

// cleanFolder brings a folder's path into its one form: "Reports/Weekly".
func cleanFolder(folder string) (string, error) {
	var parts []string
	for part := range strings.SplitSeq(folder, "/") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	folder = strings.Join(parts, "/")
	if len(folder) > 200 || len(parts) > 10 || strings.ContainsFunc(folder, func(r rune) bool { return r < ' ' }) {
		return "", invalid("a folder's path has at most 200 bytes and 10 levels, and no control characters")
	}
	return folder, nil
}
