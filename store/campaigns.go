package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
)

const (
	// maxOpenCampaigns is how many of a workspace may wait or be under way.
	maxOpenCampaigns = 50
	// maxCampaigns is how many of a workspace are kept; of more the oldest that have ended go.
	maxCampaigns = 500
	// maxAsked bounds the key of a campaign.
	maxAsked = 200
)

const campaignColumns = "id, name, settings, after, of_campaign, again, plan, run, status, pause, stop, joins, error, board, summary, restarts, created, begun, ended, author"

// campaignJSON is what of a campaign is kept as JSON.
type campaignJSON struct{ settings, after, again, joins, board, summary string }

func campaignFields(c *desk.Campaign, t *campaignJSON) []any {
	return []any{
		&c.ID, &c.Name, &t.settings, &t.after, &c.Of, &t.again, &c.Plan, &c.Run, &c.Status, &c.Paused, &c.Stopping, &t.joins, &c.Error, &t.board, &t.summary,
		&c.Restarts, &c.Created, &c.Begun, &c.Ended, &c.By,
	}
}

// into reads the JSON. Personas that joined are among those of the settings.
func (t *campaignJSON) into(c *desk.Campaign) error {
	var joins []agents.Persona
	for _, part := range []struct {
		text string
		into any
	}{{t.settings, &c.Settings}, {t.after, &c.After}, {t.again, &c.Again}, {t.joins, &joins}, {t.board, &c.Board}, {t.summary, &c.Summary}} {
		if part.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return fmt.Errorf("read the campaign %s: %w", c.ID, err)
		}
	}
	c.Settings.Personas = append(c.Settings.Personas, joins...)
	return nil
}

func scanCampaign(row scanner) (c desk.Campaign, err error) {
	var t campaignJSON
	if err := row.Scan(campaignFields(&c, &t)...); err != nil {
		return c, err
	}
	return c, t.into(&c)
}

// asJSON writes what is known to have a form as JSON.
func asJSON(list ...any) ([]any, error) {
	texts := make([]any, 0, len(list))
	for _, v := range list {
		data, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(data))
	}
	return texts, nil
}

// loginSecret is what of an account is sealed.
type loginSecret struct {
	Password string `json:"password,omitempty"`
	Header   string `json:"header,omitempty"`
}

// sealLogins seals what opens accounts, in their order.
func (s *Store) sealLogins(ctx context.Context, ws, table, id string, logins []campaign.Login) (string, error) {
	if len(logins) == 0 {
		return "", nil
	}
	key, err := s.workspaceSealer(ctx, ws)
	if err != nil {
		return "", err
	}
	secrets := make([]loginSecret, len(logins))
	for i, l := range logins {
		secrets[i] = loginSecret{l.Password, l.Header}
	}
	plain, err := json.Marshal(secrets)
	if err != nil {
		return "", err
	}
	if len(plain) > maxSecretBytes {
		return "", invalid("the accounts of a campaign hold at most %d KiB", maxSecretBytes>>10)
	}
	return key.Seal(plain, ws, table, id)
}

// openLogins puts what was sealed back into the accounts.
func (s *Store) openLogins(ctx context.Context, ws, table, id, sealed string, logins []campaign.Login) ([]campaign.Login, error) {
	if sealed == "" {
		return logins, nil
	}
	key, err := s.workspaceSealer(ctx, ws)
	if err != nil {
		return nil, err
	}
	plain, err := key.Open(sealed, ws, table, id)
	if err != nil {
		return nil, fmt.Errorf("open the accounts of the campaign: %w", err)
	}
	var secrets []loginSecret
	if err := json.Unmarshal(plain, &secrets); err != nil {
		return nil, err
	}
	full := append([]campaign.Login{}, logins...)
	for i := range full {
		if i < len(secrets) {
			full[i].Password, full[i].Header = secrets[i].Password, secrets[i].Header
		}
	}
	return full, nil
}

// AddCampaign has a campaign wait for a worker. What opens its accounts is sealed; accounts that come without it have that
// of the same account of the campaign from, where one is named.
func (s *Store) AddCampaign(ctx context.Context, scope auth.Scope, c desk.Campaign, from string) (*desk.Campaign, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	c.ID, c.By = newID(), scope.User()
	kept, err := s.keptLogins(ctx, ws, from, c.Settings.Accounts)
	if err != nil {
		return nil, err
	}
	if c.Settings.Accounts, err = inherit(&c.Settings, kept); err != nil {
		return nil, err
	}
	sealed, err := s.sealLogins(ctx, ws, "campaigns", c.ID, c.Settings.Accounts)
	if err != nil {
		return nil, err
	}
	err = s.library.tx(ctx, func(q querier) error { return s.addCampaign(ctx, q, ws, &c, sealed, "") })
	if err != nil {
		return nil, err
	}
	return s.Campaign(ctx, scope, c.ID)
}

