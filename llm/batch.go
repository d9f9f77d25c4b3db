package llm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
)

// counting is an embedder that also says what it used.
type counting interface {
	counted(ctx context.Context, texts []string) ([][]float32, Usage, error)
}

// embed embeds and counts; an embedder that does not count is guessed for.
func embed(ctx context.Context, e Embedder, texts []string) ([][]float32, Usage, error) {
	if c, ok := e.(counting); ok {
		return c.counted(ctx, texts)
	}
	vectors, err := e.Embed(ctx, texts)
	if err != nil {
		return vectors, Usage{}, err
	}
	return vectors, guessed(texts), nil
}

// BatchOptions say how many texts go at once. A zero field has the default beside it.
type BatchOptions struct {
	// Size is the texts of a call: 100.
	Size int
	// Bytes bounds the text of a call: 512 KB. A longer text goes by itself.
	Bytes int
	// Parallel is the calls at the same time: 4.
	Parallel int
	Retry    RetryOptions
}

// maxUnfit is how many texts of one call of Embed may fail by themselves before it is given up.
const maxUnfit = 20

// TextError is why one of many texts has no vector.
type TextError struct {
	Index int
	Err   error
}

// TextErrors are the texts that have no vector, by their index. All the others have theirs.
type TextErrors []TextError

func (e TextErrors) Error() string {
	text := fmt.Sprintf("%d texts could not be embedded", len(e))
	if len(e) == 1 {
		text = "a text could not be embedded"
	}
	return fmt.Sprintf("%s; text %d: %v", text, e[0].Index+1, e[0].Err)
}

// Unwrap returns the errors of the texts.
func (e TextErrors) Unwrap() []error {
	all := make([]error, len(e))
	for i := range e {
		all[i] = e[i].Err
	}
	return all
}

// Batch embeds any number of texts with e: some at a time, several calls at once, each made again when it may succeed a
// little later. A call that fails for what is in it is halved until the text is found. Embed then returns TextErrors, and
// beside them the vectors, with nil for the texts that are named. Every other error is of the whole and has no vectors.
func Batch(e Embedder, o BatchOptions) Embedder {
	o.Size, o.Bytes, o.Parallel = cmp.Or(o.Size, 100), cmp.Or(o.Bytes, 512<<10), cmp.Or(o.Parallel, 4)
	o.Retry = o.Retry.orDefaults()
	return &batched{e, o}
}

type batched struct {
	Embedder
	o BatchOptions
}

// batching is one call of Embed.
type batching struct {
	*batched
	texts   []string
	vectors [][]float32

	mu    sync.Mutex
	unfit TextErrors
	usage Usage
}

func (b *batched) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors, _, err := b.counted(ctx, texts)
	return vectors, err
}

func (b *batched) counted(ctx context.Context, texts []string) ([][]float32, Usage, error) {
	w := &batching{batched: b, texts: texts, vectors: make([][]float32, len(texts))}
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var calls sync.WaitGroup
	free := make(chan struct{}, b.o.Parallel)
	for from := 0; from < len(texts) && running.Err() == nil; {
		to := w.next(from)
		select {
		case free <- struct{}{}:
		case <-running.Done():
			continue
		}
		part := [2]int{from, to}
		calls.Go(func() {
			defer func() { <-free }()
			if err := w.span(running, part[0], part[1]); err != nil {
				stop(err)
			}
		})
		from = to
	}
	calls.Wait()
	if running.Err() != nil {
		return nil, w.usage, context.Cause(running)
	}
	if len(w.unfit) > 0 {
		slices.SortFunc(w.unfit, func(a, b TextError) int { return a.Index - b.Index })
		return w.vectors, w.usage, w.unfit
	}
	return w.vectors, w.usage, nil
}

// next is the end of the call that begins with a text.
func (w *batching) next(from int) int {
	bytes := 0
	for to := from; to < len(w.texts) && to < from+w.o.Size; to++ {
		if bytes += len(w.texts[to]); bytes > w.o.Bytes && to > from {
			return to
		}
	}
	return min(from+w.o.Size, len(w.texts))
}

// span embeds texts, and parts them when something in them fails. Its error is of the whole.
func (w *batching) span(ctx context.Context, from, to int) error {
	var vectors [][]float32
	var usage Usage
	err := w.o.Retry.again(ctx, w.Name(), func() (bool, error) {
		var err error
		vectors, usage, err = embed(ctx, w.Embedder, w.texts[from:to])
		if err == nil && len(vectors) != to-from {
			err = named(w.Name()).fail(BadReply, nil, "%d texts got %d vectors", to-from, len(vectors))
		}
		return false, err
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		copy(w.vectors[from:to], vectors)
		w.usage = w.usage.plus(usage)
		return w.same(vectors)
	}
	switch KindOf(err) {
	case Invalid, TooLong, Refused, BadReply: // may be one text's fault
	case Unauthorised, RateLimited, Unavailable, TimedOut, UnknownModel, Spent, "":
		return err
	}
	if to-from == 1 {
		w.unfit = append(w.unfit, TextError{from, err})
		if len(w.unfit) > maxUnfit || len(w.unfit) == len(w.texts) {
			if len(w.unfit) == 1 {
				return err
			}
			return fmt.Errorf("given up after %d texts that could not be embedded: %w", len(w.unfit), err)
		}
		return nil
	}
	w.mu.Unlock()
	defer w.mu.Lock()
	middle := (from + to) / 2
	if err := w.span(ctx, from, middle); err != nil {
		return err
	}
	return w.span(ctx, middle, to)
}

// same holds the vectors of one call of Embed to one length.
func (w *batching) same(vectors [][]float32) error {
	want := w.Dims()
	for _, v := range w.vectors {
		if want == 0 {
			want = len(v)
		}
	}
	for _, v := range vectors {
		if len(v) != want {
			return named(w.Name()).fail(BadReply, nil, "a vector has %d numbers where %d are wanted", len(v), want)
		}
	}
	return nil
}
