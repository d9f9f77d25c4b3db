package store_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// join adds a person to workspace alpha and returns their right to it.
func (p *place) join(t *testing.T, id, name string, role auth.Role) auth.Scope {
	t.Helper()
	must(t, p.CreateUser(t.Context(), auth.User{ID: id, Email: id + "@example.org", Name: name}))
	must(t, p.AddMember(t.Context(), "alpha", id, role, p.clock.Now().UnixMicro()))
	m, err := p.Membership(t.Context(), id, "alpha")
	must(t, err)
	return m.Scope()
}

func TestThreads(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.workflow(t, p.alpha, "Orders")
		ada, bob := p.join(t, "ada", "Ada Lovelace", auth.Editor), p.join(t, "bob", "Bob", auth.Editor)
		thread, err := p.StartThread(ctx, ada, id, engine.Place{Node: "start", At: [2]float64{12.4, -8.6}}, "  Is this *right*?\n")
		if must(t, err); thread.Count != 1 || thread.Unread != 0 || thread.Place != (engine.Place{Node: "start", At: [2]float64{12, -9}}) {
			t.Errorf("begun: %+v", thread)
		}
		if c := thread.Comments[0]; c.Text != "Is this *right*?" || c.Name != "Ada Lovelace" || c.By != "ada" {
			t.Errorf("first comment: %+v", c)
		}
		_, answer, err := p.Reply(ctx, bob, id, thread.ID, "Yes, 100% of it")
		must(t, err)
		list, _, err := p.Threads(ctx, ada, id, engine.ThreadFilter{})
		if must(t, err); len(list) != 1 || list[0].Count != 2 || list[0].Unread != 1 || len(list[0].Comments) != 1 || list[0].Comments[0].By != "ada" {
			t.Fatalf("Ada's list: %+v", list)
		}
		must(t, p.ReadThread(ctx, ada, id, thread.ID))
		for _, seen := range []struct {
			who  auth.Scope
			name string
			want int
		}{{ada, "Ada, who has read it", 0}, {bob, "Bob, who has not", 1}, {p.join(t, "carl", "Carl", auth.Viewer), "Carl, who came later", 0}} {
			if got, err := p.Thread(ctx, seen.who, id, thread.ID, 0, 0); err != nil || got.Unread != seen.want || len(got.Comments) != 2 {
				t.Errorf("%s: %+v, %v; want %d unread", seen.name, got, err, seen.want)
			}
		}
		for query, found := range map[string]int{"YES right": 1, "100%": 1, "1_0": 0, "right nothing": 0} {
			if list, _, err := p.Threads(ctx, ada, id, engine.ThreadFilter{Query: query}); err != nil || len(list) != found {
				t.Errorf("searching %q: %d, %v; want %d", query, len(list), err, found)
			}
		}
		// Each changes their own words only; an owner can delete anybody's.
		_, _, err = p.EditComment(ctx, ada, id, thread.ID, answer.ID, "No")
		want(t, err, fs.ErrPermission, "changing another's words")
		_, _, err = p.EditComment(ctx, p.alpha, id, thread.ID, answer.ID, "No")
		want(t, err, fs.ErrPermission, "an owner changing another's words")
		_, err = p.DeleteComment(ctx, ada, id, thread.ID, answer.ID)
		want(t, err, fs.ErrPermission, "deleting another's words")
		if _, c, err := p.EditComment(ctx, bob, id, thread.ID, answer.ID, "Nearly"); err != nil || c.Text != "Nearly" || c.Edited == 0 || c.Created != answer.Created {
			t.Errorf("edited: %+v, %v", c, err)
		}
		if got, err := p.ResolveThread(ctx, bob, id, thread.ID, true); err != nil || got.Resolved == 0 || got.ResolvedBy != "Bob" {
			t.Errorf("resolved: %+v, %v", got, err)
		}
		if got, _, err := p.Reply(ctx, ada, id, thread.ID, "One more thing"); err != nil || got.Resolved != 0 || got.Count != 3 {
			t.Errorf("an answer to what was resolved: %+v, %v", got, err)
		}
		if left, err := p.DeleteComment(ctx, p.alpha, id, thread.ID, answer.ID); err != nil || left.Count != 2 {
			t.Errorf("an owner deleting: %+v, %v", left, err)
		}
		got, err := p.Thread(ctx, ada, id, thread.ID, 0, 0)
		must(t, err)
		for _, c := range got.Comments {
			_, err := p.DeleteComment(ctx, ada, id, thread.ID, c.ID)
			must(t, err)
		}
		_, err = p.Thread(ctx, ada, id, thread.ID, 0, 0)
		want(t, err, fs.ErrNotExist, "a thread without comments")
	})
}

