package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/lexical"
	"github.com/atelier-studio/atelier/rag/vector"
)

// Library searches collections. It holds those in memory that were asked, as they were when Forget was last called for
// them.
type Library struct {
	Shelves   Shelves
	Embedders Embedders
	// Watch, when not nil, is told of every stage of searches and answers (see rag.Retriever).
	Watch func(stage, result string, took time.Duration)

	mu   sync.Mutex
	open map[[2]string]*shelf
}

// shelf is a collection in memory.
type shelf struct {
	mu       sync.Mutex // held while it is brought up to date
	seen     int64      // when the collection had changed last, as it was read last; 0: never
	stale    bool       // it is to be read again, whatever the time says
	words    *lexical.Index
	vectors  *vector.Auto // nil: none
	space    string       // of the vectors: those of another embedder are not mixed in
	editions map[string]*edition
	held     *holders              // nil: to be made of the editions
	chosen   map[string]*Selection // by tags; nil: to be made of the editions
	read     *readChunks           // that were read since it was brought up to date
}

// maxChosen is how many selections by tags a shelf remembers.
const maxChosen = 64

// edition is what a shelf holds of a document.
type edition struct {
	Edition
	chunks []uint32
}

// Forget says that a collection is to be read again, as the next question does by itself when the time of its last
// change is another.
func (l *Library) Forget(workspace, collection string) {
	l.mu.Lock()
	s := l.open[[2]string{workspace, collection}]
	l.mu.Unlock()
	if s != nil {
		s.mu.Lock()
		s.stale = true
		s.mu.Unlock()
	}
}

// Close takes a collection out of memory, as when it is removed.
func (l *Library) Close(workspace, collection string) {
	l.mu.Lock()
	delete(l.open, [2]string{workspace, collection})
	l.mu.Unlock()
}

// Open returns what finds the chunks of a collection, and the collection.
func (l *Library) Open(ctx context.Context, workspace, id string) (*Opened, error) {
	c, err := l.Shelves.Collection(ctx, workspace, id)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			l.Close(workspace, id)
		}
		return nil, err
	}
	embedder, err := l.Embedders(ctx, workspace, c.Embedder)
	if err != nil {
		embedder = nil // the words are searched; the page of the collection says what is wrong with the credential
	}
	space := ""
	if embedder != nil {
		space = embedder.Name()
	}
	key := [2]string{workspace, c.ID}
	l.mu.Lock()
	if l.open == nil {
		l.open = map[[2]string]*shelf{}
	}
	s := l.open[key]
	if s == nil || s.words.Analyzer().Language() != c.Language || s.space != space {
		s = &shelf{stale: true, words: lexical.NewIndex(lexical.NewAnalyzer(c.Language), lexical.DefaultRanking), space: space, editions: map[string]*edition{}}
		l.open[key] = s
	}
	l.mu.Unlock()
	if err := s.refresh(ctx, l.Shelves, c); err != nil {
		return nil, fmt.Errorf("open the collection %q: %w", c.Name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &rag.Retriever{Words: s.words, Source: source{l.Shelves, workspace, c.ID, s.read}, Calibration: rag.DefaultCalibration, Watch: l.Watch}
	if c.Calibration.Current() {
		r.Calibration = *c.Calibration
	}
	if s.vectors != nil && embedder != nil {
		r.Spaces = []rag.Space{{Embedder: embedder, Index: nearChunks{s.vectors}}}
	}
	return &Opened{Collection: c, Retriever: r, shelf: s}, nil
}

// Opened is a collection that can be asked.
type Opened struct {
	*Collection
	*rag.Retriever
	shelf *shelf
}

// Select returns the chunks of documents that have all of the tags; nil, which is all, when there are no tags.
func (o *Opened) Select(tags []string) rag.Filter {
	if len(tags) == 0 {
		return nil
	}
	o.shelf.mu.Lock()
	defer o.shelf.mu.Unlock()
	key := strings.Join(slices.Compact(slices.Sorted(slices.Values(tags))), "\x00")
	if s := o.shelf.chosen[key]; s != nil {
		return s
	}
	s := newSelection()
	for _, e := range o.shelf.editions {
		if !slices.ContainsFunc(tags, func(tag string) bool { return !slices.Contains(e.Tags, tag) }) {
			for _, n := range e.chunks {
				s.add(n)
			}
		}
	}
	if o.shelf.chosen == nil || len(o.shelf.chosen) >= maxChosen {
		o.shelf.chosen = map[string]*Selection{}
	}
	o.shelf.chosen[key] = s
	return s
}

// refresh brings a shelf up to date: what is new or has changed is read, what is gone is dropped.
func (s *shelf) refresh(ctx context.Context, from Shelves, c *Collection) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stale && s.seen == c.Updated {
		return nil
	}
	s.held, s.chosen, s.read = nil, nil, &readChunks{} // questions that run keep the ones that they began with
	now, err := from.Editions(ctx, c.Workspace, c.ID)
	if err != nil {
		return err
	}
	var gone []uint32
	there := map[string]bool{}
	for _, e := range now {
		there[e.Document] = true
	}
	for id, old := range s.editions {
		if !there[id] {
			gone = append(gone, old.chunks...)
			delete(s.editions, id)
		}
	}
	var parts []*lexical.Part
	held := 0
	for _, e := range now {
		old := s.editions[e.Document]
		if old != nil && old.Version == e.Version {
			s.editions[e.Document] = &edition{Edition: e, chunks: old.chunks} // readers may hold the old one
			continue
		}
		part, err := s.take(ctx, from, c, e)
		if err != nil {
			return err
		}
		if part == nil { // removed since
			continue
		}
		if old != nil {
			gone = append(gone, old.chunks...)
		}
		if parts, held = append(parts, part), held+len(part.Numbers()); held > 50_000 { // in steps, so that opening a large collection takes little more memory than holding it
			s.change(parts, gone)
			parts, gone, held = nil, nil, 0
		}
	}
	s.change(parts, gone)
	s.stale, s.seen = false, c.Updated
	return nil
}

