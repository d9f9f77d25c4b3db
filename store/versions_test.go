package store_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

func (p *place) publish(t *testing.T, scope auth.Scope, id string, revision int64, hooks []engine.Hook, schedules []engine.Schedule) error {
	t.Helper()
	_, err := p.Publish(t.Context(), scope, id, engine.Publication{Revision: revision, Hooks: hooks, Schedules: schedules})
	return err
}

// draw makes a workflow whose revision n has n nodes.
func (p *place) draw(t *testing.T, name string, last int64) string {
	t.Helper()
	id := p.workflow(t, p.alpha, name)
	for n := int64(2); n <= last; n++ {
		p.edit(t, id, engine.Edit{Base: n - 1, Ops: []engine.Op{addNode(fmt.Sprint("n", n))}})
	}
	return id
}

// Callers and triggers run what was published, whatever is drawn meanwhile; rolling back publishes an earlier revision.
func TestPublished(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.draw(t, "Orders", 3)
		runs := func(want int, when string) {
			t.Helper()
			for range 2 { // from the database, then from memory
				for _, ref := range []string{id, "Orders"} {
					v, err := p.RunnableWorkflow(ctx, "alpha", ref, engine.Published)
					must(t, err)
					if len(v.Doc.Nodes) != want || int(v.Revision) != want || v.ID != id {
						t.Errorf("%s: %s runs revision %d with %d nodes, want %d", when, ref, v.Revision, len(v.Doc.Nodes), want)
					}
				}
			}
		}
		runs(3, "while nothing is published")
		hook := []engine.Hook{{Node: "start", Path: "orders", Method: "POST"}}
		must(t, p.publish(t, p.alpha, id, 3, hook, nil))
		runs(3, "published as it is")
		p.edit(t, id, engine.Edit{Base: 3, Ops: []engine.Op{addNode("n4")}})
		runs(3, "after an edit")
		if v, err := p.RunnableWorkflow(ctx, "alpha", id, 0); err != nil || len(v.Doc.Nodes) != 4 {
			t.Errorf("the draft: %v, %v", v, err)
		}
		must(t, p.publish(t, p.alpha, id, 2, hook, nil))
		runs(2, "rolled back")
		want(t, p.publish(t, p.alpha, id, 9, hook, nil), fs.ErrNotExist, "a revision to come")
		want(t, p.publish(t, p.alpha, p.workflow(t, p.alpha, "Other"), 1, hook, nil), fs.ErrExist, "a taken path")
		stored, err := p.Workflow(ctx, p.alpha, id)
		if must(t, err); !stored.Active || stored.Published != 2 || stored.Revision != 4 {
			t.Errorf("the workflow: %+v", stored.Summary)
		}
		versions, err := p.Versions(ctx, p.alpha, id)
		if must(t, err); len(versions) != 2 || versions[0].Revision != 2 || versions[1].Revision != 3 || !versions[0].Published || versions[0].By != "user-alpha" {
			t.Errorf("what was published: %+v", versions)
		}
		want(t, p.DeleteVersion(ctx, p.alpha, id, versions[1].ID), fs.ErrInvalid, "deleting what was published")
		must(t, p.Unpublish(ctx, p.alpha, id))
		runs(4, "taken back")
		_, err = p.Hook(ctx, "orders", "POST", 0)
		want(t, err, fs.ErrNotExist, "the address of what was taken back")
	})
}

// A schedule that is published again unchanged keeps the time that has come.
func TestPublishingKeepsDueTimes(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		id := p.workflow(t, p.alpha, "Nightly")
		plan := func(cron string, next int64) []engine.Schedule {
			return []engine.Schedule{{ID: "s", Node: "start", Cron: cron, Timezone: "UTC", Next: next}}
		}
		must(t, p.publish(t, p.alpha, id, 1, nil, plan("0 2 * * *", 100)))
		must(t, p.publish(t, p.alpha, id, 1, nil, plan("0 2 * * *", 200)))
		if due, err := p.DueSchedules(t.Context(), 150, 10); err != nil || len(due) != 1 {
			t.Errorf("due after publishing again: %v, %v", due, err)
		}
		must(t, p.publish(t, p.alpha, id, 1, nil, plan("0 3 * * *", 200)))
		if due, err := p.DueSchedules(t.Context(), 150, 10); err != nil || len(due) != 0 {
			t.Errorf("due with another line: %v, %v", due, err)
		}
	})
}

