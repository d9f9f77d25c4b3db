package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/vector"
	"github.com/atelier-studio/atelier/store"
)

const perDocument = 100 // chunks

// known is an embedder of questions whose vectors were made before, so that only the search is measured.
type known struct{ vectors [][]float32 }

func (known) Name() string { return "bench" }

func (k known) Embed(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = k.vectors[len(text)%len(k.vectors)]
	}
	return out, nil
}

// open measures the first question to a large collection after a start, and the ones after it, with words and vectors.
func open(ctx context.Context, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "documents")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	scope := auth.System("bench")
	r := rand.New(rand.NewPCG(7, 8))
	made, err := maker(r)
	if err != nil {
		return err
	}
	e := known{around(r, 1000)}
	fmt.Fprintf(os.Stderr, "%s making %d chunks\n", time.Now().Format(time.TimeOnly), *chunks)
	id, err := shelve(ctx, dir, log, scope, made, e.vectors, r)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{Dir: dir, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	l := &library.Library{Shelves: s.Library(), Embedders: func(context.Context, string, string) (rag.Embedder, error) { return e, nil }}
	before, cpu, began := heap(), used(), time.Now()
	o, err := l.Open(ctx, "bench", id)
	if err != nil {
		return err
	}
	first, cpu := time.Since(began), used()-cpu
	size := heap() - before
	var times []time.Duration
	busy := used()
	for range asked {
		question := made(8)
		began := time.Now()
		if o, err = l.Open(ctx, "bench", id); err != nil {
			return err
		}
		if _, err := o.Search(ctx, question, o.Settings, nil); err != nil {
			return err
		}
		times = append(times, time.Since(began))
	}
	busy = (used() - busy) / asked
	slices.Sort(times)
	_, err = fmt.Fprintf(w, `
## A collection of %d chunks after a start

%d chunks a document, some 800 characters and one vector of %d numbers each. A search has all stages: words, vectors, fusion, features, calibration.

| opened in | processor | memory | search p50 | p99 | processor a search |
|---|---|---|---|---|---|
| %s | %s | %d MiB | %s | %s | %s |
`, o.Words.Len(), perDocument, dims, first.Round(10*time.Millisecond), cpu.Round(10*time.Millisecond), size, at(times, 0.5), at(times, 0.99), busy.Round(10*time.Microsecond))
	return err
}

// maker makes texts of the words of the repository's texts, as often as they stand there.
func maker(r *rand.Rand) (func(words int) string, error) {
	files, err := mixed(60)
	if err != nil {
		return nil, err
	}
	var words []string
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".md") {
			words = append(words, strings.Fields(string(f.Data))...)
		}
	}
	return func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = words[r.IntN(len(words))]
		}
		return strings.Join(list, " ")
	}, nil
}

// shelve fills a store with documents as they are after they were taken in.
func shelve(ctx context.Context, dir string, log *slog.Logger, scope auth.Scope, made func(int) string, vectors [][]float32, r *rand.Rand) (id string, err error) {
	s, err := store.Open(ctx, store.Options{Dir: dir, Log: log})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c, err := s.PutCollection(ctx, scope, library.Collection{Name: "large"})
	if err != nil {
		return "", err
	}
	q := s.Library()
	for n := range (*chunks + perDocument - 1) / perDocument {
		if _, _, err := s.AddDocument(ctx, scope, c.ID, store.NewDocument{Name: fmt.Sprintf("%06d.md", n), Data: []byte("text")}); err != nil {
			return "", err
		}
		t, err := q.Claim(ctx, "bench", 0)
		if err != nil {
			return "", err
		}
		first, err := q.Reserve(ctx, t, perDocument)
		if err != nil {
			return "", err
		}
		content := &library.Content{Title: fmt.Sprintf("Document %d", n), Space: "bench", Text: "text"}
		flat := vector.NewFlat("bench", dims)
		ids, list := make([]uint32, perDocument), make([][]float32, perDocument)
		for i := range perDocument {
			text := made(130)
			content.Chunks = append(content.Chunks, library.Chunk{Number: first + uint32(i), End: len(text), Text: text, Headings: []string{"Part"}})
			v := slices.Clone(vectors[r.IntN(len(vectors))])
			for range 40 {
				v[r.IntN(dims)] += float32(r.NormFloat64()) / 20
			}
			ids[i], list[i] = (first+uint32(i))*4, v
		}
		if err := flat.Add(ids, list); err != nil {
			return "", err
		}
		for _, part := range flat.Segments() {
			data, err := part.MarshalBinary()
			if err != nil {
				return "", err
			}
			content.Segments = append(content.Segments, data)
		}
		if content.Words, err = library.IndexWords(c.Language, content); err != nil {
			return "", err
		}
		if err := q.Publish(ctx, t, content); err != nil {
			return "", err
		}
	}
	return c.ID, nil
}
