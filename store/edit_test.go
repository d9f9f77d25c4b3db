package store_test

import (
	"fmt"
	"io/fs"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

func addNode(id string) engine.Op {
	return engine.Op{Op: "node.add", Node: &engine.Node{ID: id, Kind: "data.set", Name: "Node " + id, Params: map[string]any{}}}
}

func (p *place) edit(t *testing.T, id string, e engine.Edit) (engine.Revision, []engine.Revision) {
	t.Helper()
	rev, missed, err := p.EditWorkflow(t.Context(), p.alpha, id, e)
	must(t, err)
	return rev, missed
}

func TestEdits(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.workflow(t, p.alpha, "Orders")
		first, missed := p.edit(t, id, engine.Edit{Base: 1, Ops: []engine.Op{addNode("a")}, Client: "ann", Seq: 1})
		if first.Number != 2 || len(missed) != 0 || len(first.Inverse) == 0 || first.By != "user-alpha" {
			t.Fatalf("first edit: %+v, missed %v", first, missed)
		}
		// Bob drew on revision 1 and missed Ann's.
		second, missed := p.edit(t, id, engine.Edit{Base: 1, Ops: []engine.Op{addNode("b")}, Client: "bob", Seq: 1})
		if second.Number != 3 || len(missed) != 1 || missed[0].Number != 2 || missed[0].Ops[0].Node.ID != "a" {
			t.Fatalf("second edit: %+v, missed %+v", second, missed)
		}
		p.edit(t, id, engine.Edit{Base: 3, Ops: []engine.Op{addNode("c")}, Client: "ann", Seq: 2})
		// Bob's frame comes again: the first answer, no second node.
		again, missed := p.edit(t, id, engine.Edit{Base: 1, Ops: []engine.Op{addNode("b")}, Client: "bob", Seq: 1})
		if again.Number != 3 || len(missed) != 1 || missed[0].Number != 2 {
			t.Errorf("the same edit again: %+v, missed %+v", again, missed)
		}
		stored, err := p.Workflow(ctx, p.alpha, id)
		if must(t, err); stored.Revision != 4 || len(stored.Doc.Nodes) != 4 || stored.Nodes != 4 || stored.Kinds != "data.set trigger.manual" {
			t.Errorf("after four deliveries of three edits: %+v", stored.Summary)
		}
		// An edit that comes after a later one of its page is a late copy of one that was refused.
		_, _, err = p.EditWorkflow(ctx, p.alpha, id, engine.Edit{Base: 1, Ops: []engine.Op{addNode("late")}, Client: "bob", Seq: 0})
		want(t, err, fs.ErrExist, "a late copy")
		// Of operations that do not all apply, none does.
		_, _, err = p.EditWorkflow(ctx, p.alpha, id, engine.Edit{Base: 4, Ops: []engine.Op{addNode("d"), {Op: "node.remove", ID: "nobody"}}})
		if err == nil {
			t.Error("an edit of a node that is not there was taken")
		}
		_, _, err = p.EditWorkflow(ctx, p.alpha, id, engine.Edit{Base: 9, Ops: []engine.Op{addNode("d")}})
		want(t, err, fs.ErrInvalid, "an edit of a revision to come")
		_, _, err = p.EditWorkflow(ctx, p.alpha, id, engine.Edit{Base: 4})
		want(t, err, fs.ErrInvalid, "an edit without operations")
		revs, err := p.Revisions(ctx, p.alpha, id, 2, 10)
		if must(t, err); len(revs) != 2 || revs[0].Number != 3 || revs[1].Client != "ann" {
			t.Errorf("revisions since 2: %+v", revs)
		}
	})
}

