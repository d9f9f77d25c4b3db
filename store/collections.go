package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/split"
)

// Limits of what people write about collections, in characters, and of how much there is of them.
const (
	maxCollectionName = 100
	maxCollectionNote = 2000
	maxCollections    = 1000 // a workspace
	maxDocuments      = 200_000
)

const collectionColumns = "workspace, id, name, note, language, settings, split, embedder, models, calibration, created, updated, author"

func scanCollection(row scanner) (c library.Collection, err error) {
	var settings, cut, models, calibration string
	if err := row.Scan(&c.Workspace, &c.ID, &c.Name, &c.Note, &c.Language, &settings, &cut, &c.Embedder, &models, &calibration, &c.Created, &c.Updated, &c.By); err != nil {
		return c, err
	}
	if calibration != "" {
		c.Calibration = new(rag.Calibration)
		if err := json.Unmarshal([]byte(calibration), c.Calibration); err != nil {
			return c, fmt.Errorf("read the calibration of the collection %s: %w", c.ID, err)
		}
		if !c.Calibration.Current() { // its weights are of other signals
			c.Calibration = nil
		}
	}
	if err := json.Unmarshal([]byte(models), &c.Models); err != nil {
		return c, fmt.Errorf("read the models of the collection %s: %w", c.ID, err)
	}
	if err := json.Unmarshal([]byte(settings), &c.Settings); err != nil {
		return c, fmt.Errorf("read the settings of the collection %s: %w", c.ID, err)
	}
	return c, json.Unmarshal([]byte(cut), &c.Split)
}

// Collections lists the collections of the workspace by name, with how much they hold.
func (s *Store) Collections(ctx context.Context, scope auth.Scope) ([]library.Collection, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	list, err := collect(ctx, s.library.reader(), scanCollection, "SELECT "+collectionColumns+" FROM collections WHERE workspace = $1 ORDER BY name, id", ws)
	if err != nil || len(list) == 0 {
		return list, err
	}
	each := make([]*library.Collection, len(list))
	for i := range list {
		each[i] = &list[i]
	}
	return list, s.countDocuments(ctx, ws, each...)
}

// Collection returns a collection by its id, or by its name when no id matches.
func (s *Store) Collection(ctx context.Context, scope auth.Scope, ref string) (*library.Collection, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	c, err := s.collection(ctx, ws, ref)
	if err != nil {
		return nil, err
	}
	return c, s.countDocuments(ctx, ws, c)
}

// CollectionID returns the id of a collection that is named by its id or its name.
func (s *Store) CollectionID(ctx context.Context, scope auth.Scope, ref string) (string, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return "", err
	}
	c, err := s.collection(ctx, ws, ref)
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

func (s *Store) collection(ctx context.Context, ws, ref string) (*library.Collection, error) {
	c, err := one(ctx, s.library.fixed(), fmt.Sprintf("collection %.80q in this workspace", ref), scanCollection,
		"SELECT "+collectionColumns+" FROM collections WHERE workspace = $1 AND (id = $2 OR name = $2) ORDER BY CASE WHEN id = $2 THEN 0 ELSE 1 END LIMIT 1", ws, ref)
	return &c, err
}

// countDocuments fills in how much collections hold, with one query.
func (s *Store) countDocuments(ctx context.Context, ws string, list ...*library.Collection) error {
	type sum struct {
		collection, status string
		documents, chunks  int
		bytes              int64
	}
	sums, err := collect(ctx, s.library.reader(), func(row scanner) (v sum, err error) {
		return v, row.Scan(&v.collection, &v.status, &v.documents, &v.chunks, &v.bytes)
	}, "SELECT collection, status, count(*), CAST(coalesce(sum(chunks), 0) AS bigint), CAST(coalesce(sum(bytes), 0) AS bigint) FROM documents WHERE workspace = $1 GROUP BY collection, status", ws)
	if err != nil {
		return err
	}
	for _, c := range list {
		for _, v := range sums {
			if v.collection != c.ID {
				continue
			}
			c.Documents += v.documents
			c.Chunks += v.chunks
			c.Bytes += v.bytes
			switch library.Status(v.status) {
			case library.Ready:
				c.Ready += v.documents
			case library.Failed:
				c.Failed += v.documents
			}
		}
	}
	return nil
}