// Every revision can be drawn again, from edits taken back and from what was kept, and the list says what each did.
func TestHistory(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.draw(t, "Orders", 130)
		_, err := p.NameVersion(ctx, p.alpha, id, 120, "  Before the sale ", "as agreed")
		must(t, err)
		for _, n := range []int64{1, 2, 60, 119, 120, 121, 130} {
			v, err := p.WorkflowAt(ctx, p.alpha, id, n)
			if must(t, err); len(v.Doc.Nodes) != int(n) || v.Revision != n {
				t.Errorf("revision %d: %d nodes, says %d", n, len(v.Doc.Nodes), v.Revision)
			}
		}
		for _, n := range []int64{-1, 131} {
			_, err := p.WorkflowAt(ctx, p.alpha, id, n)
			want(t, err, fs.ErrNotExist, fmt.Sprint("revision ", n))
		}
		long := engine.Op{Op: "note.add", Note: &engine.Note{ID: "long", Text: strings.Repeat("é", 70_000)}}
		p.edit(t, id, engine.Edit{Base: 130, Ops: []engine.Op{{Op: "node.remove", ID: "n5"}, {Op: "node.remove", ID: "n6"}, {Op: "node.move", ID: "n7", At: &[2]float64{1, 2}}}})
		p.edit(t, id, engine.Edit{Base: 131, Ops: []engine.Op{long}})
		list, err := p.History(ctx, p.alpha, id, 0, 3)
		must(t, err)
		if len(list) != 3 || list[0].Revision != 132 || list[0].Changes[0].Op != "many" || list[2].Revision != 130 {
			t.Errorf("the newest: %+v", list)
		}
		if got := fmt.Sprintf("%+v", list[1].Changes); got != "[{Op:node.remove N:2 IDs:[n5 n6] Names:[Node n5 Node n6] Paths:[]} {Op:node.move N:1 IDs:[n7] Names:[] Paths:[]}]" {
			t.Errorf("what the edit did: %s", got)
		}
		if list, err = p.History(ctx, p.alpha, id, 130, 500); err != nil || len(list) != 128 || list[0].Revision != 129 {
			t.Errorf("before 130: %d, %v", len(list), err)
		}
	})
}

func TestVersions(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.draw(t, "Orders", 3)
		for name, why := range map[string]string{"": "no name", strings.Repeat("x", 101): "a long name", "a\nb": "two lines"} {
			_, err := p.NameVersion(ctx, p.alpha, id, 2, name, "")
			want(t, err, fs.ErrInvalid, why)
		}
		v, err := p.NameVersion(ctx, p.alpha, id, 2, " Sale ", "note")
		must(t, err)
		if v, err = p.RenameVersion(ctx, p.alpha, id, v.ID, "Winter sale", ""); err != nil || v.Name != "Winter sale" || v.Note != "" || v.Revision != 2 {
			t.Errorf("renamed: %+v, %v", v, err)
		}
		must(t, p.DeleteVersion(ctx, p.alpha, id, v.ID))
		want(t, p.DeleteVersion(ctx, p.alpha, id, v.ID), fs.ErrNotExist, "deleting twice")
		if list, err := p.Versions(ctx, p.alpha, id); err != nil || len(list) != 0 {
			t.Errorf("after deleting: %v, %v", list, err)
		}
	})
}

// Nothing is thinned out unless somebody says so; then edits go, and what was named or published stays.
func TestPruneRevisions(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.draw(t, "Orders", 10)
		_, err := p.NameVersion(ctx, p.alpha, id, 4, "Sale", "")
		must(t, err)
		must(t, p.publish(t, p.alpha, id, 6, nil, nil))
		p.clock.pass(20 * 24 * time.Hour)
		p.edit(t, id, engine.Edit{Base: 10, Ops: []engine.Op{addNode("n11")}})
		if n, err := p.PruneRevisions(ctx, p.clock.micro()); err != nil || n != 0 {
			t.Errorf("unasked: %d, %v", n, err)
		}
		for _, days := range []int{-1, 3, 40_000} {
			want(t, p.SetKeepRevisions(ctx, p.alpha, days), fs.ErrInvalid, fmt.Sprint(days, " days"))
		}
		must(t, p.SetKeepRevisions(ctx, p.alpha, 10))
		if days, err := p.KeepRevisions(ctx, p.alpha); err != nil || days != 10 {
			t.Errorf("kept for %d days, %v", days, err)
		}
		if n, err := p.PruneRevisions(ctx, p.clock.micro()); err != nil || n != 9 {
			t.Errorf("pruned %d, %v; want the nine old edits", n, err)
		}
		for _, revision := range []int64{4, 6, 10, 11} {
			v, err := p.WorkflowAt(ctx, p.alpha, id, revision)
			if must(t, err); len(v.Doc.Nodes) != int(revision) {
				t.Errorf("revision %d has %d nodes", revision, len(v.Doc.Nodes))
			}
		}
		for _, revision := range []int64{3, 5, 8} { // the edits that led there are gone
			_, err := p.WorkflowAt(ctx, p.alpha, id, revision)
			want(t, err, fs.ErrNotExist, fmt.Sprint("revision ", revision))
		}
		if v, err := p.RunnableWorkflow(ctx, "alpha", id, engine.Published); err != nil || v.Revision != 6 {
			t.Errorf("what is published: %v, %v", v, err)
		}
	})
}
