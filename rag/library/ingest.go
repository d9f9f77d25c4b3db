package library

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/rag/split"
	"github.com/atelier-studio/atelier/rag/vector"
)

// batch is how many texts go to an embedder at once.
const batch = 100

// A worker gives a sign every few seconds, whatever its embedder or its reader does. Another takes its document when
// there was none for much longer.
const (
	signEvery = 5 * time.Second
	deadAfter = 30 * time.Second
)

// Ingester takes documents in. Several may work on one store, in several processes.
type Ingester struct {
	Queue     Queue
	Embedders Embedders
	// Read reads a file; read.File, or one that does so in a process of its own.
	Read  func(ctx context.Context, name string, data []byte) (*read.Document, error)
	Owner string // names the process
	Now   func() time.Time
	Log   *slog.Logger
	// Changed is called when a document is searched anew, or a stage begins or goes on.
	Changed func(workspace, collection, document string)
	// Watch, when not nil, is told how long each stage of a document took, and how it ended: ok, failed or stopped.
	Watch func(stage, result string, took time.Duration)
	// Using, when not nil, says in the context for whom models are asked.
	Using func(ctx context.Context, t *Task) context.Context
	// Workers is how many documents are worked on at once; 0: 2.
	Workers int

	wake    chan struct{}
	once    sync.Once
	numbers numbers
}

func (g *Ingester) bell() chan struct{} {
	g.once.Do(func() { g.wake = make(chan struct{}, 1) })
	return g.wake
}

// Wake says that there is something to do. It does not wait.
func (g *Ingester) Wake() {
	select {
	case g.bell() <- struct{}{}:
	default:
	}
}

// Run works until the context ends, and looks for work every few seconds, or at once after Wake.
func (g *Ingester) Run(ctx context.Context) {
	var workers sync.WaitGroup
	for range cmp.Or(g.Workers, 2) {
		workers.Go(func() { g.work(ctx) })
	}
	workers.Wait()
}

func (g *Ingester) work(ctx context.Context) {
	const every = 5 * time.Second
	for ctx.Err() == nil {
		more, err := g.Next(ctx)
		if err != nil && ctx.Err() == nil {
			g.Log.WarnContext(ctx, "a document could not be taken in now; it is tried again", "error", err)
		}
		if more && err == nil {
			g.Wake() // there may be work for the others too
			continue
		}
		select {
		case <-ctx.Done():
		case <-g.bell():
		case <-time.After(every):
		}
	}
}

// Next takes one document in and tells whether there was one. The error is of the store: what is wrong with a document is
// kept with it.
func (g *Ingester) Next(ctx context.Context) (bool, error) {
	t, err := g.Queue.Claim(ctx, g.Owner, g.Now().Add(-deadAfter).UnixMicro())
	if err != nil || t == nil {
		return false, err
	}
	g.changed(t)
	if g.Using != nil {
		ctx = g.Using(ctx, t)
	}
	working, stop := context.WithCancelCause(ctx)
	w := &work{Ingester: g, Task: t, told: g.Now(), watch: stopwatch{watch: g.Watch, now: g.Now}}
	w.watch.begin(Reading)
	var signs sync.WaitGroup
	signs.Go(func() { w.signs(working, stop) })
	c, err := w.make(working)
	lost := errors.Is(context.Cause(working), ErrTaken)
	stop(nil)
	signs.Wait()
	switch {
	case lost:
		w.watch.end("stopped")
		return true, nil
	case ctx.Err() != nil: // the studio ends: whoever comes next goes on at once
		return true, errors.Join(ctx.Err(), taken(g.Queue.Release(context.WithoutCancel(ctx), t)))
	case err == nil:
		if err = g.Queue.Publish(ctx, t, c); err == nil {
			w.watch.end("ok")
		}
	default:
		w.watch.end("failed")
		err = g.Queue.Fail(ctx, t, reason(err))
	}
	if errors.Is(err, ErrTaken) {
		return true, nil
	}
	if err == nil {
		g.changed(t)
	}
	return true, err
}

// taken is an error, but for one of a task that is not ours any more.
func taken(err error) error {
	if errors.Is(err, ErrTaken) {
		return nil
	}
	return err
}

func (g *Ingester) changed(t *Task) {
	if g.Changed != nil {
		g.Changed(t.Workspace, t.Document.Collection, t.ID)
	}
}

