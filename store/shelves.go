package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
)

// Library returns what the ingestion and the search of documents need of the store.
func (s *Store) Library() *Shelves { return &Shelves{s} }

// Shelves is the store as the library of documents sees it. Its workspaces come from tasks and from scopes that were
// checked before.
type Shelves struct{ store *Store }

var (
	_ library.Queue   = (*Shelves)(nil)
	_ library.Shelves = (*Shelves)(nil)
)

// Collection is in library.Shelves.
func (l *Shelves) Collection(ctx context.Context, workspace, id string) (*library.Collection, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	return l.store.collection(ctx, ws, id)
}

// Claim is in library.Queue. Of several processes on Postgres each takes another document.
func (l *Shelves) Claim(ctx context.Context, owner string, dead int64) (t *library.Task, err error) {
	s := l.store
	err = s.library.tx(ctx, func(q querier) error {
		t = nil
		lock := ""
		if q.db.postgres {
			lock = " FOR UPDATE SKIP LOCKED"
		}
		var tags string
		due, err := collect(ctx, q, func(row scanner) (v library.Task, err error) {
			return v, row.Scan(append(documentFields(&v.Document, &tags), &v.Fence)...)
		}, "SELECT "+documentColumns+", fence FROM documents WHERE status = $1 OR status = $2 AND beat < $3 ORDER BY updated, id LIMIT 1"+lock,
			string(library.Queued), string(library.Working), dead)
		if err != nil || len(due) == 0 {
			return err
		}
		v := &due[0]
		if err := json.Unmarshal([]byte(tags), &v.Tags); err != nil {
			return err
		}
		v.Owner, v.Status, v.Stage = owner, library.Working, library.Reading
		v.Fence++
		if v.Collection, err = one(ctx, q, "such collection", scanCollection, "SELECT "+collectionColumns+" FROM collections WHERE workspace = $1 AND id = $2", v.Workspace, v.Document.Collection); err != nil {
			return err
		}
		_, err = q.exec(ctx, "UPDATE documents SET status = $4, owner = $5, fence = $6, beat = $7, stage = $8, done = 0, total = 0, error = '' WHERE workspace = $1 AND collection = $2 AND id = $3",
			v.Workspace, v.Document.Collection, v.ID, string(v.Status), owner, v.Fence, s.now(), string(v.Stage))
		t = v
		return err
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// held is the condition of everything that a task writes: it is still this claim's.
const held = " WHERE workspace = $1 AND collection = $2 AND id = $3 AND owner = $4 AND fence = $5 AND status = 'working'"

func holder(t *library.Task) []any {
	return []any{t.Workspace, t.Document.Collection, t.ID, t.Owner, t.Fence}
}

// Beat is in library.Queue.
func (l *Shelves) Beat(ctx context.Context, t *library.Task, stage library.Stage, done, total int) error {
	return mustHold(l.store.library.exec(ctx, "UPDATE documents SET stage = $6, done = $7, total = $8, beat = $9"+held,
		append(holder(t), string(stage), done, total, l.store.now())...))
}

func mustHold(n int64, err error) error {
	if err == nil && n == 0 {
		return library.ErrTaken
	}
	return err
}

// Reserve is in library.Queue.
func (l *Shelves) Reserve(ctx context.Context, t *library.Task, n int) (first uint32, err error) {
	err = l.store.library.tx(ctx, func(q querier) error {
		var next int64
		err := q.row(ctx, "UPDATE collections SET next = next + $3 WHERE workspace = $1 AND id = $2 RETURNING next", t.Workspace, t.Document.Collection, n).Scan(&next)
		if err != nil {
			return err
		}
		if next > library.MaxChunks {
			return invalid("the collection has given out all numbers of chunks; make a new one and take the documents in there")
		}
		first = uint32(next - int64(n))
		return nil
	})
	return first, err
}

// Publish is in library.Queue.
func (l *Shelves) Publish(ctx context.Context, t *library.Task, c *library.Content) error {
	return l.store.library.tx(ctx, func(q querier) error {
		now := l.store.now()
		err := mustHold(q.exec(ctx, `UPDATE documents SET status = 'ready', stage = '', done = 0, total = 0, error = '', owner = '',
			version = fence, title = $6, language = $7, pages = $8, chunks = $9, updated = $10`+held, append(holder(t), c.Title, c.Language, c.Pages, len(c.Chunks), now)...))
		if err != nil {
			return err
		}
		for _, table := range []string{"document_texts", "chunks", "vectors"} {
			if _, err := q.exec(ctx, "DELETE FROM "+table+" WHERE workspace = $1 AND collection = $2 AND document = $3", t.Workspace, t.Document.Collection, t.ID); err != nil {
				return err
			}
		}
		if _, err := q.exec(ctx, "INSERT INTO document_texts (workspace, collection, document, space, text) VALUES ($1, $2, $3, $4, $5)", t.Workspace, t.Document.Collection, t.ID, c.Space, c.Text); err != nil {
			return err
		}
		if err := putChunks(ctx, q, t, c.Chunks); err != nil {
			return err
		}
		for part, data := range c.Segments {
			if _, err := q.exec(ctx, "INSERT INTO vectors (workspace, collection, document, part, data) VALUES ($1, $2, $3, $4, $5)", t.Workspace, t.Document.Collection, t.ID, part, data); err != nil {
				return err
			}
		}
		_, err = q.exec(ctx, "UPDATE collections SET updated = $3 WHERE workspace = $1 AND id = $2", t.Workspace, t.Document.Collection, now)
		return err
	})
}

func putChunks(ctx context.Context, q querier, t *library.Task, list []library.Chunk) error {
	const columns, page = 9, 50
	for len(list) > 0 {
		part := list[:min(page, len(list))]
		list = list[len(part):]
		args := make([]any, 0, len(part)*columns)
		for _, c := range part {
			headings, err := json.Marshal(c.Headings)
			if err != nil {
				return err
			}
			args = append(args, t.Workspace, t.Document.Collection, int64(c.Number), t.ID, c.Start, c.End, c.Page, string(headings), c.Text)
		}
		if _, err := q.exec(ctx, "INSERT INTO chunks (workspace, collection, number, document, begins, ends, page, headings, text) VALUES "+q.db.rowsOf(len(part), columns), args...); err != nil {
			return err
		}
	}
	return nil
}

// Fail is in library.Queue.
func (l *Shelves) Fail(ctx context.Context, t *library.Task, why string) error {
	return mustHold(l.store.library.exec(ctx, "UPDATE documents SET status = 'failed', error = $6, owner = '', updated = $7"+held, append(holder(t), why, l.store.now())...))
}

// File is in library.Queue.
func (l *Shelves) File(ctx context.Context, t *library.Task) (io.ReadCloser, error) {
	data, err := l.store.documentFile(ctx, t.Workspace, t.Document.Collection, t.ID)
	return io.NopCloser(bytes.NewReader(data)), err
}

// Editions is in library.Shelves.
func (l *Shelves) Editions(ctx context.Context, workspace, collection string) ([]library.Edition, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	return collect(ctx, l.store.library.reader(), func(row scanner) (e library.Edition, err error) {
		var tags string
		if err := row.Scan(&e.Document, &e.Version, &e.Title, &tags); err != nil {
			return e, err
		}
		return e, json.Unmarshal([]byte(tags), &e.Tags)
	}, "SELECT id, version, title, tags FROM documents WHERE workspace = $1 AND collection = $2 AND version > 0 ORDER BY id", ws, collection)
}

// Content is in library.Queue and library.Shelves.
func (l *Shelves) Content(ctx context.Context, workspace, collection, document string) (*library.Content, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	return l.store.content(ctx, ws, collection, document, true)
}

// content reads what is searched of a document; nil: nothing yet.
func (s *Store) content(ctx context.Context, ws, collection, document string, vectors bool) (*library.Content, error) {
	q := s.library.reader()
	found, err := collect(ctx, q, func(row scanner) (c library.Content, err error) {
		return c, row.Scan(&c.Title, &c.Language, &c.Pages, &c.Space, &c.Text)
	}, `SELECT d.title, d.language, d.pages, t.space, t.text FROM documents d JOIN document_texts t ON t.workspace = d.workspace AND t.collection = d.collection AND t.document = d.id
		WHERE d.workspace = $1 AND d.collection = $2 AND d.id = $3`, ws, collection, document)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	c := &found[0]
	c.Chunks, err = collect(ctx, q, func(row scanner) (k library.Chunk, err error) {
		var headings string
		if err := row.Scan(&k.Number, &k.Start, &k.End, &k.Page, &headings, &k.Text); err != nil {
			return k, err
		}
		return k, json.Unmarshal([]byte(headings), &k.Headings)
	}, "SELECT number, begins, ends, page, headings, text FROM chunks WHERE workspace = $1 AND collection = $2 AND document = $3 ORDER BY number", ws, collection, document)
	if err != nil || !vectors {
		return c, err
	}
	c.Segments, err = collect(ctx, q, func(row scanner) (data []byte, err error) { return data, row.Scan(&data) },
		"SELECT data FROM vectors WHERE workspace = $1 AND collection = $2 AND document = $3 ORDER BY part", ws, collection, document)
	return c, err
}

// Chunks is in library.Shelves. They come in the order of the numbers that were asked for.
func (l *Shelves) Chunks(ctx context.Context, workspace, collection string, numbers []uint32) ([]rag.Chunk, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	byNumber := map[uint32]rag.Chunk{}
	for rest := numbers; len(rest) > 0; {
		page := rest[:min(200, len(rest))]
		rest = rest[len(page):]
		args := []any{ws, collection}
		marks := make([]string, len(page))
		for i, n := range page {
			args = append(args, int64(n))
			marks[i] = placeholder(len(args))
		}
		list, err := collect(ctx, l.store.library.reader(), scanChunk, `SELECT c.number, c.document, d.title, c.begins, c.ends, c.page, c.headings, c.text
			FROM chunks c JOIN documents d ON d.workspace = c.workspace AND d.collection = c.collection AND d.id = c.document
			WHERE c.workspace = $1 AND c.collection = $2 AND c.number IN (`+strings.Join(marks, ", ")+")", args...)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			byNumber[c.ID] = c
		}
	}
	out := make([]rag.Chunk, 0, len(byNumber))
	for _, n := range numbers {
		if c, ok := byNumber[n]; ok {
			out = append(out, c)
		}
	}
	return out, nil
}

func scanChunk(row scanner) (c rag.Chunk, err error) {
	var headings string
	if err := row.Scan(&c.ID, &c.Document, &c.Title, &c.Start, &c.End, &c.Page, &headings, &c.Text); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(headings), &c.Headings); err != nil {
		return c, fmt.Errorf("read the headings of chunk %d: %w", c.ID, err)
	}
	return c, nil
}
