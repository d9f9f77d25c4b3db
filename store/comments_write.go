package store

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// maxPlace bounds the coordinates of a thread: far beyond what a canvas shows, and exact in both databases.
const maxPlace = 1e9

// StartThread begins a thread with its first comment.
func (s *Store) StartThread(ctx context.Context, scope auth.Scope, workflow string, place engine.Place, text string) (engine.Thread, error) {
	text, err := commentText(text)
	if err == nil {
		err = checkPlace(place)
	}
	if err != nil {
		return engine.Thread{}, err
	}
	id := newID()
	thread, comment, err := s.changeThread(ctx, scope, workflow, "", func(q querier, ws string) (string, engine.Comment, error) {
		if err := insertThread(ctx, q, ws, workflow, engine.Thread{ID: id, Place: place, Created: s.now()}, ""); err != nil {
			return id, engine.Comment{}, err
		}
		c, err := s.say(ctx, q, ws, scope.User(), workflow, id, text)
		return id, c, err
	})
	thread.Comments = []engine.Comment{comment}
	return thread, err
}

// Reply adds a comment to a thread, and opens one that was resolved: somebody has more to say.
func (s *Store) Reply(ctx context.Context, scope auth.Scope, workflow, thread, text string) (engine.Thread, engine.Comment, error) {
	text, err := commentText(text)
	if err != nil {
		return engine.Thread{}, engine.Comment{}, err
	}
	return s.changeThread(ctx, scope, workflow, thread, func(q querier, ws string) (string, engine.Comment, error) {
		var n int
		err := q.row(ctx, "SELECT count(*) FROM comments WHERE workspace = $1 AND workflow = $2 AND thread = $3", ws, workflow, thread).Scan(&n)
		if err == nil && n >= engine.MaxComments {
			err = invalid("a thread has at most %d comments: begin another one", engine.MaxComments)
		}
		if err != nil {
			return thread, engine.Comment{}, err
		}
		c, err := s.say(ctx, q, ws, scope.User(), workflow, thread, text)
		if err == nil {
			_, err = q.exec(ctx, "UPDATE comment_threads SET updated = $4, resolved = 0, resolver = '' WHERE workspace = $1 AND workflow = $2 AND id = $3",
				ws, workflow, thread, c.Created)
		}
		return thread, c, err
	})
}

// EditComment changes the text of an own comment.
func (s *Store) EditComment(ctx context.Context, scope auth.Scope, workflow, thread, id, text string) (engine.Thread, engine.Comment, error) {
	text, err := commentText(text)
	if err != nil {
		return engine.Thread{}, engine.Comment{}, err
	}
	return s.changeThread(ctx, scope, workflow, thread, func(q querier, ws string) (string, engine.Comment, error) {
		c, err := readComment(ctx, q, ws, workflow, thread, id)
		if err == nil && (c.By == "" || c.By != scope.User()) {
			err = fmt.Errorf("only who wrote a comment can change it: %w", fs.ErrPermission)
		}
		if err != nil {
			return thread, c, err
		}
		c.Text, c.Edited = text, s.now()
		if c.Mentions, err = mentionedIn(ctx, q, ws, text); err != nil {
			return thread, c, err
		}
		_, err = q.exec(ctx, "UPDATE comments SET body = $5, search = $6, mentions = $7, edited = $8 WHERE workspace = $1 AND workflow = $2 AND thread = $3 AND id = $4",
			ws, workflow, thread, id, text, strings.ToLower(text), strings.Join(c.Mentions, " "), c.Edited)
		if err == nil {
			err = putMentions(ctx, q, ws, workflow, thread, c)
		}
		return thread, c, err
	})
}

// DeleteComment removes an own comment; who manages the workspace can remove anybody's. A thread whose last comment is
// removed goes with it: it comes back with Count 0.
func (s *Store) DeleteComment(ctx context.Context, scope auth.Scope, workflow, thread, id string) (engine.Thread, error) {
	left, _, err := s.changeThread(ctx, scope, workflow, thread, func(q querier, ws string) (string, engine.Comment, error) {
		c, err := readComment(ctx, q, ws, workflow, thread, id)
		if err == nil && (c.By == "" || c.By != scope.User()) && !scope.Allows(auth.WorkspaceManage) {
			err = fmt.Errorf("only who wrote a comment, or an owner of the workspace, can delete it: %w", fs.ErrPermission)
		}
		if err == nil {
			_, err = q.exec(ctx, "DELETE FROM comments WHERE workspace = $1 AND workflow = $2 AND thread = $3 AND id = $4", ws, workflow, thread, id)
		}
		return thread, c, err
	})
	return left, err
}

