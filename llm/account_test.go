package llm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/llm/llmtest"
)

// kept is a cache in memory.
type kept struct {
	mu      sync.Mutex
	replies map[string]string
	broken  error
}

func (k *kept) Get(_ context.Context, key string) (*llm.Reply, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	text, ok := k.replies[key]
	if k.broken != nil || !ok {
		return nil, errors.Join(k.broken, fmt.Errorf("nothing is kept: %w", fs.ErrNotExist))
	}
	var r llm.Reply
	return &r, json.Unmarshal([]byte(text), &r)
}

func (k *kept) Put(_ context.Context, key string, r *llm.Reply) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	data, err := json.Marshal(r)
	k.replies[key] = string(data)
	return errors.Join(k.broken, err)
}

func TestCache(t *testing.T) {
	t.Parallel()
	s, store, zero, warm := start(t), &kept{replies: map[string]string{}}, 0.0, 0.7
	inner := model(t, s, llm.OpenAI)
	cold := ask("Hello")
	cold.Temperature = &zero
	m := llm.Cache(inner, store, llm.CacheOptions{Scope: "acme"})
	calls := func() int { return len(s.Asked()) }

	first, err := m.Generate(t.Context(), cold)
	if err != nil || first.FromCache || calls() != 1 {
		t.Fatalf("got %+v, %v", first, err)
	}
	again, err := m.Generate(t.Context(), cold)
	if err != nil || !again.FromCache || again.Text != "Hello" || again.Usage != first.Usage || again.Took != first.Took || again.End != llm.Finished || calls() != 0 {
		t.Errorf("got %+v, %v", again, err)
	}
	if text, _, streamed, err := hear(t.Context(), m, cold); err != nil || text != "Hello" || !streamed.FromCache || calls() != 0 {
		t.Errorf("streamed %q, %v", text, err)
	}

	// everything that may change the answer, and who may see it, is part of the key
	other := ask("Hello")
	other.Temperature, other.MaxTokens = &zero, 5
	for name, c := range map[string]struct {
		m llm.Model
		r llm.Request
	}{
		"another question":  {m, other},
		"another workspace": {llm.Cache(inner, store, llm.CacheOptions{Scope: "bolt"}), cold},
		"another model":     {llm.Cache(model(t, s, llm.Ollama), store, llm.CacheOptions{Scope: "acme"}), cold},
	} {
		if r, err := c.m.Generate(t.Context(), c.r); err != nil || r.FromCache || calls() != 1 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}

	// what is free to differ is kept only when asked to
	free, hot := ask("Hello"), ask("Hello")
	hot.Temperature = &warm
	always := llm.Cache(inner, store, llm.CacheOptions{Scope: "acme", Keep: llm.KeepAll})
	for _, r := range []llm.Request{free, hot} {
		for range 2 {
			if got, err := m.Generate(t.Context(), r); err != nil || got.FromCache {
				t.Errorf("a warm answer was kept: %v", err)
			}
		}
		for i := range 2 {
			if got, err := always.Generate(t.Context(), r); err != nil || got.FromCache != (i == 1) {
				t.Errorf("call %d: %+v, %v", i, got, err)
			}
		}
	}
	calls()

	// failures are never kept, nor what a stand-in said
	missing := ask("Fail")
	missing.Temperature = &zero
	s.Break(llmtest.Fault{Status: 500})
	if _, err := m.Generate(t.Context(), missing); err == nil {
		t.Error("no error")
	}
	both := llm.Cache(llm.Fallback(inner, model(t, s, llm.Anthropic)), store, llm.CacheOptions{Scope: "acme"})
	s.Break(llmtest.Fault{Status: 500})
	if r, err := both.Generate(t.Context(), missing); err != nil || len(r.Failed) != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
	if r, err := both.Generate(t.Context(), missing); err != nil || r.FromCache || r.Model != "openai/chat-large" {
		t.Errorf("got %+v, %v", r, err)
	}

	// a cache that fails costs a call, not the answer
	told := 0
	store.broken = errors.New("disk full")
	m = llm.Cache(inner, store, llm.CacheOptions{Failed: func(error) { told++ }})
	if r, err := m.Generate(t.Context(), cold); err != nil || r.Text != "Hello" || told == 0 {
		t.Errorf("got %+v, %v, told %d times", r, err, told)
	}
}

// book is a ledger in memory, with a budget in micros.
type book struct {
	mu      sync.Mutex
	budget  int64
	spent   int64
	held    map[string]int64
	entries []llm.Entry
	broken  error
}

func (b *book) Reserve(_ context.Context, e llm.Entry) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return "", b.broken
	}
	sum := b.spent
	for _, held := range b.held {
		sum += held
	}
	if e.Cost != (llm.Cost{Known: true}) && sum+e.Cost.Micros > b.budget {
		return "", fmt.Errorf("the budget of %s is spent: %w", e.Workspace, fs.ErrPermission)
	}
	id := fmt.Sprint(len(b.entries), "/", len(b.held))
	b.held[id] = e.Cost.Micros
	return id, nil
}

