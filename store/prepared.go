package store

import (
	"context"
	"database/sql"
	"sync"
)

// preparedPool runs queries that are asked for every request or run prepared: on SQLite, parsing one takes as long as
// running it. Only for fixed texts, because what was prepared stays so.
type preparedPool struct {
	*sql.DB
	mu    sync.RWMutex
	ready map[string]*sql.Stmt
}

// fixed returns a reader for queries whose text never changes.
func (d *db) fixed() querier {
	if d.postgres { // its driver prepares by itself
		return d.reader()
	}
	return querier{d.prepared, d}
}

func (p *preparedPool) find(ctx context.Context, text string) (*sql.Stmt, error) {
	p.mu.RLock()
	stmt := p.ready[text]
	p.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if stmt := p.ready[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := p.PrepareContext(context.WithoutCancel(ctx), text)
	if err == nil {
		p.ready[text] = stmt
	}
	return stmt, err
}

func (p *preparedPool) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	stmt, err := p.find(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (p *preparedPool) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	stmt, err := p.find(ctx, text)
	if err != nil {
		return p.DB.QueryRowContext(ctx, text, args...)
	}
	return stmt.QueryRowContext(ctx, args...)
}
