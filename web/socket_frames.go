package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/locales"
)

// clientFrame is what a browser sends: watch or unwatch a run, a workflow or a collection, what its person does there, or a ping.
type clientFrame struct {
	Type       string `json:"t"`
	Run        string `json:"run,omitempty"`
	Workflow   string `json:"workflow,omitempty"`
	Collection string `json:"collection,omitempty"`
	Campaign   string `json:"campaign,omitempty"`
	Since      int64  `json:"since,omitempty"`

	State json.RawMessage `json:"state,omitempty"` // of a presence
}

const (
	farBehind    = 1000 // revisions; more are loaded faster as a drawing
	revisionPage = 50
)

type errorFrame struct {
	Type string `json:"t"`
	Text string `json:"text"`
}

var pong = live.TextFrame([]byte(`{"t":"pong"}`))

// handle does what a frame asks for. Every frame that reaches data is permitted anew.
func (k *socket) handle(ctx context.Context, data []byte) {
	var f clientFrame
	if err := json.Unmarshal(data, &f); err != nil {
		k.fail(errors.New("a frame must be a JSON object"))
		return
	}
	var err error
	switch {
	case f.Type == "ping":
		k.conn.Send(pong)
	case f.Type == "watch" && f.Run != "":
		err = k.watchRun(ctx, f.Run, f.Since)
	case f.Type == "watch" && f.Collection != "":
		err = k.watchCollection(ctx, f.Collection)
	case f.Type == "watch" && f.Campaign != "":
		err = k.watchCampaign(ctx, f.Campaign)
	case f.Type == "watch" && f.Workflow != "":
		err = k.watchWorkflow(ctx, f.Workflow, f.Since)
	case f.Type == "unwatch" && f.Run != "":
		k.unwatch(live.RunTopic(k.workspace(), f.Run))
	case f.Type == "unwatch" && f.Collection != "":
		k.unwatch(live.CollectionTopic(k.workspace(), f.Collection))
	case f.Type == "unwatch" && f.Campaign != "":
		k.unwatch(live.CampaignTopic(k.workspace(), f.Campaign))
	case f.Type == "unwatch" && f.Workflow != "":
		k.unwatch(live.WorkflowTopic(k.workspace(), f.Workflow))
	case f.Type == "presence" && f.Workflow != "":
		err = k.attend(ctx, f.Workflow, f.State)
	default:
		err = errors.New("there is no such frame")
	}
	if err != nil {
		k.fail(err)
	}
}

func (k *socket) workspace() string { return k.principal.Member.Workspace.ID }

// permit returns the person's right to the workspace as it is now.
func (k *socket) permit(ctx context.Context, p auth.Permission) (auth.Scope, error) {
	member, err := k.server.stillThere(ctx, k.principal)
	if err != nil {
		return auth.Scope{}, err
	}
	if scope := member.Scope(); scope.Allows(p) {
		return scope, nil
	}
	return auth.Scope{}, fmt.Errorf("your role does not allow this: %w", fs.ErrPermission)
}

func (k *socket) watchRun(ctx context.Context, id string, since int64) error {
	scope, err := k.permit(ctx, auth.RunView)
	if err != nil {
		return err
	}
	if _, err := k.server.Store.Run(ctx, scope, id); err != nil {
		return err
	}
	read := func(ctx context.Context, since int64) ([]live.Message, error) {
		events, err := k.server.Store.Events(ctx, scope, id, since, eventPage)
		return eventMessages(id, events), err
	}
	return k.watch(ctx, live.RunTopic(scope.Workspace(), id), max(since, 0), read)
}

