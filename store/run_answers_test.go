package store_test

import (
	"io/fs"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

func TestAnswersWakeRuns(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, j := t.Context(), p.Journal()
		id := p.workflow(t, p.alpha, "W")
		now := p.clock.micro()
		asleep := p.run(t, p.alpha, id, "asleep", func(r *engine.Run) { r.Owner, r.Status, r.Wake = "dead", engine.Waiting, now+1e9 })
		awake := p.run(t, p.alpha, id, "awake", func(r *engine.Run) { r.Owner, r.Status = "live", engine.Running })
		must(t, j.Heartbeat(ctx, "live", now))
		yes := engine.Answer{Question: "q1", Choice: engine.Approve, Text: "fine", By: "ada", At: now}
		for _, run := range []*engine.Run{asleep, awake} {
			must(t, j.Answer(ctx, "alpha", run.ID, yes))
			want(t, j.Answer(ctx, "alpha", run.ID, engine.Answer{Question: "q1", Choice: engine.Refuse, At: now}), fs.ErrExist, "a second answer")
			want(t, j.Answer(ctx, "beta", run.ID, yes), fs.ErrNotExist, "an answer from another workspace")
			list, err := j.Answers(ctx, "alpha", run.ID)
			if must(t, err); len(list) != 1 || list[0] != yes {
				t.Errorf("%s has the answers %v", run.ID, list)
			}
			if list, err = j.Answers(ctx, "beta", run.ID); err != nil || len(list) != 0 {
				t.Errorf("another workspace reads %v, %v", list, err)
			}
		}
		claimed, err := j.Claim(ctx, "me", now, now-1, 10)
		if must(t, err); len(claimed) != 1 || claimed[0].ID != "asleep" {
			t.Errorf("due are %v", claimed)
		}
		p.finish(t, awake, 2, engine.Succeeded)
		want(t, j.Answer(ctx, "alpha", awake.ID, engine.Answer{Question: "q2", Choice: engine.Approve, At: now}), fs.ErrInvalid, "an answer to an ended run")
		n, err := p.DeleteRuns(ctx, p.alpha, id, now+1e12)
		if must(t, err); n != 1 {
			t.Errorf("%d runs were removed", n)
		}
		if list, err := j.Answers(ctx, "alpha", awake.ID); err != nil || len(list) != 0 {
			t.Errorf("the removed run left %v, %v", list, err)
		}

		parked := p.run(t, p.alpha, id, "parked", func(r *engine.Run) { r.Owner, r.Status, r.Wake = "dead", engine.Waiting, now+1e9 })
		must(t, j.Rouse(ctx, "alpha", parked.ID, now))
		if claimed, err = j.Claim(ctx, "me", now, now-1, 10); err != nil || len(claimed) != 1 {
			t.Errorf("after it was roused: %v %v", claimed, err)
		}
	})
}
