package llm

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The protocols that providers speak.
const (
	OpenAI    = "openai"    // OpenAI and everything that speaks its chat completions: Azure, vLLM, LM Studio, llama.cpp …
	Anthropic = "anthropic" // Anthropic
	Ollama    = "ollama"    // Ollama; models on one's own machine
)

// Config is a provider as a person sets it up. It holds no key. Its tags are those of a form.
type Config struct {
	// Name is what the provider is called in names of models, replies and accounts; empty means Kind.
	Name string `json:"name,omitempty" form:"Name" placeholder:"openai"`
	// Kind is the protocol: OpenAI, Anthropic or Ollama.
	Kind string `json:"kind" form:"Protocol" required:"true" options:"openai=OpenAI or compatible (Azure; vLLM; LM Studio),anthropic=Anthropic,ollama=Ollama"`
	// BaseURL is the address up to and without /chat/completions, /messages or /embeddings; empty means the provider's own.
	// Its query is kept, as Azure's api-version.
	BaseURL string `json:"base_url,omitempty" form:"Base address" placeholder:"https://api.openai.com/v1" help:"Leave it empty for the provider's own."`
	// Model is the language model; empty for a provider that only embeds or reranks.
	Model string `json:"model,omitempty" form:"Model" placeholder:"gpt-4o-mini"`
	// Embedding is the embedding model.
	Embedding string `json:"embedding,omitempty" form:"Embedding model" placeholder:"text-embedding-3-small"`
	// Dims is the length of vectors to ask for; 0 leaves it to the model.
	Dims int `json:"dims,omitempty" form:"Length of vectors" help:"Only for models that can shorten them."`
	// RerankURL is the whole address of a /rerank, Reranker its model.
	RerankURL string `json:"rerank_url,omitempty" form:"Reranker's address" placeholder:"https://api.jina.ai/v1/rerank"`
	Reranker  string `json:"reranker,omitempty" form:"Reranker's model"`
	// Price and EmbeddingPrice are what a person knows better than the lists of Prices.
	Price          *Price `json:"price,omitempty"`
	EmbeddingPrice *Price `json:"embedding_price,omitempty"`
	// Limits end calls that would not end by themselves.
	Limits Limits `json:"limits,omitzero"`
}

const (
	openaiBase    = "https://api.openai.com/v1"
	anthropicBase = "https://api.anthropic.com"
	ollamaBase    = "http://127.0.0.1:11434"
)

// Provider is what Open makes of a Config: what is not configured is nil.
type Provider struct {
	Model    Model
	Embedder Embedder
	Reranker Reranker
	// Price and EmbeddingPrice are for Meter; nil when they are not known.
	Price, EmbeddingPrice *Price
	// Endpoint is the address without its query, as the name for Breakers together with whoever owns the key.
	Endpoint string
}

// Check says what is wrong with a configuration. It wraps fs.ErrInvalid.
func (c Config) Check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("the provider cannot be used: %w", fmt.Errorf(format+": %w", append(args, fs.ErrInvalid)...))
	}
	switch c.Kind {
	case OpenAI, Anthropic, Ollama:
	default:
		return bad("its protocol is %.40q, and must be %s, %s or %s", c.Kind, OpenAI, Anthropic, Ollama)
	}
	for _, address := range []string{c.BaseURL, c.RerankURL} {
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
			return bad("an address must begin with https:// or http:// and have a host")
		case u.User != nil:
			return bad("an address has a name or password in it: put the key into a credential")
		}
	}
	switch {
	case strings.ContainsAny(c.Name, "/\n") || len(c.Name) > 100 || len(c.Model) > 300 || len(c.Embedding) > 300 || len(c.Reranker) > 300:
		return bad("a name has a slash or is too long")
	case c.Model == "" && c.Embedding == "" && c.RerankURL == "":
		return bad("choose a model, an embedding model or a reranker")
	case c.Kind == Anthropic && c.Embedding != "":
		return bad("Anthropic has no embedding models: take another provider for them")
	case c.Dims < 0 || c.Dims > 16384:
		return bad("the length of its vectors is %d, and must be from 1 to 16384, or 0", c.Dims)
	}
	return nil
}

