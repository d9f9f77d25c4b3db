// Package llm talks to language models, embedders and rerankers of any provider, through three small interfaces, and
// holds what makes them fit for work: retries, breakers, fallbacks, caches, budgets and limits, each a wrapper that takes
// a Model and is one.
//
// Open makes them from a Config. The usual order of wrapping, from the endpoint outwards, is
//
//	Cache(Fallback(Meter(Retry(Breakers.Model(model))), …))
//
// so that every model is counted by itself, and one without budget gives way to one that costs nothing.
//
// Keys are arguments and never read from the process; they stand in no error, no reply and no name. Nothing connects to
// anywhere but through the http.Client that was given. Whatever a provider answers is bounded in bytes and in time.
package llm

import (
	"context"
	"time"
)

// Model is a language model of a provider. Its methods may be called at the same time.
//
// An error is the context's own when the caller stopped, what the caller's function returned, or an *Error.
type Model interface {
	// Name is "provider/model", as it stands in replies, accounts and errors.
	Name() string
	// Generate returns the whole reply at once.
	Generate(ctx context.Context, r Request) (*Reply, error)
	// Stream calls each with every piece as it comes, one after the other, and returns the whole reply at the end. An
	// error of each ends the stream and is returned. When the stream breaks after pieces were delivered, the reply
	// beside the error holds what had come, with the end Broken; otherwise it is nil. A request with a Schema is
	// delivered in one piece, once it was found to fit.
	Stream(ctx context.Context, r Request, each func(Delta) error) (*Reply, error)
}

// Embedder turns texts into vectors. Its methods may be called at the same time.
type Embedder interface {
	// Name is "provider/model".
	Name() string
	// Dims is the length of the vectors; 0 as long as nothing was embedded and nobody said it.
	Dims() int
	// Embed returns a vector a text, in the order of the texts. It takes as many as the endpoint takes in one call; Batch
	// takes any number.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Reranker judges how well texts answer a query. Its methods may be called at the same time.
type Reranker interface {
	// Name is "provider/model".
	Name() string
	// Rerank returns a score a text, in the order of the texts; more is better, and scores compare within one call only.
	Rerank(ctx context.Context, query string, texts []string) ([]float64, error)
}

// Reply is what a model answered.
type Reply struct {
	Text  string     `json:"text"`
	Calls []ToolCall `json:"calls,omitempty"`
	End   End        `json:"end"`
	Usage Usage      `json:"usage"`
	// Model is the name of the model that answered.
	Model string        `json:"model"`
	Took  time.Duration `json:"took"`
	// FromCache tells that no model was asked: Usage and Took are those of the call that was kept.
	FromCache bool `json:"from_cache,omitempty"`
	// Failed are the models that were asked before this one, and why they did not answer.
	Failed []Attempt `json:"failed,omitempty"`
	// Ignored names what the model did not take of the request, such as "temperature": it answered without.
	Ignored []string `json:"ignored,omitempty"`
}

// Attempt is a model that failed before another one answered.
type Attempt struct {
	Model string        `json:"model"`
	Kind  Kind          `json:"kind"`
	Text  string        `json:"text"`
	Took  time.Duration `json:"took"`
}

// End says why a reply ended.
type End string

// The ends of replies.
const (
	Finished End = "finished" // it said what it had to say
	Stopped  End = "stopped"  // one of the stop texts came
	Cut      End = "cut"      // the limit of tokens was reached
	Called   End = "called"   // it wants tools to be called
	Declined End = "declined" // it refused, or a filter of the provider did; Text may say why
	Broken   End = "broken"   // the stream broke; the error says why
)

// Usage counts tokens.
type Usage struct {
	// Input counts all that was sent, with what the provider had in its cache.
	Input  int `json:"input"`
	Output int `json:"output"`
	// Cached is the part of Input that the provider had in its cache, which costs less.
	Cached int `json:"cached,omitempty"`
	// Estimated tells that the provider did not count, and that these are guesses from the length of the texts.
	Estimated bool `json:"estimated,omitempty"`
}

// maxTokens is more than any one call takes.
const maxTokens = 1 << 31

// believed is what can be true of what a provider says it counted: who runs an endpoint must not be able to earn with it.
func (u Usage) believed() Usage {
	u.Input, u.Output = max(0, min(u.Input, maxTokens)), max(0, min(u.Output, maxTokens))
	u.Cached = max(0, min(u.Cached, u.Input))
	return u
}

func (u Usage) plus(v Usage) Usage {
	return Usage{u.Input + v.Input, u.Output + v.Output, u.Cached + v.Cached, u.Estimated || v.Estimated}
}

// Delta is a piece of a reply.
type Delta struct {
	// Text is the next piece of the text.
	Text string
	// Call is a tool's call that is complete now; nil with text.
	Call *ToolCall
}
