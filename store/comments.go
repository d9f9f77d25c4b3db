package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// threadQuery reads threads with what is the asking person's own: $1 is the workspace, $2 the workflow, $3 the person.
// What was said before they came is not new to them, and neither is what they said themselves.
const threadQuery = `SELECT t.id, t.node, t.note, t.x, t.y, t.created, t.updated, t.resolved, coalesce(r.name, ''),
	(SELECT count(*) FROM comments c WHERE c.workspace = t.workspace AND c.workflow = t.workflow AND c.thread = t.id),
	(SELECT count(*) FROM comments c JOIN members m ON m.workspace = c.workspace AND m.user_id = $3
		WHERE c.workspace = t.workspace AND c.workflow = t.workflow AND c.thread = t.id AND c.author <> $3 AND c.created > m.since
		AND c.created > coalesce((SELECT v.at FROM comment_reads v WHERE v.workspace = t.workspace AND v.user_id = $3 AND v.workflow = t.workflow AND v.thread = t.id), 0)),
	(SELECT count(*) FROM comment_mentions n WHERE n.workspace = t.workspace AND n.user_id = $3 AND n.workflow = t.workflow AND n.thread = t.id)
	FROM comment_threads t LEFT JOIN users r ON r.id = t.resolver WHERE t.workspace = $1 AND t.workflow = $2`

func scanThread(row scanner) (t engine.Thread, err error) {
	var x, y int64
	var mentions int
	err = row.Scan(&t.ID, &t.Place.Node, &t.Place.Note, &x, &y, &t.Created, &t.Updated, &t.Resolved, &t.ResolvedBy, &t.Count, &t.Unread, &mentions)
	t.Place.At, t.Mentioned = [2]float64{float64(x), float64(y)}, mentions > 0
	return t, err
}

const commentQuery = `SELECT c.thread, c.id, c.author, coalesce(u.name, c.name), c.body, c.mentions, c.created, c.edited
	FROM comments c LEFT JOIN users u ON u.id = c.author WHERE c.workspace = $1 AND c.workflow = $2`

// threadComment is a comment with the thread that it belongs to.
type threadComment struct {
	thread string
	engine.Comment
}

func scanComment(row scanner) (c threadComment, err error) {
	var mentions string
	err = row.Scan(&c.thread, &c.ID, &c.By, &c.Name, &c.Text, &mentions, &c.Created, &c.Edited)
	c.Mentions = strings.Fields(mentions)
	return c, err
}

// Threads lists a workflow's threads, those in which something was said last first, each with its first comment. next
// continues the list; it is empty at the end.
func (s *Store) Threads(ctx context.Context, scope auth.Scope, workflow string, f engine.ThreadFilter) (threads []engine.Thread, next string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, "", err
	}
	q := s.studio.reader()
	if err := needWorkflow(ctx, q, ws, workflow, ""); err != nil {
		return nil, "", err
	}
	text, args := threadQuery, []any{ws, workflow, scope.User()}
	mark := func(v any) string {
		args = append(args, v)
		return placeholder(len(args))
	}
	for _, word := range searchWords(f.Query) {
		text += ` AND EXISTS (SELECT 1 FROM comments f WHERE f.workspace = t.workspace AND f.workflow = t.workflow AND f.thread = t.id
			AND f.search LIKE ` + mark(like(word)) + ` ESCAPE '!')`
	}
	if len(f.IDs) > 0 {
		text += " AND t.id IN (" + inList(f.IDs[:min(len(f.IDs), engine.MaxThreads)], mark) + ")"
	}
	if f.Cursor != "" {
		at, id, err := parseCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		text += fmt.Sprintf(" AND (t.updated < %s OR t.updated = %s AND t.id > %s)", mark(at), mark(at), mark(id))
	}
	size := pageSize(f.Limit)
	if f.Bare && f.Limit > size {
		size = min(f.Limit, engine.MaxThreads)
	}
	if threads, err = collect(ctx, q, scanThread, text+" ORDER BY t.updated DESC, t.id LIMIT "+mark(size+1), args...); err != nil {
		return nil, "", err
	}
	if len(threads) > size {
		threads = threads[:size]
		next = cursor(threads[size-1].Updated, threads[size-1].ID)
	}
	if f.Bare || len(threads) == 0 {
		return threads, next, nil
	}
	threads, err = s.withFirst(ctx, q, ws, workflow, threads)
	return threads, next, err
}

