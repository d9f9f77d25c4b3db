package store_test

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/store"
)

func TestReplies(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		kept := p.Replies("alpha")
		must(t, kept.Put(t.Context(), "h", &llm.Reply{Text: "old", Model: "a/b"}))
		must(t, kept.Put(t.Context(), "h", &llm.Reply{Text: "new", Model: "a/b", Usage: llm.Usage{Input: 3}}))
		if r, err := kept.Get(t.Context(), "h"); err != nil || r.Text != "new" || r.Usage.Input != 3 {
			t.Errorf("got %+v, %v", r, err)
		}
		_, err := p.Replies("beta").Get(t.Context(), "h")
		want(t, err, fs.ErrNotExist, "another workspace's reply")
		must(t, kept.Put(t.Context(), "big", &llm.Reply{Text: strings.Repeat("x", 300<<10)}))
		_, err = kept.Get(t.Context(), "big")
		want(t, err, fs.ErrNotExist, "a reply that is too large")
		p.clock.pass(8 * 24 * time.Hour)
		_, err = kept.Get(t.Context(), "h")
		want(t, err, fs.ErrNotExist, "a reply of last week")
	})
}

func TestRepliesAreBounded(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{})
	kept := p.Replies("alpha")
	text := strings.Repeat("x", 250<<10)
	for i := range 300 { // 73 MiB
		must(t, kept.Put(t.Context(), string(rune('a'+i)), &llm.Reply{Text: text}))
	}
	_, err := kept.Get(t.Context(), "a")
	want(t, err, fs.ErrNotExist, "the oldest reply")
	if _, err := kept.Get(t.Context(), string(rune('a'+299))); err != nil {
		t.Error("the last reply:", err)
	}
	if n, err := p.ForgetReplies(t.Context(), p.alpha); err != nil || n < 200 || n > 262 {
		t.Errorf("%d were kept, %v", n, err)
	}
}

func TestAnswers(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		begin := func(request string) store.Answer {
			t.Helper()
			a, err := p.BeginAnswer(t.Context(), p.alpha, "h", request, time.Minute)
			must(t, err)
			return a
		}
		first := begin("r")
		if first.Claim == "" {
			t.Fatal("the first call may not be made")
		}
		if a := begin("r"); a.Claim != "" || a.Status != 0 || a.Other {
			t.Errorf("beside one under way: %+v", a)
		}
		if a := begin("another"); !a.Other {
			t.Errorf("another request with the same key: %+v", a)
		}
		// It failed: the next one may try.
		must(t, p.EndAnswer(t.Context(), p.alpha, "h", store.Answer{Claim: first.Claim}))
		second := begin("r")
		must(t, p.EndAnswer(t.Context(), p.alpha, "h", store.Answer{Claim: first.Claim, Status: 200, Body: []byte("stale")}))
		must(t, p.EndAnswer(t.Context(), p.alpha, "h", store.Answer{Claim: second.Claim, Status: 200, Type: "text/plain", Body: []byte("yes")}))
		if a := begin("r"); a.Claim != "" || a.Status != 200 || a.Type != "text/plain" || string(a.Body) != "yes" {
			t.Errorf("after it: %+v", a)
		}
		if a, err := p.BeginAnswer(t.Context(), p.beta, "h", "r", time.Minute); err != nil || a.Claim == "" {
			t.Errorf("another workspace: %+v, %v", a, err)
		}
		p.clock.pass(25 * time.Hour)
		if a := begin("r"); a.Claim == "" {
			t.Errorf("a day later: %+v", a)
		}
		// Its server died.
		p.clock.pass(2 * time.Minute)
		if a := begin("r"); a.Claim == "" {
			t.Errorf("after a crash: %+v", a)
		}
	})
}
