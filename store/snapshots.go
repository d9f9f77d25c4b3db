package store

import (
	"context"
	"encoding/json"
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
	if revision < 1 || revision > current {
		return "", absent("revision %d of the workflow %.80q; the current one is %d", revision, id, current)
	}
	near, err := s.nearest(ctx, ws, id, revision)
	if err != nil || near.revision == revision {
		return near.text, err
	}
	if near.text != "" {
		text, current = near.text, near.revision
	}
	doc, err := engine.Parse([]byte(text))
	if err != nil {
		return "", fmt.Errorf("read the workflow %s: %w", id, err)
	}
	if err := s.takeBack(ctx, ws, id, doc, current, revision); err != nil {
		return "", err
	}
	d, err := encodeDrawing(doc)
	return d.text, err
}

// backPage is how many edits are taken back at once: those of a long history need not fit into memory.
const backPage = 50

// takeBack turns the drawing of a revision into that of an earlier one, edit by edit.
func (s *Store) takeBack(ctx context.Context, ws, id string, doc *engine.Workflow, from, to int64) error {
	type edit struct {
		number  int64
		inverse string
	}
	for at := from; at > to; {
		page, err := collect(ctx, s.studio.reader(), func(row scanner) (e edit, err error) {
			return e, row.Scan(&e.number, &e.inverse)
		}, `SELECT number, inverse FROM revisions WHERE workspace = $1 AND workflow = $2 AND number > $3 AND number <= $4 ORDER BY number DESC LIMIT $5`,
			ws, id, to, at, backPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return absent("revision %d of the workflow %.80q; its history begins later", to, id)
		}
		var all []engine.Op
		for _, e := range page {
			if e.number != at {
				return absent("revision %d of the workflow %.80q; its history begins later", to, id)
			}
			var inverse []engine.Op
			if err := json.Unmarshal([]byte(e.inverse), &inverse); err != nil {
				return fmt.Errorf("read revision %d of the workflow %s: %w", e.number, id, err)
			}
			all = append(all, inverse...)
			at--
		}
		if _, err := engine.Apply(doc, all...); err != nil {
			return fmt.Errorf("take the edits after revision %d of the workflow %s back: %w", at, id, err)
		}
	}
	return nil
}

// shelf is a table of drawings that were kept whole.
type shelf struct {
	db    *db
	table string
}

// shelves are where drawings are kept: of versions, and of runs.
func (s *Store) shelves() []shelf { return []shelf{{s.studio, "drawings"}, {s.runs, "snapshots"}} }

type nearDrawing struct {
	revision int64
	text     string
}

// nearest finds the kept drawing from which the fewest edits must be taken back; without one its text is empty.
func (s *Store) nearest(ctx context.Context, ws, id string, revision int64) (best nearDrawing, err error) {
	for _, shelf := range s.shelves() {
		found, err := collect(ctx, shelf.db.reader(), func(row scanner) (d nearDrawing, err error) {
			return d, row.Scan(&d.revision, &d.text)
		}, "SELECT revision, doc FROM "+shelf.table+" WHERE workspace = $1 AND workflow = $2 AND revision >= $3 ORDER BY revision LIMIT 1", ws, id, revision)
		if err != nil {
			return best, err
		}
		if len(found) > 0 && (best.text == "" || found[0].revision < best.revision) {
			best = found[0]
		}
	}
	return best, nil
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