// PutCollection makes a collection (an empty ID) or changes one. Zero settings are the default ones. Where the way to cut,
// the language or the embedder changes, every document is taken in again; what is searched stays until then. fs.ErrExist
// when the name is taken.
func (s *Store) PutCollection(ctx context.Context, scope auth.Scope, c library.Collection) (*library.Collection, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if err := fitCollection(&c); err != nil {
		return nil, err
	}
	texts, err := collectionTexts(&c)
	if err != nil {
		return nil, err
	}
	err = s.library.tx(ctx, func(q querier) error {
		now := s.now()
		if c.ID == "" {
			return s.makeCollection(ctx, q, ws, &c, scope.User(), now)
		}
		old, err := one(ctx, q, "such collection in this workspace", scanCollection,
			"SELECT "+collectionColumns+" FROM collections WHERE workspace = $1 AND id = $2"+q.db.forUpdate(), ws, c.ID)
		if err != nil {
			return err
		}
		_, err = q.exec(ctx, `UPDATE collections SET name = $3, note = $4, language = $5, settings = $6, split = $7, embedder = $8, models = $9, calibration = $10, updated = CASE WHEN updated >= $11 THEN updated + 1 ELSE $11 END
			WHERE workspace = $1 AND id = $2`, ws, c.ID, c.Name, c.Note, c.Language, texts.settings, texts.split, c.Embedder, texts.models, texts.calibration, now)
		if err == nil && (old.Split != c.Split || old.Embedder != c.Embedder) {
			_, err = q.exec(ctx, "UPDATE documents SET status = $3, stage = '', error = '', owner = '', updated = $4, tries = 0 WHERE workspace = $1 AND collection = $2 AND status <> $5",
				ws, c.ID, string(library.Queued), now, string(library.Paused))
		}
		return err
	})
	if isDuplicate(err) {
		return nil, taken("there is a collection called %q already", c.Name)
	}
	if err != nil {
		return nil, err
	}
	return s.Collection(ctx, scope, c.ID)
}

func (s *Store) makeCollection(ctx context.Context, q querier, ws string, c *library.Collection, user string, now int64) error {
	var n int
	if err := q.row(ctx, "SELECT count(*) FROM collections WHERE workspace = $1", ws).Scan(&n); err != nil {
		return err
	}
	if n >= maxCollections {
		return invalid("a workspace has at most %d collections; delete one that is not needed any more", maxCollections)
	}
	c.ID = newID()
	texts, err := collectionTexts(c)
	if err != nil {
		return err
	}
	_, err = q.exec(ctx, "INSERT INTO collections ("+collectionColumns+", next) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
		ws, c.ID, c.Name, c.Note, c.Language, texts.settings, texts.split, c.Embedder, texts.models, texts.calibration, now, now, user, 1)
	if err != nil {
		c.ID = ""
	}
	return err
}

func fitCollection(c *library.Collection) error {
	c.Name, c.Note = strings.TrimSpace(c.Name), strings.TrimSpace(c.Note)
	if c.Name == "" || utf8.RuneCountInString(c.Name) > maxCollectionName || strings.ContainsFunc(c.Name, unicode.IsControl) {
		return invalid("a collection needs a name of at most %d characters, in one line", maxCollectionName)
	}
	if utf8.RuneCountInString(c.Note) > maxCollectionNote {
		return invalid("the note has more than %d characters", maxCollectionNote)
	}
	c.Language = cmp.Or(c.Language, "en")
	if c.Settings == (rag.Settings{}) {
		c.Settings = rag.DefaultSettings
	}
	if c.Split == (split.Options{}) {
		c.Split = split.DefaultOptions
	}
	if err := c.Split.Check(); err != nil {
		return err
	}
	if c.Models == nil {
		c.Models = []string{}
	}
	if len(c.Models) > 5 {
		return invalid("a collection has at most five models: one that answers, and those that step in")
	}
	if len(c.Language) > 8 || len(c.Embedder) > 100 {
		return invalid("the language is a code of two letters, such as en")
	}
	return c.Settings.Check()
}

// collectionJSON is what of a collection is kept as JSON.
type collectionJSON struct{ settings, split, models, calibration string }

func collectionTexts(c *library.Collection) (t collectionJSON, err error) {
	for _, v := range []struct {
		into *string
		from any
	}{{&t.settings, c.Settings}, {&t.split, c.Split}, {&t.models, c.Models}, {&t.calibration, c.Calibration}} {
		data, err := json.Marshal(v.from)
		if err != nil {
			return t, err
		}
		if *v.into = string(data); *v.into == "null" {
			*v.into = ""
		}
	}
	return t, nil
}

// DeleteCollection removes a collection with all that it holds.
func (s *Store) DeleteCollection(ctx context.Context, scope auth.Scope, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.library.tx(ctx, func(q querier) error {
		n, err := q.exec(ctx, "DELETE FROM collections WHERE workspace = $1 AND id = $2", ws, id)
		if err == nil && n == 0 {
			return absent("such collection in this workspace")
		}
		return err
	})
}
