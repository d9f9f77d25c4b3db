package nodes

import (
	"context"
	"math"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
)

func init() {
	define(engine.Kind{
		Name: "rag.search", Title: "Search documents", Group: "Documents", Icon: "search", PerItem: true, Class: engine.IO, World: true, Outputs: foundOrNone,
		Summary: "Finds the chunks of a collection that answer a question, and gives an item for each.",
		Doc: `Chunks are found by their words and by their meaning; of the best **candidates** as many **results** are kept as reach the **threshold**, the best first. It needs no language model and no network unless the collection's embedder does.

Each item has ` + "`text`, `title`, `headings`, `page`, `probability`, `score`" + ` and the place in the document (` + "`document`, `chunk`, `start`, `end`" + `), the scores of every stage in ` + "`scores`" + `, and the ` + "`question` and `collection`" + ` that it was found for. Files and other fields of the item that asked do not go along.

When nothing reaches the threshold, the item leaves by **none**, with what came nearest in ` + "`nearest`" + `. To rank the results in a node of its own, set the threshold to 0 and let **Rerank** follow.`,
		Keywords: []string{"rag", "retrieval", "vector", "semantic", "knowledge", "collection", "find", "embedding", "top k"},
		Examples: []engine.Example{
			{Name: "Find what answers a question", Needs: "documents", Params: params("collection", "Handbook", "question", "={{ $json.question }}", "threshold", 0.3), Input: in(obj("question", "Within how many days can parcels go back?"))},
			{Name: "No such collection", Needs: "documents", Params: params("collection", "Nowhere", "question", "What?"), Input: in(obj()), Error: "no collection"},
		},
	}, ragSearch{finding: usualFinding}, runRAGSearch)
}

type ragSearch struct {
	Collection string `json:"collection" form:"Collection" placeholder:"Handbook" required:"true"`
	Question   string `json:"question" form:"Question" widget:"textarea" placeholder:"={{ $json.question }}" required:"true"`
	finding
	Tags   []string  `json:"tags" form:"Tags" help:"Only documents that have all of them."`
	Vector []float64 `json:"vector" form:"Vector of the question" placeholder:"={{ $json.vector }}" help:"Made before by the collection's embedder. Empty: it is made here."`
}

// embedded stands for an embedder whose vector of the question is there already.
type embedded struct {
	rag.Embedder
	vector []float32
}

func (e embedded) Embed(context.Context, []string) ([][]float32, error) {
	return [][]float32{e.vector}, nil
}

// use has a search take the vector that was given. It must be one of the collection's own embedder.
func (p ragSearch) use(o *library.Opened) error {
	if len(p.Vector) == 0 {
		return nil
	}
	var sum float64
	vector := make([]float32, len(p.Vector))
	for _, x := range p.Vector {
		sum += x * x
	}
	for i, x := range p.Vector {
		vector[i] = float32(x / max(math.Sqrt(sum), 1e-12))
	}
	for i, space := range o.Spaces {
		e, ok := space.Embedder.(interface{ Dims() int })
		if !ok || e.Dims() != len(vector) {
			return bad("vector", "the vector has %d numbers and is not one of the collection's embedder %s: make it with that one, or leave it empty", len(vector), space.Embedder.Name())
		}
		o.Spaces[i].Embedder = embedded{space.Embedder, vector}
	}
	return nil
}

func runRAGSearch(ctx context.Context, d *Deps, p ragSearch, c *engine.Call) (engine.Outputs, error) {
	if strings.TrimSpace(p.Question) == "" {
		return nil, bad("question", "there is no question: it is empty for this item")
	}
	o, err := d.collection(ctx, c, p.Collection)
	if err != nil {
		return nil, err
	}
	if err := p.use(o); err != nil {
		return nil, err
	}
	found, err := o.Search(ctx, p.Question, p.settings(o.Collection.Settings), o.Select(p.Tags))
	if err != nil {
		return nil, err
	}
	if len(found.Hits) == 0 {
		it := c.Item()
		m := own(it.JSON)
		m["question"], m["collection"], m["nearest"] = p.Question, o.Collection.Name, chunkObjects(found.Below[:min(3, len(found.Below))])
		return engine.Outputs{nil, {changedItem(it, m)}}, nil
	}
	items := make([]engine.Item, len(found.Hits))
	for i := range found.Hits {
		m := chunkObject(&found.Hits[i], i+1)
		m["question"], m["collection"] = p.Question, o.Collection.Name
		items[i].JSON = m
	}
	return engine.Outputs{items, nil}, nil
}
