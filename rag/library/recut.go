package library

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/lexical"
	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/rag/split"
	"github.com/atelier-studio/atelier/rag/vector"
)

// Bounds of what is cut anew in memory.
const (
	RecutDocuments = 200
	RecutBytes     = 16 << 20 // of files
	recutChunks    = 50_000
	recutWindows   = 4_000 // that are embedded; with more the words must do
	recutKept      = 3     // cuts at a time
)

// Recutter cuts the documents of a collection in another way, in memory, so that two ways can be compared before one of
// them is chosen. It keeps the last few cuts.
type Recutter struct {
	Library *Library
	// File returns the name and the bytes of a document.
	File func(ctx context.Context, workspace, collection, document string) (name string, data []byte, err error)
	Read func(ctx context.Context, name string, data []byte) (*read.Document, error)

	mu   sync.Mutex // held while documents are cut: one collection at a time
	kept []*recut   // the last used at the end
}

type recut struct {
	key       string
	retriever *rag.Retriever
	words     Lack
}

// Lack is why chunks that were cut in memory are searched by their words only; empty: they are not.
type Lack string

// The reasons.
const (
	LackProvider Lack = "provider" // embedding with the collection's provider would cost money
	LackTime     Lack = "time"     // there are too many to embed while somebody waits
)

// Open returns a collection as if it were cut in another way, and what it lacks to be as it would be then. fs.ErrInvalid: it is
// too large to be cut in memory.
func (r *Recutter) Open(ctx context.Context, workspace, id string, cut split.Options) (*Opened, Lack, error) {
	o, err := r.Library.Open(ctx, workspace, id)
	if err != nil {
		return nil, "", err
	}
	editions, err := r.Library.Shelves.Editions(ctx, workspace, o.Collection.ID)
	if err != nil {
		return nil, "", err
	}
	if len(editions) > RecutDocuments || o.Collection.Bytes > RecutBytes {
		return nil, "", tooLarge()
	}
	key := fmt.Sprint(workspace, o.Collection.ID, o.Collection.Language, o.Collection.Embedder, cut)
	for _, e := range editions {
		key += fmt.Sprint(" ", e.Document, e.Version)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.known(key)
	if k == nil {
		if k, err = r.cut(ctx, o, editions, cut); err != nil {
			return nil, "", err
		}
		k.key = key
		if r.kept = append(r.kept, k); len(r.kept) > recutKept {
			r.kept = slices.Delete(r.kept, 0, 1)
		}
	}
	retriever := *k.retriever
	retriever.Calibration, retriever.Rerank = o.Retriever.Calibration, o.Retriever.Rerank
	return &Opened{Collection: o.Collection, Retriever: &retriever}, k.words, nil
}

func tooLarge() error {
	return fmt.Errorf("other chunks can be compared in collections of up to %d documents and %d MB; this one is larger: change its settings and evaluate before and after: %w", RecutDocuments, RecutBytes>>20, fs.ErrInvalid)
}

func (r *Recutter) known(key string) *recut {
	i := slices.IndexFunc(r.kept, func(k *recut) bool { return k.key == key })
	if i < 0 {
		return nil
	}
	k := r.kept[i]
	r.kept = append(slices.Delete(r.kept, i, i+1), k)
	return k
}

func (r *Recutter) cut(ctx context.Context, o *Opened, editions []Edition, cut split.Options) (*recut, error) {
	c := o.Collection
	words := lexical.NewIndex(lexical.NewAnalyzer(c.Language), lexical.DefaultRanking)
	var chunks numbered
	var docs []lexical.Doc
	var ids []uint32
	var texts []string
	size := 0
	for _, e := range editions {
		name, data, err := r.File(ctx, c.Workspace, c.ID, e.Document)
		if err != nil {
			return nil, err
		}
		if size += len(data); size > RecutBytes {
			return nil, tooLarge()
		}
		doc, err := r.Read(ctx, name, data)
		if err != nil {
			return nil, fmt.Errorf("read %q again: %w", name, err)
		}
		for _, k := range split.Chunks(doc, cut) {
			n := uint32(len(chunks))
			if n >= recutChunks {
				return nil, tooLarge()
			}
			chunks = append(chunks, rag.Chunk{ID: n, Document: e.Document, Title: doc.Title, Headings: k.Headings, Text: k.Text, Start: k.Start, End: k.End, Page: k.Page})
			docs = append(docs, lexical.Doc{ID: n, Title: doc.Title, Heading: strings.Join(k.Headings, "\n"), Body: k.Text})
			for w, text := range windowsOf(&k) {
				ids, texts = append(ids, vectorID(n, w)), append(texts, text)
			}
		}
	}
	words.Update(docs, nil)
	out := &recut{retriever: &rag.Retriever{Words: words, Source: chunks}}
	var err error
	out.words, err = r.embed(ctx, o, out.retriever, ids, texts)
	return out, err
}

// embed gives the chunks vectors where that costs neither money nor long waiting, or says that it did not.
func (r *Recutter) embed(ctx context.Context, o *Opened, into *rag.Retriever, ids []uint32, texts []string) (why Lack, err error) {
	switch {
	case o.Collection.Embedder != "":
		return LackProvider, nil
	case len(texts) > recutWindows:
		return LackTime, nil
	}
	embedder, err := r.Library.Embedders(ctx, o.Collection.Workspace, "")
	if err != nil {
		return "", err
	}
	var index *vector.Auto
	for begin := 0; begin < len(texts); begin += batch {
		end := min(begin+batch, len(texts))
		vectors, err := embedder.Embed(ctx, texts[begin:end])
		if err != nil {
			return "", err
		}
		kept, vectors := withDirection(ids[begin:end], vectors)
		if len(vectors) == 0 {
			continue
		}
		if index == nil {
			if index, err = vector.New(embedder.Name(), len(vectors[0]), vector.Sizes{}); err != nil {
				return "", err
			}
		}
		if err := index.Add(kept, vectors); err != nil {
			return "", err
		}
	}
	if index != nil {
		into.Spaces = []rag.Space{{Embedder: embedder, Index: nearChunks{index}}}
	}
	return "", nil
}

// numbered are chunks in memory; a number is a place.
type numbered []rag.Chunk

func (n numbered) Chunks(_ context.Context, ids []uint32) ([]rag.Chunk, error) {
	list := make([]rag.Chunk, 0, len(ids))
	for _, id := range ids {
		if int(id) < len(n) {
			list = append(list, n[id])
		}
	}
	return list, nil
}