// watchWorkflow tells of a workflow's runs, and of every revision after since exactly once and in order. A page that
// does not say what it has, or that is far behind, is told of what comes from now on and loads the drawing itself.
func (k *socket) watchWorkflow(ctx context.Context, id string, since int64) error {
	scope, err := k.permit(ctx, auth.WorkflowView)
	if err != nil {
		return err
	}
	newest, err := k.server.Store.Revision(ctx, scope, id)
	if err != nil {
		return err
	}
	if since <= 0 || since > newest || newest-since > farBehind {
		since = newest
	}
	read := func(ctx context.Context, since int64) ([]live.Message, error) {
		revisions, err := k.server.Store.Revisions(ctx, scope, id, since, revisionPage)
		if errors.Is(err, fs.ErrNotExist) { // it was deleted: nothing more comes
			return nil, nil
		}
		return revisionMessages(id, revisions), err
	}
	return k.watch(ctx, live.WorkflowTopic(scope.Workspace(), id), since, read)
}

// watchCollection tells which documents of a collection have changed from now on; what they are is asked then.
func (k *socket) watchCollection(ctx context.Context, id string) error {
	scope, err := k.permit(ctx, auth.CollectionView)
	if err != nil {
		return err
	}
	c, err := k.server.Store.Collection(ctx, scope, id)
	if err != nil {
		return err
	}
	nothing := func(context.Context, int64) ([]live.Message, error) { return nil, nil }
	return k.watch(ctx, live.CollectionTopic(scope.Workspace(), c.ID), 0, nothing)
}

func (k *socket) watch(ctx context.Context, topic string, since int64, read live.Reader) error {
	k.unwatch(topic)
	if len(k.watches) >= maxWatches {
		return fmt.Errorf("one page can watch at most %d things", maxWatches)
	}
	w, err := k.server.Live.Watch(ctx, k.conn, topic, since, read)
	if err != nil {
		return err
	}
	k.watches[topic] = w
	return nil
}

func (k *socket) unwatch(topic string) {
	if w := k.watches[topic]; w != nil {
		w.Close()
		delete(k.watches, topic)
	}
}

func (k *socket) unwatchAll() {
	for topic := range k.watches {
		k.unwatch(topic)
	}
}

// fail tells the page why a frame was not obeyed, in the public words of the error. Who may no longer be here is cut.
func (k *socket) fail(err error) {
	switch {
	case errors.Is(err, auth.ErrSignedOut):
		k.conn.Close(live.CloseSignedOut, "You are signed out.")
		return
	case errors.Is(err, errNoMember):
		k.conn.Close(live.CloseForbidden, "You are no longer a member of this workspace.")
		return
	}
	text := err.Error()
	if d := describe(err); slices.Contains([]int{403, 404, 422}, d.Status) {
		text = d.Detail
	}
	k.tell(errorFrame{"error", locales.Retell(k.language, text)})
}

// tell sends a frame to this page alone.
func (k *socket) tell(frame any) {
	if data, err := json.Marshal(frame); err == nil {
		k.conn.Send(live.TextFrame(data))
	}
}

var errNoMember = fmt.Errorf("you are no longer a member of this workspace: %w", fs.ErrPermission)

// stillThere looks up whether a session still counts and what its person may do in the workspace that they were in.
func (s *Server) stillThere(ctx context.Context, p auth.Principal) (auth.Member, error) {
	sessions, err := s.Auth.Sessions(ctx, p)
	if err != nil {
		return auth.Member{}, err
	}
	if !slices.ContainsFunc(sessions, func(v auth.Session) bool { return v.ID == p.Session.ID }) {
		return auth.Member{}, auth.ErrSignedOut
	}
	member, err := s.Store.Membership(ctx, p.User.ID, p.Member.Workspace.ID)
	if errors.Is(err, fs.ErrNotExist) {
		return auth.Member{}, errNoMember
	}
	return member, err
}

// recheck makes all sockets of these people look at once whether they may still be here: after a sign-out, a change of
// role, the end of a membership.
func (s *Server) recheck(ctx context.Context, users ...string) {
	if s.Live == nil {
		return
	}
	for _, user := range users {
		s.publish(ctx, live.UserTopic(user), 0, clientFrame{Type: "recheck"})
	}
}
