package web

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/live"
)

const maxOps = 10_000 // of one edit

type opsIn struct {
	ID     string      `path:"id" json:"-"`
	Base   int64       `json:"base" doc:"The revision that the author saw."`
	Ops    []engine.Op `json:"ops"`
	Client string      `json:"client,omitempty" doc:"Random, one an editor; with seq it makes a repeated delivery harmless."`
	Seq    int64       `json:"seq,omitempty" doc:"Counts the client's edits from 1."`
}

type opsOut struct {
	Revision int64             `json:"revision"`
	Missed   []engine.Revision `json:"missed" doc:"Edits by others since base."`
	Ops      []engine.Op       `json:"ops,omitempty" doc:"The operations as they were applied, when they may be others than were sent: texts, lists and objects are fitted to what others made of them since base."`
}

// apiOps applies an edit: all operations or none.
func apiOps(s *Server, c *Ctx, in opsIn) (opsOut, error) {
	if len(in.Ops) == 0 {
		return opsOut{}, invalidInput("An edit needs at least one operation.")
	}
	if len(in.Ops) > maxOps {
		return opsOut{}, invalidInput("An edit has at most %d operations; this one has %d.", maxOps, len(in.Ops))
	}
	if len(in.Client) > 64 {
		return opsOut{}, invalidInput("client has at most 64 characters.")
	}
	rev, missed, err := s.edit(c.Request().Context(), c.Scope(), in.ID, engine.Edit{Base: in.Base, Ops: in.Ops, Client: in.Client, Seq: in.Seq})
	out := opsOut{Revision: rev.Number, Missed: list(missed)}
	if err == nil && mayDiffer(in, rev) {
		out.Ops = rev.Ops
	}
	return out, err
}

// mayDiffer tells whether an edit was applied in another form than it was sent.
func mayDiffer(in opsIn, rev engine.Revision) bool {
	if engine.ChangesText(in.Ops) || rev.Number != in.Base+1 && engine.SetsParts(in.Ops) {
		return true
	}
	return slices.ContainsFunc(in.Ops, func(op engine.Op) bool { return len(op.If) > 0 })
}

// edit applies an edit to the draft and tells those who watch.
func (s *Server) edit(ctx context.Context, scope auth.Scope, id string, e engine.Edit) (engine.Revision, []engine.Revision, error) {
	e.Guard = s.guard(scope)
	rev, missed, err := s.Store.EditWorkflow(ctx, scope, id, e)
	if err != nil {
		return rev, missed, err
	}
	s.publishRevision(ctx, scope, id, rev)
	return rev, missed, nil
}

// revisionFrame is what watchers of a workflow are told of an edit. The inverse is for history, not for them.
type revisionFrame struct {
	Type     string          `json:"t"`
	Workflow string          `json:"workflow"`
	Revision engine.Revision `json:"revision"`
}

func (s *Server) publishRevision(ctx context.Context, scope auth.Scope, id string, rev engine.Revision) {
	topic := live.WorkflowTopic(scope.Workspace(), id)
	if s.Live == nil || !s.Live.Bus().Heard(topic) {
		return
	}
	rev.Inverse = nil
	s.publish(ctx, topic, rev.Number, revisionFrame{"revision", id, rev})
}

// revisionMessages makes the frames of revisions, numbered as the workflow numbers them.
func revisionMessages(id string, revisions []engine.Revision) []live.Message {
	messages := make([]live.Message, 0, len(revisions))
	for _, rev := range revisions {
		rev.Inverse = nil
		data, err := json.Marshal(revisionFrame{"revision", id, rev})
		if err != nil { // it came out of JSON
			continue
		}
		messages = append(messages, live.Message{Seq: rev.Number, Data: data})
	}
	return messages
}

// publish hands a frame to the bus. A frame that is lost costs a watcher a look into the store, so that it is logged
// and not an error of what was done.
func (s *Server) publish(ctx context.Context, topic string, seq int64, frame any) {
	data, err := json.Marshal(frame)
	if err == nil {
		err = s.Live.Bus().Publish(ctx, topic, live.Message{Seq: seq, Data: data})
	}
	if err != nil {
		s.Log.WarnContext(ctx, "a frame could not be published", "topic", topic, "error", err)
	}
}

type revisionsIn struct {
	ID    string `path:"id"`
	Since int64  `query:"since" doc:"The revision after which to begin."`
	Limit int    `query:"limit" doc:"200 when left out, at most 1000."`
}

type revisionsOut struct {
	Revisions []engine.Revision `json:"revisions"`
}

func apiRevisions(s *Server, c *Ctx, in revisionsIn) (revisionsOut, error) {
	limit := in.Limit
	if limit <= 0 {
		limit = 200
	}
	found, err := s.Store.Revisions(c.Request().Context(), c.Scope(), in.ID, in.Since, min(limit, 1000))
	return revisionsOut{list(found)}, err
}
