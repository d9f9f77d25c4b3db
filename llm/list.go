package llm

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Bounds of looking for models.
const (
	listTime  = 10 * time.Second
	probeTime = 500 * time.Millisecond
	maxListed = 5000
)

// Listed is a model that an endpoint says it has.
type Listed struct {
	Name string `json:"name"`
	// Size is the bytes on disk; 0 when the endpoint does not say.
	Size int64 `json:"size,omitempty"`
	// Embeds tells that it makes vectors, as far as its name and family say.
	Embeds bool `json:"embeds,omitempty"`
}

// List asks an endpoint for its models, by name. It is also the test of an address and a key. Config's models may be
// empty.
func List(ctx context.Context, c Config, client *http.Client, key string) ([]Listed, error) {
	c.Model = cmp.Or(c.Model, "any")
	if c.Kind == Anthropic {
		c.Embedding = ""
	}
	if err := c.Check(); err != nil {
		return nil, err
	}
	p := endpoint{provider: cmp.Or(c.Name, c.Kind), key: strings.TrimSpace(key)}
	ctx, cancel := context.WithTimeoutCause(ctx, listTime, p.fail(TimedOut, nil, "no answer within %v: check the address and that the service runs", listTime))
	defer cancel()
	return p.list(ctx, c, guard(client))
}

func (p endpoint) list(ctx context.Context, c Config, client *http.Client) ([]Listed, error) {
	path, header := "/models", c.header(p.key)
	switch c.Kind {
	case Anthropic:
		path, header = "/v1/models", http.Header{"X-Api-Key": {p.key}, "Anthropic-Version": {"2023-06-01"}}
	case Ollama:
		path = "/api/tags"
	}
	address, err := join(c.base(), path)
	if err != nil {
		return nil, p.fail(Invalid, nil, "the address cannot be read")
	}
	response, err := p.get(ctx, client, address, header)
	if err != nil {
		return nil, err
	}
	var w struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
		Models []struct {
			Name    string `json:"name"`
			Size    int64  `json:"size"`
			Details struct {
				Family string `json:"family"`
			} `json:"details"`
		} `json:"models"`
	}
	if err := p.readJSON(ctx, response, &w); err != nil {
		return nil, err
	}
	var list []Listed
	for _, m := range w.Data {
		list = append(list, Listed{Name: m.ID, Embeds: embeds(m.ID)})
	}
	for _, m := range w.Models {
		list = append(list, Listed{Name: m.Name, Size: m.Size, Embeds: embeds(m.Name) || strings.Contains(m.Details.Family, "bert")})
	}
	list = slices.DeleteFunc(list, func(m Listed) bool { return m.Name == "" || len(m.Name) > 300 })
	slices.SortFunc(list, func(a, b Listed) int { return strings.Compare(a.Name, b.Name) })
	return list[:min(len(list), maxListed)], nil
}

func embeds(name string) bool {
	return mentions(strings.ToLower(name), "embed", "minilm", "bge-", "gte-", "e5-")
}

// FindOllama looks for Ollama at a base address, "" for where it listens by default on this machine, and returns its
// models. When nothing answers within half a second, the error wraps fs.ErrNotExist. The client must be one that may
// reach this machine.
func FindOllama(ctx context.Context, client *http.Client, base string) ([]Listed, error) {
	p := endpoint{provider: Ollama}
	c := Config{Kind: Ollama, BaseURL: base, Model: "any"}
	if err := c.Check(); err != nil {
		return nil, err
	}
	none := p.fail(UnknownModel, nil, "nothing answers at %s: start Ollama there, or write its address", c.place())
	probe, cancel := context.WithTimeoutCause(ctx, probeTime, none)
	defer cancel()
	list, err := p.list(probe, c, guard(client))
	if kind := KindOf(err); ctx.Err() == nil && (kind == Unavailable || kind == TimedOut || kind == BadReply) {
		none.Cause = err
		return nil, none
	}
	return list, err
}