// ResolveThread settles a thread or opens it again.
func (s *Store) ResolveThread(ctx context.Context, scope auth.Scope, workflow, thread string, resolved bool) (engine.Thread, error) {
	t, _, err := s.changeThread(ctx, scope, workflow, thread, func(q querier, ws string) (string, engine.Comment, error) {
		at, by := int64(0), ""
		if resolved {
			at, by = s.now(), scope.User()
		}
		_, err := q.exec(ctx, "UPDATE comment_threads SET resolved = $4, resolver = $5 WHERE workspace = $1 AND workflow = $2 AND id = $3", ws, workflow, thread, at, by)
		return thread, engine.Comment{}, err
	})
	return t, err
}

// changeThread runs change with the workflow's row held, so that counts hold, and returns the thread as it is then.
// thread is "" when change makes it.
func (s *Store) changeThread(ctx context.Context, scope auth.Scope, workflow, thread string,
	change func(q querier, ws string) (string, engine.Comment, error),
) (t engine.Thread, c engine.Comment, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return t, c, err
	}
	err = s.studio.tx(ctx, func(q querier) error {
		if err := needWorkflow(ctx, q, ws, workflow, q.db.forUpdate()); err != nil {
			return err
		}
		if thread != "" {
			if _, err := readThread(ctx, q, ws, workflow, scope.User(), thread); err != nil {
				return err
			}
		}
		var id string
		if id, c, err = change(q, ws); err != nil {
			return err
		}
		if t, err = readThread(ctx, q, ws, workflow, scope.User(), id); err != nil || t.Count > 0 {
			return err
		}
		_, err = q.exec(ctx, "DELETE FROM comment_threads WHERE workspace = $1 AND workflow = $2 AND id = $3", ws, workflow, id)
		return err
	})
	return t, c, err
}

func insertThread(ctx context.Context, q querier, ws, workflow string, t engine.Thread, resolver string) error {
	var n int
	if err := q.row(ctx, "SELECT count(*) FROM comment_threads WHERE workspace = $1 AND workflow = $2", ws, workflow).Scan(&n); err != nil {
		return err
	}
	if n >= engine.MaxThreads {
		return invalid("a workflow has at most %d threads of comments: delete some that are settled", engine.MaxThreads)
	}
	_, err := q.exec(ctx, `INSERT INTO comment_threads (workspace, workflow, id, node, note, x, y, created, updated, resolved, resolver)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		ws, workflow, t.ID, t.Place.Node, t.Place.Note, int64(math.Round(t.Place.At[0])), int64(math.Round(t.Place.At[1])),
		t.Created, max(t.Created, t.Updated), t.Resolved, resolver)
	return err
}

// say adds a comment by a person, with whom it mentions.
func (s *Store) say(ctx context.Context, q querier, ws, user, workflow, thread, text string) (c engine.Comment, err error) {
	var last int64 // two within a microsecond keep their order
	if err := q.row(ctx, "SELECT coalesce(max(created), 0) FROM comments WHERE workspace = $1 AND workflow = $2 AND thread = $3", ws, workflow, thread).Scan(&last); err != nil {
		return c, err
	}
	c = engine.Comment{ID: newID(), By: user, Text: text, Created: max(s.now(), last+1)}
	if c.Mentions, err = mentionedIn(ctx, q, ws, text); err != nil {
		return c, err
	}
	if user != "" {
		if c.Name, err = one(ctx, q, "such user", scanText, "SELECT name FROM users WHERE id = $1", user); err != nil {
			return c, err
		}
	}
	if err := insertComment(ctx, q, ws, workflow, thread, c); err != nil {
		return c, err
	}
	return c, putMentions(ctx, q, ws, workflow, thread, c)
}

const commentColumns = "workspace, workflow, thread, id, author, name, body, search, mentions, created, edited"

func insertComment(ctx context.Context, q querier, ws, workflow, thread string, c engine.Comment) error {
	_, err := q.exec(ctx, "INSERT INTO comments ("+commentColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		ws, workflow, thread, c.ID, c.By, c.Name, c.Text, strings.ToLower(c.Text), strings.Join(c.Mentions, " "), c.Created, c.Edited)
	return err
}

func readComment(ctx context.Context, q querier, ws, workflow, thread, id string) (engine.Comment, error) {
	c, err := one(ctx, q, "such comment: it was deleted", scanComment, commentQuery+" AND c.thread = $3 AND c.id = $4", ws, workflow, thread, id)
	return c.Comment, err
}

func commentText(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", invalid("a comment needs a text")
	}
	if n := utf8.RuneCountInString(text); n > engine.MaxCommentRunes {
		return "", invalid("a comment has at most %d characters, this one has %d", engine.MaxCommentRunes, n)
	}
	return text, nil
}

func checkPlace(p engine.Place) error {
	for _, v := range p.At {
		if !(math.Abs(v) <= maxPlace) { // not a number either
			return invalid("the place of a comment lies outside of the canvas")
		}
	}
	if p.Node != "" && p.Note != "" {
		return invalid("a thread is about a node or about a note, not both")
	}
	if len(p.Node) > 200 || len(p.Note) > 200 {
		return invalid("the id of a node or note has at most 200 bytes")
	}
	return nil
}
