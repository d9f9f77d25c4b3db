package store_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
	"pgregory.net/rapid"
)

// historiesEnv names how many made-up histories TestConvergence tries; make race tries 10,000.
const historiesEnv = "ATELIER_TEST_HISTORIES"

// log is where edits go.
type log interface {
	edit(engine.Edit) (engine.Revision, []engine.Revision, error)
	since(revision int64) []engine.Revision
	head() (*engine.Workflow, int64)
}

// tab is one open page: its replica, what it has told the store, and what it could undo.
type tab struct {
	name    string
	seq     int64
	replica *replica
	undo    [][]engine.Op
	taken   []int64       // numbers of its edits that the store accepted
	copies  []engine.Edit // deliveries that may come again
}

// together is people who edit one workflow of a real store together, over lines that lose, repeat and reorder.
type together struct {
	t      *rapid.T
	log    log
	start  *engine.Workflow
	tabs   []*tab
	opened int
}

// TestConvergence makes up histories and holds that all pages and the log end with one drawing, that each accepted edit
// is in the log once and in the order of its page, and that no revision is missing or leaves an edge to nowhere. One of
// five histories is lived on a real store, the others on the rules of the log alone (engine.Merge), which is the larger
// part of what can go wrong at a fraction of the time.
func TestConvergence(t *testing.T) {
	t.Parallel()
	histories := 150
	if n := os.Getenv(historiesEnv); n != "" {
		var err error
		histories, err = strconv.Atoi(n)
		must(t, err)
	}
	p := newPlace(t, store.Options{})
	onStore := func(t *rapid.T, start *engine.Workflow) log { return newStoreLog(t, p, start) }
	onRules := func(_ *rapid.T, start *engine.Workflow) log { return &rulesLog{doc: start.Clone()} }
	for _, c := range []struct {
		name string
		n    int
		make func(t *rapid.T, start *engine.Workflow) log
	}{{"store", histories / 5, onStore}, {"rules", histories - histories/5, onRules}} {
		t.Run(c.name, func(t *testing.T) { //nolint:paralleltest // the number of checks is a flag of the process
			must(t, flag.Set("rapid.checks", strconv.Itoa(c.n)))
			rapid.Check(t, func(t *rapid.T) { live(t, c.make) })
		})
	}
}

func live(t *rapid.T, makeLog func(t *rapid.T, start *engine.Workflow) log) {
	h := &together{t: t}
	h.start = roundTrip(madeUpDrawing(h.c))
	h.log = makeLog(t, h.start)
	for range 2 + h.c(2) {
		h.tabs = append(h.tabs, h.open())
	}
	for range rapid.IntRange(8, 40).Draw(t, "turns") {
		h.turn(h.tabs[h.c(len(h.tabs))])
	}
	h.settle()
	h.check()
}

func (h *together) c(n int) int { return rapid.IntRange(0, n-1).Draw(h.t, "") }

// open loads the page.
func (h *together) open() *tab {
	doc, revision := h.log.head()
	h.opened++
	return &tab{name: fmt.Sprint("tab", h.opened), replica: newReplica(doc, revision)}
}

func (h *together) turn(b *tab) {
	switch k := h.c(20); {
	case k < 8:
		h.edit(b, &batch{Ops: madeUpOps(h.c, b.replica.view)})
	case k < 13:
		h.deliver(b)
	case k < 17:
		h.hear(b)
	case k == 17:
		h.undo(b)
	case k == 18 && len(b.copies) > 0: // an old delivery comes once more
		_, _, _ = h.log.edit(b.copies[h.c(len(b.copies))]) //nolint:errcheck // nobody waits for the answer
	default:
		h.reload(b)
	}
}

func (h *together) edit(b *tab, made *batch) {
	b.seq++
	before := b.replica.view
	made.Client, made.Seq = b.name, b.seq
	inverse, err := b.replica.edit(made)
	if err != nil {
		b.seq--
		return
	}
	if before == b.replica.view {
		h.t.Fatal("an edit is not shown")
	}
	b.undo = append(b.undo, guarded(b.replica.view, inverse))
}

// undo takes back what still applies of the newest edit.
func (h *together) undo(b *tab) {
	if len(b.undo) == 0 {
		return
	}
	last := b.undo[len(b.undo)-1]
	b.undo = b.undo[:len(b.undo)-1]
	if ops, _, some := still(b.replica.view, last); some {
		h.edit(b, &batch{Ops: ops, Loose: true})
	}
}

// deliver sends the oldest pending edit. The request or its answer may be lost.
func (h *together) deliver(b *tab) {
	r := b.replica
	r.takeLost()
	if len(r.early) > 0 {
		r.receive(h.log.since(r.revision)...)
	}
	if len(r.pending) == 0 {
		return
	}
	first := r.pending[0]
	e := engine.Edit{Base: r.revision, Ops: slices.Clone(first.Ops), Client: first.Client, Seq: first.Seq}
	fate := h.c(6)
	if fate == 0 {
		return // the request is lost
	}
	rev, missed, err := h.log.edit(e)
	if err == nil {
		b.copies = append(b.copies, e)
	}
	if fate == 1 {
		return // the answer is lost
	}
	switch {
	case err == nil:
		if first.Client == b.name {
			b.taken = append(b.taken, first.Seq)
		}
		r.accept(first, rev, missed)
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		if first.Loose { // what still applies of it goes anew
			r.receive(h.log.since(r.revision)...)
		}
		if slices.Contains(r.pending, first) && (!first.Loose || r.revision == e.Base) {
			r.refuse(first)
		}
	default:
		h.t.Fatal(err)
	}
	r.takeLost()
}

