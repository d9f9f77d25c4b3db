package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
)

const (
	// maxResult bounds a result that is unpacked.
	maxResult = 512 << 20
	// maxFindingText bounds one finding as JSON; of more the evidence is left out.
	maxFindingText = 2 << 20
)

// pictures are those of evidence, by their hash, apart from it.
type pictures map[string][]byte

// takeOut leaves the names of its pictures in a finding.
func (p pictures) takeOut(f agents.Finding) agents.Finding {
	f.Evidence = append([]agents.Evidence(nil), f.Evidence...)
	for i := range f.Evidence {
		if e := &f.Evidence[i]; len(e.Picture) > 0 {
			sum := sha256.Sum256(e.Picture)
			e.Kept = hex.EncodeToString(sum[:16])
			p[e.Kept] = e.Picture
			e.Picture = nil
		}
	}
	return f
}

// putBack gives a finding those of its pictures that there are.
func (p pictures) putBack(f *agents.Finding) {
	for i := range f.Evidence {
		if e := &f.Evidence[i]; e.Kept != "" {
			if e.Picture = p[e.Kept]; e.Picture != nil {
				e.Kept = ""
			}
		}
	}
}

func (s *Store) putPictures(ctx context.Context, q querier, ws, id string, list pictures) error {
	for name, data := range list {
		if err := s.putPicture(ctx, q, ws, id, name, data); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) pictures(ctx context.Context, ws, id string) (pictures, error) {
	return s.picturesLike(ctx, ws, id, "name NOT LIKE 'live/%' AND name NOT LIKE 'page/%'")
}

func (s *Store) picturesLike(ctx context.Context, ws, id, like string) (pictures, error) {
	type named struct {
		name string
		data []byte
	}
	list, err := collect(ctx, s.library.reader(), func(row scanner) (n named, err error) { return n, row.Scan(&n.name, &n.data) },
		"SELECT name, data FROM campaign_pictures WHERE workspace = $1 AND campaign = $2 AND "+like, ws, id)
	all := make(pictures, len(list))
	for _, n := range list {
		all[n.name] = n.data
	}
	return all, err
}

// packedResult is a result as it is kept.
type packedResult struct {
	data     []byte
	findings []packedFinding
	pictures pictures
}

type packedFinding struct {
	campaign.Agreed
	text string
}

// pack takes pictures and findings out of a result, and packs the rest.
func (s *Store) pack(r *campaign.Result) (*packedResult, error) {
	p := &packedResult{pictures: pictures{}}
	if r == nil {
		return p, nil
	}
	for _, f := range r.Findings {
		f.Finding = p.pictures.takeOut(f.Finding)
		text, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		if len(text) > maxFindingText {
			f.Evidence = []agents.Evidence{agents.Excerpt("evidence", "It is too large to be kept.")}
			if text, err = json.Marshal(f); err != nil {
				return nil, err
			}
		}
		p.findings = append(p.findings, packedFinding{f, string(text)})
	}
	rest := *r
	rest.Findings = nil
	rest.Cases = make([]*campaign.Case, len(r.Cases))
	for i, x := range r.Cases {
		one := *x
		one.Outcome.Findings = append([]agents.Finding(nil), x.Outcome.Findings...)
		for k := range one.Outcome.Findings {
			one.Outcome.Findings[k].Evidence = nil // it is with the findings
		}
		rest.Cases[i] = &one
	}
	var buffer bytes.Buffer
	zip := gzip.NewWriter(&buffer)
	if err := json.NewEncoder(zip).Encode(rest); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	p.data = buffer.Bytes()
	return p, nil
}

func (s *Store) putResult(ctx context.Context, q querier, t *desk.Task, p *packedResult) error {
	if p.data == nil {
		return nil
	}
	if _, err := q.exec(ctx, "INSERT INTO campaign_results (workspace, campaign, data) VALUES ($1, $2, $3)", t.Workspace, t.ID, p.data); err != nil {
		return err
	}
	for i := range p.findings {
		f := &p.findings[i]
		if _, err := q.exec(ctx, "INSERT INTO campaign_findings (workspace, campaign, print, place, severity, area, probe, title, data, retest, retested) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0)",
			t.Workspace, t.ID, f.ID, i, f.Severity.String(), string(f.Area), f.Probe, f.Title, f.text); err != nil {
			return err
		}
	}
	return s.putPictures(ctx, q, t.Workspace, t.ID, p.pictures)
}

// retested is what became of the findings that a campaign tested again, by their prints.
func (s *Store) retested(ctx context.Context, t *desk.Task, r *campaign.Result) (map[string]desk.Change, error) {
	if t.Of == "" || r == nil {
		return nil, nil
	}
	before, err := s.CampaignResult(ctx, auth.System(t.Workspace), t.Of)
	if errors.Is(err, fs.ErrNotExist) { // nobody can be told any more
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list := map[string]desk.Change{}
	for _, mark := range t.Again {
		list[mark] = desk.ChangeOf(r, before, mark)
	}
	return list, nil
}

// putRetests tells the campaign whose findings were tested again what came of it.
func (s *Store) putRetests(ctx context.Context, q querier, t *desk.Task, list map[string]desk.Change) error {
	for mark, what := range list {
		if _, err := q.exec(ctx, "UPDATE campaign_findings SET retest = $4, retested = $5 WHERE workspace = $1 AND campaign = $2 AND print = $3", t.Workspace, t.Of, mark, string(what), s.now()); err != nil {
			return err
		}
	}
	return nil
}

const foundQuery = `SELECT f.data, f.retest, f.retested, m.reason, m.author, m.created FROM campaign_findings f
	JOIN campaigns c ON c.workspace = f.workspace AND c.id = f.campaign
	LEFT JOIN campaign_marks m ON m.workspace = f.workspace AND m.target = c.target AND m.print = f.print
	WHERE f.workspace = $1 AND f.campaign = $2`

func scanFound(row scanner) (f desk.Found, err error) {
	var text string
	var reason, author *string
	var created *int64
	if err := row.Scan(&text, &f.Retest, &f.Retested, &reason, &author, &created); err != nil {
		return f, err
	}
	if reason != nil {
		f.Mark = &desk.Mark{Print: f.ID, Reason: *reason, By: *author, Created: *created}
	}
	if err := json.Unmarshal([]byte(text), &f.Agreed); err != nil {
		return f, err
	}
	if f.Mark != nil {
		f.Mark.Print = f.ID
	}
	return f, nil
}

// CampaignFindings lists what a campaign found, the worst first, with evidence but without its pictures.
func (s *Store) CampaignFindings(ctx context.Context, scope auth.Scope, id string) ([]desk.Found, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if _, err := one(ctx, s.library.reader(), "such campaign in this workspace", scanText, "SELECT id FROM campaigns WHERE workspace = $1 AND id = $2", ws, id); err != nil {
		return nil, err
	}
	return collect(ctx, s.library.reader(), scanFound, foundQuery+" ORDER BY f.place", ws, id)
}

// CampaignFinding returns one of them.
func (s *Store) CampaignFinding(ctx context.Context, scope auth.Scope, id, fingerprint string) (*desk.Found, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	f, err := one(ctx, s.library.reader(), "such finding of this campaign", scanFound, foundQuery+" AND f.print = $3", ws, id, fingerprint)
	return &f, err
}

// CampaignResult is all that a campaign came to, with its pictures as long as they are kept.
func (s *Store) CampaignResult(ctx context.Context, scope auth.Scope, id string) (*campaign.Result, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	data, err := one(ctx, s.library.reader(), "result of this campaign", func(row scanner) (data []byte, err error) { return data, row.Scan(&data) },
		"SELECT data FROM campaign_results WHERE workspace = $1 AND campaign = $2", ws, id)
	if err != nil {
		return nil, err
	}
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read the result of the campaign %s: %w", id, err)
	}
	r := new(campaign.Result)
	if err := json.NewDecoder(io.LimitReader(zip, maxResult)).Decode(r); err != nil {
		return nil, fmt.Errorf("read the result of the campaign %s: %w", id, err)
	}
	found, err := s.CampaignFindings(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	kept, err := s.pictures(ctx, ws, id)
	if err != nil {
		return nil, err
	}
	r.Findings = make([]campaign.Agreed, len(found))
	for i := range found {
		r.Findings[i] = found[i].Agreed
		if mark := found[i].Mark; mark != nil {
			r.Findings[i].Marked = mark.Reason
		}
		kept.putBack(&r.Findings[i].Finding)
	}
	return r, nil
}

// CampaignBefore is the last campaign of its own on the same target that was done before another was asked for.
func (s *Store) CampaignBefore(ctx context.Context, scope auth.Scope, id string) (*desk.Campaign, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	before, err := one(ctx, s.library.reader(), "earlier campaign on this target", scanText, `SELECT b.id FROM campaigns b JOIN campaigns c ON c.workspace = b.workspace AND c.target = b.target
		WHERE c.workspace = $1 AND c.id = $2 AND b.id <> c.id AND b.created <= c.created AND b.status = 'done' AND b.of_campaign = ''
		ORDER BY b.created DESC, b.id DESC LIMIT 1`, ws, id)
	if err != nil {
		return nil, err
	}
	return s.campaign(ctx, ws, before)
}

// CampaignPicture is a picture of the evidence of a campaign, or of what a persona looks at ("live/" and its id).
func (s *Store) CampaignPicture(ctx context.Context, scope auth.Scope, id, name string) ([]byte, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return one(ctx, s.library.reader(), "such picture; old ones are not kept", func(row scanner) (data []byte, err error) { return data, row.Scan(&data) },
		"SELECT data FROM campaign_pictures WHERE workspace = $1 AND campaign = $2 AND name = $3", ws, id, name)
}

// PrunePictures removes pictures of campaigns that are older than some days, and returns how many; 0 days: none.
func (s *Store) PrunePictures(ctx context.Context, now int64, days int) (int64, error) {
	if days <= 0 {
		return 0, nil
	}
	const day = int64(24 * 60 * 60 * 1e6)
	return s.library.exec(ctx, "DELETE FROM campaign_pictures WHERE created < $1", now-int64(days)*day)
}
