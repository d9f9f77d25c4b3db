package store_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/talk"
	"github.com/atelier-studio/atelier/store"
)

// asks a question without a model and keeps what comes, as a chat page does.
func (d *desk) ask(t *testing.T, scope auth.Scope, collection, conversation, question string) (talk.Conversation, talk.Message) {
	t.Helper()
	c, m, before, err := d.BeginMessage(t.Context(), scope, collection, conversation, question)
	must(t, err)
	o, err := d.Library.Open(t.Context(), scope.Workspace(), collection)
	must(t, err)
	s := o.Settings
	s.Threshold = 0.3
	a, err := o.Ask(t.Context(), nil, question, rag.Asking{Settings: s, Turns: talk.Turns(before)}, nil)
	must(t, err)
	chunks, err := o.Source.Chunks(t.Context(), talk.Numbers(a.Found))
	must(t, err)
	m.State, m.Text, m.Answer = talk.Answered, a.Text, a
	must(t, d.FinishMessage(t.Context(), scope, collection, &m, talk.NewTrace(a.Found, s, 1, chunks)))
	return c, m
}

func TestConversations(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		d := newDesk(p)
		other := d.colleague(t)
		c := d.collection(t, p.alpha, "Handbook")
		d.add(t, p.alpha, c.ID, "returns.md", "# Returns\n\nParcels go back within thirty days of the purchase.")
		wax := d.add(t, p.alpha, c.ID, "shoes.txt", "Leather shoes want wax twice a year.")
		d.work(t)

		talked, first := d.ask(t, p.alpha, c.ID, "", "  Within how many days do\nparcels go back? ")
		_, second := d.ask(t, p.alpha, c.ID, talked.ID, "How often do leather shoes want wax?")
		if talked.Title != "Within how many days do parcels go back?" || second.Number != 2 {
			t.Errorf("the title is %q, the second message has number %d", talked.Title, second.Number)
		}
		older, _ := d.ask(t, p.alpha, c.ID, "", "Is there a canteen?")
		must(t, d.RenameConversation(ctx, p.alpha, c.ID, older.ID, "About the canteen"))
		want(t, d.RenameConversation(ctx, p.alpha, c.ID, older.ID, " "), fs.ErrInvalid, "an empty title")

		list, next, err := d.Conversations(ctx, p.alpha, c.ID, store.ConversationFilter{Limit: 1})
		must(t, err)
		if len(list) != 1 || list[0].Title != "About the canteen" || next == "" {
			t.Errorf("the first page is %+v, then %q", list, next)
		}
		list, next, err = d.Conversations(ctx, p.alpha, c.ID, store.ConversationFilter{Limit: 1, Cursor: next})
		if err != nil || len(list) != 1 || list[0].ID != talked.ID || list[0].Messages != 2 || next != "" {
			t.Errorf("the second page is %+v, then %q: %v", list, next, err)
		}
		for query, found := range map[string]int{"THIRTY days": 1, "canteen": 1, "canteen wax": 0, "%": 0} {
			if list, _, err := d.Conversations(ctx, p.alpha, c.ID, store.ConversationFilter{Query: query}); err != nil || len(list) != found {
				t.Errorf("%q finds %d conversations, not %d: %v", query, len(list), found, err)
			}
		}

		// What was cited stays readable, and says what became of its documents.
		d.add(t, p.alpha, c.ID, "returns.md", "# Returns\n\nParcels go back within sixty days of the purchase.")
		d.work(t)
		_, err = d.DeleteDocuments(ctx, p.alpha, c.ID, wax.ID)
		must(t, err)
		kept, err := d.Messages(ctx, p.alpha, c.ID, talked.ID)
		must(t, err)
		if len(kept) != 2 || kept[0].State != talk.Answered || kept[0].Answer.Found != nil || !strings.Contains(kept[0].Answer.Sources[0].Text, "thirty days") {
			t.Fatalf("kept %+v", kept)
		}
		if now := whatBecame(kept[0]); now["returns.md"] != talk.Changed {
			t.Errorf("the documents of the first answer: %v", now)
		}
		if now := whatBecame(kept[1]); now["shoes.txt"] != talk.Gone {
			t.Errorf("the documents of the second answer: %v", now)
		}
		if trace, err := d.MessageTrace(ctx, p.alpha, c.ID, first.ID, false); err != nil || !strings.Contains(string(trace), `"reranked"`) {
			t.Errorf("the trace is %.100s, %v", trace, err)
		}

		// Another person of the same workspace sees nothing of it.
		_, err = d.Messages(ctx, other, c.ID, talked.ID)
		want(t, err, fs.ErrNotExist, "another person's conversation")
		_, err = d.MessageTrace(ctx, other, c.ID, first.ID, false)
		want(t, err, fs.ErrNotExist, "another person's trace")
		_, _, _, err = d.BeginMessage(ctx, other, c.ID, talked.ID, "Let me in")
		want(t, err, fs.ErrNotExist, "continuing another person's conversation")
		want(t, d.DeleteConversation(ctx, other, c.ID, talked.ID), fs.ErrNotExist, "deleting another person's conversation")

		// What was stopped, finished or thrown away stays so.
		_, m, before, err := d.BeginMessage(ctx, p.alpha, c.ID, talked.ID, "And then?")
		if err != nil || len(before) != 2 || len(talk.Turns(before)) != 2 {
			t.Fatalf("%d messages before, %v", len(before), err)
		}
		m.State, m.Text = talk.Stopped, "Half of"
		must(t, d.FinishMessage(ctx, p.alpha, c.ID, &m, nil))
		m.State, m.Text = talk.Answered, "All of it"
		want(t, d.FinishMessage(ctx, p.alpha, c.ID, &m, nil), fs.ErrNotExist, "finishing it again")
		if kept, err = d.Messages(ctx, p.alpha, c.ID, talked.ID); err != nil || kept[2].State != talk.Stopped || kept[2].Text != "Half of" {
			t.Errorf("kept %+v, %v", kept[2], err)
		}
		must(t, d.DeleteConversation(ctx, p.alpha, c.ID, talked.ID))
		_, err = d.Messages(ctx, p.alpha, c.ID, talked.ID)
		want(t, err, fs.ErrNotExist, "a conversation that was thrown away")
		must(t, d.RestoreConversation(ctx, p.alpha, c.ID, talked.ID))
		if _, err = d.Messages(ctx, p.alpha, c.ID, talked.ID); err != nil {
			t.Errorf("brought back: %v", err)
		}
		must(t, d.DeleteCollection(ctx, p.alpha, c.ID))
	})
}

