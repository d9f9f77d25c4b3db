package store

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/engine"
)

// Desk returns the campaigns as their worker sees them.
func (s *Store) Desk() *Desk { return &Desk{s} }

// Desk is the store as the worker of campaigns sees it. Its workspaces come from tasks.
type Desk struct{ store *Store }

var (
	_ desk.Queue = (*Desk)(nil)
	_ desk.Plans = (*Desk)(nil)
)

// heldCampaign is the condition that a task is still its worker's.
const heldCampaign = " WHERE workspace = $1 AND id = $2 AND owner = $3 AND fence = $4 AND status = 'working'"

func campaignHolder(t *desk.Task) []any { return []any{t.Workspace, t.ID, t.Owner, t.Fence} }

func mustHoldCampaign(n int64, err error) error {
	if err == nil && n == 0 {
		return desk.ErrTaken
	}
	return err
}

// holds runs fn while the task is the worker's.
func (d *Desk) holds(ctx context.Context, t *desk.Task, fn func(q querier) error) error {
	return d.store.library.tx(ctx, func(q querier) error {
		_, err := one(ctx, q, "task", scanText, "SELECT id FROM campaigns"+heldCampaign+q.db.forUpdate(), campaignHolder(t)...)
		if errors.Is(err, fs.ErrNotExist) {
			return desk.ErrTaken
		}
		if err != nil {
			return err
		}
		return fn(q)
	})
}

// Claim is in desk.Queue. Of several processes on Postgres each takes another campaign.
func (d *Desk) Claim(ctx context.Context, owner string, dead int64) (t *desk.Task, err error) {
	s := d.store
	if err := d.endWithRuns(ctx); err != nil {
		return nil, err
	}
	sealed := ""
	err = s.library.tx(ctx, func(q querier) error {
		t = nil
		lock := ""
		if q.db.postgres {
			lock = " FOR UPDATE SKIP LOCKED"
		}
		due, err := collect(ctx, q, func(row scanner) (v desk.Task, err error) {
			var j campaignJSON
			if err := row.Scan(append(campaignFields(&v.Campaign, &j), &v.Workspace, &v.Fence, &sealed)...); err != nil {
				return v, err
			}
			return v, j.into(&v.Campaign)
		}, "SELECT "+campaignColumns+", workspace, fence, sealed FROM campaigns WHERE status = 'queued' AND (stop OR NOT pause) OR status = 'working' AND beat < $1 ORDER BY created, id LIMIT 1"+lock, dead)
		if err != nil || len(due) == 0 {
			return err
		}
		v := &due[0]
		if v.Status == desk.Working { // its worker died; one that gave it back left it queued
			v.Restarts++
		}
		if v.Begun == 0 {
			v.Begun = s.now()
		}
		v.Owner, v.Status = owner, desk.Working
		v.Fence++
		_, err = q.exec(ctx, "UPDATE campaigns SET status = 'working', owner = $3, fence = $4, beat = $5, restarts = $6, begun = $7 WHERE workspace = $1 AND id = $2",
			v.Workspace, v.ID, owner, v.Fence, s.now(), v.Restarts, v.Begun)
		t = v
		return err
	})
	if err != nil || t == nil {
		return nil, err
	}
	over, err := s.runIsOver(ctx, t.Workspace, t.Run)
	if err != nil {
		return nil, err
	}
	t.Stopping = t.Stopping || over
	t.Logins, err = s.openLogins(ctx, t.Workspace, "campaigns", t.ID, sealed, t.Settings.Accounts)
	return t, err
}