func TestConcurrentEditsHaveNoGap(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		id := p.workflow(t, p.alpha, "Orders")
		const people, each = 8, 6
		var wg sync.WaitGroup
		for person := range people {
			wg.Go(func() {
				for n := range each {
					e := engine.Edit{Base: 1, Ops: []engine.Op{addNode(fmt.Sprintf("p%dn%d", person, n))}, Client: fmt.Sprint("p", person), Seq: int64(n + 1)}
					for range 2 { // every frame is delivered twice
						if _, _, err := p.EditWorkflow(t.Context(), p.alpha, id, e); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		revs, err := p.Revisions(t.Context(), p.alpha, id, 0, 1000)
		must(t, err)
		for i, r := range revs {
			if r.Number != int64(i+2) {
				t.Fatalf("revision %d stands at place %d", r.Number, i)
			}
		}
		stored, err := p.Workflow(t.Context(), p.alpha, id)
		if must(t, err); len(revs) != people*each || len(stored.Doc.Nodes) != people*each+1 {
			t.Errorf("%d revisions and %d nodes of %d edits", len(revs), len(stored.Doc.Nodes), people*each)
		}
	})
}

func TestRunnableWorkflow(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.workflow(t, p.alpha, "Orders")
		for i := range 3 {
			p.edit(t, id, engine.Edit{Base: int64(i + 1), Ops: []engine.Op{addNode(fmt.Sprint("n", i))}})
			must(t, p.KeepRevision(ctx, "alpha", id, int64(i+2)))
		}
		must(t, p.KeepRevision(ctx, "alpha", id, 1)) // was not kept in time: rebuilt
		want(t, p.KeepRevision(ctx, "alpha", id, 9), fs.ErrNotExist, "a revision to come")
		for range 2 { // from the database, then from memory
			for revision := range int64(5) {
				nodes := int(revision)
				if revision == 0 {
					nodes = 4
				}
				v, err := p.RunnableWorkflow(ctx, "alpha", id, revision)
				if must(t, err); len(v.Doc.Nodes) != nodes || v.Name != "Orders" || v.ID != id {
					t.Errorf("revision %d: %d nodes, want %d", revision, len(v.Doc.Nodes), nodes)
				}
			}
		}
		p.edit(t, id, engine.Edit{Base: 4, Ops: []engine.Op{addNode("late")}})
		v, err := p.RunnableWorkflow(ctx, "alpha", "Orders", 0)
		if must(t, err); len(v.Doc.Nodes) != 5 {
			t.Errorf("by name, after an edit: %d nodes, want 5", len(v.Doc.Nodes))
		}
		p.workflow(t, p.alpha, "Orders")
		_, err = p.RunnableWorkflow(ctx, "alpha", "Orders", 0)
		want(t, err, fs.ErrInvalid, "a name that two workflows have")

		// Runs under way outlive their workflow.
		must(t, p.DeleteWorkflow(ctx, p.alpha, id))
		_, err = p.RunnableWorkflow(ctx, "alpha", id, 0)
		want(t, err, fs.ErrNotExist, "a deleted workflow")
		if v, err = p.RunnableWorkflow(ctx, "alpha", id, 2); err != nil || len(v.Doc.Nodes) != 2 {
			t.Errorf("a kept revision of a deleted workflow: %v", err)
		}
	})
}

func TestWorkflowLists(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		ids := map[string]string{}
		for _, name := range []string{"Alpha 100%", "Beta_b", "Gamma", "Ölwechsel"} {
			ids[name] = p.workflow(t, p.alpha, name)
		}
		must(t, p.MoveWorkflow(ctx, p.alpha, ids["Gamma"], " Reports / Weekly/"))
		names := func(f engine.SummaryFilter) (got string) {
			t.Helper()
			for {
				list, next, err := p.Workflows(ctx, p.alpha, f)
				must(t, err)
				for _, v := range list {
					got += v.Name + ","
				}
				if f.Cursor = next; next == "" {
					return got
				}
			}
		}
		must(t, p.ArchiveWorkflow(ctx, p.alpha, ids["Beta_b"], true))
		for _, c := range []struct {
			filter engine.SummaryFilter
			want   string
		}{
			{engine.SummaryFilter{}, "Gamma,Ölwechsel,Alpha 100%,"},
			{engine.SummaryFilter{Limit: 1}, "Gamma,Ölwechsel,Alpha 100%,"},
			{engine.SummaryFilter{Archived: true}, "Beta_b,"},
			{engine.SummaryFilter{Folder: "/"}, "Ölwechsel,Alpha 100%,"},
			{engine.SummaryFilter{Folder: "Reports"}, "Gamma,"},
			{engine.SummaryFilter{Folder: "Reports/Weekly"}, "Gamma,"},
			{engine.SummaryFilter{Folder: "Report"}, ""},
			{engine.SummaryFilter{Query: "ÖLW trigger.manual"}, "Ölwechsel,"},
			{engine.SummaryFilter{Query: "100%"}, "Alpha 100%,"},
			{engine.SummaryFilter{Query: "%"}, "Alpha 100%,"},
			{engine.SummaryFilter{Query: "_"}, ""},
			{engine.SummaryFilter{Query: "weekly"}, "Gamma,"},
			{engine.SummaryFilter{Query: "!' OR 1=1 --"}, ""},
		} {
			if got := names(c.filter); got != c.want {
				t.Errorf("%+v: %s, want %s", c.filter, got, c.want)
			}
		}
		if _, _, err := p.Workflows(ctx, p.alpha, engine.SummaryFilter{Cursor: "%%%"}); err == nil {
			t.Error("a cursor of nonsense was taken")
		}
		folders, err := p.Folders(ctx, p.alpha)
		if must(t, err); len(folders) != 1 || folders[0] != "Reports/Weekly" {
			t.Errorf("folders: %q", folders)
		}
		p.run(t, p.alpha, ids["Gamma"], "r1", nil)
		p.finish(t, p.run(t, p.alpha, ids["Gamma"], "r2", nil), 2, engine.Failed)
		list, _, err := p.Workflows(ctx, p.alpha, engine.SummaryFilter{})
		if must(t, err); list[0].LastStatus != engine.Failed || list[0].LastRun == 0 || list[1].LastRun != 0 {
			t.Errorf("newest runs: %+v", list)
		}
	})
}