// hear brings some of the log over the socket: late, twice, out of order, also the page's own.
func (h *together) hear(b *tab) {
	revs := h.log.since(max(1, b.replica.revision-2))
	revs = slices.DeleteFunc(revs, func(engine.Revision) bool { return h.c(3) == 0 })
	slices.Reverse(revs)
	b.replica.receive(revs...)
	if h.c(2) == 0 {
		b.replica.receive(h.log.since(b.replica.revision)...)
	}
}

// reload opens the page anew, with what the old one could not deliver.
func (h *together) reload(b *tab) {
	old := *b
	left := slices.Clone(old.replica.pending)
	next := h.open()
	b.name, b.seq, b.replica, b.undo, b.taken = next.name, 0, next.replica, nil, nil
	then := newReplica(old.replica.base, old.replica.revision)
	then.pending = left
	then.move(then.base, then.base, nil, nil)
	then.receive(h.upTo(old.replica.revision, b.replica.revision)...)
	b.replica.pending = then.pending
	b.replica.move(b.replica.base, b.replica.base, nil, nil)
}

func (h *together) upTo(from, to int64) []engine.Revision {
	return slices.DeleteFunc(h.log.since(from), func(r engine.Revision) bool { return r.Number > to })
}

// settle ends all troubles: everything is delivered and heard.
func (h *together) settle() {
	for _, b := range h.tabs {
		for tries := 0; len(b.replica.pending) > 0; tries++ {
			if tries > 1000 {
				h.t.Fatalf("%s: an edit is never decided", b.name)
			}
			h.deliver(b)
		}
	}
	for _, b := range h.tabs {
		b.replica.receive(h.log.since(b.replica.revision)...)
	}
}

func (h *together) check() {
	stored, revision := h.log.head()
	for _, b := range h.tabs {
		if r := b.replica; r.revision != revision || !sameDrawing(r.view, stored) {
			h.t.Fatalf("%s ends at revision %d with\n%s\nand the store at %d with\n%s", b.name, r.revision, encode(r.view), revision, encode(stored))
		}
	}
	revs := h.log.since(1)
	doc := h.start.Clone()
	last := map[string]int64{}
	for i, r := range revs {
		if r.Number != int64(i+2) {
			h.t.Fatalf("revision %d stands at place %d of the log", r.Number, i)
		}
		if r.Seq <= last[r.Client] {
			h.t.Fatalf("the edit %d of %s is in the log after %d", r.Seq, r.Client, last[r.Client])
		}
		last[r.Client] = r.Seq
		before := doc.Clone()
		if _, err := engine.Apply(doc, r.Ops...); err != nil {
			h.t.Fatalf("the log does not replay at %d: %v", r.Number, err)
		}
		h.valid(doc, r)
		if back := doc.Clone(); func() bool { _, err := engine.Apply(back, r.Inverse...); return err != nil }() || !sameSet(back, before) {
			h.t.Fatalf("the inverse of revision %d does not lead back", r.Number)
		}
	}
	if !sameDrawing(doc, stored) {
		h.t.Fatalf("the log leads to\n%s\nand the store has\n%s", encode(doc), encode(stored))
	}
	for _, b := range h.tabs {
		for _, seq := range b.taken {
			if !slices.ContainsFunc(revs, func(r engine.Revision) bool { return r.Client == b.name && r.Seq == seq }) {
				h.t.Fatalf("the edit %d of %s was accepted and is not in the log", seq, b.name)
			}
		}
	}
}

// valid looks at a stored drawing: unique ids and names, edges and groups between what is there.
func (h *together) valid(w *engine.Workflow, r engine.Revision) {
	ids, names := map[string]bool{}, map[string]bool{}
	for _, n := range w.Nodes {
		if ids[n.ID] || names[n.Name] {
			h.t.Fatalf("revision %d has the node %s (%s) twice", r.Number, n.ID, n.Name)
		}
		ids[n.ID], names[n.Name] = true, true
	}
	for _, e := range w.Edges {
		if !ids[e.From] || !ids[e.To] {
			h.t.Fatalf("revision %d leaves an edge to nowhere: %+v", r.Number, e)
		}
	}
	for _, g := range w.Groups {
		for _, id := range g.Nodes {
			if !ids[id] {
				h.t.Fatalf("revision %d leaves %s in a group", r.Number, id)
			}
		}
	}
}

// sameSet compares drawings whose lists may be in another order.
func sameSet(a, b *engine.Workflow) bool {
	sorted := func(w *engine.Workflow) *engine.Workflow {
		w = w.Clone()
		slices.SortFunc(w.Nodes, func(x, y engine.Node) int { return strings.Compare(x.ID, y.ID) })
		slices.SortFunc(w.Edges, func(x, y engine.Edge) int { return strings.Compare(encode(x), encode(y)) })
		slices.SortFunc(w.Notes, func(x, y engine.Note) int { return strings.Compare(x.ID, y.ID) })
		slices.SortFunc(w.Groups, func(x, y engine.Group) int { return strings.Compare(x.ID, y.ID) })
		return w
	}
	return sameDrawing(sorted(a), sorted(b))
}
