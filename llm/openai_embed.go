package llm

import (
	"context"
	"math"
	"net/http"
	"sync/atomic"
)

// openaiEmbedder makes vectors by the embeddings protocol of OpenAI.
type openaiEmbedder struct {
	endpoint
	client  *http.Client
	address string
	header  http.Header
	ask     int // the length to ask for; 0 leaves it to the model
	dims    atomic.Int64
}

func newOpenAIEmbedder(p endpoint, client *http.Client, base string, header http.Header, dims int) (*openaiEmbedder, error) {
	address, err := join(base, "/embeddings")
	if err != nil {
		return nil, err
	}
	e := &openaiEmbedder{endpoint: p, client: client, address: address, header: header, ask: dims}
	e.dims.Store(int64(dims))
	return e, nil
}

func (e *openaiEmbedder) Name() string { return e.name() }
func (e *openaiEmbedder) Dims() int    { return int(e.dims.Load()) }

func (e *openaiEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors, _, err := e.counted(ctx, texts)
	return vectors, err
}

func (e *openaiEmbedder) counted(ctx context.Context, texts []string) ([][]float32, Usage, error) {
	if len(texts) == 0 {
		return nil, Usage{}, nil
	}
	response, err := e.post(ctx, e.client, e.address, e.header, struct {
		Model string   `json:"model"`
		Input []string `json:"input"`
		Dims  int      `json:"dimensions,omitempty"`
		Form  string   `json:"encoding_format"`
	}{e.model, texts, e.ask, "float"}, texts)
	if err != nil {
		return nil, Usage{}, err
	}
	var w struct {
		Data []struct {
			Index  int       `json:"index"`
			Vector []float32 `json:"embedding"`
		} `json:"data"`
		Usage struct {
			Input int `json:"prompt_tokens"`
		} `json:"usage"`
	}
	if err := e.readJSON(ctx, response, &w); err != nil {
		return nil, Usage{}, err
	}
	vectors := make([][]float32, len(texts))
	for _, d := range w.Data {
		if d.Index < 0 || d.Index >= len(texts) || vectors[d.Index] != nil {
			return nil, Usage{}, e.fail(BadReply, nil, "the vectors came without order: check that the address is the one of an embedding model")
		}
		vectors[d.Index] = d.Vector
	}
	if err := e.check(vectors); err != nil {
		return nil, Usage{}, err
	}
	usage := Usage{Input: w.Usage.Input}
	if usage.Input <= 0 {
		usage = guessed(texts)
	}
	return vectors, usage, nil
}

func guessed(texts []string) Usage {
	u := Usage{Estimated: true}
	for _, t := range texts {
		u.Input += guess(t)
	}
	return u
}

// check holds vectors against one another and against those before them: an index is of no use with two lengths in it.
func (e *openaiEmbedder) check(vectors [][]float32) error {
	for i, v := range vectors {
		if len(v) == 0 {
			return e.fail(BadReply, nil, "text %d of %d got no vector: try again, or choose another embedding model", i+1, len(vectors))
		}
		e.dims.CompareAndSwap(0, int64(len(v)))
		if want := e.dims.Load(); int64(len(v)) != want {
			return e.fail(BadReply, nil, "the vector has %d numbers where %d are wanted: was the model behind the address exchanged? Embed the collection anew", len(v), want)
		}
		for _, x := range v {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				return e.fail(BadReply, nil, "text %d of %d got a vector that holds no number", i+1, len(vectors))
			}
		}
	}
	return nil
}