func TestDeletedWorkflows(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		keep, gone := p.workflow(t, p.alpha, "Keep"), p.workflow(t, p.alpha, "Gone")
		for _, id := range []string{keep, gone} {
			must(t, p.publish(t, p.alpha, id, 1, []engine.Hook{{Node: "start", Path: "/in/" + id, Method: "POST"}}, []engine.Schedule{{ID: "s", Node: "start", Next: 5}}))
			p.edit(t, id, engine.Edit{Base: 1, Ops: []engine.Op{addNode("x")}})
			p.finish(t, p.run(t, p.alpha, id, "run-"+id, nil), 2, engine.Succeeded)
			must(t, p.KeepRevision(ctx, "alpha", id, 1))
			must(t, p.DeleteWorkflow(ctx, p.alpha, id))
		}
		_, err := p.Hook(ctx, "in/"+keep, "POST", 0)
		want(t, err, fs.ErrNotExist, "the address of a deleted workflow")
		deleted, _, err := p.Workflows(ctx, p.alpha, engine.SummaryFilter{Deleted: true})
		if must(t, err); len(deleted) != 2 || deleted[0].Deleted == 0 {
			t.Errorf("deleted: %+v", deleted)
		}
		must(t, p.RestoreWorkflow(ctx, p.alpha, keep))
		n, err := p.PurgeWorkflows(ctx, p.clock.micro()+1)
		if must(t, err); n != 1 {
			t.Errorf("purged %d, want 1", n)
		}
		if _, err := p.Workflow(ctx, p.alpha, keep); err != nil {
			t.Error("the restored workflow:", err)
		}
		_, err = p.Run(ctx, p.alpha, "run-"+gone)
		want(t, err, fs.ErrNotExist, "a run of the purged workflow")
		_, err = p.RunnableWorkflow(ctx, "alpha", gone, 1)
		want(t, err, fs.ErrNotExist, "a drawing of the purged workflow")
		if _, err := p.Run(ctx, p.alpha, "run-"+keep); err != nil {
			t.Error("a run of the restored workflow:", err)
		}
	})
}