// AddCampaignOnce has a campaign wait for a worker, unless one was asked for under this key before: then it returns that one.
func (s *Store) AddCampaignOnce(ctx context.Context, scope auth.Scope, key string, c desk.Campaign) (*desk.Campaign, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if key == "" || len(key) > maxAsked {
		return nil, invalid("the key of a campaign has 1 to %d bytes", maxAsked)
	}
	c.ID, c.By = newID(), scope.User()
	sealed, err := s.sealLogins(ctx, ws, "campaigns", c.ID, c.Settings.Accounts)
	if err != nil {
		return nil, err
	}
	id := ""
	err = s.library.tx(ctx, func(q querier) error {
		if err := q.lockName(ctx, "campaigns "+ws); err != nil {
			return err
		}
		id, err = one(ctx, q, "campaign of this key", scanText, "SELECT id FROM campaigns WHERE workspace = $1 AND asked = $2", ws, key)
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		id = c.ID
		return s.addCampaign(ctx, q, ws, &c, sealed, key)
	})
	if err != nil {
		return nil, err
	}
	return s.Campaign(ctx, scope, id)
}

func (s *Store) addCampaign(ctx context.Context, q querier, ws string, c *desk.Campaign, sealed, asked string) error {
	if err := q.lockName(ctx, "campaigns "+ws); err != nil {
		return err
	}
	var open int
	if err := q.row(ctx, "SELECT count(*) FROM campaigns WHERE workspace = $1 AND status IN ('queued', 'working')", ws).Scan(&open); err != nil {
		return err
	}
	if open >= maxOpenCampaigns {
		return invalid("%d campaigns wait already; stop some of them, or wait until they have ended", open)
	}
	texts, err := asJSON(c.Settings, c.After, c.Again)
	if err != nil {
		return err
	}
	c.Created, c.Status = s.now(), desk.Queued
	if _, err := q.exec(ctx, `INSERT INTO campaigns (workspace, id, name, target, settings, after, again, sealed, of_campaign, plan, status, pause, stop, joins, error, board, summary,
		restarts, owner, fence, beat, created, begun, ended, author, run, asked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', false, false, '[]', '', '{}', '', 0, '', 0, 0, $11, 0, 0, $12, $13, $14)`,
		append(append([]any{ws, c.ID, c.Name, c.Origin()}, texts...), sealed, c.Of, c.Plan, c.Created, c.By, c.Run, asked)...); err != nil {
		return err
	}
	_, err = q.exec(ctx, `DELETE FROM campaigns WHERE workspace = $1 AND ended > 0 AND id NOT IN (
		SELECT id FROM campaigns WHERE workspace = $1 ORDER BY created DESC, id DESC LIMIT $2)`, ws, maxCampaigns)
	return err
}

// CampaignFilter narrows a list of campaigns.
type CampaignFilter struct {
	Target string // an origin
	Cursor string
	Limit  int
}

// Campaigns lists campaigns, the last first, and where the list goes on.
func (s *Store) Campaigns(ctx context.Context, scope auth.Scope, f CampaignFilter) (list []desk.Campaign, next string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, "", err
	}
	var w where
	w.add("workspace = ?", ws)
	if f.Target != "" {
		w.add("target = ?", f.Target)
	}
	if f.Cursor != "" {
		at, id, err := parseCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(created < ? OR created = ? AND id < ?)", at, at, id)
	}
	limit := pageSize(f.Limit)
	w.args = append(w.args, limit+1)
	list, err = collect(ctx, s.library.reader(), scanCampaign,
		"SELECT "+campaignColumns+" FROM campaigns WHERE "+w.text.String()+" ORDER BY created DESC, id DESC LIMIT "+placeholder(len(w.args)), w.args...)
	if err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		next = cursor(list[limit-1].Created, list[limit-1].ID)
	}
	return list, next, s.countFindings(ctx, ws, list)
}

// Campaign returns a campaign.
func (s *Store) Campaign(ctx context.Context, scope auth.Scope, id string) (*desk.Campaign, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return s.campaign(ctx, ws, id)
}

func (s *Store) campaign(ctx context.Context, ws, id string) (*desk.Campaign, error) {
	c, err := one(ctx, s.library.reader(), fmt.Sprintf("campaign %.80q in this workspace", id), scanCampaign, "SELECT "+campaignColumns+" FROM campaigns WHERE workspace = $1 AND id = $2", ws, id)
	if err != nil {
		return nil, err
	}
	list := []desk.Campaign{c}
	err = s.countFindings(ctx, ws, list)
	return &list[0], err
}

