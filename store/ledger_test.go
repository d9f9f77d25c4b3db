package store_test

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/store"
)

func call(workspace string, micros int64) llm.Entry {
	return llm.Entry{
		Workspace: workspace, Provider: "openai", Credential: "Acme", Model: "Acme/large", Usage: llm.Usage{Input: 100, Output: 20, Cached: 10},
		Cost: llm.Cost{Micros: micros, Known: true}, Took: 700 * time.Millisecond, Use: llm.Use{Kind: llm.UseWorkflow, ID: "w1", Name: "Digest", Part: "Ask"},
	}
}

// made reserves and settles a call.
func made(t *testing.T, l *store.Ledger, e llm.Entry) {
	t.Helper()
	id, err := l.Reserve(t.Context(), e)
	must(t, err)
	must(t, l.Settle(t.Context(), id, e))
}

func TestLedger(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		l := p.Ledger()
		for _, took := range []time.Duration{700 * time.Millisecond, 700 * time.Millisecond, 90 * time.Second} {
			e := call("alpha", 1500)
			e.Took = took
			made(t, l, e)
		}
		failed := call("alpha", 0)
		failed.Kind, failed.Usage, failed.Cost = llm.TimedOut, llm.Usage{}, llm.Cost{}
		made(t, l, failed)
		unknown := call("alpha", 0)
		unknown.Cost, unknown.Usage.Estimated, unknown.Use.Name = llm.Cost{}, true, "Digest of the day"
		made(t, l, unknown)
		free := call("alpha", 0)
		free.Model, free.Use = "Own/small", llm.Use{Kind: llm.UseOpenAI, ID: "c1", Name: "Handbook", Key: "k1", KeyName: "Nightly"}
		made(t, l, free)
		again := call("alpha", 1500)
		again.FromCache, again.Usage, again.Cost, again.Use.Name = true, llm.Usage{}, llm.Cost{Known: true}, "Digest of the day"
		must(t, l.Settle(t.Context(), "", again))
		made(t, l, call("beta", 7))

		m, err := p.Usage(t.Context(), p.alpha, 0)
		must(t, err)
		if len(m.Rows) != 2 || m.Sum.Micros != 4500 || m.Today == 0 {
			t.Fatalf("%d rows, %+v", len(m.Rows), m)
		}
		r := m.Rows[0]
		if r.Name != "Digest of the day" || r.Part != "Ask" || r.Calls != 5 || r.Failed != 1 || r.Kept != 1 || r.Unpriced != 1 || r.Estimated != 1 ||
			r.Input != 400 || r.Output != 80 || r.Cached != 40 || r.Micros != 4500 {
			t.Errorf("booked %+v", r)
		}
		if p50, p95 := r.P50(), r.P95(); p50 < 500*time.Millisecond || p50 > time.Second || p95 < time.Minute || p95 > 2*time.Minute {
			t.Errorf("half of the calls took %v, nearly all %v", p50, p95)
		}
		if r := m.Rows[1]; r.KeyName != "Nightly" || r.Unpriced != 0 || r.Micros != 0 {
			t.Errorf("booked %+v", r)
		}
		// A second write adds to the row that is there.
		made(t, l, call("alpha", 1500))
		if m, err = p.Usage(t.Context(), p.alpha, 0); err != nil || len(m.Rows) != 2 || m.Rows[0].Calls != 6 || m.Rows[0].Micros != 6000 {
			t.Errorf("%+v, %v", m, err)
		}
		if m, err := p.Usage(t.Context(), p.beta, 0); err != nil || m.Sum.Micros != 7 {
			t.Errorf("the other workspace: %+v, %v", m, err)
		}
		if _, err := p.Usage(t.Context(), p.alpha, 202613); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("a month 13: %v", err)
		}
	})
}

// A workspace that is used in many ways has a bounded number of rows a day, and no call is lost in the sums.
func TestLedgerIsBounded(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{})
	const calls = 2300
	for i := range calls {
		e := call("alpha", 1)
		e.Use.Part = "Node " + string(rune('A'+i%26)) + string(rune('A'+i/26%26)) + string(rune('A'+i/676))
		must(t, p.Ledger().Settle(t.Context(), "", e))
		if i == calls/2 {
			must(t, p.Ledger().Flush(t.Context()))
		}
	}
	m, err := p.Usage(t.Context(), p.alpha, 0)
	if must(t, err); len(m.Rows) > 2001 || m.Sum.Calls != calls || m.Sum.Micros != calls {
		t.Errorf("%d rows, %d calls, %d micros", len(m.Rows), m.Sum.Calls, m.Sum.Micros)
	}
}

