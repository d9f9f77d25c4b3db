package llm_test

import (
	"errors"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/llm/llmtest"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]llm.Config{
		"no protocol":      {Model: "m"},
		"file":             {Kind: llm.OpenAI, Model: "m", BaseURL: "file:///etc/passwd"},
		"no host":          {Kind: llm.OpenAI, Model: "m", BaseURL: "https://"},
		"key in address":   {Kind: llm.OpenAI, Model: "m", BaseURL: "https://me:" + llmtest.Key + "@example.com"},
		"rerank address":   {Kind: llm.OpenAI, RerankURL: "rerank"},
		"nothing":          {Kind: llm.OpenAI},
		"slash":            {Kind: llm.OpenAI, Model: "m", Name: "a/b"},
		"no embedder":      {Kind: llm.Anthropic, Embedding: "m"},
		"vectors too long": {Kind: llm.OpenAI, Embedding: "m", Dims: 1 << 20},
	} {
		_, err := llm.Open(c, http.DefaultClient, "")
		if !errors.Is(err, fs.ErrInvalid) || strings.Contains(err.Error(), llmtest.Key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := llm.Open(llm.Config{Kind: llm.OpenAI, Model: "gpt-4o-mini-2024-07-18", Embedding: "text-embedding-3-small"}, http.DefaultClient, "k")
	if err != nil || p.Price == nil || p.Price.Output != 0.6 || p.EmbeddingPrice == nil || p.Reranker != nil || p.Endpoint != "https://api.openai.com/v1" {
		t.Errorf("got %+v, %v", p, err)
	}
}

// The addresses and headers of each kind of endpoint.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		c      llm.Config
		url    string
		header string
		priced bool
	}{
		"OpenAI":     {llm.Config{Kind: llm.OpenAI, Model: "gpt-4o"}, "https://api.openai.com/v1/chat/completions", "Authorization", true},
		"Azure":      {llm.Config{Kind: llm.OpenAI, Model: "gpt-4o", BaseURL: "https://me.openai.azure.com/openai/deployments/x?api-version=2024-10-21"}, "https://me.openai.azure.com/openai/deployments/x/chat/completions?api-version=2024-10-21", "Api-Key", false},
		"vLLM":       {llm.Config{Kind: llm.OpenAI, Model: "gpt-4o", BaseURL: "http://gpu:8000/v1/"}, "http://gpu:8000/v1/chat/completions", "Authorization", false},
		"Anthropic":  {llm.Config{Kind: llm.Anthropic, Model: "claude-haiku-4-5"}, "https://api.anthropic.com/v1/messages", "X-Api-Key", true},
		"of a proxy": {llm.Config{Kind: llm.Anthropic, Model: "claude-haiku-4-5", BaseURL: "https://proxy.example/anthropic/v1/"}, "https://proxy.example/anthropic/v1/messages", "X-Api-Key", false},
		"Ollama":     {llm.Config{Kind: llm.Ollama, Model: "llama3"}, "http://127.0.0.1:11434/v1/chat/completions", "Authorization", true},
	} {
		var asked *http.Request
		client := &http.Client{Transport: trips(func(r *http.Request) (*http.Response, error) {
			asked = r
			return nil, errors.New("enough seen")
		})}
		p, err := llm.Open(c.c, client, " the-key\n")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Model.Generate(t.Context(), ask("Hello")); llm.KindOf(err) != llm.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
		if asked.URL.String() != c.url || strings.TrimPrefix(asked.Header.Get(c.header), "Bearer ") != "the-key" || asked.UserAgent() != "Atelier" {
			t.Errorf("%s: asked %s with %v", name, asked.URL, asked.Header)
		}
		if (p.Price != nil) != c.priced {
			t.Errorf("%s: the price is %v", name, p.Price)
		}
	}
}

type trips func(*http.Request) (*http.Response, error)

