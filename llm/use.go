package llm

import "context"

// The kinds of what asks models.
const (
	UseWorkflow   = "workflow"   // a node of a run
	UseAsk        = "ask"        // a question to a collection, or a search in it
	UseEvaluation = "evaluation" // of judged questions
	UseIngest     = "ingest"     // documents that are taken in
	UseOpenAI     = "openai"     // programs that speak OpenAI's protocol
	UseCampaign   = "campaign"   // personas that test an application
	UseMCP        = "mcp"        // agents that speak the Model Context Protocol
	UseOther      = "other"
)

// Use is what a model is asked for: it says in the accounts where the money went.
type Use struct {
	// Kind is one of the constants; empty counts as UseOther.
	Kind string `json:"kind"`
	// ID and Name are of the workflow or the collection, Part the node's name.
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Part string `json:"part,omitempty"`
	// Key and KeyName are of the API key by which a program asked.
	Key     string `json:"key,omitempty"`
	KeyName string `json:"key_name,omitempty"`
}

type useKey struct{}

// Using says in a context what models are asked for. What u points to may still be filled in by the same goroutine, as
// long as no model was asked: which collection a request is about is known only after its door.
func Using(ctx context.Context, u *Use) context.Context { return context.WithValue(ctx, useKey{}, u) }

// UseOf is what Using said.
func UseOf(ctx context.Context) Use {
	u, _ := ctx.Value(useKey{}).(*Use)
	if u == nil {
		return Use{Kind: UseOther}
	}
	use := *u
	if use.Kind == "" {
		use.Kind = UseOther
	}
	return use
}

// Keep says which replies a cache keeps and gives again.
type Keep string

// The ways to keep replies.
const (
	KeepCold  Keep = ""       // those of requests with a temperature of next to nothing
	KeepAll   Keep = "always" // also what a model is free to say in other words each time
	KeepNever Keep = "never"
)

type keepKey struct{}

// Keeping says in a context which replies are kept, in place of what the cache was made for.
func Keeping(ctx context.Context, k Keep) context.Context {
	return context.WithValue(ctx, keepKey{}, k)
}

// keepOf is what Keeping said, else the other.
func keepOf(ctx context.Context, other Keep) Keep {
	if k, said := ctx.Value(keepKey{}).(Keep); said {
		return k
	}
	return other
}
