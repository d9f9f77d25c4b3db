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
	"maps"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
)

// packedBaseline is what a campaign leaves for the next one, as it is kept.
type packedBaseline struct {
	data     []byte
	pictures map[string][]byte // by their names
}

// baselineText is what is packed.
type baselineText struct {
	Baseline json.RawMessage   `json:"baseline"`
	Pictures map[string]string `json:"pictures,omitempty"` // their names by the pages' keys
}

func packBaseline(b *agents.Baseline) (*packedBaseline, error) {
	p := &packedBaseline{pictures: map[string][]byte{}}
	if b == nil {
		return p, nil
	}
	text, bare := baselineText{Pictures: map[string]string{}}, *b
	bare.Seen = maps.Clone(b.Seen)
	for key, seen := range bare.Seen {
		if len(seen.Picture) == 0 {
			continue
		}
		sum := sha256.Sum256(seen.Picture)
		name := "page/" + hex.EncodeToString(sum[:16])
		p.pictures[name], text.Pictures[key] = seen.Picture, name
		seen.Picture = nil
		bare.Seen[key] = seen
	}
	var err error
	if text.Baseline, err = bare.Encode(); err != nil {
		return nil, err
	}
	var buffer bytes.Buffer
	zip := gzip.NewWriter(&buffer)
	if err := errors.Join(json.NewEncoder(zip).Encode(text), zip.Close()); err != nil {
		return nil, err
	}
	p.data = buffer.Bytes()
	return p, nil
}

// putBaseline keeps what a campaign leaves in place of what earlier ones on the target left.
func (s *Store) putBaseline(ctx context.Context, q querier, t *desk.Task, p *packedBaseline) error {
	if p.data == nil {
		return nil
	}
	earlier := " WHERE workspace = $1 AND campaign IN (SELECT id FROM campaigns WHERE workspace = $1 AND target = $2)"
	for _, statement := range []string{"DELETE FROM campaign_baselines" + earlier, "DELETE FROM campaign_pictures" + earlier + " AND name LIKE 'page/%'"} {
		if _, err := q.exec(ctx, statement, t.Workspace, t.Origin()); err != nil {
			return err
		}
	}
	if _, err := q.exec(ctx, "INSERT INTO campaign_baselines (workspace, campaign, data) VALUES ($1, $2, $3)", t.Workspace, t.ID, p.data); err != nil {
		return err
	}
	return s.putPictures(ctx, q, t.Workspace, t.ID, p.pictures)
}

// Baseline is in desk.Queue.
func (d *Desk) Baseline(ctx context.Context, t *desk.Task) (*agents.Baseline, error) {
	s := d.store
	before, err := s.CampaignBefore(ctx, auth.System(t.Workspace), t.ID)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // the interface says so
	}
	if err != nil {
		return nil, err
	}
	data, err := one(ctx, s.library.reader(), "baseline of this campaign", func(row scanner) (data []byte, err error) { return data, row.Scan(&data) },
		"SELECT data FROM campaign_baselines WHERE workspace = $1 AND campaign = $2", t.Workspace, before.ID)
	switch {
	case errors.Is(err, fs.ErrNotExist): // a later campaign left one in its place, or it is older than baselines are
		r, err := s.CampaignResult(ctx, auth.System(t.Workspace), before.ID)
		if err != nil || r.Surface == nil {
			return nil, err
		}
		return campaign.BaselineOf(r), nil
	case err != nil:
		return nil, err
	}
	b, err := s.unpackBaseline(ctx, t.Workspace, before.ID, data)
	if err != nil {
		return nil, fmt.Errorf("read what the campaign %s left: %w", before.ID, err)
	}
	return b, nil
}

// unpackBaseline reads what was kept, with its pictures as long as they are.
func (s *Store) unpackBaseline(ctx context.Context, ws, id string, data []byte) (*agents.Baseline, error) {
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var text baselineText
	if err := json.NewDecoder(io.LimitReader(zip, 2*agents.MaxBaseline)).Decode(&text); err != nil {
		return nil, err
	}
	b, err := agents.DecodeBaseline(text.Baseline)
	if err != nil || len(text.Pictures) == 0 {
		return b, err
	}
	kept, err := s.picturesLike(ctx, ws, id, "name LIKE 'page/%'")
	for key, name := range text.Pictures {
		if seen, ok := b.Seen[key]; ok {
			seen.Picture = kept[name]
			b.Seen[key] = seen
		}
	}
	return b, err
}
