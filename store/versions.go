package store

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// Limits of what people write about versions, in characters, and of how many a workflow has.
const (
	maxVersionName = 100
	maxVersionNote = 2000
	maxVersions    = 10_000
)

const versionColumns = "id, revision, name, note, published, author, at"

func scanVersion(row scanner) (v engine.Version, err error) {
	return v, row.Scan(&v.ID, &v.Revision, &v.Name, &v.Note, &v.Published, &v.By, &v.At)
}

// Versions lists a workflow's named and published revisions, the newest first and at most 1,000.
func (s *Store) Versions(ctx context.Context, scope auth.Scope, id string) ([]engine.Version, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	q := s.studio.reader()
	if err := needWorkflow(ctx, q, ws, id, ""); err != nil {
		return nil, err
	}
	return collect(ctx, q, scanVersion, "SELECT "+versionColumns+" FROM versions WHERE workspace = $1 AND workflow = $2 ORDER BY at DESC, id LIMIT 1000", ws, id)
}

// NameVersion gives a revision a name and a note. The drawing is kept for as long as it has one.
func (s *Store) NameVersion(ctx context.Context, scope auth.Scope, id string, revision int64, name, note string) (v engine.Version, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return v, err
	}
	v = engine.Version{ID: newID(), Revision: revision, By: scope.User(), At: s.now()}
	if v.Name, v.Note, err = versionTexts(name, note); err != nil {
		return v, err
	}
	text, err := s.drawingAt(ctx, ws, id, revision)
	if err != nil {
		return v, err
	}
	err = s.changeWorkflow(ctx, scope, id, "deleted = 0", func(q querier, ws string, _ engine.Summary) error {
		return putVersion(ctx, q, ws, id, v, text)
	})
	return v, err
}

func putVersion(ctx context.Context, q querier, ws, id string, v engine.Version, text string) error {
	var n int // what was published stays, and must never keep people from publishing
	if err := q.row(ctx, "SELECT count(*) FROM versions WHERE workspace = $1 AND workflow = $2 AND published = $3", ws, id, false).Scan(&n); err != nil {
		return err
	}
	if n >= maxVersions && !v.Published {
		return invalid("a workflow has at most %d versions; delete some that are not needed any more", maxVersions)
	}
	_, err := q.exec(ctx, "INSERT INTO versions (workspace, workflow, "+versionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		ws, id, v.ID, v.Revision, v.Name, v.Note, v.Published, v.By, v.At)
	if err != nil {
		return err
	}
	_, err = q.exec(ctx, "INSERT INTO drawings (workspace, workflow, revision, doc) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", ws, id, v.Revision, text)
	return err
}

// RenameVersion changes what a version is called and its note. One that was published needs no name.
func (s *Store) RenameVersion(ctx context.Context, scope auth.Scope, id, version, name, note string) (engine.Version, error) {
	return s.changeVersion(ctx, scope, id, version, func(q querier, ws string, v *engine.Version) (err error) {
		if v.Published && strings.TrimSpace(name) == "" {
			v.Name = ""
			v.Note, err = versionText(note, maxVersionNote)
		} else {
			v.Name, v.Note, err = versionTexts(name, note)
		}
		if err != nil {
			return err
		}
		_, err = q.exec(ctx, "UPDATE versions SET name = $4, note = $5 WHERE workspace = $1 AND workflow = $2 AND id = $3", ws, id, version, v.Name, v.Note)
		return err
	})
}

// DeleteVersion takes a name off its revision, which stays in the history. What was published cannot be taken off.
func (s *Store) DeleteVersion(ctx context.Context, scope auth.Scope, id, version string) error {
	_, err := s.changeVersion(ctx, scope, id, version, func(q querier, ws string, v *engine.Version) error {
		if v.Published {
			return invalid("this version was published, and the list of what was published stays whole")
		}
		if _, err := q.exec(ctx, "DELETE FROM versions WHERE workspace = $1 AND workflow = $2 AND id = $3", ws, id, version); err != nil {
			return err
		}
		_, err := q.exec(ctx, `DELETE FROM drawings WHERE workspace = $1 AND workflow = $2 AND revision = $3
			AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.workspace = $1 AND v.workflow = $2 AND v.revision = $3)`, ws, id, v.Revision)
		return err
	})
	return err
}

func (s *Store) changeVersion(ctx context.Context, scope auth.Scope, id, version string, change func(q querier, ws string, v *engine.Version) error) (v engine.Version, err error) {
	err = s.changeWorkflow(ctx, scope, id, "deleted = 0", func(q querier, ws string, _ engine.Summary) error {
		if v, err = one(ctx, q, fmt.Sprintf("version %.80q of this workflow", version), scanVersion,
			"SELECT "+versionColumns+" FROM versions WHERE workspace = $1 AND workflow = $2 AND id = $3", ws, id, version); err != nil {
			return err
		}
		return change(q, ws, &v)
	})
	return v, err
}

func versionTexts(name, note string) (string, string, error) {
	name, err := versionText(name, maxVersionName)
	if err != nil {
		return "", "", err
	}
	if name == "" || strings.ContainsFunc(name, unicode.IsControl) {
		return "", "", invalid("a version needs a name, in one line")
	}
	note, err = versionText(note, maxVersionNote)
	return name, note, err
}

func versionText(text string, limit int) (string, error) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if utf8.RuneCountInString(text) > limit {
		return "", invalid("the text has more than %d characters", limit)
	}
	return strings.ReplaceAll(text, "\x00", ""), nil
}
