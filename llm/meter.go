package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Ledger keeps the accounts of workspaces and holds them to their budgets. Its methods may be called at the same time,
// and by several servers.
type Ledger interface {
	// Reserve holds back what a call may take, before it is made, and returns a name for it. When the workspace's budget
	// of the month is spent or held back, it refuses with an *OverBudget, or another error that wraps fs.ErrPermission. An
	// entry whose cost is known to be nothing is never refused for money. A reservation that is not settled within an
	// hour, because the server died, is void.
	Reserve(ctx context.Context, e Entry) (id string, err error)
	// Settle books what the call took in place of the reservation.
	Settle(ctx context.Context, id string, e Entry) error
}

// Entry is one call in an account. At Reserve, usage and cost are the most to be expected.
type Entry struct {
	Workspace string `json:"workspace"`
	// Purpose is what the call was for, such as a workflow's node; any short text.
	Purpose string `json:"purpose,omitempty"`
	// Use is what asked, as the context of the call said it.
	Use Use `json:"use"`
	// Provider is the protocol, Credential the name of what opened it; Model is "provider/model" in the words of the reply.
	Provider   string        `json:"provider,omitempty"`
	Credential string        `json:"credential,omitempty"`
	Model      string        `json:"model"`
	Usage      Usage         `json:"usage"`
	Cost       Cost          `json:"cost"`
	Took       time.Duration `json:"took"`
	// Kind is why the call failed; empty when it did not.
	Kind Kind `json:"kind,omitempty"`
	// FromCache tells that no model was asked, and nothing was used.
	FromCache bool `json:"from_cache,omitempty"`
}

// MeterOptions say whose calls are counted.
type MeterOptions struct {
	Workspace, Purpose string
	// Provider is the protocol, Credential the name of what opened it.
	Provider, Credential string
	// Price is the model's price; nil when it is not known.
	Price *Price
	// Failed, when not nil, is told when a finished call could not be booked. Its reservation stands then, so that the
	// budget holds. The reply is not withheld: it is paid.
	Failed func(error)
}

// Meter counts the calls of m in a ledger, and makes none when the ledger refuses. It belongs around each model by itself,
// and within Fallback, which then turns to a model that costs nothing, and within Cache, whose replies are free.
func Meter(m Model, l Ledger, o MeterOptions) Model { return &metered{m, meter{l, o, m.Name()}} }

// MeterEmbedder counts the calls of e in a ledger.
func MeterEmbedder(e Embedder, l Ledger, o MeterOptions) Embedder {
	return &meteredEmbedder{e, meter{l, o, e.Name()}}
}

type meter struct {
	l    Ledger
	o    MeterOptions
	name string
}

func (m *meter) entry(ctx context.Context, u Usage) Entry {
	return Entry{
		Workspace: m.o.Workspace, Purpose: m.o.Purpose, Use: UseOf(ctx), Provider: m.o.Provider, Credential: m.o.Credential,
		Model: m.name, Usage: u, Cost: m.o.Price.Of(u),
	}
}

// reserve returns the function that books what was used.
func (m *meter) reserve(ctx context.Context, most Usage) (settle func(u Usage, cached bool, err error), err error) {
	id, err := m.l.Reserve(ctx, m.entry(ctx, most))
	switch {
	case errors.Is(err, fs.ErrPermission):
		e := named(m.name).fail(Spent, err, "")
		e.Text = err.Error()
		return nil, e
	case err != nil:
		return nil, fmt.Errorf("%s is not asked, as its use cannot be booked: %w", m.name, err)
	}
	start := time.Now()
	return func(u Usage, cached bool, err error) {
		e := m.entry(ctx, u)
		e.Took, e.FromCache = time.Since(start), cached
		if err != nil {
			e.Kind = cmp.Or(KindOf(err), "stopped")
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second) // what was used is booked also when the caller has gone
		defer cancel()
		if err := m.l.Settle(ctx, id, e); err != nil && m.o.Failed != nil {
			m.o.Failed(fmt.Errorf("a call of %s cannot be booked: %w", m.name, err))
		}
	}, nil
}

type metered struct {
	Model
	meter
}

func (m *metered) Name() string { return m.name }

// most is what a request may take.
func most(r *Request) Usage {
	return Usage{Input: r.Estimate(), Output: cmp.Or(r.MaxTokens, DefaultMaxTokens), Estimated: true}
}

// used is what a reply took, and whether it came from a cache and took nothing.
func used(r *Reply) (u Usage, cached bool) {
	if r == nil || r.FromCache {
		return Usage{}, r != nil
	}
	r.Usage = r.Usage.believed()
	return r.Usage, false
}

func (m *metered) Generate(ctx context.Context, r Request) (*Reply, error) {
	settle, err := m.reserve(ctx, most(&r))
	if err != nil {
		return nil, err
	}
	reply, err := m.Model.Generate(ctx, r)
	u, cached := used(reply)
	settle(u, cached, err)
	return reply, err
}

func (m *metered) Stream(ctx context.Context, r Request, each func(Delta) error) (*Reply, error) {
	settle, err := m.reserve(ctx, most(&r))
	if err != nil {
		return nil, err
	}
	reply, err := m.Model.Stream(ctx, r, each)
	u, cached := used(reply)
	settle(u, cached, err) // a stream that broke has what had come
	return reply, err
}

type meteredEmbedder struct {
	Embedder
	meter
}

func (e *meteredEmbedder) Name() string { return e.name }

func (e *meteredEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors, _, err := e.counted(ctx, texts)
	return vectors, err
}

func (e *meteredEmbedder) counted(ctx context.Context, texts []string) ([][]float32, Usage, error) {
	settle, err := e.reserve(ctx, guessed(texts))
	if err != nil {
		return nil, Usage{}, err
	}
	vectors, usage, err := embed(ctx, e.Embedder, texts)
	usage = usage.believed()
	settle(usage, false, err)
	return vectors, usage, err
}

// MeterReranker counts the calls of r in a ledger. What rerankers take is counted by search rather than by token: the
// cost is not known, the call is.
func MeterReranker(r Reranker, l Ledger, o MeterOptions) Reranker {
	return &meteredReranker{r, meter{l, o, r.Name()}}
}

type meteredReranker struct {
	Reranker
	meter
}

func (r *meteredReranker) Name() string { return r.name }

func (r *meteredReranker) Rerank(ctx context.Context, query string, texts []string) ([]float64, error) {
	most := guessed(append([]string{query}, texts...))
	settle, err := r.reserve(ctx, most)
	if err != nil {
		return nil, err
	}
	scores, err := r.Reranker.Rerank(ctx, query, texts)
	if err != nil {
		most = Usage{}
	}
	settle(most, false, err)
	return scores, err
}
