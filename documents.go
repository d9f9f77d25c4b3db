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

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/embed"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/web"
)

// documents are the parts that take documents in, search them and answer from them.
type documents struct {
	library   *library.Library
	ingester  *library.Ingester
	evaluator *evaluate.Worker
	crawler   *site.Crawler
	fetcher   *site.Fetcher
	recutter  *library.Recutter
	models    *models
}

func newDocuments(s *store.Store, p *parts, bus live.Bus, owner string, log *slog.Logger) (*documents, error) {
	d := &documents{models: p.models}
	shelves := s.Library()
	d.library = &library.Library{Shelves: shelves, Embedders: d.models.embedder, Watch: p.models.counts.retrieval}
	d.ingester = &library.Ingester{
		Queue: shelves, Embedders: d.models.embedder, Read: p.readers.Read, Owner: owner, Now: time.Now, Log: log,
		Watch: p.models.counts.ingestion, Using: ingesting,
		Changed: func(workspace, collection, document string) {
			web.TellCollection(context.Background(), bus, workspace, collection, document)
		},
	}
	d.recutter = &library.Recutter{
		Library: d.library, Read: p.readers.Read,
		File: func(ctx context.Context, workspace, collection, id string) (string, []byte, error) {
			scope := auth.System(workspace)
			doc, err := s.Document(ctx, scope, collection, id)
			if err != nil {
				return "", nil, err
			}
			data, err := s.DocumentFile(ctx, scope, collection, id)
			return doc.Name, data, err
		},
	}
	d.evaluator = &evaluate.Worker{
		Queue: s.Trials(), Open: d.library.Open, Model: d.models.model, Owner: owner, Now: time.Now, Log: log,
		Changed: func(workspace, collection string, v *evaluate.Evaluation) {
			web.TellEvaluation(context.Background(), bus, workspace, collection, v)
		},
	}
	d.fetcher = &site.Fetcher{Client: p.http, Now: time.Now}
	d.crawler = &site.Crawler{
		Desk: shelves, Fetcher: d.fetcher, Owner: owner, Now: time.Now, Log: log,
		Changed: func(workspace, collection string, fresh bool) {
			if !fresh {
				web.TellWatchers(context.Background(), bus, workspace, collection)
				return
			}
			d.ingester.Wake()
			d.library.Forget(workspace, collection)
			web.TellCollection(context.Background(), bus, workspace, collection, "")
		},
	}
	if c, ok := p.collections.(*collections); ok {
		c.documents = d
	}
	return d, nil
}

// ingesting says in the accounts which collection's documents are taken in.
func ingesting(ctx context.Context, t *library.Task) context.Context {
	return llm.Using(ctx, &llm.Use{Kind: llm.UseIngest, ID: t.Collection.ID, Name: t.Collection.Name})
}

// models opens the providers that credentials name. One that is open is used again while its credential is the same.
type models struct {
	credentials nodes.Credentials
	http        *http.Client
	lite        *embed.Lite
	breakers    *llm.Breakers
	accounts    accounts
	counts      *counts
	log         *slog.Logger

	mu   sync.Mutex
	open map[[2]string]*openProvider // workspace and name
}

type openProvider struct {
	values   string
	config   llm.Config
	keep     llm.Keep
	provider *llm.Provider
}

func newModels(c nodes.Credentials, client *http.Client, a accounts, log *slog.Logger) *models {
	m := &models{credentials: c, http: client, lite: new(embed.Lite), accounts: a, counts: new(counts), log: log}
	m.breakers = llm.NewBreakers(llm.BreakerOptions{Changed: func(_ string, open bool) { m.counts.breaker(open) }})
	return m
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
	return m.metered(ctx, workspace, name, p)
}

// maxProviders is how many are kept open; of more all are opened anew.
const maxProviders = 1000

func (m *models) provider(ctx context.Context, workspace, name string) (*openProvider, error) {
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
		return known, nil
	}
	config, secret := nodes.ModelsConfig(name, values)
	p, err := llm.Open(config, m.http, secret)
	if err != nil {
		return nil, err
	}
	if m.open == nil || len(m.open) >= maxProviders {
		m.open = map[[2]string]*openProvider{}
	}
	opened := &openProvider{string(text), config, nodes.ModelsKeep(values), p}
	m.open[key] = opened
	return opened, nil
}

// embedder is what makes the vectors of a collection.
func (m *models) embedder(ctx context.Context, workspace, name string) (rag.Embedder, error) {
	if name == "" {
		return m.lite, nil
	}
	p, err := m.Provider(ctx, workspace, name)
	if err != nil {
		return nil, err
	}
	if p.Embedder == nil {
		return nil, fmt.Errorf("the credential %q names no embedding model: %w", name, fs.ErrInvalid)
	}
	return p.Embedder, nil
}

// model is the first of the credentials' models, with the others behind it.
func (m *models) model(ctx context.Context, workspace string, names []string) (llm.Model, error) {
	var list []llm.Model
	for _, name := range names {
		p, err := m.Provider(ctx, workspace, name)
		if err != nil {
			return nil, err
		}
		if p.Model == nil {
			return nil, fmt.Errorf("the credential %q names no model that answers: %w", name, fs.ErrInvalid)
		}
		list = append(list, p.Model)
	}
	return llm.Fallback(list[0], list[1:]...), nil
}