func (f trips) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A key goes nowhere but to the address that it is for.
func TestRedirects(t *testing.T) {
	t.Parallel()
	thief := start(t)
	client := &http.Client{Transport: trips(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != "provider.test" {
			return thief.Client().Transport.RoundTrip(r)
		}
		return &http.Response{StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {thief.URL + r.URL.Path}}, Body: http.NoBody, Request: r}, nil
	})}
	for _, kind := range kinds {
		p, err := llm.Open(llm.Config{Kind: kind, BaseURL: "https://provider.test/v1", Model: "m", RerankURL: "https://provider.test/rerank"}, client, llmtest.Key)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Model.Generate(t.Context(), ask("Hello"))
		_, again := p.Reranker.Rerank(t.Context(), "Hello", []string{"Hello"})
		for _, err := range []error{err, again} {
			if llm.KindOf(err) != llm.Invalid || !strings.Contains(err.Error(), "redirects") {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
	if asked := thief.Asked(); len(asked) != 0 {
		t.Errorf("the other address was asked: %+v", asked)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	s := start(t)
	m := model(t, s, llm.OpenAI)
	hot, many := 2.5, make([]llm.Message, 10_001)
	for i := range many {
		many[i] = llm.Say(llm.User, "x")
	}
	for name, r := range map[string]llm.Request{
		"nothing":      {},
		"too many":     {Messages: many},
		"too much":     ask(strings.Repeat("x", 17<<20)),
		"role":         {Messages: []llm.Message{llm.Say("root", secret)}},
		"no call":      {Messages: []llm.Message{llm.Say(llm.ToolRole, "22")}},
		"hot":          {Messages: ask("x").Messages, Temperature: &hot},
		"image":        {Messages: []llm.Message{{Role: llm.User, Parts: []llm.Part{{Image: []byte("<svg>"), MediaType: "image/svg+xml"}}}}},
		"tool":         {Messages: ask("x").Messages, Tools: []llm.Tool{{Name: "rm -rf"}}},
		"tools":        {Messages: ask("x").Messages, Tools: []llm.Tool{{Name: "a"}, {Name: "a"}}},
		"tool schema":  {Messages: ask("x").Messages, Tools: []llm.Tool{{Name: "a", Schema: []byte(`[]`)}}},
		"schema":       {Messages: ask("x").Messages, Schema: []byte(`{`)},
		"empty turn":   {Messages: []llm.Message{{Role: llm.User}}},
		"endless stop": {Messages: ask("x").Messages, Stop: []string{"a", "b", "c", "d", "e"}},
	} {
		_, err := m.Generate(t.Context(), r)
		_, _, _, streamed := hear(t.Context(), m, r)
		for _, err := range []error{err, streamed} {
			if llm.KindOf(err) != llm.Invalid || !errors.Is(err, fs.ErrInvalid) || len(s.Asked()) != 0 {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, kind := range kinds {
		c := config(s, kind)
		c.Model = ""
		list, err := llm.List(t.Context(), c, s.Client(), llmtest.Key)
		if err != nil || len(list) != 3 || list[0].Name != "chat-large" || list[0].Embeds || !list[2].Embeds || (list[0].Size > 0) != (kind == llm.Ollama) {
			t.Errorf("%s: %+v, %v", kind, list, err)
		}
		if _, err := llm.List(t.Context(), c, s.Client(), "wrong"); kind != llm.Ollama && llm.KindOf(err) != llm.Unauthorised {
			t.Errorf("%s: a wrong key is %v", kind, err)
		}
	}
}

func TestFindOllama(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := llmtest.Pipe()
		defer s.Close()
		list, err := llm.FindOllama(t.Context(), s.Client(), s.URL)
		if err != nil || len(list) != 3 {
			t.Errorf("got %+v, %v", list, err)
		}
		silent := &http.Client{Transport: trips(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}
		begin := time.Now()
		_, err = llm.FindOllama(t.Context(), silent, "")
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "http://127.0.0.1:11434") || time.Since(begin) != 500*time.Millisecond {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		gone := &http.Client{Transport: trips(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") })}
		if _, err := llm.FindOllama(t.Context(), gone, ""); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("nobody there: %v", err)
		}
	})
}

func TestPrices(t *testing.T) {
	t.Parallel()
	date := regexp.MustCompile(`^20\d\d-\d\d-\d\d$`)
	for _, l := range llm.Prices() {
		if !date.MatchString(l.Date) || !strings.HasPrefix(l.Source, "https://") || len(l.Models) == 0 {
			t.Errorf("the list of %s is of %q, from %q", l.Provider, l.Date, l.Source)
		}
		for name, p := range l.Models {
			if p.Input <= 0 || p.Output < 0 || p.Cached != nil && *p.Cached >= p.Input || (p.Over > 0) != (p.Long != nil) || p.Long != nil && p.Long.Input <= p.Input {
				t.Errorf("the price of %s is %+v", name, p)
			}
		}
	}
	if p := llm.PriceOf(llm.Anthropic, "claude-haiku-4-5-20251001"); p == nil || p.Input != 1 {
		t.Errorf("a dated name has the price %v", p)
	}
	unknown := llm.PriceOf(llm.OpenAI, "gpt-99")
	if unknown != nil || unknown.Of(llm.Usage{Input: 5}).Known {
		t.Error("an unknown price is known")
	}
	long := llm.PriceOf(llm.Anthropic, "claude-haiku-5-5")
	if a, b := long.Of(llm.Usage{Input: 100_000}), long.Of(llm.Usage{Input: 100_001}); a.Micros != 10_000 || b.Micros != 50_001 && b.Micros != 50_000 {
		t.Errorf("a long prompt costs %d, a longer one %d", a.Micros, b.Micros)
	}
	if c := (&llm.Price{}).Of(llm.Usage{Input: 1e6}); c != (llm.Cost{Known: true}) {
		t.Errorf("one's own machine takes %+v", c)
	}
}
