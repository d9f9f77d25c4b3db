package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// maxMissed bounds how many revisions come back with an edit; whoever missed more reads on with Revisions.
const maxMissed = 1000

// maxRead bounds the revisions that are read at once, in bytes: each may hold a whole drawing, twice. The first always
// comes.
const maxRead = 24 << 20

// EditWorkflow applies operations to the current drawing, all or none, and gives them the next revision's number. It
// returns too what others changed since edit.Base, the oldest first and at most 1,000. Changes of texts, lists and objects
// are fitted to what others made of them since then: the revision has the operations as they were applied. The same Client and Seq again
// changes nothing and gets the first answer.
func (s *Store) EditWorkflow(ctx context.Context, scope auth.Scope, id string, edit engine.Edit) (rev engine.Revision, missed []engine.Revision, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return rev, nil, err
	}
	if len(edit.Ops) == 0 {
		return rev, nil, invalid("an edit needs an operation")
	}
	if edit.Client == "" {
		edit.Seq = 0
	}
	err = s.studio.tx(ctx, func(q querier) error {
		rev, missed, err = s.edit(ctx, q, ws, scope.User(), id, edit)
		return err
	})
	return rev, missed, err
}

func (s *Store) edit(ctx context.Context, q querier, ws, user, id string, edit engine.Edit) (rev engine.Revision, missed []engine.Revision, err error) {
	stored, err := readWorkflow(ctx, q, ws, id, q.db.forUpdate())
	if err != nil {
		return rev, nil, err
	}
	if edit.Base < 0 || edit.Base > stored.Revision {
		return rev, nil, invalid("the edit is of revision %d, but the workflow is at %d: load it again", edit.Base, stored.Revision)
	}
	if err = ownClient(ctx, q, ws, user, id, edit.Client); err != nil {
		return rev, nil, err
	}
	rev, err = editBefore(ctx, q, ws, id, edit)
	if errors.Is(err, fs.ErrNotExist) {
		if err = inOrder(ctx, q, ws, id, edit); err == nil {
			rev, err = s.applyEdit(ctx, q, ws, user, stored, edit)
		}
	}
	if err != nil {
		return rev, nil, err
	}
	missed, err = collect(ctx, q, scanRevisions(maxRead), "SELECT "+revisionColumns+` FROM revisions WHERE workspace = $1 AND workflow = $2 AND number > $3 AND number < $4
		AND (client IS NULL OR client <> $5) ORDER BY number LIMIT $6`, ws, id, edit.Base, rev.Number, edit.Client, maxMissed)
	return rev, missed, err
}

// ownClient refuses an edit in the name of somebody else's editor, which all who watch a workflow are told of: theirs
// would be taken for copies of it, and be lost.
func ownClient(ctx context.Context, q querier, ws, user, id, client string) error {
	if client == "" {
		return nil
	}
	first, err := collect(ctx, q, scanText, "SELECT author FROM revisions WHERE workspace = $1 AND workflow = $2 AND client = $3 ORDER BY seq LIMIT 1", ws, id, client)
	if err == nil && len(first) > 0 && first[0] != user {
		return fmt.Errorf("the editor %.80q is somebody else's: load the page again: %w", client, engine.ErrConflict)
	}
	return err
}

// editBefore finds the revision that this very edit made when it was delivered before.
func editBefore(ctx context.Context, q querier, ws, id string, edit engine.Edit) (engine.Revision, error) {
	return one(ctx, q, "such edit", scanRevision, "SELECT "+revisionColumns+" FROM revisions WHERE workspace = $1 AND workflow = $2 AND client = $3 AND seq = $4",
		ws, id, edit.Client, edit.Seq)
}

// inOrder refuses an edit that comes after later ones of its client: it is a late copy of one that was refused.
func inOrder(ctx context.Context, q querier, ws, id string, edit engine.Edit) error {
	if edit.Client == "" {
		return nil
	}
	later, err := collect(ctx, q, scanRevision, "SELECT "+revisionColumns+` FROM revisions WHERE workspace = $1 AND workflow = $2 AND client = $3 AND seq > $4
		ORDER BY seq LIMIT 1`, ws, id, edit.Client, edit.Seq)
	if err == nil && len(later) > 0 {
		return fmt.Errorf("the edit %d comes after the edit %d of the same editor: it was refused before: %w", edit.Seq, later[0].Seq, engine.ErrConflict)
	}
	return err
}

