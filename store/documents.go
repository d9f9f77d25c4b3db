package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/read"
)

const (
	maxDocumentName = 500 // characters
	maxTags         = 20
	maxTag          = 50 // characters
)

const documentColumns = "workspace, collection, id, name, address, file, bytes, title, language, pages, chunks, tags, status, stage, done, total, error, version, created, updated, author, read_as"

func documentFields(d *library.Document, tags *string) []any {
	return []any{
		&d.Workspace, &d.Collection, &d.ID, &d.Name, &d.Address, &d.File, &d.Bytes, &d.Title, &d.Language, &d.Pages, &d.Chunks, tags,
		&d.Status, &d.Stage, &d.Done, &d.Total, &d.Error, &d.Version, &d.Created, &d.Updated, &d.By, &d.ReadAs,
	}
}

func scanDocument(row scanner) (d library.Document, err error) {
	var tags string
	if err := row.Scan(documentFields(&d, &tags)...); err != nil {
		return d, err
	}
	return d, json.Unmarshal([]byte(tags), &d.Tags)
}

// NewDocument is a document as somebody brings it.
type NewDocument struct {
	Name    string // unique in the collection: what has it is replaced
	Address string
	Tags    []string
	Data    []byte

	// Of one with an address: the name of a file of its type, and what its site wants to be asked with whether it changed.
	ReadAs, ETag, Modified string
}

// AddDocument queues a document to be taken in. One of the same name is replaced when the new version is ready; with the
// same bytes nothing happens, but that a failed one is tried again. fresh tells whether there is something to do.
func (s *Store) AddDocument(ctx context.Context, scope auth.Scope, collection string, n NewDocument) (d library.Document, fresh bool, err error) {
	list, err := s.AddDocuments(ctx, scope, collection, []NewDocument{n})
	if err != nil {
		return d, false, err
	}
	return list[0].Document, list[0].Fresh, list[0].Err
}

// AddedDocument is what became of a document.
type AddedDocument struct {
	Document library.Document
	Fresh    bool  // there is something to do
	Err      error // of this one; the others are not touched by it
}

// AddDocuments queues documents as AddDocument does, all at once.
func (s *Store) AddDocuments(ctx context.Context, scope auth.Scope, collection string, list []NewDocument) ([]AddedDocument, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	out, bad := make([]AddedDocument, len(list)), make([]error, len(list))
	hashes := make([]string, len(list))
	for i := range list {
		bad[i] = fitDocument(&list[i])
		sum := sha256.Sum256(list[i].Data)
		hashes[i] = hex.EncodeToString(sum[:])
	}
	add := func(q querier) error {
		if err := needCollection(ctx, q, ws, collection); err != nil {
			return err
		}
		a := adding{Store: s, q: q, ws: ws, collection: collection, user: scope.User(), now: s.now()}
		for i := range list {
			out[i] = AddedDocument{Err: bad[i]}
			if bad[i] != nil {
				continue
			}
			var err error
			if out[i], err = a.add(ctx, &list[i], hashes[i]); err != nil {
				return err
			}
		}
		if a.changed {
			return touch(ctx, q, ws, collection, a.now)
		}
		return nil
	}
	err = s.library.tx(ctx, add)
	if isDuplicate(err) { // another request brought the same name at this moment: now it is known
		err = s.library.tx(ctx, add)
	}
	return out, err
}

// adding is a transaction that adds documents.
type adding struct {
	*Store
	q              querier
	ws, collection string
	user           string
	now            int64
	counted        bool
	count          int  // documents of the collection, once counted
	changed        bool // what is searched is searched otherwise, as by other tags
}

func (a *adding) add(ctx context.Context, n *NewDocument, hash string) (out AddedDocument, err error) {
	tags, err := json.Marshal(n.Tags)
	if err != nil {
		return out, err
	}
	known, err := collect(ctx, a.q, scanDocument, "SELECT "+documentColumns+" FROM documents WHERE workspace = $1 AND collection = $2 AND name = $3"+a.q.db.forUpdate(), a.ws, a.collection, n.Name)
	if err != nil {
		return out, err
	}
	if len(known) == 0 {
		return a.insert(ctx, n, hash, string(tags))
	}
	d := known[0]
	fresh := d.File != hash || d.Status == library.Failed || d.ReadAs != n.ReadAs
	status := d.Status
	if fresh {
		status = library.Queued
	}
	a.changed = a.changed || !slices.Equal(d.Tags, n.Tags)
	d.Status, d.File, d.Bytes, d.Tags, d.Address, d.ReadAs, d.Updated = status, hash, int64(len(n.Data)), n.Tags, n.Address, n.ReadAs, a.now
	_, err = a.q.exec(ctx, `UPDATE documents SET address = $4, file = $5, bytes = $6, tags = $7, status = $8, updated = $9,
		stage = CASE WHEN $10 THEN '' ELSE stage END, error = CASE WHEN $10 THEN '' ELSE error END, owner = CASE WHEN $10 THEN '' ELSE owner END, tries = CASE WHEN $10 THEN 0 ELSE tries END,
		read_as = $11, etag = $12, modified = $13
		WHERE workspace = $1 AND collection = $2 AND id = $3`, a.ws, a.collection, d.ID, n.Address, hash, d.Bytes, string(tags), string(status), a.now, fresh, n.ReadAs, n.ETag, n.Modified)
	if err == nil && fresh {
		_, err = a.q.exec(ctx, "UPDATE document_files SET data = $4 WHERE workspace = $1 AND collection = $2 AND document = $3", a.ws, a.collection, d.ID, n.Data)
	}
	return AddedDocument{Document: d, Fresh: fresh}, err
}

