package store

import (
	"sync"
	"sync/atomic"
)

// memo remembers what was read for as long as nothing was written. On SQLite this process is the only one that writes,
// so what it remembers is what the database would say; on Postgres others write too and nothing is remembered.
type memo struct {
	writes atomic.Uint64
	mu     sync.RWMutex
	seen   uint64 // writes when byKey was begun
	byKey  map[any]any
}

// memoEntries bounds the memory; beyond it everything is forgotten.
const memoEntries = 4096

func (m *memo) wrote() { m.writes.Add(1) }

// remember returns what read gave for this key since the last write, or asks it. Values are shared: nobody changes them.
func remember[K comparable, T any](d *db, key K, read func() (T, error)) (T, error) {
	if d.postgres {
		return read()
	}
	m := &d.memo
	now := m.writes.Load()
	m.mu.RLock()
	v, ok := m.byKey[key]
	current := m.seen == now
	m.mu.RUnlock()
	if ok && current {
		return v.(T), nil //nolint:forcetypeassert // a key's type decides the value's
	}
	value, err := read()
	if err != nil {
		return value, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.writes.Load() != now { // it may have read what a write has since changed
		return value, nil
	}
	if m.seen != now || len(m.byKey) >= memoEntries || m.byKey == nil {
		m.seen, m.byKey = now, map[any]any{}
	}
	m.byKey[key] = value
	return value, nil
}
