package store_test

import (
	"maps"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/store"
)

func init() {
	maps.Copy(scoped, scopedSpending)
	takesAway = append(takesAway, "DeletePrice", "ForgetReplies")
	makesNew = append(makesNew, "PutBudget", "PutPrice", "EndAnswer")
}

var scopedSpending = map[string]asked{
	"Usage": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		m, err := p.Usage(t.Context(), s, 0)
		if err != nil {
			return 0, err
		}
		return len(m.Rows) + int(m.Held) + int(m.Sum.Micros), nil
	},
	"UsageMonths": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.UsageMonths(t.Context(), s)
		return len(list), err
	},
	"Budget": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		b, err := p.Budget(t.Context(), s)
		return int(b.Micros), err
	},
	"PutBudget": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.PutBudget(t.Context(), s, store.Budget{Micros: 5000, Warn: 80, AtLimit: "stop"})
	},
	"Prices": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Prices(t.Context(), s)
		return len(list), err
	},
	"PutPrice": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.PutPrice(t.Context(), s, store.ModelPrice{Model: "large", Price: llm.Price{Input: 1}})
	},
	"DeletePrice": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeletePrice(t.Context(), s, "large")
	},
	"ForgetReplies": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return p.ForgetReplies(t.Context(), s)
	},
	"BeginAnswer": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		a, err := p.BeginAnswer(t.Context(), s, "hash", "request", time.Minute)
		return a.Status, err
	},
	"EndAnswer": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.EndAnswer(t.Context(), s, "hash", store.Answer{Claim: "none"})
	},
}

// spending gives workspace alpha accounts, a budget, a price, a reply and an answer.
func (p *place) spending(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	must(t, p.PutBudget(ctx, p.alpha, store.Budget{Micros: 5000, Warn: 80, AtLimit: "stop"}))
	must(t, p.PutPrice(ctx, p.alpha, store.ModelPrice{Model: "large", Price: llm.Price{Input: 1}}))
	made(t, p.Ledger(), call("alpha", 1))
	must(t, p.Replies("alpha").Put(ctx, "hash", &llm.Reply{Text: "Ours"}))
	a, err := p.BeginAnswer(ctx, p.alpha, "hash", "request", time.Minute)
	must(t, err)
	must(t, p.EndAnswer(ctx, p.alpha, "hash", store.Answer{Claim: a.Claim, Status: 200, Type: "text/plain", Body: []byte("Ours")}))
}