func (b *book) Settle(ctx context.Context, id string, e llm.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil || ctx.Err() != nil {
		return errors.Join(b.broken, ctx.Err())
	}
	delete(b.held, id)
	b.spent += e.Cost.Micros
	b.entries = append(b.entries, e)
	return nil
}

// refusing is a ledger whose budget is spent, and stops everything.
type refusing struct{ book }

func (*refusing) Reserve(context.Context, llm.Entry) (string, error) {
	return "", &llm.OverBudget{Text: "the budget is spent", Stop: true}
}

func TestMeter(t *testing.T) {
	t.Parallel()
	s, b := start(t), &book{budget: 20_000, held: map[string]int64{}}
	s.Answer(func(a llmtest.Asked) llmtest.Said {
		return llmtest.Said{Pieces: []string{a.Last}, Input: 1000, Output: 200, Cached: 500}
	})
	cached := 0.5
	o := llm.MeterOptions{Workspace: "acme", Purpose: "answer", Provider: llm.OpenAI, Credential: "Acme", Price: &llm.Price{Input: 2, Output: 10, Cached: &cached}}
	m := llm.Meter(model(t, s, llm.OpenAI), b, o)
	r := ask("Hello")
	r.MaxTokens = 1000 // 10,000 micros at most

	use := &llm.Use{Kind: llm.UseAsk, Key: "k1"}
	using := llm.Using(t.Context(), use)
	use.ID, use.Name = "c1", "Handbook" // known later than the door
	if _, err := m.Generate(using, r); err != nil {
		t.Fatal(err)
	}
	want := llm.Entry{Workspace: "acme", Purpose: "answer", Use: *use, Provider: llm.OpenAI, Credential: "Acme", Model: "openai/chat-large", Usage: llm.Usage{Input: 1000, Output: 200, Cached: 500}, Cost: llm.Cost{Micros: 1000 + 250 + 2000, Known: true}}
	got := b.entries[0]
	if got.Took <= 0 {
		t.Error("it took no time")
	}
	got.Took = 0
	if got != want {
		t.Errorf("booked %+v", got)
	}

	s.Break(llmtest.Fault{Status: 500})
	if _, err := m.Generate(t.Context(), r); err == nil {
		t.Error("no error")
	}
	if e := b.entries[1]; e.Kind != llm.Unavailable || e.Cost.Micros != 0 || !e.Cost.Known {
		t.Errorf("a failure is booked as %+v", e)
	}
	s.Break(llmtest.Fault{Cut: true, After: 1})
	if _, _, _, err := hear(t.Context(), m, r); err == nil {
		t.Error("no error")
	}
	if e := b.entries[2]; e.Kind != llm.Unavailable || e.Cost.Micros == 0 || !e.Usage.Estimated {
		t.Errorf("half a stream is booked as %+v", e)
	}
	ctx, stop := context.WithCancel(t.Context())
	s.Break(llmtest.Fault{Hang: true})
	s.Answer(func(llmtest.Asked) llmtest.Said {
		stop() // once the question is there
		return llmtest.Said{}
	})
	if _, err := m.Generate(ctx, r); !errors.Is(err, context.Canceled) || b.entries[3].Kind != "stopped" || len(b.held) != 0 {
		t.Errorf("a stopped call is booked as %+v, %v", b.entries, err)
	}

	s.Answer(nil)

	// no call is made beyond the budget, and a model that costs nothing takes over
	b.spent = 15_000
	s.Asked()
	_, err := m.Generate(t.Context(), r)
	if llm.KindOf(err) != llm.Spent || !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "the budget of acme is spent") || len(s.Asked()) != 0 {
		t.Errorf("beyond the budget: %v", err)
	}
	own := open(t, s, config(s, llm.Ollama))
	priced := o
	o.Price = own.Price
	reply, err := llm.Fallback(m, llm.Meter(own.Model, b, o)).Generate(t.Context(), r)
	if err != nil || reply.Model != "ollama/chat-large" || reply.Failed[0].Kind != llm.Spent || b.spent != 15_000 {
		t.Errorf("got %+v, %v", reply, err)
	}

	// unless the budget is to stop everything
	stopping := llm.Meter(model(t, s, llm.OpenAI), &refusing{}, priced)
	s.Asked()
	if _, err := llm.Fallback(stopping, llm.Meter(own.Model, b, o)).Generate(t.Context(), r); !llm.Stops(err) || llm.KindOf(err) != llm.Spent || len(s.Asked()) != 0 {
		t.Errorf("a budget that stops: %v", err)
	}

	// a reply from a cache took nothing
	zero, store := 0.0, &kept{replies: map[string]string{}}
	r.Temperature = &zero
	outer := llm.Meter(llm.Cache(model(t, s, llm.OpenAI), store, llm.CacheOptions{}), b, o)
	for i := range 2 {
		if _, err := outer.Generate(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if e := b.entries[len(b.entries)-1]; e.FromCache != (i == 1) || (e.Usage == llm.Usage{}) != (i == 1) {
			t.Errorf("call %d is booked as %+v", i, e)
		}
	}
	if _, err := outer.Generate(llm.Keeping(t.Context(), llm.KeepNever), r); err != nil || b.entries[len(b.entries)-1].FromCache {
		t.Errorf("a call that must not be answered from a cache: %v", err)
	}
	r.Temperature = nil

	// no account, no call; but what was answered is not withheld
	b.broken = errors.New("the disk is full")
	s.Asked()
	if _, err := m.Generate(t.Context(), r); !errors.Is(err, b.broken) || len(s.Asked()) != 0 {
		t.Errorf("without an account: %v", err)
	}
	b.broken, b.spent = nil, 0
	var told error
	o.Failed = func(err error) { told = err }
	s.Answer(func(llmtest.Asked) llmtest.Said {
		b.mu.Lock()
		b.broken = errors.New("the disk is full")
		b.mu.Unlock()
		return llmtest.Said{Pieces: []string{"Hello"}}
	})
	if reply, err := llm.Meter(model(t, s, llm.OpenAI), b, o).Generate(t.Context(), r); err != nil || reply.Text != "Hello" || told == nil || len(b.held) != 1 {
		t.Errorf("got %+v, %v, told %v", reply, err, told)
	}
}

