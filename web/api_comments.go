package web

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/live"
)

type threadsIn struct {
	ID     string   `path:"id"`
	Query  string   `query:"q" doc:"Words that a comment of the thread has."`
	IDs    []string `query:"ids" doc:"Only these threads, at most 200."`
	Bare   bool     `query:"bare" doc:"1: without the comments, to know where something was said and how much."`
	Cursor string   `query:"cursor" doc:"The next of the page before."`
	Limit  int      `query:"limit" doc:"50 when left out, at most 200; with bare at most 1,000."`
}

type threadsOut struct {
	Threads []engine.Thread `json:"threads" doc:"Each with its first comment, those in which something was said last first."`
	Next    string          `json:"next,omitempty" doc:"Asks for the page after, as cursor; left out at the end."`
	People  []person        `json:"people" doc:"Who can be called by @name; empty on later pages and with ids."`
	May     bool            `json:"may" doc:"Whether the asking person may comment."`
	Manages bool            `json:"manages" doc:"Whether they may delete what others wrote."`
	Me      string          `json:"me"`
}

// person is a member whom a comment can call.
type person struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

func apiThreads(s *Server, c *Ctx, in threadsIn) (threadsOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	out := threadsOut{People: []person{}, May: scope.Allows(auth.WorkflowComment), Manages: scope.Allows(auth.WorkspaceManage), Me: scope.User()}
	if len(in.IDs) > 200 {
		return out, invalidInput("At most %d threads can be asked for at once.", 200)
	}
	found, next, err := s.Store.Threads(ctx, scope, in.ID, engine.ThreadFilter{Query: in.Query, IDs: in.IDs, Bare: in.Bare, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return out, err
	}
	out.Threads, out.Next = list(found), next
	if in.Cursor != "" || len(in.IDs) > 0 {
		return out, nil
	}
	members, err := s.Store.Members(ctx, scope)
	for _, m := range members {
		out.People = append(out.People, person{m.User.ID, m.User.Name, m.User.Email})
	}
	return out, err
}

type threadIn struct {
	ID     string `path:"id" json:"-"`
	Thread string `path:"thread" json:"-"`
}

type threadPageIn struct {
	ID     string `path:"id"`
	Thread string `path:"thread"`
	Before int64  `query:"before" doc:"Only comments that were made before this time, in microseconds, and the first one."`
	Limit  int    `query:"limit" doc:"The last so many comments, and the first one: 50 when left out, at most 200."`
}

func apiThread(s *Server, c *Ctx, in threadPageIn) (engine.Thread, error) {
	return s.Store.Thread(c.Request().Context(), c.Scope(), in.ID, in.Thread, in.Before, in.Limit)
}

type newThreadIn struct {
	ID    string       `path:"id" json:"-"`
	Place engine.Place `json:"place" doc:"A node, a note, or only a point of the canvas."`
	Text  string       `json:"text" doc:"Markdown. @name or @address calls a member."`
}

func apiStartThread(s *Server, c *Ctx, in newThreadIn) (engine.Thread, error) {
	thread, err := s.Store.StartThread(c.Request().Context(), c.Scope(), in.ID, in.Place, in.Text)
	if err == nil {
		s.publishComment(c.Request().Context(), c.Scope(), in.ID, thread, &thread.Comments[0], "")
	}
	return thread, err
}

type replyIn struct {
	ID     string `path:"id" json:"-"`
	Thread string `path:"thread" json:"-"`
	Text   string `json:"text"`
}

type commentOut struct {
	Thread  engine.Thread  `json:"thread" doc:"Without its comments."`
	Comment engine.Comment `json:"comment"`
}

func apiReply(s *Server, c *Ctx, in replyIn) (commentOut, error) {
	thread, comment, err := s.Store.Reply(c.Request().Context(), c.Scope(), in.ID, in.Thread, in.Text)
	if err == nil {
		s.publishComment(c.Request().Context(), c.Scope(), in.ID, thread, &comment, "")
	}
	return commentOut{thread, comment}, err
}

type editCommentIn struct {
	ID      string `path:"id" json:"-"`
	Thread  string `path:"thread" json:"-"`
	Comment string `path:"comment" json:"-"`
	Text    string `json:"text"`
}

func apiEditComment(s *Server, c *Ctx, in editCommentIn) (commentOut, error) {
	thread, comment, err := s.Store.EditComment(c.Request().Context(), c.Scope(), in.ID, in.Thread, in.Comment, in.Text)
	if err == nil {
		s.publishComment(c.Request().Context(), c.Scope(), in.ID, thread, &comment, "")
	}
	return commentOut{thread, comment}, err
}

type commentIn struct {
	ID      string `path:"id"`
	Thread  string `path:"thread"`
	Comment string `path:"comment"`
}

func apiDeleteComment(s *Server, c *Ctx, in commentIn) (nothing, error) {
	thread, err := s.Store.DeleteComment(c.Request().Context(), c.Scope(), in.ID, in.Thread, in.Comment)
	if err == nil {
		s.publishComment(c.Request().Context(), c.Scope(), in.ID, thread, nil, in.Comment)
	}
	return nothing{}, err
}

type resolveIn struct {
	ID       string `path:"id" json:"-"`
	Thread   string `path:"thread" json:"-"`
	Resolved bool   `json:"resolved"`
}

func apiResolveThread(s *Server, c *Ctx, in resolveIn) (engine.Thread, error) {
	thread, err := s.Store.ResolveThread(c.Request().Context(), c.Scope(), in.ID, in.Thread, in.Resolved)
	if err == nil {
		s.publishComment(c.Request().Context(), c.Scope(), in.ID, thread, nil, "")
	}
	return thread, err
}

func apiReadThread(s *Server, c *Ctx, in threadIn) (nothing, error) {
	return nothing{}, s.Store.ReadThread(c.Request().Context(), c.Scope(), in.ID, in.Thread)
}

type readAllIn struct {
	ID string `path:"id"`
}

func apiReadThreads(s *Server, c *Ctx, in readAllIn) (nothing, error) {
	return nothing{}, s.Store.ReadThread(c.Request().Context(), c.Scope(), in.ID, "")
}

type mentionsIn struct {
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" doc:"50 when left out, at most 200."`
}

type mentionsOut struct {
	Mentions []engine.Mention `json:"mentions"`
	Next     string           `json:"next,omitempty"`
	Unread   int              `json:"unread" doc:"Of all, not of this page."`
}

func apiMentions(s *Server, c *Ctx, in mentionsIn) (mentionsOut, error) {
	found, next, err := s.Store.Mentions(c.Request().Context(), c.Scope(), in.Cursor, in.Limit)
	if err != nil {
		return mentionsOut{}, err
	}
	unread, err := s.Store.UnreadMentions(c.Request().Context(), c.Scope())
	return mentionsOut{list(found), next, unread}, err
}

// commentFrame is what watchers of a workflow are told of its comments: the thread as it is now, without what is one
// person's own, and the comment that is new or changed or the id of one that was deleted. A thread with count 0 is gone.
type commentFrame struct {
	Type     string          `json:"t"`
	Workflow string          `json:"workflow"`
	Thread   engine.Thread   `json:"thread"`
	Comment  *engine.Comment `json:"comment,omitempty"`
	Deleted  string          `json:"deleted,omitempty"`
}

func (s *Server) publishComment(ctx context.Context, scope auth.Scope, workflow string, t engine.Thread, c *engine.Comment, deleted string) {
	topic := live.WorkflowTopic(scope.Workspace(), workflow)
	if s.Live == nil || !s.Live.Bus().Heard(topic) {
		return
	}
	t.Unread, t.Mentioned, t.Comments = 0, false, nil
	s.publish(ctx, topic, 0, commentFrame{"comment", workflow, t, c, deleted})
}
