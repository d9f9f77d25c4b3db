package llm

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"sync/atomic"
	"time"
)

// Bounds of one call of a reranker.
const (
	maxRerank     = 1000
	maxRerankText = 8 << 20
	rerankTime    = 30 * time.Second
)

// reranker asks an endpoint of the form that Cohere made common, and Jina, Voyage, vLLM, llama.cpp and others took over,
// or of the one of Hugging Face's text embeddings inference.
type reranker struct {
	endpoint
	client  *http.Client
	address string
	header  http.Header
	texts   atomic.Bool // the endpoint was found to want "texts" where the others want "documents"
}

func (r *reranker) Name() string { return r.name() }

func (r *reranker) Rerank(ctx context.Context, query string, texts []string) ([]float64, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	n := len(query)
	for _, t := range texts {
		n += len(t)
	}
	if len(texts) > maxRerank || n > maxRerankText {
		return nil, r.fail(TooLong, nil, "%d texts with %d KB cannot be judged at once, %d with %d KB are the most", len(texts), n>>10, maxRerank, maxRerankText>>10)
	}
	ctx, cancel := r.during(ctx, rerankTime)
	defer cancel()
	scores, err := r.ask(ctx, query, texts)
	if e, ok := errors.AsType[*Error](err); ok && !r.texts.Load() && e.Kind == Invalid && (e.Status == http.StatusUnprocessableEntity || e.Status == http.StatusBadRequest) {
		r.texts.Store(true)
		again, err := r.ask(ctx, query, texts)
		if err == nil {
			return again, nil
		}
		r.texts.Store(false)
		return nil, e
	}
	return scores, err
}

// judged is one judgement, in all the words for it.
type judged struct {
	Index     *int     `json:"index"`
	Relevance *float64 `json:"relevance_score"`
	Score     *float64 `json:"score"`
}

func (r *reranker) ask(ctx context.Context, query string, texts []string) ([]float64, error) {
	body := map[string]any{"query": query}
	if r.texts.Load() {
		body["texts"], body["truncate"] = texts, true
	} else {
		body["documents"], body["top_n"], body["return_documents"] = texts, len(texts), false
	}
	if r.model != "" {
		body["model"] = r.model
	}
	response, err := r.post(ctx, r.client, r.address, r.header, body, append([]string{query}, texts...))
	if err != nil {
		return nil, err
	}
	var raw json.RawMessage
	if err := r.readJSON(ctx, response, &raw); err != nil {
		return nil, err
	}
	var w struct {
		Results []judged `json:"results"`
		Data    []judged `json:"data"`
	}
	var list []judged
	if json.Unmarshal(raw, &list) != nil {
		if json.Unmarshal(raw, &w) != nil {
			return nil, r.fail(BadReply, nil, "the answer is not one of a reranker: check that the address is the one of its /rerank")
		}
		list = append(w.Results, w.Data...)
	}
	return r.scores(list, len(texts))
}

// scores puts judgements in the order of the texts.
func (r *reranker) scores(list []judged, n int) ([]float64, error) {
	scores, seen := make([]float64, n), make([]bool, n)
	for _, j := range list {
		score := j.Relevance
		if score == nil {
			score = j.Score
		}
		if j.Index == nil || *j.Index < 0 || *j.Index >= n || seen[*j.Index] || score == nil || math.IsNaN(*score) || math.IsInf(*score, 0) {
			return nil, r.fail(BadReply, nil, "the judgements do not belong to the texts: check that the address is the one of a reranker")
		}
		scores[*j.Index], seen[*j.Index] = *score, true
	}
	if len(list) != n {
		return nil, r.fail(BadReply, nil, "%d texts got %d judgements", n, len(list))
	}
	return scores, nil
}