// endWithRuns has paused campaigns end that nobody waits for any more: the others are looked at when they are claimed, and
// with every beat.
func (d *Desk) endWithRuns(ctx context.Context) error {
	s := d.store
	type waiting struct{ ws, id, run string }
	list, err := collect(ctx, s.library.reader(), func(row scanner) (v waiting, err error) { return v, row.Scan(&v.ws, &v.id, &v.run) },
		"SELECT workspace, id, run FROM campaigns WHERE status = 'queued' AND pause AND NOT stop AND run <> '' LIMIT 100")
	for _, v := range list {
		over, err := s.runIsOver(ctx, v.ws, v.run)
		if err != nil {
			return err
		}
		if over {
			if _, err := s.library.exec(ctx, "UPDATE campaigns SET stop = true WHERE workspace = $1 AND id = $2 AND status = 'queued'", v.ws, v.id); err != nil {
				return err
			}
		}
	}
	return err
}

// runIsOver tells whether a run that waits for a campaign has ended, and so nobody waits any more. One that is not there is
// not over: some are kept only once they end.
func (s *Store) runIsOver(ctx context.Context, ws, run string) (bool, error) {
	if run == "" {
		return false, nil
	}
	status, err := one(ctx, s.runs.reader(), "such run", scanText, "SELECT status FROM runs WHERE workspace = $1 AND id = $2", ws, run)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return engine.Status(status).Final(), err
}

// Beat is in desk.Queue.
func (d *Desk) Beat(ctx context.Context, t *desk.Task, b desk.Board) (w desk.Wish, err error) {
	board, err := asJSON(b)
	if err != nil {
		return w, err
	}
	var c desk.Campaign
	err = d.store.library.tx(ctx, func(q querier) error {
		err := mustHoldCampaign(q.exec(ctx, "UPDATE campaigns SET board = $5, beat = $6"+heldCampaign, append(campaignHolder(t), board[0], d.store.now())...))
		if err != nil {
			return err
		}
		c, err = one(ctx, q, "task", scanCampaign, "SELECT "+campaignColumns+" FROM campaigns WHERE workspace = $1 AND id = $2", t.Workspace, t.ID)
		return err
	})
	if err != nil {
		return w, err
	}
	over, err := d.store.runIsOver(ctx, t.Workspace, c.Run)
	return desk.Wish{Pause: c.Paused, Stop: c.Stopping || over, Personas: c.Settings.Personas}, err
}

// Look is in desk.Queue.
func (d *Desk) Look(ctx context.Context, t *desk.Task, persona string, png []byte) error {
	return d.holds(ctx, t, func(q querier) error { return d.store.putPicture(ctx, q, t.Workspace, t.ID, livePicture(persona), png) })
}

// livePicture names what a persona looks at.
func livePicture(persona string) string { return "live/" + persona }

func (s *Store) putPicture(ctx context.Context, q querier, ws, id, name string, data []byte) error {
	_, err := q.exec(ctx, `INSERT INTO campaign_pictures (workspace, campaign, name, data, created) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (workspace, campaign, name) DO UPDATE SET data = excluded.data, created = excluded.created`, ws, id, name, data, s.now())
	return err
}

// Cases is in desk.Queue.
func (d *Desk) Cases(ctx context.Context, t *desk.Task) (map[string]campaign.Case, error) {
	pictures, err := d.store.pictures(ctx, t.Workspace, t.ID)
	if err != nil {
		return nil, err
	}
	list, err := collect(ctx, d.store.library.reader(), func(row scanner) (x campaign.Case, err error) {
		var text string
		if err := row.Scan(&text); err != nil {
			return x, err
		}
		return x, json.Unmarshal([]byte(text), &x)
	}, "SELECT data FROM campaign_cases WHERE workspace = $1 AND campaign = $2", t.Workspace, t.ID)
	if err != nil {
		return nil, err
	}
	cases := make(map[string]campaign.Case, len(list))
	for _, x := range list {
		for i := range x.Outcome.Findings {
			pictures.putBack(&x.Outcome.Findings[i])
		}
		cases[x.ID] = x
	}
	return cases, nil
}

