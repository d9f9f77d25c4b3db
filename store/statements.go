package store

import (
	"context"
	"database/sql"
)

// statements keeps the journal's statements prepared on SQLite's writing connection: parsing one takes as long as
// running it. Postgres' driver does the like by itself. Only the committing goroutine uses it.
type statements struct {
	d      *db
	ready  map[string]*sql.Stmt
	wanted []string
}

func newStatements(d *db) *statements { return &statements{d: d, ready: map[string]*sql.Stmt{}} }

// bind returns a transaction that runs its statements prepared, where they are.
func (s *statements) bind(q querier) querier {
	if tx, ok := q.on.(*sql.Tx); ok && !s.d.postgres {
		q.on = preparedTx{tx, s}
	}
	return q
}

// prepareWanted prepares what the last transaction had to parse. Within a transaction it would wait for the one
// connection, for ever.
func (s *statements) prepareWanted(ctx context.Context) {
	for _, text := range s.wanted {
		if s.ready[text] != nil {
			continue // wanted twice
		}
		if stmt, err := s.d.write.PrepareContext(ctx, text); err == nil {
			s.ready[text] = stmt
		}
	}
	s.wanted = s.wanted[:0]
}

func (s *statements) close() {
	for _, stmt := range s.ready {
		stmt.Close()
	}
}

type preparedTx struct {
	*sql.Tx
	s *statements
}

func (t preparedTx) find(ctx context.Context, text string) *sql.Stmt {
	if stmt := t.s.ready[text]; stmt != nil {
		return t.StmtContext(ctx, stmt)
	}
	t.s.wanted = append(t.s.wanted, text)
	return nil
}

func (t preparedTx) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	if stmt := t.find(ctx, text); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, text, args...)
}

func (t preparedTx) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if stmt := t.find(ctx, text); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, text, args...)
}