// base is the address that calls go to, up to the paths of the protocol.
func (c Config) base() string {
	base := strings.TrimSpace(c.BaseURL)
	switch c.Kind {
	case Anthropic:
		return strings.TrimSuffix(strings.TrimRight(cmp.Or(base, anthropicBase), "/"), "/v1") // the SDK adds it
	case Ollama:
		return strings.TrimSuffix(strings.TrimRight(cmp.Or(base, ollamaBase), "/"), "/v1")
	}
	return cmp.Or(base, openaiBase)
}

// header is what every call of the protocol carries.
func (c Config) header(key string) http.Header {
	h := http.Header{"Accept": {"application/json, text/event-stream"}}
	if key == "" {
		return h
	}
	u, err := url.Parse(c.base())
	if err == nil && strings.HasSuffix(u.Hostname(), ".azure.com") {
		h.Set("Api-Key", key)
		return h
	}
	h.Set("Authorization", "Bearer "+key)
	return h
}

// Open makes a provider's models. All calls go through client, whose dialer decides what may be reached; its time-out is
// not used. The key may be empty for services that want none.
func Open(c Config, client *http.Client, key string) (*Provider, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	client, key = guard(client), strings.TrimSpace(key)
	base, name := c.base(), cmp.Or(c.Name, c.Kind)
	if c.Kind == Ollama {
		base += "/v1"
	}
	at := func(model string) endpoint { return endpoint{name, model, key} }
	p := &Provider{Endpoint: c.place()}
	l := c.Limits.orDefaults()
	if c.Model != "" {
		var m Model
		if c.Kind == Anthropic {
			m = newAnthropic(at(c.Model), client, base)
		} else {
			o, err := newOpenAI(at(c.Model), client, base, c.header(key))
			if err != nil {
				return nil, err
			}
			m = o
		}
		p.Model, p.Price = Limit(structured{m, at(c.Model)}, l), c.price(c.Price, c.Model)
	}
	if c.Embedding != "" {
		e, err := newOpenAIEmbedder(at(c.Embedding), client, base, c.header(key), c.Dims)
		if err != nil {
			return nil, err
		}
		p.Embedder, p.EmbeddingPrice = limitedEmbedder{e, l.Time}, c.price(c.EmbeddingPrice, c.Embedding)
	}
	if c.RerankURL != "" {
		p.Reranker = &reranker{endpoint: at(c.Reranker), client: client, address: c.RerankURL, header: c.header(key)}
	}
	return p, nil
}

// place is the address for people and breakers.
func (c Config) place() string {
	u, err := url.Parse(c.base())
	if err != nil {
		return ""
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

// price is a person's own price, or one of the lists when the address is the provider's own. One's own machine takes
// none.
func (c Config) price(own *Price, model string) *Price {
	u, err := url.Parse(c.base())
	switch {
	case own != nil:
		return own
	case c.Kind == Ollama:
		return &Price{}
	case err != nil || u.Hostname() != "api.openai.com" && u.Hostname() != "api.anthropic.com" && !strings.HasSuffix(u.Hostname(), ".api.openai.com"):
		return nil
	}
	return PriceOf(c.Kind, model)
}

// limitedEmbedder ends calls that last too long.
type limitedEmbedder struct {
	*openaiEmbedder
	most time.Duration
}

func (e limitedEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors, _, err := e.counted(ctx, texts)
	return vectors, err
}

func (e limitedEmbedder) counted(ctx context.Context, texts []string) ([][]float32, Usage, error) {
	ctx, cancel := e.during(ctx, e.most)
	defer cancel()
	return e.openaiEmbedder.counted(ctx, texts)
}
