package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// KeepRevision keeps the drawing of a revision for as long as there are runs of it. Repeated within an hour it costs
// nothing.
func (s *Store) KeepRevision(ctx context.Context, workspace, id string, revision int64) error {
	ws, err := workspaceID(workspace)
	if err != nil {
		return err
	}
	key, now := drawingKey{ws, id, revision}, s.now()
	if s.kept.has(key, now) {
		return nil
	}
	text, err := s.drawingAt(ctx, ws, id, revision)
	if err != nil {
		return err
	}
	_, err = s.runs.exec(ctx, `INSERT INTO snapshots (workspace, workflow, revision, doc, kept) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (workspace, workflow, revision) DO UPDATE SET kept = excluded.kept`, ws, id, revision, text, now)
	if err == nil {
		s.kept.add(key, now)
	}
	return err
}

// drawingAt returns the drawing of a revision: the current one, a kept one, or the current one with the edits since
// then taken back.
func (s *Store) drawingAt(ctx context.Context, ws, id string, revision int64) (string, error) {
	var current int64
	text, err := one(ctx, s.studio.reader(), fmt.Sprintf("workflow %.80q in this workspace", id), func(row scanner) (text string, err error) {
		return text, row.Scan(&current, &text)
	}, "SELECT revision, doc FROM workflows WHERE workspace = $1 AND id = $2", ws, id)
	if err != nil || current == revision {
		return text, err
	}
	kept, err := collect(ctx, s.runs.reader(), scanText, "SELECT doc FROM snapshots WHERE workspace = $1 AND workflow = $2 AND revision = $3", ws, id, revision)
	if err != nil || len(kept) > 0 {
		return first(kept), err
	}
	if revision < 1 || revision > current {
		return "", absent("revision %d of the workflow %.80q; the current one is %d", revision, id, current)
	}
	doc, err := engine.Parse([]byte(text))
	if err != nil {
		return "", fmt.Errorf("read the workflow %s: %w", id, err)
	}
	// A page at a time: the edits of a long history do not have to fit into memory.
	for at := current; at > revision; {
		page, err := collect(ctx, s.studio.reader(), scanRevision, "SELECT "+revisionColumns+` FROM revisions
			WHERE workspace = $1 AND workflow = $2 AND number > $3 AND number <= $4 ORDER BY number DESC LIMIT 100`, ws, id, revision, at)
		if err != nil {
			return "", err
		}
		for _, r := range page {
			if r.Number != at {
				return "", absent("revision %d of the workflow %.80q; its history begins later", revision, id)
			}
			if _, err := engine.Apply(doc, r.Inverse...); err != nil {
				return "", fmt.Errorf("take revision %d of the workflow %s back: %w", r.Number, id, err)
			}
			at--
		}
		if len(page) == 0 {
			return "", absent("revision %d of the workflow %.80q; its history begins later", revision, id)
		}
	}
	d, err := encodeDrawing(doc)
	return d.text, err
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// keptFor is how long a kept snapshot counts as kept without asking the database; unused ones are removed only after
// snapshotRest, so that none goes between KeepRevision and the run that it was kept for.
const (
	keptFor      = time.Hour
	snapshotRest = 24 * time.Hour
)

// keptSnapshots remembers what was kept lately.
type keptSnapshots struct {
	mu   sync.Mutex
	when map[drawingKey]int64
}

func newKeptSnapshots() *keptSnapshots { return &keptSnapshots{when: map[drawingKey]int64{}} }

func (k *keptSnapshots) has(key drawingKey, now int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	at, ok := k.when[key]
	return ok && now-at < keptFor.Microseconds()
}

func (k *keptSnapshots) add(key drawingKey, now int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.when) >= 10_000 {
		clear(k.when)
	}
	k.when[key] = now
}