func (a *adding) insert(ctx context.Context, n *NewDocument, hash, tags string) (out AddedDocument, err error) {
	if !a.counted {
		if err := a.q.row(ctx, "SELECT count(*) FROM documents WHERE workspace = $1 AND collection = $2", a.ws, a.collection).Scan(&a.count); err != nil {
			return out, err
		}
		a.counted = true
	}
	if a.count >= maxDocuments {
		out.Err = invalid("a collection holds at most %d documents", maxDocuments)
		return out, nil
	}
	d := library.Document{
		ID: newID(), Workspace: a.ws, Collection: a.collection, Name: n.Name, Address: n.Address, File: hash, Bytes: int64(len(n.Data)),
		Title: n.Name, Tags: n.Tags, Status: library.Queued, Created: a.now, Updated: a.now, By: a.user, ReadAs: n.ReadAs,
	}
	_, err = a.q.exec(ctx, "INSERT INTO documents ("+documentColumns+", owner, fence, beat, etag, modified) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)",
		a.ws, a.collection, d.ID, d.Name, d.Address, hash, d.Bytes, d.Title, "", 0, 0, tags, string(d.Status), "", 0, 0, "", 0, a.now, a.now, a.user, n.ReadAs, "", 0, 0, n.ETag, n.Modified)
	if err == nil {
		_, err = a.q.exec(ctx, "INSERT INTO document_files (workspace, collection, document, data) VALUES ($1, $2, $3, $4)", a.ws, a.collection, d.ID, n.Data)
	}
	a.count++
	return AddedDocument{Document: d, Fresh: true}, err
}

// touch says that what is searched of a collection has changed. Its time only ever grows, by which those who search it
// know that what they hold is not what is there.
func touch(ctx context.Context, q querier, ws, collection string, now int64) error {
	_, err := q.exec(ctx, "UPDATE collections SET updated = CASE WHEN updated >= $3 THEN updated + 1 ELSE $3 END WHERE workspace = $1 AND id = $2", ws, collection, now)
	return err
}

func needCollection(ctx context.Context, q querier, ws, id string) error {
	var n int
	if err := q.row(ctx, "SELECT count(*) FROM collections WHERE workspace = $1 AND id = $2", ws, id).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return absent("such collection in this workspace")
	}
	return nil
}

