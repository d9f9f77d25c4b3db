package nodes

import (
	"cmp"
	"context"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

// maxEmbedded bounds how many texts a step turns into vectors.
const maxEmbedded = 10_000

func init() {
	define(engine.Kind{
		Name: "ai.embed", Title: "Make vectors", Group: "Models", Icon: "binary", Class: engine.IO, World: true, Effect: engine.Idempotent,
		Summary: "Turns the text of every item into a vector, so that near means alike.",
		Doc: `All texts go to the embedding model together, a hundred a call. Without a credential the studio's own embedder is used: it needs no network and no key, and knows English best.

Vectors of two models cannot be compared. The field ` + "`ai.model`" + ` says which one made a vector. Up to 10,000 items can be embedded in a step.`,
		Keywords:    []string{"embedding", "vector", "semantic", "similarity", "ai", "openai", "ollama"},
		Credentials: []string{ModelsCredential},
		Examples: []engine.Example{
			{Name: "Without a provider", Params: params("field", "title"), Needs: "models", Input: in(obj("title", "Returns"), obj("title", "Refunds"))},
			{Name: "A text is missing", Params: params("field", "title"), Needs: "models", Input: in(obj("name", "Returns")), Error: "no text"},
		},
	}, aiEmbed{Field: "text", Into: "vector"}, runAIEmbed)
}

type aiEmbed struct {
	Credential string `json:"credential" form:"Embedding model" widget:"credential" help:"Empty: the studio's own, which needs nothing."`
	Field      string `json:"field" form:"Field of the text" widget:"field" required:"true"`
	Into       string `json:"into" form:"Into" placeholder:"vector"`
}

func runAIEmbed(ctx context.Context, d *Deps, p aiEmbed, c *engine.Call) (engine.Outputs, error) {
	items := c.Items()
	if len(items) > maxEmbedded {
		return nil, bad("field", "%d texts are too many for one step, %d are the most: take fewer at a time (Limit, Loop)", len(items), maxEmbedded)
	}
	provider, err := d.provider(ctx, c, p.Credential)
	if err != nil {
		return nil, err
	}
	if provider.Embedder == nil {
		return nil, bad("credential", "the credential %q names no embedding model: set one there, or choose another credential", p.Credential)
	}
	texts := make([]string, len(items))
	for i, it := range items {
		v, _ := field(it.JSON, p.Field)
		if texts[i] = text(v); texts[i] == "" {
			return nil, bad("field", "item %d has no text in %q", i+1, p.Field)
		}
	}
	spent := new(bill)
	vectors, err := llm.MeterEmbedder(provider.Embedder, spent, llm.MeterOptions{Workspace: c.Run.Workspace, Purpose: c.Node.Name, Price: provider.EmbeddingPrice}).Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	account := spent.account(provider.Embedder.Name(), nil)
	out := passed(items)
	for i, v := range vectors {
		list := make([]any, len(v))
		for j, x := range v {
			list[j] = float64(x)
		}
		m := own(items[i].JSON)
		withField(m, cmp.Or(p.Into, "vector"), list)
		m["ai"] = account
		out[i].JSON = m
	}
	return engine.One(out), nil
}
