package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// KeepRun adds a run that took place outside to the history of a studio, which may be running meanwhile. The run is one
// of the studio's workflow of that name when the drawing is the same; otherwise it stands for itself, with its drawing.
// The events are its whole journal, in lines. It is given the oldest workspace. Only Dir and URL of the options count.
func KeepRun(ctx context.Context, o Options, run engine.Run, doc *engine.Workflow, events []byte, count int) (err error) {
	studio, runs, err := openForeign(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, studio.close()) }()
	if runs != studio {
		defer func() { err = errors.Join(err, runs.close()) }()
	}
	ws, err := one(ctx, studio.reader(), "workspace: set the studio up first", scanText, "SELECT id FROM workspaces ORDER BY created, id LIMIT 1")
	if err != nil {
		return err
	}
	text, err := doc.Encode()
	if err != nil {
		return err
	}
	run.Workspace = ws
	if run.WorkflowID, run.Revision, err = sameDrawing(ctx, studio, ws, doc.Name, text); err != nil {
		return err
	}
	w := &write{run: &run, chunk: engine.Chunk{Workspace: ws, Run: run.ID, Fence: run.Fence, First: 1, Count: count, Events: events, Update: &run}}
	err = runs.tx(ctx, func(q querier) error {
		_, err := q.exec(ctx, `INSERT INTO snapshots (workspace, workflow, revision, doc, kept) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (workspace, workflow, revision) DO UPDATE SET kept = excluded.kept`, ws, run.WorkflowID, run.Revision, string(text), time.Now().UnixMicro())
		if err != nil {
			return err
		}
		return (&batchWriter{q: q}).write(ctx, []*write{w})
	})
	return errors.Join(err, w.err)
}

// openForeign opens the databases of a studio without taking its folder: for one small transaction beside its own.
func openForeign(ctx context.Context, o Options) (studio, runs *db, err error) {
	if o.URL != "" {
		studio, err = openPostgres(ctx, o.URL)
		return studio, studio, err
	}
	for _, name := range []string{studioFile, runsFile} {
		if _, err := os.Stat(filepath.Join(o.Dir, name)); err != nil {
			return nil, nil, fmt.Errorf("%s is not the data folder of a studio: %w", o.Dir, err)
		}
	}
	if studio, err = openSQLite(ctx, filepath.Join(o.Dir, studioFile), "full"); err != nil {
		return nil, nil, err
	}
	if runs, err = openSQLite(ctx, filepath.Join(o.Dir, runsFile), "full"); err != nil {
		return nil, nil, errors.Join(err, studio.close())
	}
	return studio, runs, nil
}

// sameDrawing finds the workflow that this drawing is of, or makes a name for one that the studio does not have.
func sameDrawing(ctx context.Context, studio *db, ws, name string, text []byte) (id string, revision int64, err error) {
	type candidate struct {
		id, doc  string
		revision int64
	}
	list, err := collect(ctx, studio.reader(), func(row scanner) (c candidate, err error) {
		return c, row.Scan(&c.id, &c.revision, &c.doc)
	}, "SELECT id, revision, doc FROM workflows WHERE workspace = $1 AND name = $2 AND deleted = 0 LIMIT 10", ws, name)
	if err != nil {
		return "", 0, err
	}
	for _, c := range list {
		theirs, err := engine.Parse([]byte(c.doc))
		if err != nil {
			continue // it is not ours to complain about
		}
		if encoded, err := theirs.Encode(); err == nil && string(encoded) == string(text) {
			return c.id, c.revision, nil
		}
	}
	sum := sha256.Sum256(text)
	return "file-" + hex.EncodeToString(sum[:8]), 1, nil
}