func fitDocument(n *NewDocument) error {
	n.Name = strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(strings.TrimSpace(n.Name), `\`, "/")), "/")
	if n.Address != "" {
		n.Name = n.Address
	}
	if n.Name == "" || utf8.RuneCountInString(n.Name) > maxDocumentName || strings.ContainsFunc(n.Name, unicode.IsControl) {
		return invalid("a document needs a name of at most %d characters, in one line", maxDocumentName)
	}
	if len(n.Data) > read.MaxFile {
		return invalid("%.200s has more than %d MiB, which is as much as can be taken in", n.Name, read.MaxFile>>20)
	}
	if len(n.Data) == 0 {
		return invalid("%.200s is empty", n.Name)
	}
	n.Tags = slices.Compact(slices.Sorted(slices.Values(n.Tags)))
	if err := fitTags(n.Tags); err != nil {
		return err
	}
	if n.Tags == nil {
		n.Tags = []string{}
	}
	return nil
}

// DocumentFilter says which documents are listed.
type DocumentFilter struct {
	Status library.Status // empty: all
	Query  string         // words of the name or title
	Cursor string
	Limit  int
}

// Documents lists the documents of a collection, the last changed first.
func (s *Store) Documents(ctx context.Context, scope auth.Scope, collection string, f DocumentFilter) (list []library.Document, next string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, "", err
	}
	if err := needCollection(ctx, s.library.reader(), ws, collection); err != nil {
		return nil, "", err
	}
	var w where
	w.add("workspace = ?", ws)
	w.add("collection = ?", collection)
	if f.Status != "" {
		w.add("status = ?", string(f.Status))
	}
	for _, word := range searchWords(f.Query) {
		w.add("lower(name || ' ' || title) LIKE ? ESCAPE '!'", like(word))
	}
	if f.Cursor != "" {
		at, id, err := parseCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(created, id) < (?, ?)", at, id)
	}
	limit := pageSize(f.Limit)
	w.args = append(w.args, limit+1)
	list, err = collect(ctx, s.library.reader(), scanDocument, "SELECT "+documentColumns+" FROM documents WHERE "+w.text.String()+" ORDER BY created DESC, id DESC LIMIT "+placeholder(len(w.args)), w.args...)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	list = list[:limit]
	return list, cursor(list[limit-1].Created, list[limit-1].ID), nil
}

// Document returns a document.
func (s *Store) Document(ctx context.Context, scope auth.Scope, collection, id string) (library.Document, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return library.Document{}, err
	}
	return one(ctx, s.library.reader(), fmt.Sprintf("document %.80q in this collection", id), scanDocument,
		"SELECT "+documentColumns+" FROM documents WHERE workspace = $1 AND collection = $2 AND id = $3", ws, collection, id)
}

// DocumentText returns the text that is searched of a document, and its chunks; fs.ErrNotExist while there is none.
func (s *Store) DocumentText(ctx context.Context, scope auth.Scope, collection, id string) (*library.Content, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	c, err := s.content(ctx, ws, collection, id, false)
	if err == nil && c == nil {
		err = absent("text of this document yet")
	}
	return c, err
}

// DocumentFile returns the bytes of a document as they came.
func (s *Store) DocumentFile(ctx context.Context, scope auth.Scope, collection, id string) ([]byte, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return s.documentFile(ctx, ws, collection, id)
}

func (s *Store) documentFile(ctx context.Context, ws, collection, id string) ([]byte, error) {
	return one(ctx, s.library.reader(), "such document in this collection", func(row scanner) (data []byte, err error) { return data, row.Scan(&data) },
		"SELECT data FROM document_files WHERE workspace = $1 AND collection = $2 AND document = $3", ws, collection, id)
}

// Order is what is to be done with documents.
type Order string

// The orders.
const (
	PauseDocuments  Order = "pause"  // those that are queued or worked on
	ResumeDocuments Order = "resume" // those that are paused
	RetryDocuments  Order = "retry"  // those that failed
	AgainDocuments  Order = "again"  // take all in again
)

// OrderDocuments gives an order for documents of a collection, by their ids; none: all of them. It returns how many it
// concerned.
func (s *Store) OrderDocuments(ctx context.Context, scope auth.Scope, collection string, o Order, ids ...string) (int, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return 0, err
	}
	to, from := library.Queued, []library.Status{}
	switch o {
	case PauseDocuments:
		to, from = library.Paused, []library.Status{library.Queued, library.Working}
	case ResumeDocuments:
		from = []library.Status{library.Paused}
	case RetryDocuments:
		from = []library.Status{library.Failed}
	case AgainDocuments:
		from = []library.Status{library.Ready, library.Failed, library.Paused}
	default:
		return 0, invalid("there is no order %q; there are pause, resume, retry and again", o)
	}
	return s.eachPage(ctx, ws, collection, ids, func(q querier, condition string, args []any) (int64, error) {
		n := len(args)
		marks := make([]string, len(from))
		for i, f := range from {
			args = append(args, string(f))
			marks[i] = placeholder(len(args))
		}
		args = append(args, string(to), s.now())
		return q.exec(ctx, fmt.Sprintf("UPDATE documents SET status = %s, updated = %s, stage = '', error = '', owner = '', tries = 0 WHERE %s AND status IN (%s)",
			placeholder(n+len(from)+1), placeholder(n+len(from)+2), condition, strings.Join(marks, ", ")), args...)
	})
}

// DeleteDocuments removes documents from a collection and all that was made of them, and says how many.
func (s *Store) DeleteDocuments(ctx context.Context, scope auth.Scope, collection string, ids ...string) (int, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return 0, invalid("say which documents to delete")
	}
	return s.eachPage(ctx, ws, collection, ids, func(q querier, condition string, args []any) (int64, error) {
		return q.exec(ctx, "DELETE FROM documents WHERE "+condition, args...)
	})
}

// eachPage changes documents, some hundred a transaction; without ids all of the collection at once.
func (s *Store) eachPage(ctx context.Context, ws, collection string, ids []string, change func(q querier, condition string, args []any) (int64, error)) (total int, err error) {
	all := len(ids) == 0
	for first := true; len(ids) > 0 || all && first; first = false {
		page := ids[:min(200, len(ids))]
		ids = ids[len(page):]
		err := s.library.tx(ctx, func(q querier) error {
			if err := needCollection(ctx, q, ws, collection); err != nil {
				return err
			}
			condition, args := "workspace = $1 AND collection = $2", []any{ws, collection}
			if !all {
				marks := make([]string, len(page))
				for i, id := range page {
					args = append(args, id)
					marks[i] = placeholder(len(args))
				}
				condition += " AND id IN (" + strings.Join(marks, ", ") + ")"
			}
			n, err := change(q, condition, args)
			total += int(n)
			if err == nil && n > 0 {
				err = touch(ctx, q, ws, collection, s.now())
			}
			return err
		})
		if err != nil {
			return total, err
		}
	}
	return total, nil
}
