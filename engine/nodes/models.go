package nodes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

// Models opens the providers of language models that credentials name.
type Models interface {
	// Provider returns what a credential of the type ModelsCredential names, ready to be asked: it tries again what may
	// succeed later, and spares an endpoint that is down. The name "" is the studio itself, which has an embedder that
	// needs nothing, and no model. fs.ErrNotExist: there is no such credential; fs.ErrInvalid: it cannot be used.
	Provider(ctx context.Context, workspace, credential string) (*llm.Provider, error)
}

// asked are the parameters that say which model is asked.
type asked struct {
	Credential string `json:"credential" form:"Language model" widget:"credential"`
	Fallback   string `json:"fallback" form:"If it fails" widget:"credential" help:"The model that is asked instead."`
	Fresh      bool   `json:"fresh" form:"Always ask anew" help:"Even when the same was asked before and the answer was kept."`
}

// asking are the parameters that say how.
type asking struct {
	Temperature float64 `json:"temperature" form:"Temperature" min:"0" max:"2" help:"0: the same answer each time, as far as the model can; more: freer."`
	MaxTokens   int     `json:"max_tokens" form:"Longest answer (tokens)" min:"1" max:"200000"`
	Repeat      string  `json:"repeat" form:"After a crash" options:"again=Ask again,never=Ask a person first" help:"A call that was under way may have been paid for."`
}

// effect is that of a call that costs money: asked twice, it does nothing twice but cost.
func (p asking) effect() engine.Effect {
	if p.Repeat == "never" {
		return engine.AtMostOnce
	}
	return engine.Idempotent
}

func (p asked) names() []string {
	return slices.DeleteFunc([]string{p.Credential, p.Fallback}, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// check finds that no model is chosen.
func (p asked) check() []engine.Problem {
	if len(p.names()) > 0 {
		return nil
	}
	return problem("credential", "no-model", noModel())
}

func noModel() error {
	return bad("credential", "choose a language model: under Credentials, add one of the type Language models; Ollama on your own machine needs no key")
}

// provider opens a credential of models.
func (d *Deps) provider(ctx context.Context, c *engine.Call, name string) (*llm.Provider, error) {
	if d.Models == nil {
		return nil, fmt.Errorf("this studio asks no language models: %w", errors.ErrUnsupported)
	}
	p, err := d.Models.Provider(ctx, c.Run.Workspace, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, about("credential", err, "there is no credential %q: add it under Credentials, or choose another", name)
	}
	if err != nil {
		return nil, about("credential", err, "the credential %q cannot be used: %s", name, err)
	}
	return p, nil
}

// model returns the first of the models, with the others behind it, and what counts their calls.
func (d *Deps) model(ctx context.Context, c *engine.Call, p asked) (llm.Model, *bill, error) {
	if len(p.names()) == 0 {
		return nil, nil, noModel()
	}
	b := new(bill)
	var list []llm.Model
	for _, name := range p.names() {
		provider, err := d.provider(ctx, c, name)
		if err != nil {
			return nil, nil, err
		}
		if provider.Model == nil {
			return nil, nil, bad("credential", "the credential %q names no model that answers: set one there, or choose another credential", name)
		}
		list = append(list, llm.Meter(provider.Model, b, llm.MeterOptions{Workspace: c.Run.Workspace, Purpose: c.Node.Name, Price: provider.Price}))
	}
	model := llm.Fallback(list[0], list[1:]...)
	if p.Fresh {
		model = anew{model}
	}
	return model, b, nil
}

// anew is a model of which no answer is kept, and none given that was.
type anew struct{ llm.Model }

func (m anew) Generate(ctx context.Context, r llm.Request) (*llm.Reply, error) {
	return m.Model.Generate(llm.Keeping(ctx, llm.KeepNever), r)
}

func (m anew) Stream(ctx context.Context, r llm.Request, each func(llm.Delta) error) (*llm.Reply, error) {
	return m.Model.Stream(llm.Keeping(ctx, llm.KeepNever), r, each)
}

// bill adds up what the calls of a step took. It is an llm.Ledger that refuses nothing.
type bill struct {
	mu    sync.Mutex
	calls int
	usage llm.Usage
	cost  int64 // millionths of a US dollar
	open  bool  // the price of some call is not known
	took  time.Duration
	kept  int // answers from a cache, which are no calls
}

func (b *bill) Reserve(context.Context, llm.Entry) (string, error) { return "", nil }

func (b *bill) Settle(_ context.Context, _ string, e llm.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.FromCache {
		b.kept++
		return nil
	}
	b.calls++
	b.took += e.Took
	if e.Usage == (llm.Usage{}) {
		return nil
	}
	b.usage.Input, b.usage.Output, b.usage.Cached = b.usage.Input+e.Usage.Input, b.usage.Output+e.Usage.Output, b.usage.Cached+e.Usage.Cached
	b.usage.Estimated = b.usage.Estimated || e.Usage.Estimated
	b.cost += e.Cost.Micros
	b.open = b.open || !e.Cost.Known
	return nil
}

// useOf says in the accounts which node of which workflow asks.
func useOf(c *engine.Call) *llm.Use {
	return &llm.Use{Kind: llm.UseWorkflow, ID: c.Run.WorkflowID, Name: c.Run.WorkflowName, Part: c.Node.Name}
}

// billed is what calls took together.
type billed struct {
	calls int
	usage llm.Usage
	cost  int64 // millionths of a US dollar
	open  bool  // the price of some call is not known
}

// sum is what all calls so far took.
func (b *bill) sum() billed {
	b.mu.Lock()
	defer b.mu.Unlock()
	return billed{b.calls, b.usage, b.cost, b.open}
}

// account is what an item says about the calls that it took.
func (b *bill) account(model string, failed []llm.Attempt) map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := map[string]any{
		"model": model, "calls": float64(b.calls), "input_tokens": float64(b.usage.Input), "output_tokens": float64(b.usage.Output),
		"cached_tokens": float64(b.usage.Cached), "milliseconds": float64(b.took.Milliseconds()), "cost_usd": nil,
	}
	if !b.open {
		m["cost_usd"] = float64(b.cost) / 1e6
	}
	if b.kept > 0 {
		m["from_cache"] = float64(b.kept)
	}
	if b.usage.Estimated {
		m["estimated"] = true
	}
	if len(failed) > 0 {
		list := make([]any, len(failed))
		for i, f := range failed {
			list[i] = map[string]any{"model": f.Model, "reason": string(f.Kind), "error": f.Text}
		}
		m["failed"] = list
	}
	return m
}

// generate asks a model, and fails where it declined.
func generate(ctx context.Context, m llm.Model, r llm.Request) (*llm.Reply, error) {
	reply, err := m.Generate(ctx, r)
	if err != nil {
		return nil, err
	}
	if reply.End == llm.Declined {
		return nil, fmt.Errorf("%s declined to answer: ask in other words, or choose another model: %w", reply.Model, fs.ErrPermission)
	}
	return reply, nil
}
