package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

const summaryColumns = "id, name, folder, revision, active, published, archived, deleted, nodes, kinds, created, updated, author"

func summaryFields(s *engine.Summary) []any {
	return []any{&s.ID, &s.Name, &s.Folder, &s.Revision, &s.Active, &s.Published, &s.Archived, &s.Deleted, &s.Nodes, &s.Kinds, &s.Created, &s.Updated, &s.By}
}

func scanSummary(row scanner) (s engine.Summary, err error) { return s, row.Scan(summaryFields(&s)...) }

// drawing is a workflow's document as the database keeps it, with what lists show of it.
type drawing struct {
	doc      *engine.Workflow
	text     string
	kinds    string
	keepDays int
}

func encodeDrawing(doc *engine.Workflow) (drawing, error) {
	data, err := doc.Encode()
	if err != nil {
		return drawing{}, fmt.Errorf("write the workflow: %w", err)
	}
	if len(data) > engine.MaxFileBytes {
		return drawing{}, invalid("the workflow has %.1f MiB, the limit is %d MiB", float64(len(data))/(1<<20), engine.MaxFileBytes>>20)
	}
	kinds := map[string]bool{}
	for _, n := range doc.Nodes {
		kinds[n.Kind] = true
	}
	return drawing{doc: doc, text: string(data), kinds: strings.Join(slices.Sorted(maps.Keys(kinds)), " "), keepDays: max(0, doc.Settings.KeepRunsDays)}, nil
}

// show copies what lists show of the drawing.
func (d drawing) show(s *engine.Summary) {
	s.Name, s.Nodes, s.Kinds = d.doc.Name, len(d.doc.Nodes), d.kinds
}

func searchText(s engine.Summary) string {
	return strings.ToLower(s.Name + "\n" + s.Folder + "\n" + s.Kinds)
}

// CreateWorkflow keeps a new workflow at revision 1. An empty id makes one; fs.ErrExist when the id is taken.
func (s *Store) CreateWorkflow(ctx context.Context, scope auth.Scope, id, folder string, doc *engine.Workflow) (engine.Summary, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return engine.Summary{}, err
	}
	if id == "" {
		id = newID()
	}
	if !isPlainName(id) {
		return engine.Summary{}, invalid("a workflow's id has letters, digits, - and _, not %.80q", id)
	}
	if folder, err = cleanFolder(folder); err != nil {
		return engine.Summary{}, err
	}
	d, err := encodeDrawing(doc)
	if err != nil {
		return engine.Summary{}, err
	}
	now := s.now()
	sum := engine.Summary{ID: id, Folder: folder, Revision: 1, Created: now, Updated: now, By: scope.User()}
	d.show(&sum)
	err = s.studio.tx(ctx, func(q querier) error {
		if _, err := one(ctx, q, "such workspace", scanText, "SELECT id FROM workspaces WHERE id = $1", ws); err != nil {
			return err
		}
		n, err := q.exec(ctx, `INSERT INTO workflows (workspace, `+summaryColumns+`, search, keep_days, doc)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING`,
			ws, id, sum.Name, folder, 1, false, 0, false, 0, sum.Nodes, sum.Kinds, now, now, sum.By, searchText(sum), d.keepDays, d.text)
		if err == nil && n == 0 {
			return taken("there is a workflow with the id %q", id)
		}
		return err
	})
	return sum, err
}

// Workflow returns a workflow with its current drawing. One that was deleted is absent.
func (s *Store) Workflow(ctx context.Context, scope auth.Scope, id string) (*engine.Stored, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	v, err := readWorkflow(ctx, s.studio.reader(), ws, id, "")
	if err != nil {
		return nil, err
	}
	if err := s.addLastRuns(ctx, ws, &v.Summary); err != nil {
		return nil, err
	}
	return v, nil
}

// Revision returns the number of a workflow's newest revision, without reading the drawing.
func (s *Store) Revision(ctx context.Context, scope auth.Scope, id string) (int64, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return 0, err
	}
	return one(ctx, s.studio.reader(), fmt.Sprintf("workflow %.80q in this workspace", id), func(row scanner) (n int64, err error) { return n, row.Scan(&n) },
		"SELECT revision FROM workflows WHERE workspace = $1 AND id = $2 AND deleted = 0", ws, id)
}

// readWorkflow reads one workflow that was not deleted; lock is the end of the statement.
func readWorkflow(ctx context.Context, q querier, ws, id, lock string) (*engine.Stored, error) {
	var text string
	v, err := one(ctx, q, fmt.Sprintf("workflow %.80q in this workspace", id), func(row scanner) (*engine.Stored, error) {
		v := new(engine.Stored)
		return v, row.Scan(append(summaryFields(&v.Summary), &text)...)
	}, "SELECT "+summaryColumns+", doc FROM workflows WHERE workspace = $1 AND id = $2 AND deleted = 0"+lock, ws, id)
	if err != nil {
		return nil, err
	}
	if v.Doc, err = engine.Parse([]byte(text)); err != nil {
		return nil, fmt.Errorf("read the workflow %s: %w", id, err)
	}
	return v, nil
}

// isPlainName tells whether an id may be part of a path, of a file as of an address.
func isPlainName(id string) bool {
	return id != "" && len(id) <= 100 && !strings.ContainsFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}