func (s *Store) applyEdit(ctx context.Context, q querier, ws, user string, stored *engine.Stored, edit engine.Edit) (engine.Revision, error) {
	rev := engine.Revision{Number: stored.Revision + 1, By: user, Client: edit.Client, Seq: edit.Seq, At: s.now()}
	since, err := editsSince(ctx, q, ws, stored, edit)
	if err != nil {
		return rev, err
	}
	var was *engine.Workflow
	if edit.Guard != nil {
		was = stored.Doc.Clone()
	}
	if rev.Ops, rev.Inverse, err = engine.Merge(stored.Doc, since, edit); err != nil {
		return rev, err
	}
	if edit.Guard != nil {
		if err := edit.Guard(was, stored.Doc); err != nil {
			return rev, err
		}
	}
	d, err := encodeDrawing(stored.Doc)
	if err != nil {
		return rev, err
	}
	sum := stored.Summary
	d.show(&sum)
	_, err = q.exec(ctx, `UPDATE workflows SET name = $3, revision = $4, nodes = $5, kinds = $6, search = $7, keep_days = $8, updated = $9, author = $10, doc = $11
		WHERE workspace = $1 AND id = $2`,
		ws, stored.ID, sum.Name, rev.Number, sum.Nodes, sum.Kinds, searchText(sum), d.keepDays, rev.At, user, d.text)
	if err != nil {
		return rev, err
	}
	ops, err := json.Marshal(rev.Ops)
	if err != nil {
		return rev, err
	}
	inverse, err := json.Marshal(rev.Inverse)
	if err != nil {
		return rev, err
	}
	client := sql.NullString{String: edit.Client, Valid: edit.Client != ""}
	seq := sql.NullInt64{Int64: edit.Seq, Valid: client.Valid}
	_, err = q.exec(ctx, "INSERT INTO revisions (workspace, workflow, number, ops, inverse, author, client, seq, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		ws, stored.ID, rev.Number, string(ops), string(inverse), user, client, seq, rev.At)
	return rev, err
}

// maxBehind bounds how many revisions an edit that is fitted to others' may be behind the newest one.
const maxBehind = 5000

// editsSince returns what an edit that changes texts, lists or objects has to be fitted to; other edits need nothing.
// Where not all of it is kept, a change of a text is refused, and a list is set as it was sent.
func editsSince(ctx context.Context, q querier, ws string, stored *engine.Stored, edit engine.Edit) ([]engine.Revision, error) {
	behind := stored.Revision - edit.Base
	texts := engine.ChangesText(edit.Ops)
	if behind == 0 || !texts && (!engine.SetsParts(edit.Ops) || behind > maxBehind) {
		return nil, nil
	}
	if behind > maxBehind {
		return nil, fmt.Errorf("the text was changed on revision %d, which is %d revisions ago: load it again: %w", edit.Base, behind, engine.ErrConflict)
	}
	since, err := collect(ctx, q, scanRevisions(maxRead), "SELECT "+revisionColumns+" FROM revisions WHERE workspace = $1 AND workflow = $2 AND number > $3 ORDER BY number",
		ws, stored.ID, edit.Base)
	if err == nil && int64(len(since)) != behind {
		if !texts {
			return nil, nil
		}
		return nil, fmt.Errorf("the text was changed on revision %d, and the changes since then are too many, or not all kept: load it again: %w", edit.Base, engine.ErrConflict)
	}
	return since, err
}

const revisionColumns = "number, ops, inverse, author, client, seq, at"

// scanRevisions reads revisions up to a number of bytes.
func scanRevisions(limit int) func(scanner) (engine.Revision, error) {
	sum := 0
	return func(row scanner) (engine.Revision, error) {
		return scanRevision(scanFunc(func(into ...any) error {
			if err := row.Scan(into...); err != nil {
				return err
			}
			first := sum == 0
			for _, v := range into {
				if text, ok := v.(*string); ok {
					sum += len(*text)
				}
			}
			if sum > limit && !first {
				return errEnough
			}
			return nil
		}))
	}
}

type scanFunc func(into ...any) error

func (f scanFunc) Scan(into ...any) error { return f(into...) }

func scanRevision(row scanner) (r engine.Revision, err error) {
	var ops, inverse string
	var client sql.NullString
	var seq sql.NullInt64
	if err := row.Scan(&r.Number, &ops, &inverse, &r.By, &client, &seq, &r.At); err != nil {
		return r, err
	}
	r.Client, r.Seq = client.String, seq.Int64
	if err := errors.Join(json.Unmarshal([]byte(ops), &r.Ops), json.Unmarshal([]byte(inverse), &r.Inverse)); err != nil {
		return r, fmt.Errorf("read revision %d: %w", r.Number, err)
	}
	return r, nil
}

// Revisions lists accepted edits with a number above since, the oldest first; limit 0 is 50, at most 1,000, and fewer
// where they are large: the list has ended when it is empty.
func (s *Store) Revisions(ctx context.Context, scope auth.Scope, id string, since int64, limit int) ([]engine.Revision, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = 50
	}
	q := s.studio.reader()
	if err := needWorkflow(ctx, q, ws, id, ""); err != nil {
		return nil, err
	}
	return collect(ctx, q, scanRevisions(maxRead), "SELECT "+revisionColumns+" FROM revisions WHERE workspace = $1 AND workflow = $2 AND number > $3 ORDER BY number LIMIT $4",
		ws, id, since, min(limit, maxMissed))
}

// needWorkflow checks that a workflow is there and not deleted.
func needWorkflow(ctx context.Context, q querier, ws, id, lock string) error {
	_, err := one(ctx, q, fmt.Sprintf("workflow %.80q in this workspace", id), scanText,
		"SELECT id FROM workflows WHERE workspace = $1 AND id = $2 AND deleted = 0"+lock, ws, id)
	return err
}