// countFindings counts what was found, with and without what is marked as false.
func (s *Store) countFindings(ctx context.Context, ws string, list []desk.Campaign) error {
	var w where
	w.add("f.workspace = ?", ws)
	args := make([]any, len(list))
	index := map[string]*desk.Campaign{}
	for i := range list {
		args[i], index[list[i].ID] = list[i].ID, &list[i]
	}
	if len(list) == 0 {
		return nil
	}
	w.add("f.campaign IN ("+marks(len(list))+")", args...)
	type count struct {
		campaign, severity string
		all, marked        int
	}
	counts, err := collect(ctx, s.library.reader(), func(row scanner) (c count, err error) {
		return c, row.Scan(&c.campaign, &c.severity, &c.all, &c.marked)
	}, `SELECT f.campaign, f.severity, count(*), count(m.print) FROM campaign_findings f
		JOIN campaigns c ON c.workspace = f.workspace AND c.id = f.campaign
		LEFT JOIN campaign_marks m ON m.workspace = f.workspace AND m.target = c.target AND m.print = f.print
		WHERE `+w.text.String()+` GROUP BY f.campaign, f.severity`, w.args...)
	for _, n := range counts {
		c := index[n.campaign]
		if c.Found == nil {
			c.Found = map[string]int{}
		}
		c.Found[n.severity] = n.all - n.marked
		c.Marked += n.marked
	}
	return err
}

// SteerCampaign pauses a campaign or lets it go on. Who works on it sees that within half a second.
func (s *Store) SteerCampaign(ctx context.Context, scope auth.Scope, id string, pause bool) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.library.mustTouch(ctx, "campaign under way with this id", "UPDATE campaigns SET pause = $3 WHERE workspace = $1 AND id = $2 AND status IN ('queued', 'working')", ws, id, pause)
}

// StopCampaign ends a campaign: one that nobody has begun at once, one that is under way as soon as its worker sees it. One
// that was begun and waits is ended by the next worker that is free, which keeps what was tested until then.
func (s *Store) StopCampaign(ctx context.Context, scope auth.Scope, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.library.tx(ctx, func(q querier) error {
		n, err := q.exec(ctx, "UPDATE campaigns SET status = 'stopped', stop = true, ended = $3 WHERE workspace = $1 AND id = $2 AND status = 'queued' AND fence = 0", ws, id, s.now())
		if err != nil || n > 0 {
			return err
		}
		n, err = q.exec(ctx, "UPDATE campaigns SET stop = true WHERE workspace = $1 AND id = $2 AND status IN ('queued', 'working')", ws, id)
		if err == nil && n == 0 {
			return absent("campaign under way with this id")
		}
		return err
	})
}

// JoinCampaign lets a persona work in a campaign that is under way.
func (s *Store) JoinCampaign(ctx context.Context, scope auth.Scope, id string, p agents.Persona) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.library.tx(ctx, func(q querier) error {
		c, err := one(ctx, q, "such campaign in this workspace", scanCampaign, "SELECT "+campaignColumns+" FROM campaigns WHERE workspace = $1 AND id = $2"+q.db.forUpdate(), ws, id)
		if err != nil {
			return err
		}
		if !c.Status.Open() {
			return invalid("the campaign has ended; %s can work in the next one", p.Name)
		}
		var joins string
		if err := q.row(ctx, "SELECT joins FROM campaigns WHERE workspace = $1 AND id = $2", ws, id).Scan(&joins); err != nil {
			return err
		}
		for i := range c.Settings.Personas {
			if c.Settings.Personas[i].ID == p.ID {
				return taken("%s works in this campaign already", p.Name)
			}
		}
		var list []agents.Persona
		if err := json.Unmarshal([]byte(joins), &list); err != nil {
			return err
		}
		texts, err := asJSON(append(list, p))
		if err != nil {
			return err
		}
		_, err = q.exec(ctx, "UPDATE campaigns SET joins = $3 WHERE workspace = $1 AND id = $2", ws, id, texts[0])
		return err
	})
}

// DeleteCampaign removes a campaign that has ended, with all that belongs to it.
func (s *Store) DeleteCampaign(ctx context.Context, scope auth.Scope, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.library.mustTouch(ctx, "campaign with this id that has ended", "DELETE FROM campaigns WHERE workspace = $1 AND id = $2 AND status NOT IN ('queued', 'working')", ws, id)
}
