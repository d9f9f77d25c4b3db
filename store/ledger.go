package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/llm"
)

const (
	settleEvery    = 500 * time.Millisecond
	maxUnsettled   = 10_000           // accounts in memory; of more only the kind of use is kept apart
	reservedFor    = time.Hour        // what is not settled by then, because its server died, is void
	keepUsage      = 26               // months
	flushPatience  = 10 * time.Second // when the store closes
	maxAccountText = 200              // bytes of a name in an account
)

// Ledger keeps what language models took, and holds workspaces to their budgets, on all servers together. A call is
// checked before it is made where there is a budget; what it took is gathered in memory and written twice a second, so
// that no call waits for it. After a crash the last half second is missing in the accounts; where there is a budget it
// stays reserved for an hour.
type Ledger struct {
	s    *Store
	zone *time.Location

	mu       sync.Mutex
	accounts map[account]*sums
	months   map[[2]string]int64 // by workspace and month
	settled  [][2]string         // reservations, by workspace and id
	writing  sync.Mutex          // one at a time, in order
}

var _ llm.Ledger = (*Ledger)(nil)

// account is the key of a row.
type account struct {
	workspace                                      string
	day                                            int
	model, credential, kind, subject, part, apiKey string
}

func (a account) order(b account) int {
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// sums are what is added to a row, and its names as they are now.
type sums struct {
	provider, name, keyName                                                       string
	calls, failed, kept, unpriced, estimated, input, output, cached, micros, took int64
	latency                                                                       [latencies]int64
}

func newLedger(s *Store, zone *time.Location) *Ledger {
	if zone == nil {
		zone = time.UTC
	}
	return &Ledger{s: s, zone: zone, accounts: map[account]*sums{}, months: map[[2]string]int64{}}
}

// Ledger returns the accounts of language models.
func (s *Store) Ledger() *Ledger { return s.ledger }

// day is a number like 20261122, in the studio's time zone.
func (l *Ledger) day(at time.Time) int {
	at = at.In(l.zone)
	return at.Year()*10_000 + int(at.Month())*100 + at.Day()
}

// Reserve is in llm.Ledger.
func (l *Ledger) Reserve(ctx context.Context, e llm.Entry) (string, error) {
	if e.Cost == (llm.Cost{Known: true}) {
		return "", nil // it costs nothing
	}
	b, err := l.s.budget(ctx, e.Workspace)
	if err != nil || b.Micros == 0 {
		return "", err
	}
	id, now := newID(), l.s.clock()
	month := l.day(now) / 100
	err = l.s.studio.tx(ctx, func(q querier) error {
		// Its row makes the calls of all servers wait for one another.
		b, err := one(ctx, q, "budget", scanBudget, "SELECT "+budgetColumns+" FROM model_budgets WHERE workspace = $1"+l.s.studio.forUpdate(), e.Workspace)
		if errors.Is(err, fs.ErrNotExist) {
			id = ""
			return nil // taken away meanwhile
		}
		if err != nil {
			return err
		}
		// One statement, so that what is being settled is seen on one side exactly.
		var spent, held int64
		if err := q.row(ctx, `SELECT COALESCE((SELECT micros FROM model_months WHERE workspace = $1 AND month = $2), 0),
			COALESCE((SELECT sum(micros) FROM model_reservations WHERE workspace = $1 AND until > $3), 0)`, e.Workspace, month, now.UnixMicro()).Scan(&spent, &held); err != nil {
			return err
		}
		if refusal := b.refuse(spent, held, e.Cost.Micros); refusal != nil {
			return refusal
		}
		_, err = q.exec(ctx, "INSERT INTO model_reservations (workspace, id, micros, until) VALUES ($1, $2, $3, $4)", e.Workspace, id, e.Cost.Micros, now.Add(reservedFor).UnixMicro())
		return err
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// Settle is in llm.Ledger. It waits for nothing.
func (l *Ledger) Settle(_ context.Context, id string, e llm.Entry) error {
	day := l.day(l.s.clock())
	key := account{e.Workspace, day, cut(e.Model), cut(e.Credential), cut(e.Use.Kind), cut(e.Use.ID), cut(e.Use.Part), cut(e.Use.Key)}
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := l.sumOf(key)
	sum.provider, sum.name, sum.keyName = cut(e.Provider), cut(e.Use.Name), cut(e.Use.KeyName)
	sum.add(&e)
	if e.Cost.Micros != 0 {
		l.months[[2]string{e.Workspace, fmt.Sprint(day / 100)}] += e.Cost.Micros
	}
	if id != "" {
		l.settled = append(l.settled, [2]string{e.Workspace, id})
	}
	return nil
}

// sumOf is what an account came to since it was written last. The caller holds mu.
func (l *Ledger) sumOf(key account) *sums {
	if _, known := l.accounts[key]; !known && len(l.accounts) >= maxUnsettled {
		key = key.folded()
	}
	sum := l.accounts[key]
	if sum == nil {
		sum = &sums{}
		l.accounts[key] = sum
	}
	return sum
}

// folded keeps only the kind of use apart.
func (a account) folded() account {
	a.subject, a.part, a.apiKey = "", "", ""
	return a
}

func cut(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxAccountText)], "") }

func (s *sums) add(e *llm.Entry) {
	if e.FromCache {
		s.kept++
		return
	}
	s.calls++
	if e.Kind != "" {
		s.failed++
	}
	if e.Usage != (llm.Usage{}) && !e.Cost.Known {
		s.unpriced++
	}
	if e.Usage.Estimated {
		s.estimated++
	}
	s.input, s.output, s.cached = s.input+int64(e.Usage.Input), s.output+int64(e.Usage.Output), s.cached+int64(e.Usage.Cached)
	s.micros += e.Cost.Micros
	s.took += e.Took.Microseconds()
	s.latency[latencyOf(e.Took)]++
}

func (s *sums) plus(o *sums) {
	s.calls, s.failed, s.kept, s.unpriced, s.estimated = s.calls+o.calls, s.failed+o.failed, s.kept+o.kept, s.unpriced+o.unpriced, s.estimated+o.estimated
	s.input, s.output, s.cached, s.micros, s.took = s.input+o.input, s.output+o.output, s.cached+o.cached, s.micros+o.micros, s.took+o.took
	for i, n := range o.latency {
		s.latency[i] += n
	}
}

// serve writes what was settled until ctx ends.
func (l *Ledger) serve(ctx context.Context) {
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := l.Flush(ctx); err != nil && ctx.Err() == nil {
			l.s.log.WarnContext(ctx, "what language models took could not be written; it is tried again", "error", err)
		}
	}
}

