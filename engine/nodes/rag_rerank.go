package nodes

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
)

func init() {
	define(engine.Kind{
		Name: "rag.rerank", Title: "Rerank", Group: "Documents", Icon: "list-ordered", Class: engine.IO, World: true, Effect: engine.Idempotent, Outputs: foundOrNone,
		Summary: "Orders texts by how well they answer a question, and keeps the best above a threshold.",
		Doc: `All items belong to one question, which is read at the first of them. Texts are judged by how many of the question's words they have, how near those stand to each other, and by meaning; with a credential that names a reranker, its scores order them.

The **threshold** is a probability. Items of **Search documents** keep their collection's measure of it when the collection is named here; for other texts the studio's own is used.

Items go on in their new order, with ` + "`probability`, `score` and `rank`" + `. When none reaches the threshold, one item with the ` + "`question`" + ` and the ` + "`nearest`" + ` leaves by **none**. Up to 1,000 items are taken.`,
		Keywords:    []string{"rank", "sort", "relevance", "cross-encoder", "rag", "filter", "best", "jina", "cohere"},
		Credentials: []string{ModelsCredential},
		Examples: []engine.Example{
			{Name: "The best of three texts", Needs: "models", Params: params("question", "How long does leather last?", "results", 1, "threshold", 0.1), Input: in(obj("text", "Parcels go back within thirty days."), obj("text", "Leather shoes last ten years with wax."), obj("text", "Money is paid to the account."))},
			{Name: "No question", Needs: "models", Params: params("question", "={{ $json.q }}"), Input: in(obj("text", "a")), Error: "question"},
		},
	}, ragRerank{Field: "text", Results: 10, Threshold: 0.7, Language: "en"}, runRAGRerank)
}

type ragRerank struct {
	Question   string  `json:"question" form:"Question" widget:"textarea" placeholder:"={{ $json.question }}" required:"true"`
	Field      string  `json:"field" form:"Field of the text" widget:"field"`
	Results    int     `json:"results" form:"Results" min:"1" max:"1000"`
	Threshold  float64 `json:"threshold" form:"Threshold" min:"0" max:"1" help:"The probability from which a text is kept. 0: all."`
	Collection string  `json:"collection" form:"Collection" help:"The one that the items were found in. Empty: the texts are judged by themselves."`
	Credential string  `json:"credential" form:"Reranker" widget:"credential" help:"A credential that names a reranker. Empty: the studio's own."`
	Language   string  `json:"language" form:"Language of the texts" placeholder:"en" help:"ISO 639-1, for texts without a collection."`
}

func runRAGRerank(ctx context.Context, d *Deps, p ragRerank, c *engine.Call) (engine.Outputs, error) {
	items := c.Items()
	if strings.TrimSpace(p.Question) == "" {
		return nil, bad("question", "there is no question: it is empty at the first item")
	}
	if len(items) > maxPassages {
		return nil, bad("field", "%d items are too many to rank at once, %d are the most: take fewer (Limit)", len(items), maxPassages)
	}
	r, settings, place, err := p.retriever(ctx, d, c)
	if err != nil {
		return nil, err
	}
	if p.Credential != "" {
		provider, err := d.provider(ctx, c, p.Credential)
		if err != nil {
			return nil, err
		}
		if provider.Reranker == nil {
			return nil, bad("credential", "the credential %q names no reranker: set its address there, or choose another credential", p.Credential)
		}
		r.Rerank = provider.Reranker
	}
	settings.Candidates, settings.Results, settings.Threshold = max(len(items), 1), min(p.Results, max(len(items), 1)), p.Threshold
	found, err := r.Search(ctx, p.Question, settings, library.Only(slices.Collect(maps.Keys(place))...))
	if err != nil {
		return nil, err
	}
	if len(found.Hits) == 0 {
		nearest := found.Below[:min(3, len(found.Below))]
		return engine.Outputs{nil, {{JSON: map[string]any{"question": p.Question, "nearest": chunkObjects(nearest)}, From: allOrigins(len(items))}}}, nil
	}
	var out []engine.Item
	for _, h := range found.Hits {
		i := place[h.ID]
		m := own(items[i].JSON)
		m["probability"], m["score"], m["rank"] = h.Probability, h.Reranked, float64(len(out)+1)
		out = append(out, engine.Item{JSON: m, Files: items[i].Files, From: fromItem(i)})
	}
	return engine.Outputs{out, nil}, nil
}

// retriever returns what judges the items, and which item a chunk's number stands for.
func (p ragRerank) retriever(ctx context.Context, d *Deps, c *engine.Call) (*rag.Retriever, rag.Settings, map[uint32]int, error) {
	place := map[uint32]int{}
	items := c.Items()
	if p.Collection != "" {
		o, err := d.collection(ctx, c, p.Collection)
		if err != nil {
			return nil, rag.Settings{}, nil, err
		}
		for i, it := range items {
			number, ok := number(it.JSON["chunk"])
			if !ok || number < 0 || number >= 1<<32 || it.JSON["collection"] != o.Collection.Name {
				return nil, rag.Settings{}, nil, bad("collection", "item %d was not found in the collection %q: leave the collection empty to rank texts of any origin", i+1, o.Collection.Name)
			}
			place[uint32(number)] = i
		}
		return o.Retriever, o.Collection.Settings, place, nil
	}
	chunks, err := chunksOf(items, p.Field)
	if err != nil {
		return nil, rag.Settings{}, nil, err
	}
	for i := range chunks {
		place[uint32(i)] = i
	}
	r, err := rag.Over(ctx, cmp.Or(p.Language, "en"), d.ownEmbedder(ctx, c), chunks)
	return r, rag.DefaultSettings, place, err
}

// ownEmbedder is the one of the studio; nil: it has none.
func (d *Deps) ownEmbedder(ctx context.Context, c *engine.Call) rag.Embedder {
	if d.Models == nil {
		return nil
	}
	p, err := d.Models.Provider(ctx, c.Run.Workspace, "")
	if err != nil || p.Embedder == nil {
		return nil
	}
	return p.Embedder
}

// chunksOf reads texts of items.
func chunksOf(items []engine.Item, name string) ([]rag.Chunk, error) {
	chunks := make([]rag.Chunk, len(items))
	for i, it := range items {
		v, _ := field(it.JSON, cmp.Or(name, "text"))
		k := rag.Chunk{ID: uint32(i), Text: text(v), Title: text(it.JSON["title"]), Document: text(it.JSON["document"])}
		if strings.TrimSpace(k.Text) == "" {
			return nil, bad("field", "item %d has no text in %q", i+1, cmp.Or(name, "text"))
		}
		if list, ok := it.JSON["headings"].([]any); ok {
			for _, h := range list {
				k.Headings = append(k.Headings, text(h))
			}
		}
		if page, ok := number(it.JSON["page"]); ok {
			k.Page = int(page)
		}
		start, _ := number(it.JSON["start"])
		end, _ := number(it.JSON["end"])
		k.Start, k.End = int(start), int(end)
		chunks[i] = k
	}
	return chunks, nil
}
