package llm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
)

// ReplyCache keeps replies by a key. Its methods may be called at the same time.
type ReplyCache interface {
	// Get returns what is kept; fs.ErrNotExist.
	Get(ctx context.Context, key string) (*Reply, error)
	// Put keeps a reply, in place of an older one.
	Put(ctx context.Context, key string, r *Reply) error
}

// CacheOptions say what is kept, and for whom.
type CacheOptions struct {
	// Scope parts the replies of those who may not see one another's: the workspace, and the credential or endpoint where
	// names of models do not say it.
	Scope string
	// Keep says which replies are kept, unless the context of a call says it.
	Keep Keep
	// Asked, when not nil, is told of each request that may be kept whether its reply was there, for metrics.
	Asked func(found bool)
	// Failed, when not nil, is told of a cache that fails. The model is asked then as if nothing was kept.
	Failed func(error)
}

// Cache answers a request that was answered before from what was kept: the same words of the same model to the same
// question. Errors, replies of a fallback and replies that a filter stopped are not kept.
func Cache(m Model, c ReplyCache, o CacheOptions) Model { return &cached{m, c, o} }

type cached struct {
	Model
	c ReplyCache
	o CacheOptions
}

// cold is the temperature up to which a model says the same each time, as far as people would notice.
const cold = 0.1

// CacheKey is the key of a request: a hash of the scope, the model's name and everything in the request.
func CacheKey(scope, model string, r *Request) string {
	data, err := json.Marshal(struct {
		Form  int
		Scope string
		Model string
		*Request
	}{1, scope, model, r})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// kept returns the key of a request, "" when it is none to be kept, and what is kept of it.
func (m *cached) kept(ctx context.Context, r *Request) (string, *Reply) {
	switch keep := keepOf(ctx, m.o.Keep); {
	case keep == KeepNever, keep != KeepAll && (r.Temperature == nil || *r.Temperature > cold):
		return "", nil
	}
	key := CacheKey(m.o.Scope, m.Name(), r)
	if key == "" {
		return "", nil
	}
	reply, err := m.c.Get(ctx, key)
	if err != nil || reply == nil {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			m.failed(err)
		}
		m.asked(false)
		return key, nil
	}
	m.asked(true)
	copied := *reply
	copied.FromCache = true
	return key, &copied
}

func (m *cached) asked(found bool) {
	if m.o.Asked != nil {
		m.o.Asked(found)
	}
}

func (m *cached) failed(err error) {
	if m.o.Failed != nil {
		m.o.Failed(err)
	}
}

func (m *cached) keep(ctx context.Context, key string, r *Reply, err error) {
	if err != nil || key == "" || r.FromCache || len(r.Failed) > 0 || r.End == Declined || r.End == Broken {
		return
	}
	if err := m.c.Put(ctx, key, r); err != nil {
		m.failed(err)
	}
}

func (m *cached) Generate(ctx context.Context, r Request) (*Reply, error) {
	key, found := m.kept(ctx, &r)
	if found != nil {
		return found, nil
	}
	reply, err := m.Model.Generate(ctx, r)
	m.keep(ctx, key, reply, err)
	return reply, err
}

func (m *cached) Stream(ctx context.Context, r Request, each func(Delta) error) (*Reply, error) {
	key, found := m.kept(ctx, &r)
	if found != nil {
		return found, deliver(found, each)
	}
	reply, err := m.Model.Stream(ctx, r, each)
	m.keep(ctx, key, reply, err)
	return reply, err
}