// colleague is another member of workspace alpha.
func (p *place) colleague(t *testing.T) auth.Scope {
	t.Helper()
	must(t, p.CreateUser(t.Context(), auth.User{ID: "colleague", Email: "colleague@example.org"}))
	must(t, p.AddMember(t.Context(), "alpha", "colleague", auth.Editor, 2))
	m, err := p.Membership(t.Context(), "colleague", "alpha")
	must(t, err)
	return m.Scope()
}

func whatBecame(m talk.Message) map[string]talk.Change {
	now := map[string]talk.Change{}
	for _, c := range m.Cited {
		now[c.Name] = c.Now
	}
	return now
}

func TestFeedback(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		d := newDesk(p)
		other := d.colleague(t)
		c := d.collection(t, p.alpha, "Handbook")
		d.add(t, p.alpha, c.ID, "returns.md", "# Returns\n\nParcels go back within thirty days of the purchase.")
		d.work(t)
		talked, bad := d.ask(t, p.alpha, c.ID, "", "Within how many days do parcels go back?")
		_, good := d.ask(t, p.alpha, c.ID, talked.ID, "Until when can I return a parcel?")
		must(t, d.Judge(ctx, p.alpha, c.ID, talked.ID, bad.ID, &talk.Feedback{Verdict: talk.Down, Reasons: []talk.Reason{"wrong", "outdated", "wrong"}, Remark: " Sixty by now. "}))
		must(t, d.Judge(ctx, p.alpha, c.ID, talked.ID, good.ID, &talk.Feedback{Verdict: talk.Up}))
		for _, f := range []talk.Feedback{{}, {Verdict: "fine"}, {Verdict: talk.Up, Reasons: []talk.Reason{"wrong"}}, {Verdict: talk.Down, Remark: strings.Repeat("x", 2001)}} {
			want(t, d.Judge(ctx, p.alpha, c.ID, talked.ID, bad.ID, &f), fs.ErrInvalid, "feedback that cannot be")
		}
		want(t, d.Judge(ctx, other, c.ID, talked.ID, bad.ID, nil), fs.ErrNotExist, "judging another person's answer")

		list, _, err := d.Judged(ctx, other, c.ID, store.JudgedFilter{})
		if err != nil || len(list) != 2 || list[0].ID != good.ID || list[0].By != p.alpha.User() {
			t.Fatalf("judged are %+v, %v", list, err)
		}
		if f := list[1].Feedback; f.Remark != "Sixty by now." || !slices.Equal(f.Reasons, []talk.Reason{"outdated", "wrong"}) {
			t.Errorf("kept was %+v", f)
		}
		for _, tt := range []struct {
			filter store.JudgedFilter
			found  int
		}{{store.JudgedFilter{Verdict: talk.Down}, 1}, {store.JudgedFilter{Reason: "outdated"}, 1}, {store.JudgedFilter{Reason: "unclear"}, 0}, {store.JudgedFilter{Query: "SIXTY"}, 1}, {store.JudgedFilter{Open: true}, 2}} {
			if list, _, err := d.Judged(ctx, other, c.ID, tt.filter); err != nil || len(list) != tt.found {
				t.Errorf("%+v finds %d, not %d: %v", tt.filter, len(list), tt.found, err)
			}
		}

		// It ends in the set of judged questions only when somebody makes one of it.
		if questions, err := d.Questions(ctx, p.alpha, c.ID); err != nil || len(questions) != 0 {
			t.Errorf("questions by themselves: %v, %v", questions, err)
		}
		j, before, err := d.JudgedAnswer(ctx, other, c.ID, good.ID)
		if err != nil || len(before) != 1 || len(j.Answer.Sources) == 0 {
			t.Fatalf("judged is %+v after %d, %v", j, len(before), err)
		}
		id, err := d.MakeQuestion(ctx, other, c.ID, good.ID, evaluate.Question{Question: j.Question, Good: []evaluate.Passage{{Document: "returns.md", Quote: j.Answer.Sources[0].Text}}})
		must(t, err)
		if questions, err := d.Questions(ctx, p.alpha, c.ID); err != nil || len(questions) != 1 || questions[0].ID != id {
			t.Errorf("questions: %v, %v", questions, err)
		}
		if list, _, err := d.Judged(ctx, other, c.ID, store.JudgedFilter{Open: true}); err != nil || len(list) != 1 {
			t.Errorf("%d are open, %v", len(list), err)
		}

		// Taken back, it is nobody's to see any more.
		must(t, d.Judge(ctx, p.alpha, c.ID, talked.ID, good.ID, nil))
		_, _, err = d.JudgedAnswer(ctx, other, c.ID, good.ID)
		want(t, err, fs.ErrNotExist, "an answer whose feedback was taken back")
		_, err = d.MessageTrace(ctx, other, c.ID, good.ID, true)
		want(t, err, fs.ErrNotExist, "the trace of it")
		counts, err := d.JudgedCounts(ctx, other, c.ID)
		if err != nil || counts[talk.Up] != 0 || counts[talk.Down] != 1 {
			t.Errorf("counted %v, %v", counts, err)
		}
		must(t, d.DeleteCollection(ctx, p.alpha, c.ID))
	})
}