func TestCommentsAreBounded(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.workflow(t, p.alpha, "Orders")
		nan := 0.0
		for name, bad := range map[string]struct {
			place engine.Place
			text  string
		}{
			"an empty text":    {engine.Place{}, " \n"},
			"a long text":      {engine.Place{}, strings.Repeat("ä", engine.MaxCommentRunes+1)},
			"no place":         {engine.Place{At: [2]float64{nan / nan, 0}}, "x"},
			"a far place":      {engine.Place{At: [2]float64{0, -1e300}}, "x"},
			"two places":       {engine.Place{Node: "a", Note: "b"}, "x"},
			"the id of a book": {engine.Place{Node: strings.Repeat("a", 201)}, "x"},
		} {
			_, err := p.StartThread(ctx, p.alpha, id, bad.place, bad.text)
			want(t, err, fs.ErrInvalid, name)
		}
		many := make([]engine.Thread, engine.MaxThreads)
		for i := range many {
			many[i] = engine.Thread{Created: 1, Comments: []engine.Comment{{Name: "Old", Text: "x", Created: 1}}}
		}
		must(t, p.ImportThreads(ctx, p.alpha, id, many))
		_, err := p.StartThread(ctx, p.alpha, id, engine.Place{}, "x")
		want(t, err, fs.ErrInvalid, "a thread too many")
		list, err := p.AllThreads(ctx, p.alpha, id)
		if must(t, err); len(list) != engine.MaxThreads || list[0].Comments[0].Name != "Old" || list[0].Comments[0].By != "" || list[0].Unread != 0 {
			t.Errorf("%d threads came in, the first %+v", len(list), list[0])
		}
		for i := range many {
			many[i] = engine.Thread{Created: 1, Comments: []engine.Comment{{Name: "Old", Text: strings.Repeat("x", 6_000), Created: 1}, {Name: "Old", Text: strings.Repeat("y", 6_000), Created: 2}}}
		}
		talk := p.workflow(t, p.alpha, "Much talk")
		want(t, p.ImportThreads(ctx, p.alpha, talk, many), fs.ErrInvalid, "more text at once than a file may hold")
		must(t, p.ImportThreads(ctx, p.alpha, talk, many[:500]))
		must(t, p.ImportThreads(ctx, p.alpha, talk, many[500:]))
		_, err = p.AllThreads(ctx, p.alpha, talk)
		want(t, err, fs.ErrInvalid, "more comments than a file may hold")
		crowd := []engine.Thread{{Comments: make([]engine.Comment, engine.MaxFileComments+1)}}
		for i := range crowd[0].Comments {
			crowd[0].Comments[i] = engine.Comment{Name: "Old", Text: "x"}
		}
		want(t, p.ImportThreads(ctx, p.alpha, talk, crowd), fs.ErrInvalid, "more comments at once than a file may hold")
		_, err = p.StartThread(ctx, p.alpha, "nothing", engine.Place{}, "x")
		want(t, err, fs.ErrNotExist, "a comment on no workflow")
	})
}

