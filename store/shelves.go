package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	c, err := remember(l.store.library, collectionKey{ws, id}, func() (*library.Collection, error) { return l.store.collection(ctx, ws, id) })
	if err != nil {
		return nil, err
	}
	own := *c
	return &own, nil
}

// collectionKey is what a collection is remembered by.
type collectionKey struct{ workspace, ref string }

// maxTries is how often a document is begun until it is left alone.
const maxTries = 5

// Claim is in library.Queue. Of several processes on Postgres each takes another document. Those that were begun before
// come last, so that one which never ends delays nobody.
func (l *Shelves) Claim(ctx context.Context, owner string, dead int64) (t *library.Task, err error) {
	s := l.store
	for again := true; again && err == nil; {
		err = s.library.tx(ctx, func(q querier) error {
			t, again = nil, false
			v, tries, err := due(ctx, q, dead)
			if err != nil || v == nil {
				return err
			}
			v.Owner, v.Status, v.Stage = owner, library.Working, library.Reading
			v.Fence++
			if tries >= maxTries {
				again = true
				_, err := q.exec(ctx, "UPDATE documents SET status = 'failed', stage = '', error = $5, owner = '', fence = $4, updated = $6, tries = 0 WHERE workspace = $1 AND collection = $2 AND id = $3",
					v.Workspace, v.Document.Collection, v.ID, v.Fence, fmt.Sprintf("It was begun %d times, and each time the studio ended or could not keep it. It is left alone now: take it in again when the studio has what it needs.", tries), s.now())
				return err
			}
			if v.Collection, err = one(ctx, q, "such collection", scanCollection, "SELECT "+collectionColumns+" FROM collections WHERE workspace = $1 AND id = $2", v.Workspace, v.Document.Collection); err != nil {
				return err
			}
			_, err = q.exec(ctx, "UPDATE documents SET status = $4, owner = $5, fence = $6, beat = $7, stage = $8, done = 0, total = 0, error = '', tries = tries + 1 WHERE workspace = $1 AND collection = $2 AND id = $3",
				v.Workspace, v.Document.Collection, v.ID, string(v.Status), owner, v.Fence, s.now(), string(v.Stage))
			t = v
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// due is the document that is next, and how often it was begun; nil: none. It is asked for in two steps, which an index
// answers each.
func due(ctx context.Context, q querier, dead int64) (*library.Task, int, error) {
	lock := ""
	if q.db.postgres {
		lock = " FOR UPDATE SKIP LOCKED"
	}
	var tags string
	var tries int
	scan := func(row scanner) (v library.Task, err error) {
		return v, row.Scan(append(documentFields(&v.Document, &tags), &v.Fence, &tries)...)
	}
	list, err := collect(ctx, q, scan, "SELECT "+documentColumns+", fence, tries FROM documents WHERE status = 'queued' ORDER BY tries, updated LIMIT 1"+lock)
	if err == nil && len(list) == 0 {
		list, err = collect(ctx, q, scan, "SELECT "+documentColumns+", fence, tries FROM documents WHERE status = 'working' AND beat < $1 ORDER BY tries, updated LIMIT 1"+lock, dead)
	}
	if err != nil || len(list) == 0 {
		return nil, 0, err
	}
	return &list[0], tries, json.Unmarshal([]byte(tags), &list[0].Tags)
}

// releaseDocuments frees the documents and the sources that a process worked on that was ended. On SQLite there is no other
// that could still do so; on Postgres the others look for signs of life.
func (s *Store) releaseDocuments(ctx context.Context) error {
	if s.library.postgres {
		return nil
	}
	_, err := s.library.exec(ctx, "UPDATE documents SET status = 'queued', stage = '', owner = '' WHERE status = 'working'")
	_, err2 := s.library.exec(ctx, "UPDATE sources SET beat = 0 WHERE status = 'working'")
	return errors.Join(err, err2)
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
		err := mustHold(q.exec(ctx, `UPDATE documents SET status = 'ready', stage = '', done = 0, total = 0, error = '', owner = '', tries = 0,
			version = fence, title = $6, language = $7, pages = $8, chunks = $9, updated = $10`+held, append(holder(t), c.Title, c.Language, c.Pages, len(c.Chunks), now)...))
		if err != nil {
			return err
		}
		for _, table := range []string{"document_texts", "document_words", "chunks", "vectors"} {
			if _, err := q.exec(ctx, "DELETE FROM "+table+" WHERE workspace = $1 AND collection = $2 AND document = $3", t.Workspace, t.Document.Collection, t.ID); err != nil {
				return err
			}
		}
		if _, err := q.exec(ctx, "INSERT INTO document_texts (workspace, collection, document, space, text) VALUES ($1, $2, $3, $4, $5)", t.Workspace, t.Document.Collection, t.ID, c.Space, c.Text); err != nil {
			return err
		}
		if c.Words.Part != nil {
			if _, err := q.exec(ctx, "INSERT INTO document_words (workspace, collection, document, language, data) VALUES ($1, $2, $3, $4, $5)", t.Workspace, t.Document.Collection, t.ID, c.Words.Language, c.Words.Part); err != nil {
				return err
			}
		}
		if err := putChunks(ctx, q, t, c.Chunks); err != nil {
			return err
		}
		for part, data := range c.Segments {
			if _, err := q.exec(ctx, "INSERT INTO vectors (workspace, collection, document, part, data) VALUES ($1, $2, $3, $4, $5)", t.Workspace, t.Document.Collection, t.ID, part, data); err != nil {
				return err
			}
		}
		return touch(ctx, q, t.Workspace, t.Document.Collection, now)
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

// Release is in library.Queue.
func (l *Shelves) Release(ctx context.Context, t *library.Task) error {
	return mustHold(l.store.library.exec(ctx, "UPDATE documents SET status = 'queued', stage = '', owner = '', tries = tries - 1"+held, holder(t)...))
}

// Fail is in library.Queue.
func (l *Shelves) Fail(ctx context.Context, t *library.Task, why string) error {
	return mustHold(l.store.library.exec(ctx, "UPDATE documents SET status = 'failed', stage = '', error = $6, owner = '', updated = $7, tries = 0"+held, append(holder(t), why, l.store.now())...))
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
	q := s.library.fixed()
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
	c.Segments, err = vectorsOf(ctx, q, ws, collection, document)
	return c, err
}

func vectorsOf(ctx context.Context, q querier, ws, collection, document string) ([][]byte, error) {
	return collect(ctx, q, func(row scanner) (data []byte, err error) { return data, row.Scan(&data) },
		"SELECT data FROM vectors WHERE workspace = $1 AND collection = $2 AND document = $3 ORDER BY part", ws, collection, document)
}

// Indexes is in library.Shelves.
func (l *Shelves) Indexes(ctx context.Context, workspace, collection, document string) (*library.Indexes, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	q := l.store.library.fixed()
	found, err := collect(ctx, q, func(row scanner) (x library.Indexes, err error) {
		return x, row.Scan(&x.Space, &x.Words.Language, &x.Words.Part)
	}, `SELECT t.space, COALESCE(w.language, ''), w.data FROM document_texts t LEFT JOIN document_words w ON w.workspace = t.workspace AND w.collection = t.collection AND w.document = t.document
		WHERE t.workspace = $1 AND t.collection = $2 AND t.document = $3`, ws, collection, document)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	found[0].Segments, err = vectorsOf(ctx, q, ws, collection, document)
	return &found[0], err
}

// Chunks is in library.Shelves. They come in the order of the numbers that were asked for.
func (l *Shelves) Chunks(ctx context.Context, workspace, collection string, numbers []uint32) ([]rag.Chunk, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	byNumber := make(map[uint32]rag.Chunk, len(numbers))
	for rest := numbers; len(rest) > 0; {
		at := &chunkQueries[0]
		for i := range chunkQueries {
			if at = &chunkQueries[i]; len(rest) <= at.most {
				break
			}
		}
		page := rest[:min(at.most, len(rest))]
		rest = rest[len(page):]
		args := append(make([]any, 0, 2+at.most), ws, collection)
		for i := range at.most { // the last one again in the places that are left
			args = append(args, int64(page[min(i, len(page)-1)]))
		}
		text := at.sqlite
		if l.store.library.postgres {
			text = at.postgres
		}
		list, err := collect(ctx, l.store.library.fixed(), scanChunk, text, args...)
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

// chunkQuery reads up to so many chunks.
type chunkQuery struct {
	most             int
	sqlite, postgres string
}

// chunkQueries are of a few sizes, so that their texts stay the same and are prepared once; the smallest first.
var chunkQueries = []chunkQuery{chunksBy(10), chunksBy(60), chunksBy(200)}

func chunksBy(n int) chunkQuery {
	numbered, plain := make([]any, n+2), make([]any, n+2)
	for i := range numbered {
		numbered[i], plain[i] = placeholder(i+1), "?" // see rowsOf
	}
	text := `SELECT c.number, c.document, d.title, c.begins, c.ends, c.page, c.headings, c.text
		FROM chunks c JOIN documents d ON d.workspace = c.workspace AND d.collection = c.collection AND d.id = c.document
		WHERE c.workspace = %s AND c.collection = %s AND c.number IN (` + strings.Repeat("%s, ", n-1) + "%s)"
	return chunkQuery{n, fmt.Sprintf(text, plain...), fmt.Sprintf(text, numbered...)}
}

func scanChunk(row scanner) (c rag.Chunk, err error) {
	var headings string
	if err := row.Scan(&c.ID, &c.Document, &c.Title, &c.Start, &c.End, &c.Page, &headings, &c.Text); err != nil {
		return c, err
	}
	if headings == "null" || headings == "[]" {
		return c, nil
	}
	if err := json.Unmarshal([]byte(headings), &c.Headings); err != nil {
		return c, fmt.Errorf("read the headings of chunk %d: %w", c.ID, err)
	}
	return c, nil
}