func TestTriggers(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		a, b := p.workflow(t, p.alpha, "Ann's"), p.workflow(t, p.alpha, "Bob's")
		other, err := p.CreateWorkflow(ctx, p.beta, "", "", drawing(t, "Secret name"))
		must(t, err)
		hook := func(method string) []engine.Hook {
			return []engine.Hook{{Node: "start", Path: "orders", Method: method}}
		}
		at := p.clock.micro() + 1000
		must(t, p.publish(t, p.alpha, a, 1, hook("POST"), []engine.Schedule{{ID: "s1", Node: "start", Cron: "* * * * *", Timezone: "UTC", Next: at}}))
		must(t, p.publish(t, p.alpha, a, 1, append(hook("POST"), hook("*")...), []engine.Schedule{{ID: "s1", Node: "start", Cron: "* * * * *", Next: at}}))
		for _, c := range []struct {
			scope        auth.Scope
			id, has, not string
		}{{p.alpha, b, "Ann's", "Secret"}, {p.beta, other.ID, "another workspace", "Ann's"}} {
			err := p.publish(t, c.scope, c.id, 1, hook("GET"), nil)
			want(t, err, fs.ErrExist, "a taken path")
			if !containsText(err, c.has) || containsText(err, c.not) {
				t.Errorf("%v: should say %q and not %q", err, c.has, c.not)
			}
		}
		h, err := p.Hook(ctx, "/orders/", "PUT", at)
		if must(t, err); h.Method != "*" || h.WorkflowID != a || h.Workspace != "alpha" {
			t.Errorf("hook: %+v", h)
		}
		for _, c := range []struct {
			scope auth.Scope
			id    string
			names int
		}{{p.alpha, b, 2}, {p.alpha, a, 0}, {p.beta, other.ID, 0}} {
			hooks, names, err := p.OtherHooks(ctx, c.scope, c.id)
			if must(t, err); len(hooks) != c.names || len(names) != c.names || c.names > 0 && (hooks[0].Path != "orders" || names[0] == "") {
				t.Errorf("others' addresses, seen from %s: %+v %v", c.id, hooks, names)
			}
		}
		// A test address stands beside the live one, for its time.
		must(t, p.ListenHook(ctx, p.alpha, engine.Hook{WorkflowID: a, Node: "start", Path: "orders", Method: "POST", Test: at}))
		must(t, p.ListenHook(ctx, p.alpha, engine.Hook{WorkflowID: a, Node: "start", Path: "orders", Method: "POST", Test: at + 5}))
		h, err = p.Hook(ctx, "/hooks-test/orders", "POST", at+5)
		if must(t, err); h.Test != at+5 {
			t.Errorf("test hook: %+v", h)
		}
		_, err = p.Hook(ctx, "/hooks-test/orders", "POST", at+6)
		want(t, err, fs.ErrNotExist, "a test address that has expired")
		want(t, p.ListenHook(ctx, p.beta, engine.Hook{WorkflowID: other.ID, Path: "orders", Method: "GET", Test: at}), fs.ErrExist, "another's open test address")
		p.clock.at.Store(at + 10)
		must(t, p.ListenHook(ctx, p.beta, engine.Hook{WorkflowID: other.ID, Path: "orders", Method: "GET", Test: at + 20}))

		due, err := p.DueSchedules(ctx, at, 10)
		if must(t, err); len(due) != 1 || due[0].WorkflowID != a {
			t.Fatalf("due: %+v", due)
		}
		next := due[0]
		next.Next, next.Last = at+60, at
		published, err := p.Workflow(ctx, p.alpha, a)
		must(t, err)
		for i, revision := range []int64{published.Published, 0} {
			if got, err := p.AdvanceSchedule(ctx, next, at); err != nil || got != revision || published.Published == 0 {
				t.Errorf("advance %d: %v, %v", i, got, err)
			}
		}
		must(t, p.Unpublish(ctx, p.alpha, a))
		if due, err = p.DueSchedules(ctx, at+100, 10); err != nil || len(due) != 0 {
			t.Errorf("due after it was switched off: %v, %v", due, err)
		}
	})
}