// Lists come in pages, with texts or without, and a long thread with its first comment and its last.
func TestThreadsInPages(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.workflow(t, p.alpha, "Orders")
		old := make([]engine.Thread, 7)
		for i := range old {
			at := int64(10 + i/2) // two of a time, which a page may part
			old[i] = engine.Thread{Created: at, Updated: at, Comments: []engine.Comment{{Name: "Old", Text: fmt.Sprint("thread ", i), Created: at}, {Name: "Old", Text: "answer", Created: at + 1}}}
		}
		must(t, p.ImportThreads(ctx, p.alpha, id, old))
		seen := map[string]bool{}
		for cursor, pages := "", 1; ; pages++ {
			list, next, err := p.Threads(ctx, p.alpha, id, engine.ThreadFilter{Cursor: cursor, Limit: 3})
			must(t, err)
			for _, thread := range list {
				if seen[thread.ID] || len(thread.Comments) != 1 || !strings.HasPrefix(thread.Comments[0].Text, "thread") {
					t.Errorf("page %d: %+v", pages, thread)
				}
				seen[thread.ID] = true
			}
			if cursor = next; next == "" {
				if pages != 3 {
					t.Errorf("%d pages; want 3", pages)
				}
				break
			}
		}
		if len(seen) != len(old) {
			t.Errorf("%d threads on all pages; want %d", len(seen), len(old))
		}
		bare, next, err := p.Threads(ctx, p.alpha, id, engine.ThreadFilter{Bare: true, Limit: 1000})
		if must(t, err); len(bare) != len(old) || next != "" || bare[0].Comments != nil || bare[0].Count != 2 {
			t.Errorf("without texts: %+v, %q", bare, next)
		}
		two, _, err := p.Threads(ctx, p.alpha, id, engine.ThreadFilter{IDs: []string{bare[1].ID, "gone", bare[4].ID}})
		if must(t, err); len(two) != 2 || two[0].ID != bare[1].ID || len(two[1].Comments) != 1 {
			t.Errorf("two by their ids: %+v", two)
		}
		_, _, err = p.Threads(ctx, p.alpha, id, engine.ThreadFilter{Cursor: "x"})
		want(t, err, fs.ErrInvalid, "a cursor that nobody gave out")

		thread := bare[0].ID
		for i := range 8 {
			_, _, err := p.Reply(ctx, p.alpha, id, thread, fmt.Sprint(i))
			must(t, err)
		}
		texts := func(before int64, limit int) (string, engine.Thread) {
			t.Helper()
			got, err := p.Thread(ctx, p.alpha, id, thread, before, limit)
			must(t, err)
			var said []string
			for _, c := range got.Comments {
				said = append(said, c.Text)
			}
			return strings.Join(said, " | "), got
		}
		newest, got := texts(0, 3)
		if newest != "thread 6 | 5 | 6 | 7" || got.Count != 10 {
			t.Errorf("the newest: %s of %d", newest, got.Count)
		}
		if before, _ := texts(got.Comments[1].Created, 4); before != "thread 6 | 1 | 2 | 3 | 4" {
			t.Errorf("those before: %s", before)
		}
		if all, _ := texts(0, 0); strings.Count(all, "|") != 9 {
			t.Errorf("all: %s", all)
		}
	})
}

