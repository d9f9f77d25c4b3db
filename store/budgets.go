package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/llm"
)

// What happens when a budget is spent.
const (
	AtLimitStop  = "stop"  // whatever needs a paid model fails, and says why
	AtLimitLocal = "local" // what can do without does: a free model, the words of the question, sentences of the documents
)

// Budget is what a workspace may spend on language models in a month.
type Budget struct {
	Micros  int64  `json:"micros" doc:"Millionths of a US dollar; 0: there is no limit."`
	Warn    int    `json:"warn" doc:"Per cent of it from which on the page warns."`
	AtLimit string `json:"at_limit" doc:"stop or local."`
}

// maxBudget is a million dollars.
const maxBudget = 1_000_000 * 1_000_000

const budgetColumns = "micros, warn, at_limit"

func scanBudget(row scanner) (b Budget, err error) {
	return b, row.Scan(&b.Micros, &b.Warn, &b.AtLimit)
}

// noBudget is that of a workspace which set none.
var noBudget = Budget{Warn: 80, AtLimit: AtLimitStop}

func (s *Store) budget(ctx context.Context, workspace string) (Budget, error) {
	type key struct{ budget string }
	return remember(s.studio, key{workspace}, func() (Budget, error) {
		b, err := one(ctx, s.studio.reader(), "budget", scanBudget, "SELECT "+budgetColumns+" FROM model_budgets WHERE workspace = $1", workspace)
		if errors.Is(err, fs.ErrNotExist) {
			return noBudget, nil
		}
		return b, err
	})
}

// Budget returns the scope's budget; its Micros are 0 when there is none.
func (s *Store) Budget(ctx context.Context, scope auth.Scope) (Budget, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return Budget{}, err
	}
	return s.budget(ctx, ws)
}

// PutBudget sets the scope's budget, or takes it away with Micros 0.
func (s *Store) PutBudget(ctx context.Context, scope auth.Scope, b Budget) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	switch {
	case b.Micros < 0 || b.Micros > maxBudget:
		return invalid("a budget is an amount from 0 to 1,000,000 US dollars")
	case b.Warn < 1 || b.Warn > 100:
		return invalid("a budget warns at 1 to 100 per cent")
	case b.AtLimit != AtLimitStop && b.AtLimit != AtLimitLocal:
		return invalid("at the limit of a budget there is %q or %q, not %.40q", AtLimitStop, AtLimitLocal, b.AtLimit)
	}
	_, err = s.studio.exec(ctx, `INSERT INTO model_budgets (workspace, micros, warn, at_limit, updated, author) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (workspace) DO UPDATE SET micros = excluded.micros, warn = excluded.warn, at_limit = excluded.at_limit, updated = excluded.updated, author = excluded.author`,
		ws, b.Micros, b.Warn, b.AtLimit, s.now(), scope.User())
	return err
}

// refuse says why a call may not be made; nil: it may.
func (b Budget) refuse(spent, held, most int64) error {
	var text string
	switch {
	case b.Micros == 0:
		return nil
	case spent >= b.Micros:
		text = fmt.Sprintf("this month's budget for language models, %s, is spent: an owner can raise it in the settings, under Usage", llm.Dollars(b.Micros))
	case spent+held+most > b.Micros || spent+held >= b.Micros:
		text = fmt.Sprintf("this call may cost %s, and of this month's budget for language models only %s are left beside what is under way: ask for a shorter answer, try again later, or an owner raises it in the settings, under Usage",
			llm.Dollars(most), llm.Dollars(max(0, b.Micros-spent-held)))
	default:
		return nil
	}
	return &llm.OverBudget{Text: text, Stop: b.AtLimit == AtLimitStop}
}

// ModelPrice is a price that a workspace set itself.
type ModelPrice struct {
	Model string    `json:"model" doc:"As its provider calls it, or credential/model for one credential only."`
	Price llm.Price `json:"price" doc:"US dollars for a million tokens."`
}

// maxPrices is how many a workspace can set.
const maxPrices = 500

func scanPrice(row scanner) (p ModelPrice, err error) {
	var text string
	if err := row.Scan(&p.Model, &text); err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(text), &p.Price)
}

// Prices lists what the scope's workspace set itself.
func (s *Store) Prices(ctx context.Context, scope auth.Scope) ([]ModelPrice, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return s.prices(ctx, ws)
}

func (s *Store) prices(ctx context.Context, workspace string) ([]ModelPrice, error) {
	type key struct{ prices string }
	return remember(s.studio, key{workspace}, func() ([]ModelPrice, error) {
		return collect(ctx, s.studio.reader(), scanPrice, "SELECT model, price FROM model_prices WHERE workspace = $1 ORDER BY model", workspace)
	})
}

// PriceOf is what a workspace set for a model itself; nil when it did not.
func (s *Store) PriceOf(ctx context.Context, workspace, credential, model string) (*llm.Price, error) {
	list, err := s.prices(ctx, workspace)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{credential + "/" + model, model} {
		for i := range list {
			if list[i].Model == name {
				return &list[i].Price, nil
			}
		}
	}
	return nil, nil
}

// PutPrice sets a price, in place of the one of the lists.
func (s *Store) PutPrice(ctx context.Context, scope auth.Scope, p ModelPrice) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	p.Model = strings.TrimSpace(p.Model)
	if p.Model == "" || len(p.Model) > 500 {
		return invalid("a price needs the name of a model, of at most 500 bytes")
	}
	for _, amount := range []float64{p.Price.Input, p.Price.Output, cachedOr(p.Price.Cached)} {
		if !(amount >= 0 && amount <= 100_000) {
			return invalid("a price is an amount from 0 to 100,000 US dollars for a million tokens")
		}
	}
	text, err := json.Marshal(llm.Price{Input: p.Price.Input, Output: p.Price.Output, Cached: p.Price.Cached})
	if err != nil {
		return err
	}
	return s.studio.tx(ctx, func(q querier) error {
		var n int
		if err := q.row(ctx, "SELECT count(*) FROM model_prices WHERE workspace = $1 AND model <> $2", ws, p.Model).Scan(&n); err != nil {
			return err
		}
		if n >= maxPrices {
			return invalid("a workspace can set %d prices at most", maxPrices)
		}
		_, err := q.exec(ctx, `INSERT INTO model_prices (workspace, model, price, updated, author) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (workspace, model) DO UPDATE SET price = excluded.price, updated = excluded.updated, author = excluded.author`, ws, p.Model, string(text), s.now(), scope.User())
		return err
	})
}

func cachedOr(p *float64) float64 {
	if p == nil {
		return 0
	}
	return *p
}

// DeletePrice goes back to the price of the lists.
func (s *Store) DeletePrice(ctx context.Context, scope auth.Scope, model string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	n, err := s.studio.exec(ctx, "DELETE FROM model_prices WHERE workspace = $1 AND model = $2", ws, model)
	if err == nil && n == 0 {
		err = absent("price of %.80q in this workspace", model)
	}
	return err
}