// Whoever runs an endpoint can say what they like about tokens: nothing of it gives a budget back.
func TestMeterBelievesNoWonders(t *testing.T) {
	t.Parallel()
	cached := 0.5
	for _, protocol := range []string{llm.OpenAI, llm.Anthropic} {
		for name, said := range map[string]llmtest.Said{
			"less than nothing":        {Input: -1_000_000_000, Output: -1_000_000_000},
			"answers below nothing":    {Input: 10, Output: -1_000_000_000},
			"more than can be added":   {Input: math.MaxInt64 - 1, Output: math.MaxInt64 - 1},
			"more kept than was asked": {Input: 10, Output: 1, Cached: 1_000_000_000},
			"less kept than nothing":   {Input: 10, Output: 1, Cached: -1_000_000_000},
		} {
			t.Run(protocol+" "+name, func(t *testing.T) {
				t.Parallel()
				s, b := start(t), &book{budget: 20_000, held: map[string]int64{}}
				said.Pieces = []string{"Hello"}
				s.Answer(func(llmtest.Asked) llmtest.Said { return said })
				m := llm.Meter(model(t, s, protocol), b, llm.MeterOptions{Workspace: "acme", Price: &llm.Price{Input: 2, Output: 10, Cached: &cached}})
				r := ask("Hello")
				r.MaxTokens = 100
				reply, err := m.Generate(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				if e := b.entries[0]; e.Cost.Micros < 0 || e.Usage != reply.Usage || e.Usage.Input < 0 || e.Usage.Output < 0 || e.Usage.Cached < 0 || e.Usage.Cached > e.Usage.Input {
					t.Errorf("booked %+v", e)
				}
			})
		}
	}
	for _, p := range []llm.Price{{Input: -1, Output: -1}, {Input: 1e300, Output: 1e300}, {Input: math.Inf(1)}, {Input: math.NaN()}} {
		if c := p.Of(llm.Usage{Input: 1 << 40, Output: 1 << 40}); c.Micros < 0 || !c.Known {
			t.Errorf("%+v costs %+v", p, c)
		}
	}
}

func TestMeterEmbedder(t *testing.T) {
	t.Parallel()
	s, b := start(t), &book{budget: 1000, held: map[string]int64{}}
	e := llm.Batch(llm.NewBreakers(llm.BreakerOptions{}).Embedder("x", llm.MeterEmbedder(embedder(t, s, 0), b, llm.MeterOptions{Workspace: "acme", Price: &llm.Price{Input: 0.1}})), llm.BatchOptions{Size: 50, Parallel: 1})
	if _, err := e.Embed(t.Context(), texts(100)); err != nil {
		t.Fatal(err)
	}
	if len(b.entries) != 2 || b.entries[0].Usage != (llm.Usage{Input: 300}) || b.entries[1].Cost != (llm.Cost{Micros: 30, Known: true}) || b.entries[0].Model != "openai/embed-small" {
		t.Errorf("booked %+v", b.entries)
	}
	b.spent = 1000
	if _, err := e.Embed(t.Context(), texts(1)); llm.KindOf(err) != llm.Spent {
		t.Errorf("beyond the budget: %v", err)
	}
}