// BenchmarkImportThreads is the most that a file may bring, by count and by size.
func BenchmarkImportThreads(b *testing.B) {
	for _, c := range []struct {
		name                   string
		threads, each, letters int
	}{{"20000-short", 400, 50, 20}, {"10MiB", 1000, 1, 10_000}} {
		b.Run(c.name, func(b *testing.B) {
			p := newPlace(b, store.Options{})
			for b.Loop() {
				b.StopTimer()
				w, err := p.CreateWorkflow(b.Context(), p.alpha, "", "", &engine.Workflow{Format: engine.Format, Name: "Orders"})
				if err != nil {
					b.Fatal(err)
				}
				list := make([]engine.Thread, c.threads)
				for i := range list {
					for j := range c.each {
						list[i].Comments = append(list[i].Comments, engine.Comment{Name: "Old", Text: strings.Repeat("x", c.letters), Created: int64(j + 1)})
					}
				}
				b.StartTimer()
				if err := p.ImportThreads(b.Context(), p.alpha, w.ID, list); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestMentions(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		id := p.workflow(t, p.alpha, "Orders")
		ann, other := p.join(t, "ann", "Ann", auth.Editor), p.join(t, "other", "Ann", auth.Viewer)
		lee := p.join(t, "lee", "Ann Lee", auth.Viewer)
		p.join(t, "ümit", "Ümit", auth.Viewer)
		for text, called := range map[string]string{
			"@Ann, look":               "ann other",
			"@ann lee look":            "lee",
			"(@ANN LEE)":               "lee",
			"@Annabel or me@ann":       "",
			"@ann@example.org is Ann":  "ann",
			"@Ümit @Ann Lee @Ann Lee@": "lee ümit",
			"`@Nobody` @ @@":           "",
			"@Ann_":                    "",
		} {
			thread, err := p.StartThread(ctx, p.alpha, id, engine.Place{}, text)
			must(t, err)
			if got := strings.Join(thread.Comments[0].Mentions, " "); got != called {
				t.Errorf("%q calls %q, want %q", text, got, called)
			}
			_, err = p.DeleteComment(ctx, p.alpha, id, thread.ID, thread.Comments[0].ID)
			must(t, err)
		}
		unread := func(who auth.Scope, want int, when string) {
			t.Helper()
			if n, err := p.UnreadMentions(ctx, who); err != nil || n != want {
				t.Errorf("%s: %d unread mentions, %v; want %d", when, n, err, want)
			}
		}
		unread(lee, 0, "after all was deleted")
		thread, err := p.StartThread(ctx, ann, id, engine.Place{}, "@Ann Lee and I, @ann@example.org")
		must(t, err)
		unread(lee, 1, "called")
		unread(ann, 0, "having called herself")
		unread(other, 0, "not called")
		_, _, err = p.EditComment(ctx, ann, id, thread.ID, thread.Comments[0].ID, "@Ann")
		must(t, err)
		unread(lee, 0, "called no more")
		unread(other, 1, "called by an edit")
		for i := range 3 {
			_, _, err := p.Reply(ctx, ann, id, thread.ID, fmt.Sprint(i, " @other@example.org"))
			must(t, err)
		}
		first, next, err := p.Mentions(ctx, other, "", 3)
		must(t, err)
		rest, end, err := p.Mentions(ctx, other, next, 3)
		if must(t, err); len(first) != 3 || len(rest) != 1 || end != "" || first[0].Comment.Text != "2 @other@example.org" || !rest[0].Unread || rest[0].Title != "Orders" {
			t.Errorf("mentions: %+v and %+v", first, rest)
		}
		must(t, p.ReadMentions(ctx, other))
		unread(other, 0, "having read all")
		if list, _, err := p.Mentions(ctx, other, "", 0); err != nil || len(list) != 4 || list[0].Unread {
			t.Errorf("read mentions: %+v, %v", list, err)
		}
		_, _, err = p.Reply(ctx, ann, id, thread.ID, "@other@example.org again")
		must(t, err)
		unread(other, 1, "called again")
		must(t, p.DeleteWorkflow(ctx, p.alpha, id))
		unread(other, 0, "in a deleted workflow")
	})
}

func TestViewersMayCommentWhenTheirWorkspaceSaysSo(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		viewer := p.join(t, "vera", "Vera", auth.Viewer)
		if viewer.Allows(auth.WorkflowComment) || !p.alpha.Allows(auth.WorkflowComment) {
			t.Error("at first editors comment and viewers do not")
		}
		must(t, p.LetViewersComment(t.Context(), p.alpha, true))
		m, err := p.Membership(t.Context(), "vera", "alpha")
		if must(t, err); !m.Scope().Allows(auth.WorkflowComment) || m.Scope().Allows(auth.WorkflowEdit) {
			t.Error("a viewer who may comment does not, or may edit too")
		}
	})
}