func TestBudget(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		l := p.Ledger()
		must(t, p.PutBudget(t.Context(), p.alpha, store.Budget{Micros: 10_000, Warn: 80, AtLimit: store.AtLimitLocal}))
		first, err := l.Reserve(t.Context(), call("alpha", 6000))
		must(t, err)
		_, err = l.Reserve(t.Context(), call("alpha", 6000))
		want(t, err, fs.ErrPermission, "a call beside one under way that may take most of the budget")
		if llm.Stops(err) {
			t.Error("local stops everything")
		}
		made(t, l, call("beta", 1_000_000))
		if id, err := l.Reserve(t.Context(), llm.Entry{Workspace: "alpha", Cost: llm.Cost{Known: true}}); err != nil || id != "" {
			t.Errorf("what costs nothing: %q, %v", id, err)
		}
		// It took less than was held back.
		must(t, l.Settle(t.Context(), first, call("alpha", 1000)))
		must(t, l.Flush(t.Context()))
		made(t, l, call("alpha", 8900))
		must(t, l.Flush(t.Context()))
		_, err = l.Reserve(t.Context(), call("alpha", 101))
		want(t, err, fs.ErrPermission, "more than is left")
		made(t, l, call("alpha", 100))
		must(t, l.Flush(t.Context()))
		must(t, p.PutBudget(t.Context(), p.alpha, store.Budget{Micros: 10_000, Warn: 80, AtLimit: store.AtLimitStop}))
		unknown := call("alpha", 0)
		unknown.Cost = llm.Cost{}
		_, err = l.Reserve(t.Context(), unknown)
		if want(t, err, fs.ErrPermission, "a call whose price is not known, when all is spent"); !llm.Stops(err) {
			t.Error("stop does not stop")
		}
		// Higher, it goes on; and what a dead server held is free after an hour.
		must(t, p.PutBudget(t.Context(), p.alpha, store.Budget{Micros: 12_000, Warn: 80, AtLimit: store.AtLimitStop}))
		_, err = l.Reserve(t.Context(), call("alpha", 2000))
		must(t, err)
		_, err = l.Reserve(t.Context(), call("alpha", 2000))
		want(t, err, fs.ErrPermission, "what is held")
		p.clock.pass(61 * time.Minute)
		_, err = l.Reserve(t.Context(), call("alpha", 2000))
		must(t, err)
		for _, wrong := range []store.Budget{{Micros: -1, Warn: 80, AtLimit: "stop"}, {Micros: 1, Warn: 0, AtLimit: "stop"}, {Micros: 1, Warn: 101, AtLimit: "stop"}, {Micros: 1, Warn: 1, AtLimit: "explode"}} {
			want(t, p.PutBudget(t.Context(), p.alpha, wrong), fs.ErrInvalid, "a wrong budget")
		}
	})
}

// The month of a budget is that of the studio's time zone.
func TestBudgetMonth(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Pacific/Auckland")
	must(t, err)
	p := newPlace(t, store.Options{Zone: zone})
	p.clock.at.Store(time.Date(2026, 10, 31, 10, 59, 0, 0, time.UTC).UnixMicro()) // 23:59 in Auckland
	must(t, p.PutBudget(t.Context(), p.alpha, store.Budget{Micros: 1000, Warn: 80, AtLimit: "stop"}))
	made(t, p.Ledger(), call("alpha", 1000))
	must(t, p.Ledger().Flush(t.Context()))
	_, err = p.Ledger().Reserve(t.Context(), call("alpha", 1000))
	want(t, err, fs.ErrPermission, "the last minute of the month")
	p.clock.pass(2 * time.Minute)
	made(t, p.Ledger(), call("alpha", 900))
	m, err := p.Usage(t.Context(), p.alpha, 0)
	if must(t, err); m.Month != 202611 || m.Today != 1 || m.Sum.Micros != 900 || m.Days != 30 {
		t.Errorf("the new month: %+v", m)
	}
	if months, err := p.UsageMonths(t.Context(), p.alpha); err != nil || len(months) != 2 || months[1] != 202610 {
		t.Errorf("months %v, %v", months, err)
	}
}

// Calls that come at the same time, to several servers on one Postgres, never reserve more than the budget.
func TestBudgetAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		stores := []*store.Store{p.Store}
		if p.Dialect() == "postgres" {
			other, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), URL: p.url, Sealer: masterSealer(1)})
			must(t, err)
			defer func() { must(t, other.Close()) }()
			stores = append(stores, other)
		}
		must(t, p.PutBudget(t.Context(), p.alpha, store.Budget{Micros: 10_000, Warn: 80, AtLimit: "stop"}))
		var spent atomic.Int64
		var calls sync.WaitGroup
		for i := range 40 {
			l := stores[i%len(stores)].Ledger()
			calls.Go(func() {
				for range 3 {
					id, err := l.Reserve(context.Background(), call("alpha", 400))
					if errors.Is(err, fs.ErrPermission) {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					spent.Add(400)
					if err := errors.Join(l.Settle(context.Background(), id, call("alpha", 400)), l.Flush(context.Background())); err != nil {
						t.Error(err)
					}
				}
			})
		}
		calls.Wait()
		if spent.Load() != 10_000 {
			t.Errorf("%d of 10000 were spent", spent.Load())
		}
		if m, err := p.Usage(t.Context(), p.alpha, 0); err != nil || m.Sum.Micros != 10_000 || m.Held != 0 {
			t.Errorf("booked %+v, %v", m, err)
		}
	})
}

func TestPrices(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		must(t, p.PutPrice(t.Context(), p.alpha, store.ModelPrice{Model: "large", Price: llm.Price{Input: 1, Output: 2}}))
		must(t, p.PutPrice(t.Context(), p.alpha, store.ModelPrice{Model: "Acme/large", Price: llm.Price{Input: 3, Output: 4}}))
		for credential, input := range map[string]float64{"Other": 1, "Acme": 3} {
			if price, err := p.PriceOf(t.Context(), "alpha", credential, "large"); err != nil || price == nil || price.Input != input {
				t.Errorf("%s: %+v, %v", credential, price, err)
			}
		}
		if price, err := p.PriceOf(t.Context(), "beta", "Acme", "large"); err != nil || price != nil {
			t.Errorf("another workspace's price: %+v, %v", price, err)
		}
		want(t, p.PutPrice(t.Context(), p.alpha, store.ModelPrice{Model: "x", Price: llm.Price{Input: -1}}), fs.ErrInvalid, "less than nothing")
		must(t, p.DeletePrice(t.Context(), p.alpha, "Acme/large"))
		want(t, p.DeletePrice(t.Context(), p.alpha, "Acme/large"), fs.ErrNotExist, "twice")
	})
}
