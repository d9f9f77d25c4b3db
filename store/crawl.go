package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
)

var _ site.Desk = (*Shelves)(nil)

// ClaimSource is in site.Desk. Of several processes on Postgres each takes another source.
func (l *Shelves) ClaimSource(ctx context.Context, owner, id string, dead int64) (v *site.Visit, err error) {
	s := l.store
	err = s.library.tx(ctx, func(q querier) error {
		v = nil
		lock := ""
		if q.db.postgres {
			lock = " FOR UPDATE SKIP LOCKED"
		}
		now := s.now()
		due, err := collect(ctx, q, func(row scanner) (c site.Visit, err error) {
			var tags string
			if err := row.Scan(append(sourceFields(&c.Source, &tags), &c.Fence, &c.Round, &c.Begun)...); err != nil {
				return c, err
			}
			return c, json.Unmarshal([]byte(tags), &c.Tags)
		}, "SELECT "+sourceColumns+`, fence, round, begun FROM sources WHERE ($1 = '' OR id = $1)
			AND (status = 'waiting' OR status IN ('ready', 'failed') AND next > 0 AND next <= $2 OR status = 'working' AND beat < $3)
			ORDER BY updated, id LIMIT 1`+lock, id, now, dead)
		if err != nil || len(due) == 0 {
			return err
		}
		c := &due[0]
		c.Owner, c.Status = owner, site.Working
		if c.Fence++; !c.Begun {
			c.Round++
		}
		_, err = q.exec(ctx, "UPDATE sources SET status = $4, owner = $5, fence = $6, round = $7, beat = $8, updated = $8, error = '', next = 0 WHERE workspace = $1 AND collection = $2 AND id = $3",
			c.Workspace, c.Collection, c.ID, string(c.Status), owner, c.Fence, c.Round, now)
		v = c
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// visiting says that a visit is still ours, and gives a sign of life with it.
func (l *Shelves) visiting(ctx context.Context, q querier, v *site.Visit) error {
	n, err := q.exec(ctx, "UPDATE sources SET beat = $6 WHERE workspace = $1 AND collection = $2 AND id = $3 AND owner = $4 AND fence = $5 AND status = 'working'",
		v.Workspace, v.Collection, v.ID, v.Owner, v.Fence, l.store.now())
	if err == nil && n == 0 {
		return site.ErrTaken
	}
	return err
}

// ofVisit are the first arguments of all statements about pages of a visit.
func ofVisit(v *site.Visit, more ...any) []any {
	return append([]any{v.Workspace, v.Collection, v.ID, v.Round}, more...)
}

// Found is in site.Desk.
func (l *Shelves) Found(ctx context.Context, v *site.Visit, list []site.Found) (cut bool, err error) {
	err = l.store.library.tx(ctx, func(q querier) error {
		cut = false
		if err := l.visiting(ctx, q, v); err != nil {
			return err
		}
		var count int
		if err := q.row(ctx, "SELECT count(*) FROM source_pages WHERE workspace = $1 AND collection = $2 AND source = $3 AND round = $4", ofVisit(v)...).Scan(&count); err != nil {
			return err
		}
		for part := range slices.Chunk(list, 100) {
			fresh, err := unseen(ctx, q, v, part)
			if err != nil {
				return err
			}
			if room := v.Pages - count; len(fresh) > room {
				fresh, cut = fresh[:max(room, 0)], true
			}
			count += len(fresh)
			if err := putFound(ctx, q, v, fresh, l.store.now()); err != nil {
				return err
			}
		}
		if cut {
			_, err := q.exec(ctx, "UPDATE sources SET cut = $4 WHERE workspace = $1 AND collection = $2 AND id = $3", v.Workspace, v.Collection, v.ID, true)
			return err
		}
		return nil
	})
	return cut, err
}

// unseen are the addresses that this look does not have yet, each once.
func unseen(ctx context.Context, q querier, v *site.Visit, list []site.Found) ([]site.Found, error) {
	var w where
	w.add("workspace = ? AND collection = ? AND source = ? AND round = ?", v.Workspace, v.Collection, v.ID, v.Round)
	args := make([]any, len(list))
	for i := range list {
		args[i] = list[i].Address
	}
	w.add("address IN ("+marks(len(list))+")", args...)
	known, err := collect(ctx, q, scanText, "SELECT address FROM source_pages WHERE "+w.text.String(), w.args...)
	if err != nil {
		return nil, err
	}
	var fresh []site.Found
	for _, f := range list {
		if !slices.Contains(known, f.Address) {
			known, fresh = append(known, f.Address), append(fresh, f)
		}
	}
	return fresh, nil
}

func putFound(ctx context.Context, q querier, v *site.Visit, list []site.Found, now int64) error {
	if len(list) == 0 {
		return nil
	}
	const columns = 10
	args := make([]any, 0, len(list)*columns)
	for _, f := range list {
		state, looked := site.Open, int64(0)
		if f.Reason != "" {
			state, looked = site.Broken, now
		}
		args = append(args, v.Workspace, v.Collection, v.ID, f.Address, f.Depth, string(state), f.Reason, "", v.Round, looked)
	}
	_, err := q.exec(ctx, "INSERT INTO source_pages (workspace, collection, source, address, depth, state, reason, document, round, looked) VALUES "+q.db.rowsOf(len(list), columns)+`
		ON CONFLICT (workspace, collection, source, address) DO UPDATE SET depth = excluded.depth, state = excluded.state, reason = excluded.reason, round = excluded.round`, args...)
	return err
}

// Begin is in site.Desk.
func (l *Shelves) Begin(ctx context.Context, v *site.Visit) error {
	err := l.store.library.tx(ctx, func(q querier) error {
		if err := l.visiting(ctx, q, v); err != nil {
			return err
		}
		_, err := q.exec(ctx, "UPDATE sources SET begun = $4 WHERE workspace = $1 AND collection = $2 AND id = $3", v.Workspace, v.Collection, v.ID, true)
		return err
	})
	v.Begun = v.Begun || err == nil
	return err
}

// NextPage is in site.Desk.
func (l *Shelves) NextPage(ctx context.Context, v *site.Visit) (*site.Page, error) {
	var next []site.Page
	err := l.store.library.tx(ctx, func(q querier) error {
		if err := l.visiting(ctx, q, v); err != nil {
			return err
		}
		var err error
		next, err = collect(ctx, q, func(row scanner) (p site.Page, err error) {
			var known, status string
			if err := row.Scan(&p.Address, &p.State, &p.Depth, &p.Document, &p.Looked, &known, &status, &p.ETag, &p.Modified); err != nil {
				return p, err
			}
			p.Lost = p.Document != "" && known == ""
			if status == string(library.Failed) { // it is tried again
				p.ETag, p.Modified = "", ""
			}
			return p, nil
		}, `SELECT p.address, p.state, p.depth, p.document, p.looked, coalesce(d.id, ''), coalesce(d.status, ''), coalesce(d.etag, ''), coalesce(d.modified, '')
			FROM source_pages p LEFT JOIN documents d ON d.workspace = p.workspace AND d.collection = p.collection AND d.id = p.document
			WHERE p.workspace = $1 AND p.collection = $2 AND p.source = $3 AND p.round = $4 AND p.state = 'waiting' ORDER BY p.depth, p.address LIMIT 1`, ofVisit(v)...)
		return err
	})
	if err != nil || len(next) == 0 {
		return nil, err
	}
	return &next[0], nil
}

// Done is in site.Desk.
func (l *Shelves) Done(ctx context.Context, v *site.Visit, p site.Page, d *site.Document) (state site.State, err error) {
	err = l.store.library.tx(ctx, func(q querier) error {
		if err := l.visiting(ctx, q, v); err != nil {
			return err
		}
		done := p
		if d != nil {
			if err := l.takePage(ctx, q, v, &done, d); err != nil {
				return err
			}
		}
		if done.State == site.Broken || done.State == site.Skipped {
			done.Document = p.Document // what it was made into before stays
		}
		state = done.State
		_, err := q.exec(ctx, "UPDATE source_pages SET state = $6, reason = $7, document = $8, looked = $9 WHERE workspace = $1 AND collection = $2 AND source = $3 AND round = $4 AND address = $5",
			ofVisit(v, p.Address, string(done.State), done.Reason, done.Document, l.store.now())...)
		return err
	})
	return state, err
}

// takePage makes a page a document of the collection. Of several addresses of a source that are the same page, one is.
func (l *Shelves) takePage(ctx context.Context, q querier, v *site.Visit, p *site.Page, d *site.Document) error {
	twins, err := collect(ctx, q, scanText, `SELECT p.address FROM source_pages p JOIN documents d ON d.workspace = p.workspace AND d.collection = p.collection AND d.id = p.document
		WHERE p.workspace = $1 AND p.collection = $2 AND p.source = $3 AND p.round = $4 AND p.address <> $5 AND d.name = $6 AND p.state IN ('new', 'changed', 'same') LIMIT 1`, ofVisit(v, p.Address, d.Address)...)
	if err != nil {
		return err
	}
	if len(twins) > 0 {
		p.State, p.Reason = site.Skipped, site.Twin(twins[0])
		return nil
	}
	n := NewDocument{Name: d.Address, Address: d.Address, Tags: slices.Clone(v.Tags), Data: d.Data, ReadAs: d.ReadAs, ETag: d.ETag, Modified: d.Modified}
	added := AddedDocument{Err: fitDocument(&n)}
	if added.Err == nil {
		sum := sha256.Sum256(n.Data)
		a := adding{Store: l.store, q: q, ws: v.Workspace, collection: v.Collection, user: v.By, now: l.store.now()}
		if added, err = a.add(ctx, &n, hex.EncodeToString(sum[:])); err != nil {
			return err
		}
		if a.changed {
			if err := touch(ctx, q, v.Workspace, v.Collection, a.now); err != nil {
				return err
			}
		}
	}
	if added.Err != nil {
		p.State, p.Reason = site.Broken, strings.TrimSuffix(added.Err.Error(), ": "+fs.ErrInvalid.Error())
		return nil //nolint:nilerr // what is wrong with the page is kept with it
	}
	switch {
	case p.Document != added.Document.ID:
		p.State = site.New
	case added.Fresh:
		p.State = site.Changed
	default:
		p.State = site.Same
	}
	p.Document, p.Reason = added.Document.ID, ""
	return nil
}

// Bytes is in site.Desk.
func (l *Shelves) Bytes(ctx context.Context, v *site.Visit, document string) (address string, data []byte, err error) {
	address, err = one(ctx, l.store.library.reader(), "such document in this collection", scanText, "SELECT address FROM documents WHERE workspace = $1 AND collection = $2 AND id = $3", v.Workspace, v.Collection, document)
	if err == nil {
		data, err = l.store.documentFile(ctx, v.Workspace, v.Collection, document)
	}
	return address, data, err
}

// Finish is in site.Desk. In a source that is kept in step, the documents of pages that are gone go too, but not when that
// would be most of them: then something else is more likely, and a person decides.
func (l *Shelves) Finish(ctx context.Context, v *site.Visit, o site.Outcome) error {
	s := l.store
	return s.library.tx(ctx, func(q querier) error {
		if err := l.visiting(ctx, q, v); err != nil {
			return err
		}
		if o.Error == "" {
			if err := l.unlist(ctx, q, v, o.Complete && !o.Cut); err != nil {
				return err
			}
		}
		note := o.Error
		if v.InStep && o.Error == "" {
			var err error
			if note, err = l.keepInStep(ctx, q, v); err != nil {
				return err
			}
		}
		status, now := site.Ready, s.now()
		if o.Error != "" {
			status = site.Failed
		}
		// How often it is looked at may have been changed meanwhile.
		var every site.Every
		if err := q.row(ctx, "SELECT every FROM sources WHERE workspace = $1 AND collection = $2 AND id = $3", v.Workspace, v.Collection, v.ID).Scan(&every); err != nil {
			return err
		}
		_, err := q.exec(ctx, "UPDATE sources SET status = $4, error = $5, cut = $6, begun = $7, owner = '', looked = $8, updated = $8, next = $9 WHERE workspace = $1 AND collection = $2 AND id = $3",
			v.Workspace, v.Collection, v.ID, string(status), note, o.Cut, false, now, nextLook(every, now))
		return err
	})
}

// unlist looks after the pages that this look did not list. What never was a document is forgotten; a document is gone when
// the look was complete.
func (l *Shelves) unlist(ctx context.Context, q querier, v *site.Visit, complete bool) error {
	_, err := q.exec(ctx, "DELETE FROM source_pages WHERE workspace = $1 AND collection = $2 AND source = $3 AND round < $4 AND document = ''", ofVisit(v)...)
	if err != nil || !complete {
		return err
	}
	if _, err := q.exec(ctx, "DELETE FROM source_pages WHERE workspace = $1 AND collection = $2 AND source = $3 AND round < $4 AND state = 'deleted'", ofVisit(v)...); err != nil {
		return err
	}
	_, err = q.exec(ctx, "UPDATE source_pages SET state = 'gone', reason = $5, looked = $6 WHERE workspace = $1 AND collection = $2 AND source = $3 AND round < $4",
		ofVisit(v, site.Unlisted(v.Kind), l.store.now())...)
	return err
}

// keepInStep removes the documents of pages that are gone, unless they are most of those that are there.
func (l *Shelves) keepInStep(ctx context.Context, q querier, v *site.Visit) (note string, err error) {
	const few = 10
	var gone, all int
	err = q.row(ctx, `SELECT coalesce(sum(CASE WHEN p.state = 'gone' THEN 1 ELSE 0 END), 0), count(*) FROM source_pages p
		JOIN documents d ON d.workspace = p.workspace AND d.collection = p.collection AND d.id = p.document
		WHERE p.workspace = $1 AND p.collection = $2 AND p.source = $3`, v.Workspace, v.Collection, v.ID).Scan(&gone, &all)
	if err != nil || gone == 0 {
		return "", err
	}
	if gone > few && gone*2 > all {
		return site.MostGone(), nil
	}
	args := []any{v.Workspace, v.Collection, v.ID}
	_, err = q.exec(ctx, `DELETE FROM documents WHERE workspace = $1 AND collection = $2 AND id IN
		(SELECT document FROM source_pages WHERE workspace = $1 AND collection = $2 AND source = $3 AND state = 'gone')`, args...)
	if err != nil {
		return "", err
	}
	if _, err := q.exec(ctx, "UPDATE source_pages SET document = '' WHERE workspace = $1 AND collection = $2 AND source = $3 AND state = 'gone'", args...); err != nil {
		return "", err
	}
	return "", touch(ctx, q, v.Workspace, v.Collection, l.store.now())
}