// Keep is in desk.Queue.
func (d *Desk) Keep(ctx context.Context, t *desk.Task, cases []campaign.Case) error {
	texts := make([]any, 0, len(cases))
	taken := pictures{}
	for _, x := range cases {
		findings := append([]agents.Finding(nil), x.Outcome.Findings...)
		for i := range findings {
			findings[i] = taken.takeOut(findings[i])
		}
		x.Outcome.Findings = findings
		text, err := asJSON(x)
		if err != nil {
			return err
		}
		texts = append(texts, text[0])
	}
	return d.holds(ctx, t, func(q querier) error {
		for i, text := range texts {
			if _, err := q.exec(ctx, `INSERT INTO campaign_cases (workspace, campaign, id, data) VALUES ($1, $2, $3, $4)
				ON CONFLICT (workspace, campaign, id) DO UPDATE SET data = excluded.data`, t.Workspace, t.ID, cases[i].ID, text); err != nil {
				return err
			}
		}
		return d.store.putPictures(ctx, q, t.Workspace, t.ID, taken)
	})
}

// Release is in desk.Queue.
func (d *Desk) Release(ctx context.Context, t *desk.Task) error {
	_, err := d.store.library.exec(ctx, "UPDATE campaigns SET status = 'queued', owner = ''"+heldCampaign, campaignHolder(t)...)
	return err
}

// Finish is in desk.Queue.
func (d *Desk) Finish(ctx context.Context, t *desk.Task, r *campaign.Result) error {
	s := d.store
	if r != nil {
		t.Summary = desk.SummaryOf(r)
	}
	t.Ended = s.now()
	packed, err := s.pack(r)
	if err != nil {
		return err
	}
	var left *packedBaseline
	if left, err = packBaseline(leaves(t)); err != nil {
		return err
	}
	retests, err := s.retested(ctx, t, r)
	if err != nil {
		return err
	}
	texts, err := asJSON(t.Board, t.Summary)
	if err != nil {
		return err
	}
	if t.Summary == nil {
		texts[1] = ""
	}
	return d.holds(ctx, t, func(q querier) error {
		if _, err := q.exec(ctx, "DELETE FROM campaign_pictures WHERE workspace = $1 AND campaign = $2", t.Workspace, t.ID); err != nil {
			return err
		}
		if _, err := q.exec(ctx, "DELETE FROM campaign_cases WHERE workspace = $1 AND campaign = $2", t.Workspace, t.ID); err != nil {
			return err
		}
		if err := s.putResult(ctx, q, t, packed); err != nil {
			return err
		}
		if err := s.putBaseline(ctx, q, t, left); err != nil {
			return err
		}
		if err := s.putRetests(ctx, q, t, retests); err != nil {
			return err
		}
		_, err := q.exec(ctx, "UPDATE campaigns SET status = $3, error = $4, board = $5, summary = $6, ended = $7, untold = $8, owner = '', pause = false WHERE workspace = $1 AND id = $2",
			t.Workspace, t.ID, string(t.Status), t.Error, texts[0], texts[1], t.Ended, t.After.Workflow != "")
		return err
	})
}

// Untold is in desk.Queue.
func (d *Desk) Untold(ctx context.Context, before int64) ([]*desk.Task, error) {
	return collect(ctx, d.store.library.reader(), func(row scanner) (*desk.Task, error) {
		var t desk.Task
		var j campaignJSON
		if err := row.Scan(append(campaignFields(&t.Campaign, &j), &t.Workspace)...); err != nil {
			return nil, err
		}
		return &t, j.into(&t.Campaign)
	}, "SELECT "+campaignColumns+", workspace FROM campaigns WHERE untold AND ended < $1 ORDER BY ended, id LIMIT 100", before)
}

// Told is in desk.Queue.
func (d *Desk) Told(ctx context.Context, t *desk.Task) error {
	_, err := d.store.library.exec(ctx, "UPDATE campaigns SET untold = false WHERE workspace = $1 AND id = $2", t.Workspace, t.ID)
	return err
}

// leaves is what a campaign leaves for the next: one that was done as a whole, and is no other's again.
func leaves(t *desk.Task) *agents.Baseline {
	if t.Status != desk.Done || t.Of != "" {
		return nil
	}
	return t.Left
}