// reason is what people are told of an error.
func reason(err error) string {
	const most = 1000
	text := err.Error()
	if errors.Is(err, fs.ErrInvalid) {
		text = trimSuffix(text, ": "+fs.ErrInvalid.Error())
	}
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

func trimSuffix(s, suffix string) string {
	if len(s) > len(suffix) && s[len(s)-len(suffix):] == suffix {
		return s[:len(s)-len(suffix)]
	}
	return s
}

// make reads, cuts and embeds a document.
func (w *work) make(ctx context.Context) (*Content, error) {
	g, t := w.Ingester, w.Task
	data, err := g.bytes(ctx, t)
	if err != nil {
		return nil, err
	}
	doc, err := g.Read(ctx, cmp.Or(t.ReadAs, t.Name), data)
	if err != nil {
		return nil, err
	}
	if err := w.stage(ctx, Chunking, 0, 0); err != nil {
		return nil, err
	}
	chunks := split.Chunks(doc, t.Collection.Split)
	if len(chunks) == 0 {
		return nil, fmt.Errorf("there is no text in the document: %w", fs.ErrInvalid)
	}
	first, err := g.reserve(ctx, t, len(chunks))
	if err != nil {
		return nil, err
	}
	c := &Content{Title: shortened(doc.Title), Language: doc.Language, Pages: doc.Pages, Text: doc.Text, Chunks: make([]Chunk, len(chunks))}
	for i, k := range chunks {
		c.Chunks[i] = Chunk{Number: first + uint32(i), Start: k.Start, End: k.End, Page: k.Page, Headings: k.Headings, Text: k.Text}
	}
	if err := w.embed(ctx, c, chunks); err != nil {
		return nil, err
	}
	if err := w.stage(ctx, Indexing, 0, 0); err != nil {
		return nil, err
	}
	c.Words, err = IndexWords(t.Collection.Language, c)
	return c, err
}

// maxTitle is how many bytes of a title are kept: what a file says of itself may be anything.
const maxTitle = 1000

func shortened(title string) string {
	title = strings.Join(strings.Fields(strings.ToValidUTF8(title, "")), " ")
	if len(title) > maxTitle {
		title = strings.ToValidUTF8(title[:maxTitle], "") + "…"
	}
	return title
}

func (g *Ingester) bytes(ctx context.Context, t *Task) ([]byte, error) {
	f, err := g.Queue.File(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("open the document's file: %w", err)
	}
	defer func() { _ = f.Close() }()
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(f, read.MaxFile+1)); err != nil {
		return nil, fmt.Errorf("read the document's file: %w", err)
	}
	return b.Bytes(), nil
}

// embed gives every window of a document its vector. What has not changed since the version that is searched keeps the
// vector that it has.
func (w *work) embed(ctx context.Context, c *Content, chunks []split.Chunk) error {
	g, t := w.Ingester, w.Task
	embedder, err := g.Embedders(ctx, t.Workspace, t.Collection.Embedder)
	if err != nil {
		return err
	}
	if embedder == nil {
		return nil
	}
	known, err := g.known(ctx, t, embedder.Name())
	if err != nil {
		return err
	}
	var ids []uint32
	var texts []string
	for i := range chunks {
		for n, text := range windowsOf(&chunks[i]) {
			ids, texts = append(ids, vectorID(c.Chunks[i].Number, n)), append(texts, text)
		}
	}
	vectors := make([][]float32, len(texts))
	var missing []int
	for i, text := range texts {
		if vectors[i] = known[text]; vectors[i] == nil {
			missing = append(missing, i)
		}
	}
	done := len(texts) - len(missing)
	for len(missing) > 0 {
		if err := w.stage(ctx, Embedding, done, len(texts)); err != nil {
			return err
		}
		part := missing[:min(batch, len(missing))]
		missing = missing[len(part):]
		if err := embedPart(ctx, embedder, part, texts, vectors); err != nil {
			return err
		}
		done += len(part)
	}
	c.Space = embedder.Name()
	ids, vectors = withDirection(ids, vectors)
	if len(vectors) > 0 {
		c.Segments, err = segments(c.Space, len(vectors[0]), ids, vectors)
	}
	return err
}

func embedPart(ctx context.Context, e rag.Embedder, part []int, texts []string, vectors [][]float32) error {
	list := make([]string, len(part))
	for i, n := range part {
		list[i] = texts[n]
	}
	out, err := e.Embed(ctx, list)
	if err != nil {
		return fmt.Errorf("embed with %s: %w", e.Name(), err)
	}
	if len(out) != len(list) {
		return fmt.Errorf("%s gave %d vectors for %d texts: %w", e.Name(), len(out), len(list), fs.ErrInvalid)
	}
	for i, n := range part {
		vectors[n] = out[i]
	}
	return nil
}

// withDirection leaves out vectors that are all zeros: texts that say nothing to the embedder.
func withDirection(ids []uint32, vectors [][]float32) (keptIDs []uint32, kept [][]float32) {
	for i, v := range vectors {
		for _, x := range v {
			if x != 0 {
				keptIDs, kept = append(keptIDs, ids[i]), append(kept, v)
				break
			}
		}
	}
	return keptIDs, kept
}

// known are the vectors of the version that is searched, by the texts they were made of.
func (g *Ingester) known(ctx context.Context, t *Task, space string) (map[string][]float32, error) {
	before, err := g.Queue.Content(ctx, t.Workspace, t.Document.Collection, t.ID)
	if err != nil || before == nil || before.Space != space {
		return nil, err
	}
	byID := map[uint32][]float32{}
	for _, data := range before.Segments {
		s, err := vector.ParseSegment(data)
		if err != nil {
			return nil, nil //nolint:nilerr // what is damaged is made again
		}
		for id, v := range s.Vectors() {
			byID[id] = v
		}
	}
	known := map[string][]float32{}
	for i := range before.Chunks {
		k := split.Chunk{Text: before.Chunks[i].Text}
		k.Windows = split.Windows(k.Text, t.Collection.Split)
		for w, text := range windowsOf(&k) {
			if v := byID[vectorID(before.Chunks[i].Number, w)]; v != nil {
				known[text] = v
			}
		}
	}
	return known, nil
}