// withFirst gives threads their first comments.
func (s *Store) withFirst(ctx context.Context, q querier, ws, workflow string, threads []engine.Thread) ([]engine.Thread, error) {
	ids, args := make([]string, len(threads)), []any{ws, workflow}
	for i, t := range threads {
		ids[i] = t.ID
	}
	in := inList(ids, func(v any) string {
		args = append(args, v)
		return placeholder(len(args))
	})
	first, err := collect(ctx, q, scanComment, commentQuery+" AND c.thread IN ("+in+`) AND NOT EXISTS (SELECT 1 FROM comments e WHERE e.workspace = c.workspace
		AND e.workflow = c.workflow AND e.thread = c.thread AND (e.created < c.created OR e.created = c.created AND e.id < c.id))`, args...)
	return withComments(threads, first), err
}

// inList writes the places of values in a statement, as IN needs them.
func inList(values []string, mark func(any) string) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = mark(v)
	}
	return strings.Join(list, ", ")
}

// withComments puts each comment into its thread.
func withComments(threads []engine.Thread, comments []threadComment) []engine.Thread {
	index := make(map[string]int, len(threads))
	for i := range threads {
		index[threads[i].ID] = i
	}
	for _, c := range comments {
		if i, ok := index[c.thread]; ok {
			threads[i].Comments = append(threads[i].Comments, c.Comment)
		}
	}
	return threads
}

// Thread returns a thread with its first comment and the last of those that were said before a time (0: of all), limit
// at most; 0 is 50, and 200 the most.
func (s *Store) Thread(ctx context.Context, scope auth.Scope, workflow, id string, before int64, limit int) (engine.Thread, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return engine.Thread{}, err
	}
	q := s.studio.reader()
	if err := needWorkflow(ctx, q, ws, workflow, ""); err != nil {
		return engine.Thread{}, err
	}
	thread, err := readThread(ctx, q, ws, workflow, scope.User(), id)
	if err != nil {
		return thread, err
	}
	if before <= 0 {
		before = 1 << 62
	}
	last, err := collect(ctx, q, scanComment, commentQuery+" AND c.thread = $3 AND c.created < $4 ORDER BY c.created DESC, c.id DESC LIMIT $5",
		ws, workflow, id, before, pageSize(limit))
	if err != nil {
		return thread, err
	}
	slices.Reverse(last)
	with, err := s.withFirst(ctx, q, ws, workflow, []engine.Thread{thread})
	if err != nil {
		return thread, err
	}
	thread = with[0]
	for _, c := range last {
		if len(thread.Comments) == 0 || c.ID != thread.Comments[0].ID {
			thread.Comments = append(thread.Comments, c.Comment)
		}
	}
	return thread, nil
}

func readThread(ctx context.Context, q querier, ws, workflow, user, id string) (engine.Thread, error) {
	return one(ctx, q, "such thread of comments: it was deleted", scanThread, threadQuery+" AND t.id = $4", ws, workflow, user, id)
}

// AllThreads returns a workflow's threads with all their comments, the oldest first, for a file. More than a file may
// hold are refused.
func (s *Store) AllThreads(ctx context.Context, scope auth.Scope, workflow string) ([]engine.Thread, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	q := s.studio.reader()
	if err := needWorkflow(ctx, q, ws, workflow, ""); err != nil {
		return nil, err
	}
	var size, count int
	if err := q.row(ctx, "SELECT coalesce(sum(length(body)), 0), count(*) FROM comments WHERE workspace = $1 AND workflow = $2", ws, workflow).Scan(&size, &count); err != nil {
		return nil, err
	}
	if count > engine.MaxFileComments {
		return nil, invalid("there are %d comments, and a file holds at most %d: export the workflow without them", count, engine.MaxFileComments)
	}
	if size > engine.MaxFileBytes {
		return nil, invalid("the comments have %d MiB, and a file at most %d: export the workflow without them", size>>20, engine.MaxFileBytes>>20)
	}
	threads, err := collect(ctx, q, scanThread, threadQuery+" ORDER BY t.created, t.id", ws, workflow, scope.User())
	if err != nil {
		return nil, err
	}
	comments, err := collect(ctx, q, scanComment, commentQuery+" ORDER BY c.created, c.id", ws, workflow)
	return withComments(threads, comments), err
}