// change takes chunks out and puts others in.
func (s *shelf) change(parts []*lexical.Part, gone []uint32) {
	s.words.Add(parts, gone)
	if s.vectors == nil || len(gone) == 0 {
		return
	}
	ids := make([]uint32, 0, len(gone)*windowsPerChunk)
	for _, n := range gone {
		for w := range windowsPerChunk {
			ids = append(ids, vectorID(n, w))
		}
	}
	s.vectors.Remove(ids...)
}

// take puts a document's vectors into the index and returns its words; nil when it was removed meanwhile.
func (s *shelf) take(ctx context.Context, from Shelves, c *Collection, e Edition) (*lexical.Part, error) {
	kept, err := from.Indexes(ctx, c.Workspace, c.ID, e.Document)
	if err != nil || kept == nil {
		return nil, err
	}
	part, err := kept.Words.read(c.Language)
	if err != nil { // of another language, of an older studio or damaged: made again of the texts
		content, err := from.Content(ctx, c.Workspace, c.ID, e.Document)
		if err != nil || content == nil {
			return nil, err
		}
		part = lexical.Build(s.words.Analyzer(), wordsOf(content))
	}
	for _, data := range kept.Segments {
		if kept.Space != s.space {
			break // of another embedder: it is searched by its words until it was taken in again
		}
		segment, err := vector.ParseSegment(data)
		if err != nil {
			return nil, fmt.Errorf("the vectors of %q: %w", e.Title, err)
		}
		if s.vectors == nil {
			if s.vectors, err = vector.New(segment.Space(), segment.Dims(), vector.Sizes{}); err != nil {
				return nil, err
			}
		}
		if err := s.vectors.Restore(segment); err != nil {
			return nil, errors.Join(fmt.Errorf("the vectors of %q do not fit", e.Title), err)
		}
	}
	s.editions[e.Document] = &edition{Edition: e, chunks: part.Numbers()}
	return part, nil
}
