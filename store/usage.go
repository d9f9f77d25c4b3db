package store

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/auth"
)

// UsageRow is what one use of one model took on one day.
type UsageRow struct {
	Day        int    `json:"day" doc:"Like 20261122, in the studio's time zone."`
	Model      string `json:"model"`
	Provider   string `json:"provider"`
	Credential string `json:"credential"`
	Kind       string `json:"kind" doc:"What asked: workflow, ask, evaluation, ingest, campaign, openai, mcp or other."`
	Subject    string `json:"subject,omitempty" doc:"Id of the workflow or the collection."`
	Name       string `json:"name,omitempty" doc:"Its name when it last asked."`
	Part       string `json:"part,omitempty" doc:"Name of the node."`
	Key        string `json:"key,omitempty" doc:"Id of the API key."`
	KeyName    string `json:"key_name,omitempty"`
	Spending
}

// Spending is a sum of calls.
type Spending struct {
	Calls     int64         `json:"calls"`
	Failed    int64         `json:"failed"`
	Kept      int64         `json:"kept" doc:"Answers from the cache, which are no calls."`
	Unpriced  int64         `json:"unpriced" doc:"Calls whose price is not known; the cost lacks them."`
	Estimated int64         `json:"estimated" doc:"Calls whose tokens the provider did not count."`
	Input     int64         `json:"input" doc:"Tokens."`
	Output    int64         `json:"output" doc:"Tokens."`
	Cached    int64         `json:"cached" doc:"Tokens of the input that the provider had in its cache."`
	Micros    int64         `json:"micros" doc:"Cost in millionths of a US dollar."`
	Took      time.Duration `json:"took" doc:"Nanoseconds, of all calls together."`
	latency   [latencies]int64
}

// Add adds another sum.
func (s *Spending) Add(o *Spending) {
	s.Calls, s.Failed, s.Kept, s.Unpriced, s.Estimated = s.Calls+o.Calls, s.Failed+o.Failed, s.Kept+o.Kept, s.Unpriced+o.Unpriced, s.Estimated+o.Estimated
	s.Input, s.Output, s.Cached, s.Micros, s.Took = s.Input+o.Input, s.Output+o.Output, s.Cached+o.Cached, s.Micros+o.Micros, s.Took+o.Took
	for i, n := range o.latency {
		s.latency[i] += n
	}
}

// P50 is the time that half of the calls took less than, as near as the classes tell.
func (s *Spending) P50() time.Duration { return quantile(s.latency, 0.50) }

// P95 is the time that 95 of 100 calls took less than.
func (s *Spending) P95() time.Duration { return quantile(s.latency, 0.95) }

func scanUsage(row scanner) (u UsageRow, err error) {
	var ws string
	var micros int64
	into := []any{&ws, &u.Day, &u.Model, &u.Provider, &u.Credential, &u.Kind, &u.Subject, &u.Part, &u.Key, &u.Name, &u.KeyName,
		&u.Calls, &u.Failed, &u.Kept, &u.Unpriced, &u.Estimated, &u.Input, &u.Output, &u.Cached, &u.Micros, &micros}
	for i := range u.latency {
		into = append(into, &u.latency[i])
	}
	err = row.Scan(into...)
	u.Took = time.Duration(micros) * time.Microsecond
	return u, err
}

// Month is what a workspace's language models took in a month.
type Month struct {
	Month  int        `json:"month" doc:"Like 202611, in the studio's time zone."`
	Days   int        `json:"days" doc:"Of the month."`
	Today  int        `json:"today" doc:"The day of the month; 0 when it is another month."`
	Budget Budget     `json:"budget"`
	Held   int64      `json:"held" doc:"What calls under way may take, in millionths of a US dollar."`
	Sum    Spending   `json:"sum"`
	Rows   []UsageRow `json:"rows"`
}

// Left is what is left of the budget, not below 0.
func (m *Month) Left() int64 { return max(0, m.Budget.Micros-m.Sum.Micros-m.Held) }

// Usage returns a month's accounts, and of this month how it stands with the budget. Month is like 202611; 0: this one.
func (s *Store) Usage(ctx context.Context, scope auth.Scope, month int) (*Month, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	now := s.clock()
	current := s.ledger.day(now) / 100
	if month == 0 {
		month = current
	}
	if month < 2000_00 || month > 9999_12 || month%100 < 1 || month%100 > 12 {
		return nil, invalid("%d is not a month; write the year and the month, like 202611", month)
	}
	if err := s.ledger.Flush(ctx); err != nil {
		return nil, fmt.Errorf("write what language models took: %w", err)
	}
	m := &Month{Month: month, Days: time.Date(month/100, time.Month(month%100)+1, 0, 0, 0, 0, 0, time.UTC).Day()}
	if m.Budget, err = s.budget(ctx, ws); err != nil {
		return nil, err
	}
	if month == current {
		m.Today = s.ledger.day(now) % 100
		if err := s.studio.reader().row(ctx, "SELECT COALESCE(sum(micros), 0) FROM model_reservations WHERE workspace = $1 AND until > $2", ws, now.UnixMicro()).Scan(&m.Held); err != nil {
			return nil, s.studio.words(err)
		}
	}
	m.Rows, err = collect(ctx, s.studio.reader(), scanUsage, "SELECT "+usageColumns+" FROM model_usage WHERE workspace = $1 AND day > $2 AND day < $3 ORDER BY day, micros DESC, model, kind, subject, part, api_key",
		ws, month*100, month*100+99)
	for i := range m.Rows {
		m.Sum.Add(&m.Rows[i].Spending)
	}
	return m, err
}

// UsageMonths lists the months with accounts, the last first.
func (s *Store) UsageMonths(ctx context.Context, scope auth.Scope) ([]int, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.studio.reader(), func(row scanner) (n int, err error) { return n, row.Scan(&n) },
		"SELECT DISTINCT day / 100 AS month FROM model_usage WHERE workspace = $1 ORDER BY month DESC", ws)
}
