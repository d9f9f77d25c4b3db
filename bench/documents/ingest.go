package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/embed"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/read/cage"
	"github.com/atelier-studio/atelier/store"
)

// pageOf is how many bytes of text are a page, where a document does not have pages of its own.
const pageOf = 3000

// ingest takes documents in as the studio does: files in the store, readers in processes of their own, two workers.
func ingest(ctx context.Context, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "documents")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	files, err := mixed(*documents)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := store.Open(ctx, store.Options{Dir: dir, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	scope := auth.System("bench")
	lite := new(embed.Lite)
	embedders := func(context.Context, string, string) (rag.Embedder, error) {
		if *embedder {
			return lite, nil
		}
		return nil, nil //nolint:nilnil // no vectors
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	readers := cage.New(cage.Options{Command: []string{self, "read-file"}})
	defer readers.Close()
	c, err := s.PutCollection(ctx, scope, library.Collection{Name: "mixed"})
	if err != nil {
		return err
	}
	bytes := 0
	began, cpu := time.Now(), used()
	for part := range slices.Chunk(files, 100) {
		for _, f := range part {
			bytes += len(f.Data)
		}
		kept, err := s.AddDocuments(ctx, scope, c.ID, part)
		if err != nil {
			return err
		}
		for i := range kept {
			if kept[i].Err != nil {
				return fmt.Errorf("%s: %w", part[i].Name, kept[i].Err)
			}
		}
	}
	queued := time.Since(began)
	g := &library.Ingester{Queue: s.Library(), Embedders: embedders, Read: readers.Read, Owner: "bench", Now: time.Now, Log: log}
	var all sync.WaitGroup
	failed := make([]error, 2)
	for i := range failed {
		all.Go(func() {
			for more := true; more && failed[i] == nil; {
				more, failed[i] = g.Next(ctx)
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	if err := errors.Join(failed...); err != nil {
		return err
	}
	readers.Close() // ended children are counted
	cpu = used() - cpu
	return ingested(ctx, w, s, scope, c.ID, outcome{bytes, queued, took, cpu, dir})
}

type outcome struct {
	bytes             int
	queued, took, cpu time.Duration
	dir               string
}

func ingested(ctx context.Context, w io.Writer, s *store.Store, scope auth.Scope, id string, o outcome) error {
	c, err := s.Collection(ctx, scope, id)
	if err != nil {
		return err
	}
	pages, text := 0, 0
	for cursor := ""; ; {
		list, next, err := s.Documents(ctx, scope, id, store.DocumentFilter{Cursor: cursor, Limit: 200})
		if err != nil {
			return err
		}
		for _, d := range list {
			if d.Status != library.Ready {
				return fmt.Errorf("%s is %s: %s", d.Name, d.Status, d.Error)
			}
			content, err := s.DocumentText(ctx, scope, id, d.ID)
			if err != nil {
				return err
			}
			text += len(content.Text)
			pages += max(d.Pages, (len(content.Text)+pageOf-1)/pageOf)
		}
		if cursor = next; next == "" {
			break
		}
	}
	kept := int64(0)
	if found, err := filepath.Glob(filepath.Join(o.dir, "library.db*")); err == nil {
		for _, name := range found {
			if info, err := os.Stat(name); err == nil {
				kept += info.Size()
			}
		}
	}
	_, err = fmt.Fprintf(w, `
## Taking in %d mixed documents

A fourth PDF, a fifth Word, a fifth HTML, and Markdown, code, Excel and CSV; %.1f MB of files, %.1f MB of text, %d pages, %d chunks; embedded here: %v.
A page is one of the document, or %d characters where it has none.

| pages a second | chunks a second | wall | to queue them all | processor | memory | largest reader | kept |
|---|---|---|---|---|---|---|---|
| %.1f | %.1f | %s | %s | %s | %d MiB | %d MiB | %d MiB |
`, c.Ready, float64(o.bytes)/1e6, float64(text)/1e6, pages, c.Chunks, *embedder, pageOf,
		float64(pages)/o.took.Seconds(), float64(c.Chunks)/o.took.Seconds(), o.took.Round(100*time.Millisecond), o.queued.Round(time.Millisecond),
		o.cpu.Round(100*time.Millisecond), most("self"), largestChild(), kept>>20)
	return err
}
