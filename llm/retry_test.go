package llm_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/llm/llmtest"
)

// longest is the jitter that waits as long as it may, so that waits can be told.
func longest(most time.Duration) time.Duration { return most }

func TestRetry(t *testing.T) {
	t.Parallel()
	down := llmtest.Fault{Status: 503}
	for name, c := range map[string]struct {
		faults []llmtest.Fault
		o      llm.RetryOptions
		calls  int
		took   time.Duration
		kind   llm.Kind
	}{
		"twice":             {faults: []llmtest.Fault{down, down}, calls: 3, took: 1500 * time.Millisecond},
		"too often":         {faults: []llmtest.Fault{down, down, down, down, down}, calls: 4, took: 3500 * time.Millisecond, kind: llm.Unavailable},
		"bounded waits":     {faults: []llmtest.Fault{down, down, down}, o: llm.RetryOptions{Longest: 600 * time.Millisecond}, calls: 4, took: 1700 * time.Millisecond},
		"asked to wait":     {faults: []llmtest.Fault{{Status: 429, RetryAfter: "20"}}, calls: 2, took: 20 * time.Second},
		"asked for a date":  {faults: []llmtest.Fault{{Status: 429, RetryAfter: "Sat, 01 Jan 2000 00:00:30 GMT"}}, calls: 2, took: 30 * time.Second},
		"asked too much":    {faults: []llmtest.Fault{{Status: 429, RetryAfter: "3600"}}, calls: 1, kind: llm.RateLimited},
		"no time left":      {faults: []llmtest.Fault{{Status: 503, Slow: 100 * time.Second}, {Status: 503, Slow: 100 * time.Second}}, calls: 2, took: 200*time.Second + 500*time.Millisecond, kind: llm.Unavailable},
		"not worth it":      {faults: []llmtest.Fault{{Status: 401}}, calls: 1, kind: llm.Unauthorised},
		"unusable answer":   {faults: []llmtest.Fault{{Body: "<html>"}}, calls: 2, took: 500 * time.Millisecond},
		"connection broken": {faults: []llmtest.Fault{{Drop: true}}, calls: 2, took: 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := llmtest.Pipe()
				defer s.Close()
				s.Break(c.faults...)
				c.o.Jitter = longest
				waits := 0
				c.o.Retried = func(model string, attempt int, _ time.Duration, err error) {
					if waits++; attempt != waits || model != "openai/chat-large" || err == nil {
						t.Errorf("told of wait %d of %s: %v", attempt, model, err)
					}
				}
				begin := time.Now()
				reply, err := llm.Retry(model(t, s, llm.OpenAI), c.o).Generate(t.Context(), ask("Hello"))
				if llm.KindOf(err) != c.kind || c.kind == "" && (err != nil || reply.Text != "Hello") {
					t.Errorf("got %+v, %v", reply, err)
				}
				if calls := len(s.Asked()); calls != c.calls || waits != c.calls-1 {
					t.Errorf("%d calls and %d waits", calls, waits)
				}
				if took := time.Since(begin); took != c.took {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// Waits are by chance over the whole of their bound, or many clients would come back together.
func TestFullJitter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := llmtest.Pipe()
		defer s.Close()
		var waits []time.Duration
		m := llm.Retry(model(t, s, llm.OpenAI), llm.RetryOptions{Attempts: 2, First: time.Second, Retried: func(_ string, _ int, wait time.Duration, _ error) { waits = append(waits, wait) }})
		for range 60 {
			s.Break(llmtest.Fault{Status: 500})
			if _, err := m.Generate(t.Context(), ask("Hello")); err != nil {
				t.Fatal(err)
			}
		}
		if least, most := slices.Min(waits), slices.Max(waits); least > 300*time.Millisecond || most < 700*time.Millisecond || most > time.Second {
			t.Errorf("the waits are from %v to %v", least, most)
		}
	})
}

// What a person has read is not said again; and what a person stops stays stopped.
func TestRetryOfStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := llmtest.Pipe()
		defer s.Close()
		m := llm.Retry(model(t, s, llm.OpenAI), llm.RetryOptions{})
		s.Answer(func(llmtest.Asked) llmtest.Said { return llmtest.Said{Pieces: []string{"one ", "two"}, Input: 1} })

		s.Break(llmtest.Fault{Cut: true}, llmtest.Fault{Status: 500})
		if text, _, reply, err := hear(t.Context(), m, ask("Hello")); err != nil || text != "one two" || reply.Text != text {
			t.Errorf("before the first piece: %q, %v", text, err)
		}
		s.Asked()
		s.Break(llmtest.Fault{Cut: true, After: 1})
		text, _, reply, err := hear(t.Context(), m, ask("Hello"))
		if llm.KindOf(err) != llm.Unavailable || text != "one " || reply.End != llm.Broken || reply.Text != text || len(s.Asked()) != 1 {
			t.Errorf("after it: %q, %+v, %v", text, reply, err)
		}

		full := errors.New("the page was closed")
		if _, err := m.Stream(t.Context(), ask("Hello"), func(llm.Delta) error { return full }); !errors.Is(err, full) || len(s.Asked()) != 1 {
			t.Errorf("the reader's error is %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		s.Break(llmtest.Fault{Hang: true})
		if _, err := m.Generate(ctx, ask("Hello")); !errors.Is(err, context.DeadlineExceeded) || llm.KindOf(err) != "" || len(s.Asked()) != 1 {
			t.Errorf("the caller's time-out is %v", err)
		}
	})
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := llmtest.Pipe()
		defer s.Close()
		var changes []bool
		b := llm.NewBreakers(llm.BreakerOptions{Failures: 3, Open: 30 * time.Second, Changed: func(_ string, open bool) { changes = append(changes, open) }})
		m, other := b.Model("here", model(t, s, llm.OpenAI)), b.Model("there", model(t, s, llm.OpenAI))
		call := func(m llm.Model, fault llmtest.Fault) llm.Kind {
			s.Break(fault)
			_, err := m.Generate(t.Context(), ask("Hello"))
			return llm.KindOf(err)
		}
		down, refused := llmtest.Fault{Status: 500}, llmtest.Fault{Status: 401}

		call(m, down)
		call(m, down)
		call(m, llmtest.Fault{}) // a success begins the count anew
		call(m, down)
		call(m, down)
		call(m, refused) // and so does an answer of any kind
		for range 2 {
			call(m, down)
		}
		if b.Open("here") {
			t.Fatal("open too early")
		}
		call(m, down)
		if !b.Open("here") || b.Open("there") || len(changes) != 1 || !changes[0] {
			t.Fatalf("not open after three failures: %v", changes)
		}
		s.Asked()
		_, err := m.Generate(t.Context(), ask("Hello"))
		if e, ok := errors.AsType[*llm.Error](err); !ok || e.Kind != llm.Unavailable || e.RetryAfter != 30*time.Second || !strings.Contains(e.Text, "left alone for 30s") || len(s.Asked()) != 0 {
			t.Errorf("an open breaker says %v", err)
		}
		if _, err := other.Generate(t.Context(), ask("Hello")); err != nil {
			t.Errorf("another endpoint is refused: %v", err)
		}
		time.Sleep(30 * time.Second)
		if call(m, down) != llm.Unavailable || len(s.Asked()) != 2 || !b.Open("here") {
			t.Error("a failed probe does not open it anew")
		}
		time.Sleep(30 * time.Second)

		// one probe at a time; a probe that the caller stopped makes room for another
		ctx, stop := context.WithCancel(t.Context())
		s.Break(llmtest.Fault{Hang: true})
		done := make(chan struct{})
		go func() {
			defer close(done)
			if _, err := m.Generate(ctx, ask("Hello")); !errors.Is(err, context.Canceled) {
				t.Errorf("the probe ended with %v", err)
			}
		}()
		synctest.Wait()
		if _, err := m.Generate(t.Context(), ask("Hello")); llm.KindOf(err) != llm.Unavailable {
			t.Errorf("two probes at once: %v", err)
		}
		stop()
		<-done
		if reply, err := m.Generate(t.Context(), ask("Hello")); err != nil || reply.Text != "Hello" || b.Open("here") {
			t.Errorf("the probe does not close it: %v", err)
		}
		if len(changes) != 2 || changes[1] {
			t.Errorf("told %v", changes)
		}
	})
}

