package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/site"
)

// maxSources is how many addresses a collection is filled from.
const maxSources = 200

const sourceColumns = "workspace, collection, id, address, kind, pages, depth, tags, every, in_step, status, error, cut, looked, next, created, updated, author"

func sourceFields(v *site.Source, tags *string) []any {
	return []any{
		&v.Workspace, &v.Collection, &v.ID, &v.Address, &v.Kind, &v.Pages, &v.Depth, tags, &v.Every, &v.InStep, &v.Status, &v.Error, &v.Cut, &v.Looked, &v.Next,
		&v.Created, &v.Updated, &v.By,
	}
}

func scanSource(row scanner) (v site.Source, err error) {
	var tags string
	if err := row.Scan(sourceFields(&v, &tags)...); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(tags), &v.Tags)
}

// Sources lists the addresses that a collection is filled from, by address, with how many pages of each state they have.
func (s *Store) Sources(ctx context.Context, scope auth.Scope, collection string) ([]site.Source, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	q := s.library.reader()
	if err := needCollection(ctx, q, ws, collection); err != nil {
		return nil, err
	}
	list, err := collect(ctx, q, scanSource, "SELECT "+sourceColumns+" FROM sources WHERE workspace = $1 AND collection = $2 ORDER BY address, kind", ws, collection)
	if err != nil || len(list) == 0 {
		return list, err
	}
	each := make([]*site.Source, len(list))
	for i := range list {
		each[i] = &list[i]
	}
	return list, s.countPages(ctx, ws, collection, each)
}

// Source returns an address that a collection is filled from.
func (s *Store) Source(ctx context.Context, scope auth.Scope, collection, id string) (site.Source, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return site.Source{}, err
	}
	v, err := oneSource(ctx, s.library.reader(), ws, collection, id)
	if err != nil {
		return v, err
	}
	return v, s.countPages(ctx, ws, collection, []*site.Source{&v})
}

func oneSource(ctx context.Context, q querier, ws, collection, id string) (site.Source, error) {
	return one(ctx, q, "such address in this collection", scanSource, "SELECT "+sourceColumns+" FROM sources WHERE workspace = $1 AND collection = $2 AND id = $3", ws, collection, id)
}

func (s *Store) countPages(ctx context.Context, ws, collection string, list []*site.Source) error {
	type count struct {
		source string
		state  site.State
		n, has int
	}
	only, args := "", []any{ws, collection}
	if len(list) == 1 {
		only, args = " AND source = $3", append(args, list[0].ID)
	}
	counts, err := collect(ctx, s.library.reader(), func(row scanner) (c count, err error) { return c, row.Scan(&c.source, &c.state, &c.n, &c.has) },
		"SELECT source, state, count(*), sum(CASE WHEN document = '' THEN 0 ELSE 1 END) FROM source_pages WHERE workspace = $1 AND collection = $2"+only+" GROUP BY source, state", args...)
	if err != nil {
		return err
	}
	for _, c := range counts {
		for _, v := range list {
			if v.ID != c.source {
				continue
			}
			if v.Counts.Add(c.state, c.n); c.state == site.Gone {
				v.Counts.Kept = c.has
			}
		}
	}
	return nil
}

// PutSource adds an address to a collection, to be looked at soon, or changes how one of this id is looked at. Its address
// and kind stay what they were.
func (s *Store) PutSource(ctx context.Context, scope auth.Scope, collection string, v site.Source) (site.Source, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return v, err
	}
	err = s.library.tx(ctx, func(q querier) error {
		if err := needCollection(ctx, q, ws, collection); err != nil {
			return err
		}
		if v.ID == "" {
			return s.insertSource(ctx, q, ws, collection, scope.User(), &v)
		}
		known, err := oneSource(ctx, q, ws, collection, v.ID)
		if err != nil {
			return err
		}
		known.Pages, known.Depth, known.Tags, known.Every, known.InStep, known.Updated = v.Pages, v.Depth, v.Tags, v.Every, v.InStep, s.now()
		if v = known; v.Every == site.Never {
			v.Next = 0
		} else if v.Looked > 0 {
			v.Next = nextLook(v.Every, v.Looked)
		}
		tags, err := fitSource(&v)
		if err != nil {
			return err
		}
		_, err = q.exec(ctx, "UPDATE sources SET pages = $4, depth = $5, tags = $6, every = $7, in_step = $8, next = $9, updated = $10 WHERE workspace = $1 AND collection = $2 AND id = $3",
			ws, collection, v.ID, v.Pages, v.Depth, tags, string(v.Every), v.InStep, v.Next, v.Updated)
		if err != nil {
			return err
		}
		n, err := q.exec(ctx, `UPDATE documents SET tags = $4 WHERE workspace = $1 AND collection = $2 AND tags <> $4
			AND id IN (SELECT document FROM source_pages WHERE workspace = $1 AND collection = $2 AND source = $3)`, ws, collection, v.ID, tags)
		if err != nil || n == 0 {
			return err
		}
		return touch(ctx, q, ws, collection, s.now())
	})
	return v, err
}

