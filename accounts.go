package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/ops"
	"github.com/atelier-studio/atelier/store"
)

// accounts keep what language models take, and what is known of their prices. Commands outside of a studio have none.
type accounts interface {
	Ledger() *store.Ledger
	Replies(workspace string) llm.ReplyCache
	PriceOf(ctx context.Context, workspace, credential, model string) (*llm.Price, error)
}

// metered is a provider whose calls are counted, held to the budget of the workspace, and answered from what was kept; it
// tries again, and spares an endpoint that is down.
func (m *models) metered(ctx context.Context, workspace, name string, open *openProvider) (*llm.Provider, error) {
	p := *open.provider
	if m.accounts != nil {
		for model, price := range map[string]**llm.Price{open.config.Model: &p.Price, open.config.Embedding: &p.EmbeddingPrice} {
			own, err := m.accounts.PriceOf(ctx, workspace, name, model)
			if err != nil {
				return nil, err
			}
			if own != nil && model != "" {
				*price = own
			}
		}
	}
	endpoint := workspace + " " + p.Endpoint
	o := llm.MeterOptions{Workspace: workspace, Provider: open.config.Kind, Credential: name, Failed: m.trouble}
	l := m.ledger()
	if p.Model != nil {
		o.Price = p.Price
		p.Model = llm.Meter(llm.Retry(m.breakers.Model(endpoint, p.Model), llm.RetryOptions{}), l, o)
		if m.accounts != nil {
			p.Model = llm.Cache(p.Model, booking{m.accounts.Replies(workspace), l, o, p.Model.Name()}, llm.CacheOptions{
				Scope: workspace + "\n" + name + "\n" + p.Endpoint, Keep: open.keep, Asked: m.counts.cache, Failed: m.trouble,
			})
		}
	}
	if p.Embedder != nil {
		o.Price = p.EmbeddingPrice
		p.Embedder = llm.Batch(llm.MeterEmbedder(m.breakers.Embedder(endpoint, p.Embedder), l, o), llm.BatchOptions{})
	}
	if p.Reranker != nil {
		o.Price = nil
		p.Reranker = llm.MeterReranker(p.Reranker, l, o)
	}
	return &p, nil
}

// booking counts the replies that a cache gives.
type booking struct {
	llm.ReplyCache
	ledger llm.Ledger
	o      llm.MeterOptions
	model  string
}

func (b booking) Get(ctx context.Context, key string) (*llm.Reply, error) {
	reply, err := b.ReplyCache.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	return reply, b.ledger.Settle(ctx, "", llm.Entry{
		Workspace: b.o.Workspace, Use: llm.UseOf(ctx), Provider: b.o.Provider, Credential: b.o.Credential, Model: b.model,
		Cost: llm.Cost{Known: true}, FromCache: true,
	})
}

// trouble is told of accounts and caches that fail beside calls that do not.
func (m *models) trouble(err error) {
	m.log.Warn("accounts of language models", "error", err)
}

func (m *models) ledger() llm.Ledger {
	if m.accounts == nil {
		return counting{nothing{}, m.counts}
	}
	return counting{m.accounts.Ledger(), m.counts}
}

// nothing is a ledger that keeps nothing and refuses nothing.
type nothing struct{}

func (nothing) Reserve(context.Context, llm.Entry) (string, error) { return "", nil }
func (nothing) Settle(context.Context, string, llm.Entry) error    { return nil }

// counting is a ledger whose calls are also metrics.
type counting struct {
	llm.Ledger
	counts *counts
}

func (c counting) Reserve(ctx context.Context, e llm.Entry) (string, error) {
	id, err := c.Ledger.Reserve(ctx, e)
	if err != nil {
		e.Kind, e.Usage, e.Cost = llm.Spent, llm.Usage{}, llm.Cost{}
		c.counts.call(e)
	}
	return id, err
}

func (c counting) Settle(ctx context.Context, id string, e llm.Entry) error {
	if !e.FromCache {
		c.counts.call(e)
	}
	return c.Ledger.Settle(ctx, id, e)
}

// counts are the metrics of models, searches and documents. They are made before the metrics are.
type counts struct{ metrics atomic.Pointer[ops.Metrics] }

func (c *counts) call(e llm.Entry) {
	m := c.metrics.Load()
	if m == nil {
		return
	}
	result := "ok"
	if e.Kind != "" {
		result = string(e.Kind)
	}
	m.ModelCall(ops.ModelCall{
		Provider: e.Provider, Model: llm.KnownModel(e.Provider, e.Model), Result: result, Took: e.Took,
		Input: e.Usage.Input, Output: e.Usage.Output, Cached: e.Usage.Cached, Dollars: float64(e.Cost.Micros) / 1e6, Priced: e.Cost.Known,
	})
}

func (c *counts) cache(found bool) {
	if m := c.metrics.Load(); m != nil {
		m.ModelCache(found)
	}
}

func (c *counts) breaker(open bool) {
	if m := c.metrics.Load(); m != nil {
		m.ModelBreaker(open)
	}
}

func (c *counts) retrieval(stage, result string, took time.Duration) {
	if m := c.metrics.Load(); m != nil {
		m.Retrieval(stage, result, took)
	}
}

func (c *counts) ingestion(stage, result string, took time.Duration) {
	if m := c.metrics.Load(); m != nil {
		m.Ingestion(stage, result, took)
	}
}

// watched begins to count.
func (m *models) watched(metrics *ops.Metrics) error {
	m.counts.metrics.Store(metrics)
	return metrics.Gauge("atelier_model_breakers_open", "Endpoints of models that are left alone now after failures.", func() float64 { return float64(m.breakers.Count()) })
}

// logger is the one that was given, or a silent one.
func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}