func TestFallback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second := llmtest.Pipe(), llmtest.Pipe()
		defer first.Close()
		defer second.Close()
		m := llm.Fallback(model(t, first, llm.OpenAI), model(t, second, llm.Anthropic))
		if m.Name() != "openai/chat-large" {
			t.Errorf("its name is %s", m.Name())
		}
		for _, fault := range []llmtest.Fault{{Status: 401}, {Status: 429, RetryAfter: "99"}, {Drop: true}, {Status: 400, Code: "context_length_exceeded"}, {Status: 503, Slow: time.Second}} {
			first.Break(fault, fault)
			whole, err := m.Generate(t.Context(), ask("Hello"))
			if err != nil {
				t.Fatal(err)
			}
			text, _, streamed, err := hear(t.Context(), m, ask("Hello"))
			if err != nil || text != "Hello" {
				t.Fatalf("%q, %v", text, err)
			}
			for _, r := range []*llm.Reply{whole, streamed} {
				if r.Model != "anthropic/chat-large" || len(r.Failed) != 1 || r.Failed[0].Model != "openai/chat-large" || r.Failed[0].Kind == "" || r.Failed[0].Text == "" || r.Failed[0].Took != fault.Slow {
					t.Errorf("got %+v", r)
				}
			}
		}
		first.Break(llmtest.Fault{Status: 500})
		second.Break(llmtest.Fault{Status: 401})
		_, err := m.Generate(t.Context(), ask(secret))
		if llm.KindOf(err) != llm.Unauthorised || !strings.Contains(err.Error(), "none of 2 models") || !strings.Contains(err.Error(), "status 500") {
			t.Errorf("when all fail: %v", err)
		}
		held(t, err)

		first.Break(llmtest.Fault{Cut: true, After: 1})
		second.Asked()
		if text, _, _, err := hear(t.Context(), m, ask("Hello")); err == nil || text != "Hello" || len(second.Asked()) != 0 {
			t.Errorf("after a piece: %q, %v", text, err)
		}
	})
}
