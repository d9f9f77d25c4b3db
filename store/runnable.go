package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/atelier-studio/atelier/engine"
)

// RunnableWorkflow returns a workflow by id, or by name when no id matches. A revision above 0 asks for the drawing as
// it was then; it must be the current one, a version's or have been kept with KeepRevision, and is found even after the
// workflow was deleted, because runs of it may still go on. engine.Published asks for the published drawing, or the
// current one while nothing is published. The drawing is shared between callers: do not change it.
func (s *Store) RunnableWorkflow(ctx context.Context, workspace, ref string, revision int64) (*engine.Stored, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	v, err := s.runnable(ctx, ws, "id = $2", ref, revision)
	if errors.Is(err, fs.ErrNotExist) && revision <= 0 {
		v, err = s.runnable(ctx, ws, "name = $2", ref, revision)
	}
	if err == nil && revision == engine.Published {
		if revision = v.Published; v.Doc != nil {
			return v, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) && revision > 0 {
		v, err = &engine.Stored{Summary: engine.Summary{ID: ref}}, nil // purged: only its snapshots are left
	}
	if err != nil || revision == 0 || v.Revision == revision {
		return v, err
	}
	v = new(*v) // what was remembered is shared
	if v.Doc = s.drawings.get(ws, v.ID, revision); v.Doc == nil {
		text, err := s.keptDrawing(ctx, ws, v.ID, revision)
		if err != nil {
			return nil, err
		}
		if v.Doc, err = engine.Parse([]byte(text)); err != nil {
			return nil, fmt.Errorf("read revision %d of the workflow %s: %w", revision, v.ID, err)
		}
		s.drawings.put(ws, v.ID, revision, v.Doc, len(text))
	}
	v.Revision, v.Name, v.Nodes = revision, v.Doc.Name, len(v.Doc.Nodes)
	return v, nil
}

// runnable reads the current drawing, from memory when it has not changed.
func (s *Store) runnable(ctx context.Context, ws, condition, ref string, revision int64) (*engine.Stored, error) {
	return remember(s.studio, runnableKey{ws, condition, ref, revision}, func() (*engine.Stored, error) {
		return s.readRunnable(ctx, ws, condition, ref, revision)
	})
}

// keptDrawing returns the drawing of a revision that runs or a version keep.
func (s *Store) keptDrawing(ctx context.Context, ws, id string, revision int64) (string, error) {
	for _, shelf := range s.shelves() {
		found, err := collect(ctx, shelf.db.reader(), scanText, "SELECT doc FROM "+shelf.table+" WHERE workspace = $1 AND workflow = $2 AND revision = $3", ws, id, revision)
		if err != nil || len(found) > 0 {
			return first(found), err
		}
	}
	return "", absent("drawing of revision %d of the workflow %.80q", revision, id)
}

type runnableKey struct {
	workspace, condition, ref string
	revision                  int64
}

func (s *Store) readRunnable(ctx context.Context, ws, condition, ref string, revision int64) (*engine.Stored, error) {
	if revision <= 0 {
		condition += " AND deleted = 0"
	}
	other := "revision = $3"
	if revision == engine.Published { // the current drawing counts only where it is the published one
		other += " OR published NOT IN (0, revision)"
	}
	var text sql.NullString
	known := s.drawings.newest(ws, ref)
	list, err := collect(ctx, s.studio.fixed(), func(row scanner) (*engine.Stored, error) {
		v := new(engine.Stored)
		return v, row.Scan(append(summaryFields(&v.Summary), &text)...)
	}, "SELECT "+summaryColumns+", CASE WHEN "+other+" THEN NULL ELSE doc END FROM workflows WHERE workspace = $1 AND "+condition+" LIMIT 2", ws, ref, known)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, absent("workflow %.80q in this workspace", ref)
	case len(list) > 1:
		return nil, invalid("several workflows are called %.80q; name the one you mean by its id", ref)
	}
	v := list[0]
	if revision > 0 && revision != v.Revision || revision == engine.Published && v.Published != 0 && v.Published != v.Revision {
		return v, nil // the caller looks for what was kept
	}
	if v.Doc = s.drawings.get(ws, v.ID, v.Revision); v.Doc != nil {
		return v, nil
	}
	if !text.Valid { // dropped from memory since
		text.String, err = one(ctx, s.studio.reader(), "such workflow", scanText, "SELECT doc FROM workflows WHERE workspace = $1 AND id = $2 AND revision = $3", ws, v.ID, v.Revision)
		if err != nil {
			return nil, err
		}
	}
	if v.Doc, err = engine.Parse([]byte(text.String)); err != nil {
		return nil, fmt.Errorf("read the workflow %s: %w", v.ID, err)
	}
	s.drawings.put(ws, v.ID, v.Revision, v.Doc, len(text.String))
	return v, nil
}

// drawings are the parsed drawings that runs started from lately. One of a revision never changes.
type drawings struct {
	mu     sync.Mutex
	docs   map[drawingKey]*cachedDrawing
	last   map[[2]string]int64 // workspace and id → newest revision in docs
	bytes  int
	recent int64
}

type drawingKey struct {
	ws, id   string
	revision int64
}

type cachedDrawing struct {
	doc   *engine.Workflow
	bytes int
	used  int64
}

// maxDrawingBytes bounds the drawings kept in memory by the length of their text.
const maxDrawingBytes = 4 << 20

func newDrawings() *drawings {
	return &drawings{docs: map[drawingKey]*cachedDrawing{}, last: map[[2]string]int64{}}
}

func (c *drawings) get(ws, id string, revision int64) *engine.Workflow {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.docs[drawingKey{ws, id, revision}]
	if v == nil {
		return nil
	}
	c.recent++
	v.used = c.recent
	return v.doc
}

// newest returns the newest revision that is in memory, or -1.
func (c *drawings) newest(ws, id string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if revision, ok := c.last[[2]string{ws, id}]; ok {
		return revision
	}
	return -1
}

func (c *drawings) put(ws, id string, revision int64, doc *engine.Workflow, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := drawingKey{ws, id, revision}
	if bytes > maxDrawingBytes/2 || c.docs[key] != nil {
		return
	}
	c.recent++
	c.docs[key] = &cachedDrawing{doc: doc, bytes: bytes, used: c.recent}
	c.bytes += bytes
	if c.last[[2]string{ws, id}] < revision {
		c.last[[2]string{ws, id}] = revision
	}
	for c.bytes > maxDrawingBytes {
		c.dropOldest()
	}
}

func (c *drawings) dropOldest() {
	var oldest drawingKey
	for key, v := range c.docs {
		if o := c.docs[oldest]; o == nil || v.used < o.used {
			oldest = key
		}
	}
	c.bytes -= c.docs[oldest].bytes
	delete(c.docs, oldest)
	if place := [2]string{oldest.ws, oldest.id}; c.last[place] == oldest.revision {
		delete(c.last, place)
	}
}
