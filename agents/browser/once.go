package browser

import (
	"context"
	"sync"
)

// notes are what probes have made out of a visit.
type notes struct {
	mu   sync.Mutex
	list map[string]*note
}

type note struct {
	done  chan struct{}
	value any
	err   error
	again bool // who made it had no time left
}

// Once makes something out of a visit once, however many probes ask for it at the same time: a scan, a walk with the
// keyboard. What a probe could not make because its own time was over is made by the next.
func Once[T any](ctx context.Context, v *Visit, name string, make func(context.Context) (T, error)) (T, error) {
	var none T
	for {
		n, mine := v.notes.take(name)
		if mine {
			return fill(ctx, v, name, n, make)
		}
		select {
		case <-n.done:
		case <-ctx.Done():
			return none, ctx.Err()
		}
		if n.again {
			continue
		}
		value, ok := n.value.(T)
		if !ok {
			return none, n.err
		}
		return value, n.err
	}
}

func fill[T any](ctx context.Context, v *Visit, name string, n *note, make func(context.Context) (T, error)) (value T, err error) {
	n.again = true // also when make breaks
	defer func() {
		if n.again {
			v.notes.drop(name, n)
		}
		close(n.done)
	}()
	value, err = make(ctx)
	n.value, n.err, n.again = value, err, ctx.Err() != nil
	return value, err
}

func (l *notes) take(name string) (n *note, mine bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := l.list[name]; n != nil {
		return n, false
	}
	if l.list == nil {
		l.list = map[string]*note{}
	}
	n = &note{done: make(chan struct{})}
	l.list[name] = n
	return n, true
}

func (l *notes) drop(name string, n *note) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list[name] == n {
		delete(l.list, name)
	}
}
