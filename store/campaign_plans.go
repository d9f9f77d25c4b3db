package store

import (
	"context"
	"encoding/json"

	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
)

const maxPlans = 200 // of one workspace

const planColumns = "id, name, settings, after, cron, timezone, active, next, last, error, created, updated, author"

func planFields(p *desk.Plan, settings, after *string) []any {
	return []any{&p.ID, &p.Name, settings, after, &p.Cron, &p.Timezone, &p.Active, &p.Next, &p.Last, &p.Error, &p.Created, &p.Updated, &p.By}
}

func readPlan(p *desk.Plan, settings, after string) error {
	if err := json.Unmarshal([]byte(settings), &p.Settings); err != nil {
		return err
	}
	return json.Unmarshal([]byte(after), &p.After)
}

func scanPlan(row scanner) (p desk.Plan, err error) {
	var settings, after string
	if err := row.Scan(planFields(&p, &settings, &after)...); err != nil {
		return p, err
	}
	return p, readPlan(&p, settings, after)
}

// PutPlan makes a plan (an empty ID) or changes one. Accounts without a password keep the one that they had, in the plan or
// in the campaign from.
func (s *Store) PutPlan(ctx context.Context, scope auth.Scope, p desk.Plan, from string) (*desk.Plan, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	p.Updated, p.By = s.now(), scope.User()
	var own *keptLogins
	if p.ID == "" {
		p.ID, p.Created = newID(), p.Updated
	} else {
		old, err := s.fullPlan(ctx, ws, p.ID)
		if err != nil {
			return nil, err
		}
		p.Created, p.Last = old.Created, old.Last
		own = &keptLogins{old.Name, old.Settings}
	}
	others, err := s.keptLogins(ctx, ws, from, p.Settings.Accounts)
	if err != nil {
		return nil, err
	}
	if p.Settings.Accounts, err = inherit(&p.Settings, own, others); err != nil {
		return nil, err
	}
	sealed, err := s.sealLogins(ctx, ws, "campaign_plans", p.ID, p.Settings.Accounts)
	if err != nil {
		return nil, err
	}
	texts, err := asJSON(p.Settings, p.After)
	if err != nil {
		return nil, err
	}
	err = s.library.tx(ctx, func(q querier) error {
		var n int
		if err := q.row(ctx, "SELECT count(*) FROM campaign_plans WHERE workspace = $1 AND id <> $2", ws, p.ID).Scan(&n); err != nil {
			return err
		}
		if n >= maxPlans {
			return invalid("there are %d planned campaigns, the most there can be", n)
		}
		_, err := q.exec(ctx, `INSERT INTO campaign_plans (workspace, id, name, settings, after, sealed, cron, timezone, active, next, last, created, updated, author)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
			ON CONFLICT (workspace, id) DO UPDATE SET name = excluded.name, settings = excluded.settings, after = excluded.after, sealed = excluded.sealed, cron = excluded.cron,
			timezone = excluded.timezone, active = excluded.active, next = excluded.next, error = '', updated = excluded.updated, author = excluded.author`,
			ws, p.ID, p.Name, texts[0], texts[1], sealed, p.Cron, p.Timezone, p.Active, p.Next, p.Last, p.Created, p.Updated, p.By)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Plan(ctx, scope, p.ID)
}

// Plans lists the planned campaigns, by name.
func (s *Store) Plans(ctx context.Context, scope auth.Scope) ([]desk.Plan, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.library.reader(), scanPlan, "SELECT "+planColumns+" FROM campaign_plans WHERE workspace = $1 ORDER BY name, id", ws)
}

// Plan returns a planned campaign, without passwords.
func (s *Store) Plan(ctx context.Context, scope auth.Scope, id string) (*desk.Plan, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	p, err := one(ctx, s.library.reader(), "such planned campaign in this workspace", scanPlan, "SELECT "+planColumns+" FROM campaign_plans WHERE workspace = $1 AND id = $2", ws, id)
	return &p, err
}

// fullPlan is a plan with the passwords of its accounts.
func (s *Store) fullPlan(ctx context.Context, ws, id string) (*desk.Plan, error) {
	var sealed string
	p, err := one(ctx, s.library.reader(), "such planned campaign in this workspace", func(row scanner) (p desk.Plan, err error) {
		var settings, after string
		if err := row.Scan(append(planFields(&p, &settings, &after), &sealed)...); err != nil {
			return p, err
		}
		return p, readPlan(&p, settings, after)
	}, "SELECT "+planColumns+", sealed FROM campaign_plans WHERE workspace = $1 AND id = $2", ws, id)
	if err != nil {
		return nil, err
	}
	p.Settings.Accounts, err = s.openLogins(ctx, ws, "campaign_plans", p.ID, sealed, p.Settings.Accounts)
	return &p, err
}

// DeletePlan removes a planned campaign; those that it started stay.
func (s *Store) DeletePlan(ctx context.Context, scope auth.Scope, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.library.mustTouch(ctx, "such planned campaign in this workspace", "DELETE FROM campaign_plans WHERE workspace = $1 AND id = $2", ws, id)
}

// RunPlan starts a planned campaign now.
func (s *Store) RunPlan(ctx context.Context, scope auth.Scope, id string) (*desk.Campaign, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	p, err := s.fullPlan(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	return s.AddCampaign(ctx, scope, desk.Campaign{Name: p.Name, Settings: p.Settings, After: p.After, Plan: p.ID}, "")
}

// DuePlans is in desk.Plans.
func (d *Desk) DuePlans(ctx context.Context, now int64, limit int) ([]desk.DuePlan, error) {
	return collect(ctx, d.store.library.reader(), func(row scanner) (p desk.DuePlan, err error) {
		var settings, after string
		if err := row.Scan(append(planFields(&p.Plan, &settings, &after), &p.Workspace)...); err != nil {
			return p, err
		}
		return p, readPlan(&p.Plan, settings, after)
	}, "SELECT "+planColumns+", workspace FROM campaign_plans WHERE next > 0 AND next <= $1 ORDER BY next, id LIMIT $2", now, limit)
}

// StartPlan is in desk.Plans.
func (d *Desk) StartPlan(ctx context.Context, p desk.DuePlan, next int64) (started bool, err error) {
	s := d.store
	full, err := s.fullPlan(ctx, p.Workspace, p.ID)
	if err != nil {
		return false, err
	}
	c := desk.Campaign{ID: newID(), Name: full.Name, Settings: full.Settings, After: full.After, Plan: full.ID, By: full.By}
	sealed, err := s.sealLogins(ctx, p.Workspace, "campaigns", c.ID, c.Settings.Accounts)
	if err != nil {
		return false, err
	}
	err = s.library.tx(ctx, func(q querier) error {
		started = false
		n, err := q.exec(ctx, "UPDATE campaign_plans SET next = $4, last = $5, error = '' WHERE workspace = $1 AND id = $2 AND next = $3", p.Workspace, p.ID, p.Next, next, s.now())
		if err != nil || n == 0 {
			return err
		}
		var open int
		if err := q.row(ctx, "SELECT count(*) FROM campaigns WHERE workspace = $1 AND plan = $2 AND status IN ('queued', 'working')", p.Workspace, p.ID).Scan(&open); err != nil || open > 0 {
			return err
		}
		started = true
		return s.addCampaign(ctx, q, p.Workspace, &c, sealed, "")
	})
	return started && err == nil, err
}

// MissPlan is in desk.Plans.
func (d *Desk) MissPlan(ctx context.Context, p desk.DuePlan, next int64, why string) error {
	_, err := d.store.library.exec(ctx, "UPDATE campaign_plans SET next = $4, error = $5 WHERE workspace = $1 AND id = $2 AND next = $3", p.Workspace, p.ID, p.Next, next, why)
	return err
}