func (s *Store) insertSource(ctx context.Context, q querier, ws, collection, user string, v *site.Source) error {
	tags, err := fitSource(v)
	if err != nil {
		return err
	}
	var count int
	if err := q.row(ctx, "SELECT count(*) FROM sources WHERE workspace = $1 AND collection = $2", ws, collection).Scan(&count); err != nil {
		return err
	}
	if count >= maxSources {
		return invalid("a collection is filled from at most %d addresses", maxSources)
	}
	now := s.now()
	*v = site.Source{
		ID: newID(), Workspace: ws, Collection: collection, Address: v.Address, Kind: v.Kind, Pages: v.Pages, Depth: v.Depth, Tags: v.Tags, Every: v.Every,
		InStep: v.InStep, Status: site.Waiting, Created: now, Updated: now, By: user,
	}
	n, err := q.exec(ctx, "INSERT INTO sources ("+sourceColumns+", begun, round, owner, fence, beat) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) ON CONFLICT DO NOTHING",
		ws, collection, v.ID, v.Address, string(v.Kind), v.Pages, v.Depth, tags, string(v.Every), v.InStep, string(v.Status), "", false, 0, 0, now, now, user, false, 0, "", 0, 0)
	if err == nil && n == 0 {
		return taken("the collection is filled from %s already: look at it again instead", v.Address)
	}
	return err
}

// fitSource checks a source and answers its tags as they are kept.
func fitSource(v *site.Source) (string, error) {
	u, err := site.Parse(v.Address)
	if err != nil {
		return "", err
	}
	v.Address, v.Kind = u.String(), cmp.Or(v.Kind, site.One)
	v.Pages = cmp.Or(v.Pages, site.DefaultPages)
	switch v.Kind {
	case site.One:
		v.Pages, v.Depth = 1, 0
	case site.Map:
		v.Depth = 0
	case site.Links:
		v.Depth = cmp.Or(v.Depth, site.DefaultDepth)
	default:
		return "", invalid("an address is one of a page, of a site map, or of a page whose links are followed")
	}
	switch {
	case v.Every != site.Never && v.Every != site.Daily && v.Every != site.Weekly:
		return "", invalid("an address is looked at again every day, every week, or when somebody asks")
	case v.Pages < 1 || v.Pages > site.MaxPages:
		return "", invalid("of an address 1 to %d pages are taken", site.MaxPages)
	case v.Depth < 0 || v.Depth > site.MaxDepth:
		return "", invalid("links are followed over 1 to %d pages", site.MaxDepth)
	}
	if v.Tags = slices.Compact(slices.Sorted(slices.Values(v.Tags))); v.Tags == nil {
		v.Tags = []string{}
	}
	if err := fitTags(v.Tags); err != nil {
		return "", err
	}
	tags, err := json.Marshal(v.Tags)
	return string(tags), err
}

func fitTags(tags []string) error {
	if len(tags) > maxTags {
		return invalid("a document has at most %d tags", maxTags)
	}
	for _, tag := range tags {
		if strings.TrimSpace(tag) == "" || utf8.RuneCountInString(tag) > maxTag || strings.ContainsFunc(tag, unicode.IsControl) {
			return invalid("a tag has 1 to %d characters, in one line", maxTag)
		}
	}
	return nil
}

// nextLook is when a source is looked at again.
func nextLook(every site.Every, after int64) int64 {
	const day = 24 * 60 * 60 * 1_000_000
	switch every {
	case site.Daily:
		return after + day
	case site.Weekly:
		return after + 7*day
	}
	return 0
}

// SourcePages lists pages of an address by their own: those of a state, or all. after is the last one of the page before, and
// next that of this one when there are more.
func (s *Store) SourcePages(ctx context.Context, scope auth.Scope, collection, id string, state site.State, after string, limit int) (list []site.Page, next string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, "", err
	}
	q := s.library.reader()
	if _, err := oneSource(ctx, q, ws, collection, id); err != nil {
		return nil, "", err
	}
	var w where
	w.add("p.workspace = ? AND p.collection = ? AND p.source = ? AND p.address > ?", ws, collection, id, after)
	if state != "" {
		w.add("p.state = ?", string(state))
	}
	limit = pageSize(limit)
	w.args = append(w.args, limit+1)
	list, err = collect(ctx, q, func(row scanner) (p site.Page, err error) {
		return p, row.Scan(&p.Address, &p.State, &p.Reason, &p.Depth, &p.Document, &p.Title, &p.Looked)
	}, `SELECT p.address, p.state, p.reason, p.depth, coalesce(d.id, ''), coalesce(d.title, ''), p.looked
		FROM source_pages p LEFT JOIN documents d ON d.workspace = p.workspace AND d.collection = p.collection AND d.id = p.document
		WHERE `+w.text.String()+" ORDER BY p.address LIMIT "+placeholder(len(w.args)), w.args...)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], list[limit-1].Address, nil
}

// FetchedDocument returns what is known of the page at an address, so that its site can be asked whether it has changed;
// an empty id: nothing.
func (s *Store) FetchedDocument(ctx context.Context, scope auth.Scope, collection, address string) (id, etag, modified string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return "", "", "", err
	}
	q := s.library.reader()
	if err := needCollection(ctx, q, ws, collection); err != nil {
		return "", "", "", err
	}
	type marks struct{ id, etag, modified string }
	m, err := one(ctx, q, "such page", func(row scanner) (m marks, err error) { return m, row.Scan(&m.id, &m.etag, &m.modified) },
		"SELECT id, etag, modified FROM documents WHERE workspace = $1 AND collection = $2 AND name = $3 AND address = $3 AND status <> 'failed'", ws, collection, address)
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", "", nil
	}
	return m.id, m.etag, m.modified, err
}