// Flush writes what was settled until now. What cannot be written stays in memory.
func (l *Ledger) Flush(ctx context.Context) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	accounts, months, settled := l.accounts, l.months, l.settled
	l.accounts, l.months, l.settled = map[account]*sums{}, map[[2]string]int64{}, nil
	l.mu.Unlock()
	if len(accounts) == 0 && len(settled) == 0 {
		return nil
	}
	err := l.s.studio.tx(ctx, func(q querier) error { return l.write(ctx, q, accounts, months, settled) })
	if err == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, sum := range accounts {
		now := l.sumOf(key)
		if now.calls+now.kept == 0 { // what came meanwhile has the newer names
			now.provider, now.name, now.keyName = sum.provider, sum.name, sum.keyName
		}
		now.plus(sum)
	}
	for key, micros := range months {
		l.months[key] += micros
	}
	l.settled = append(settled, l.settled...)
	return err
}

func (l *Ledger) write(ctx context.Context, q querier, accounts map[account]*sums, months map[[2]string]int64, settled [][2]string) error {
	// Always in one order, so that two servers cannot wait for each other.
	for _, key := range slices.SortedFunc(maps.Keys(months), func(a, b [2]string) int { return strings.Compare(a[0]+" "+a[1], b[0]+" "+b[1]) }) {
		if _, err := q.exec(ctx, `INSERT INTO model_months (workspace, month, micros) VALUES ($1, CAST($2 AS bigint), $3)
			ON CONFLICT (workspace, month) DO UPDATE SET micros = model_months.micros + excluded.micros`, key[0], key[1], months[key]); err != nil {
			return err
		}
	}
	rows := map[[2]any]int{}
	for _, key := range slices.SortedFunc(maps.Keys(accounts), account.order) {
		at, err := l.room(ctx, q, key, rows)
		if err != nil {
			return err
		}
		if err := upsertUsage(ctx, q, at, accounts[key]); err != nil {
			return err
		}
	}
	for _, one := range settled {
		if _, err := q.exec(ctx, "DELETE FROM model_reservations WHERE workspace = $1 AND id = $2", one[0], one[1]); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes accounts of long ago, and reservations that are void.
func (l *Ledger) tidy(ctx context.Context) error {
	now := l.s.clock()
	_, err := l.s.studio.exec(ctx, "DELETE FROM model_reservations WHERE until <= $1", now.UnixMicro())
	first := l.day(now.AddDate(0, -keepUsage, 0))
	_, err2 := l.s.studio.exec(ctx, "DELETE FROM model_usage WHERE day < $1", first)
	_, err3 := l.s.studio.exec(ctx, "DELETE FROM model_months WHERE month < $1", first/100)
	return errors.Join(err, err2, err3)
}

func (l *Ledger) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), flushPatience)
	defer cancel()
	return l.Flush(ctx)
}
