package llm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/llm/llmtest"
)

func embedder(t *testing.T, s *llmtest.Server, dims int) llm.Embedder {
	t.Helper()
	return open(t, s, llm.Config{Kind: llm.OpenAI, BaseURL: s.URL + "/v1", Embedding: "embed-small", Dims: dims}).Embedder
}

func texts(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("text number %d of the collection", i)
	}
	return list
}

func TestEmbed(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := embedder(t, s, 0)
	if e.Name() != "openai/embed-small" || e.Dims() != 0 {
		t.Errorf("it is %s with %d", e.Name(), e.Dims())
	}
	list := texts(5)
	vectors, err := e.Embed(t.Context(), list)
	if err != nil || len(vectors) != 5 || e.Dims() != llmtest.Dims {
		t.Fatalf("got %d, %v", len(vectors), err)
	}
	for i, v := range vectors {
		if !slices.Equal(v, llmtest.Vector(list[i])) {
			t.Errorf("text %d has another's vector", i)
		}
	}
	short := embedder(t, s, 16)
	if v, err := short.Embed(t.Context(), list[:1]); err != nil || len(v[0]) != 16 || short.Dims() != 16 {
		t.Errorf("got %v, %v", v, err)
	}
	for name, fault := range map[string]llmtest.Fault{"another length": {Dims: 12}, "one too few": {Fewer: true}, "no JSON": {Body: "<html>"},
		"no numbers": {Body: `{"data":[{"index":0,"embedding":["a"]}]}`}, "index": {Body: `{"data":[{"index":7,"embedding":[1]}]}`}, "huge": {Body: `{"data":[{"index":0,"embedding":[1e99]}]}`}} {
		s.Break(fault)
		if _, err := e.Embed(t.Context(), list); llm.KindOf(err) != llm.BadReply {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.Break(llmtest.Fault{Status: 400, Message: "cannot embed " + secret})
	_, err = e.Embed(t.Context(), []string{secret})
	held(t, err)
}

func TestBatch(t *testing.T) {
	t.Parallel()
	s := start(t)
	list := texts(1042)
	e := llm.Batch(embedder(t, s, 0), llm.BatchOptions{Retry: llm.RetryOptions{First: 1}})
	s.Break(llmtest.Fault{Status: 500}, llmtest.Fault{}, llmtest.Fault{Status: 503}, llmtest.Fault{Fewer: true})
	vectors, err := e.Embed(t.Context(), list)
	if err != nil || len(vectors) != len(list) {
		t.Fatalf("got %d, %v", len(vectors), err)
	}
	for i, v := range vectors {
		if !slices.Equal(v, llmtest.Vector(list[i])) {
			t.Fatalf("text %d has another's vector", i)
		}
	}
	asked := s.Asked()
	if len(asked) != 14 {
		t.Errorf("%d calls for 1042 texts and three faults", len(asked))
	}
	for _, a := range asked {
		if len(a.Texts) > 100 {
			t.Errorf("%d texts at once", len(a.Texts))
		}
	}
	if v, err := e.Embed(t.Context(), nil); err != nil || len(v) != 0 {
		t.Errorf("nothing makes %v, %v", v, err)
	}
}

// A text that cannot be embedded is named, and takes no other with it.
func TestBatchIsolates(t *testing.T) {
	t.Parallel()
	s := start(t)
	list := texts(250)
	list[7], list[133] = "poison here", "and poison there"
	s.Break(llmtest.Fault{Poison: "poison"}, llmtest.Fault{Poison: "poison"}, llmtest.Fault{Poison: "poison"}, llmtest.Fault{Poison: "poison"})
	vectors, err := llm.Batch(embedder(t, s, 0), llm.BatchOptions{}).Embed(t.Context(), list)
	unfit, ok := errors.AsType[llm.TextErrors](err)
	if !ok || len(unfit) != 2 || unfit[0].Index != 7 || unfit[1].Index != 133 || llm.KindOf(unfit[0].Err) != llm.TooLong {
		t.Fatalf("the error is %v", err)
	}
	if !strings.Contains(err.Error(), "2 texts could not be embedded; text 8: ") || strings.Contains(err.Error(), "poison") {
		t.Errorf("it says %s", err)
	}
	for i, v := range vectors {
		if (v == nil) != (i == 7 || i == 133) {
			t.Errorf("text %d: %v", i, v)
		}
	}
	if calls := len(s.Asked()); calls > 40 {
		t.Errorf("%d calls", calls)
	}
}

func TestBatchGivesUp(t *testing.T) {
	t.Parallel()
	s := start(t)
	e := llm.Batch(embedder(t, s, 0), llm.BatchOptions{Parallel: 2})
	s.Break(llmtest.Fault{}, llmtest.Fault{Status: 401})
	if v, err := e.Embed(t.Context(), texts(5000)); llm.KindOf(err) != llm.Unauthorised || v != nil || len(s.Asked()) > 6 {
		t.Errorf("a refused key: %v", err)
	}
	bad := slices.Repeat([]string{"poison"}, 500)
	for range 8 {
		s.Break(llmtest.Fault{Poison: "poison"})
	}
	if _, err := e.Embed(t.Context(), bad); llm.KindOf(err) != llm.TooLong || !strings.Contains(err.Error(), "given up after 21 texts") || len(s.Asked()) > 200 {
		t.Errorf("nothing but unfit texts: %v", err)
	}
}

// counted is an embedder that tells how many of its calls run at once.
type counted struct {
	llm.Embedder
	mu      sync.Mutex
	now     int
	most    int
	once    sync.Once
	release chan struct{}
}

func (c *counted) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	c.mu.Lock()
	c.now++
	if c.most = max(c.most, c.now); c.now == 3 {
		c.once.Do(func() { close(c.release) })
	}
	c.mu.Unlock()
	<-c.release // three at once, or the test hangs
	defer func() {
		c.mu.Lock()
		c.now--
		c.mu.Unlock()
	}()
	return c.Embedder.Embed(ctx, texts)
}

func TestBatchParallel(t *testing.T) {
	t.Parallel()
	c := &counted{Embedder: embedder(t, start(t), 0), release: make(chan struct{})}
	if _, err := llm.Batch(c, llm.BatchOptions{Size: 10, Parallel: 3}).Embed(t.Context(), texts(200)); err != nil || c.most != 3 {
		t.Errorf("%d at once, %v", c.most, err)
	}
}

func TestRerank(t *testing.T) {
	t.Parallel()
	s := start(t)
	list := []string{"the sea is blue", "a red house", "blue houses by the sea"}
	for _, path := range []string{"/v1/rerank", "/tei/rerank"} {
		r := open(t, s, llm.Config{Kind: llm.OpenAI, Name: "judge", RerankURL: s.URL + path, Reranker: "rank-1"}).Reranker
		for range 2 {
			scores, err := r.Rerank(t.Context(), "blue sea houses", list)
			if err != nil || len(scores) != 3 || !(scores[2] > scores[0] && scores[0] > scores[1]) {
				t.Errorf("%s: %v, %v", path, scores, err)
			}
		}
		for name, fault := range map[string]llmtest.Fault{"one too few": {Fewer: true}, "no JSON": {Body: "hi"}, "no judgements": {Body: `{"results":[{"index":0},{"index":1},{"index":2}]}`}, "index": {Body: `[{"index":3,"score":1},{"index":1,"score":1},{"index":2,"score":1}]`}} {
			s.Break(fault)
			if _, err := r.Rerank(t.Context(), secret, list); llm.KindOf(err) != llm.BadReply {
				t.Errorf("%s %s: %v", path, name, err)
			}
		}
		if _, err := r.Rerank(t.Context(), "x", make([]string, 1001)); llm.KindOf(err) != llm.TooLong {
			t.Errorf("too many: %v", err)
		}
	}
	if calls := len(s.Asked()); calls != 2+1+2+8 {
		t.Errorf("%d calls", calls)
	}
}
