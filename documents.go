package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/embed"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/web"
)

// documents are the parts that take documents in, search them and answer from them.
type documents struct {
	library   *library.Library
	ingester  *library.Ingester
	evaluator *evaluate.Worker
	models    *models
}

func newDocuments(s *store.Store, p *parts, bus live.Bus, owner string, log *slog.Logger) (*documents, error) {
	d := &documents{models: p.models}
	shelves := s.Library()
	d.library = &library.Library{Shelves: shelves, Embedders: d.models.embedder}
	d.ingester = &library.Ingester{
		Queue: shelves, Embedders: d.models.embedder, Read: p.readers.Read, Owner: owner, Now: time.Now, Log: log,
		Changed: func(workspace, collection, document string) {
			web.TellCollection(context.Background(), bus, workspace, collection, document)
		},
	}
	d.evaluator = &evaluate.Worker{
		Queue: s.Trials(), Open: d.library.Open, Model: d.models.model, Owner: owner, Now: time.Now, Log: log,
		Changed: func(workspace, collection string, v *evaluate.Evaluation) {
			web.TellEvaluation(context.Background(), bus, workspace, collection, v)
		},
	}
	if c, ok := p.collections.(*collections); ok {
		c.documents = d
	}
	return d, nil
}

// models opens the providers that credentials name. One that is open is used again while its credential is the same.
type models struct {
	credentials nodes.Credentials
	http        *http.Client
	lite        *embed.Lite
	breakers    *llm.Breakers

	mu   sync.Mutex
	open map[[2]string]*openProvider // workspace and name
}

type openProvider struct {
	values   string
	provider *llm.Provider
}

func newModels(c nodes.Credentials, client *http.Client) *models {
	return &models{credentials: c, http: client, lite: new(embed.Lite), breakers: llm.NewBreakers(llm.BreakerOptions{})}
}

// Provider is in nodes.Models.
func (m *models) Provider(ctx context.Context, workspace, name string) (*llm.Provider, error) {
	if name == "" {
		return &llm.Provider{Embedder: m.lite, EmbeddingPrice: new(llm.Price)}, nil
	}
	p, err := m.provider(ctx, workspace, name)
	if err != nil {
		return nil, err
	}
	ready := *p
	if ready.Model != nil {
		ready.Model = m.ready(workspace, p)
	}
	if ready.Embedder != nil {
		ready.Embedder = llm.Batch(m.breakers.Embedder(workspace+" "+p.Endpoint, p.Embedder), llm.BatchOptions{})
	}
	return &ready, nil
}

// ready is a provider's model that tries again, and spares an endpoint that is down.
func (m *models) ready(workspace string, p *llm.Provider) llm.Model {
	return llm.Retry(m.breakers.Model(workspace+" "+p.Endpoint, p.Model), llm.RetryOptions{})
}

// maxProviders is how many are kept open; of more all are opened anew.
const maxProviders = 1000

func (m *models) provider(ctx context.Context, workspace, name string) (*llm.Provider, error) {
	typ, values, err := m.credentials.Secret(ctx, workspace, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no credential %q: add it under Credentials, or choose another: %w", name, err)
	}
	if err != nil {
		return nil, err
	}
	if typ != nodes.ModelsCredential {
		return nil, fmt.Errorf("the credential %q is not one of language models: %w", name, fs.ErrInvalid)
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	key := [2]string{workspace, name}
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.open[key]; known != nil && known.values == string(text) {
		return known.provider, nil
	}
	config, secret := nodes.ModelsConfig(name, values)
	p, err := llm.Open(config, m.http, secret)
	if err != nil {
		return nil, err
	}
	if m.open == nil || len(m.open) >= maxProviders {
		m.open = map[[2]string]*openProvider{}
	}
	m.open[key] = &openProvider{string(text), p}
	return p, nil
}

// embedder is what makes the vectors of a collection.
func (m *models) embedder(ctx context.Context, workspace, name string) (rag.Embedder, error) {
	if name == "" {
		return m.lite, nil
	}
	p, err := m.provider(ctx, workspace, name)
	if err != nil {
		return nil, err
	}
	if p.Embedder == nil {
		return nil, fmt.Errorf("the credential %q names no embedding model: %w", name, fs.ErrInvalid)
	}
	return llm.Batch(m.breakers.Embedder(workspace+" "+p.Endpoint, p.Embedder), llm.BatchOptions{}), nil
}

// model is the first of the credentials' models, with the others behind it.
func (m *models) model(ctx context.Context, workspace string, names []string) (llm.Model, error) {
	var list []llm.Model
	for _, name := range names {
		p, err := m.provider(ctx, workspace, name)
		if err != nil {
			return nil, err
		}
		if p.Model == nil {
			return nil, fmt.Errorf("the credential %q names no model that answers: %w", name, fs.ErrInvalid)
		}
		list = append(list, m.ready(workspace, p))
	}
	return llm.Fallback(list[0], list[1:]...), nil
}
