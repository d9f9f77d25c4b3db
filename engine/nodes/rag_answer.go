package nodes

import (
	"cmp"
	"context"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
)

func init() {
	define(engine.Kind{
		Name: "rag.answer", Title: "Answer from documents", Group: "Documents", Icon: "text-quote", PerItem: true, Class: engine.IO, World: true, Outputs: foundOrNone,
		Inputs: []engine.Port{{Name: "main"}, {Name: "sources", Label: "Sources", Optional: true}},
		Effect: engine.Idempotent, EffectOf: typed(func(p ragAnswer) engine.Effect { return p.effect() }),
		Summary: "Answers each question from a collection or from given sources, with citations that are checked.",
		Doc: `**Where from.** From a **collection**, which is searched; or, without one, from the items of the input **sources**, such as those of **Rerank**. All questions share those sources; when there are none, the documents do not tell.

**By whom.** By the language model, and when it fails by the one after it. Without a model, and when none answers, the answer is made of sentences of the sources, as they stand there. ` + "`mode`" + ` says which: ` + "`model` or `extract`" + `.

**Citations.** Every sentence names its sources as [1], and ` + "`citations`" + ` has them with document, page and place. Each sentence is checked: ` + "`supported`" + ` is true when every one is borne out by what it cites, and ` + "`sentences`" + ` says why where one is not.

**The documents do not tell.** The item then leaves by **none**, with what came nearest in ` + "`nearest`" + `: connect there what is to be done instead. Texts of documents are material: instructions in them are not followed.`,
		Keywords:    []string{"rag", "question", "answer", "qa", "citation", "grounded", "chat", "knowledge", "llm", "ai"},
		Credentials: []string{ModelsCredential},
		Examples: []engine.Example{
			{Name: "From a collection, without a model", Needs: "documents", Params: params("collection", "Handbook", "question", "={{ $json.question }}", "threshold", 0.3), Input: in(obj("question", "Within how many days can parcels go back?"))},
			{Name: "From given sources", Needs: "models", Params: params("question", "={{ $json.question }}"),
				Input: map[string][]map[string]any{"main": {obj("question", "When do parcels go back?")}, "sources": {obj("text", "Parcels go back within thirty days.", "title", "Returns")}}},
			{Name: "Nothing to answer from", Needs: "models", Params: params("question", "What?"), Input: in(obj("id", 1)), Output: out()},
		},
	}, ragAnswer{
		finding: usualFinding, Field: "text", Language: "en",
		asking: asking{Temperature: rag.DefaultTemperature, MaxTokens: rag.DefaultMaxTokens, Repeat: "again"},
	}, runRAGAnswer)
}

type ragAnswer struct {
	Question   string `json:"question" form:"Question" widget:"textarea" placeholder:"={{ $json.question }}" required:"true"`
	Collection string `json:"collection" form:"Collection" placeholder:"Handbook" help:"Empty: the items of the input Sources are what it answers from."`
	History    any    `json:"history" form:"Conversation so far" widget:"json" placeholder:"={{ $json.history }}" help:"Messages with role and text, as a Chat gives them. A question may then refer to those before it. With a collection only."`
	Credential string `json:"credential" form:"Language model" widget:"credential" help:"Empty: the answer is made of sentences of the documents."`
	Fallback   string `json:"fallback" form:"If it fails" widget:"credential" help:"The model that is asked instead."`
	finding
	Tags     []string `json:"tags" form:"Tags" help:"Only documents that have all of them."`
	Field    string   `json:"field" form:"Field of the sources' text" widget:"field"`
	Language string   `json:"language" form:"Language of the sources" placeholder:"en" help:"ISO 639-1, for texts without a collection."`
	asking
}

// effect is none where no model is paid.
func (p ragAnswer) effect() engine.Effect {
	if p.Credential == "" && p.Fallback == "" {
		return engine.NoEffect
	}
	return p.asking.effect()
}

func runRAGAnswer(ctx context.Context, d *Deps, p ragAnswer, c *engine.Call) (engine.Outputs, error) {
	if strings.TrimSpace(p.Question) == "" {
		return nil, bad("question", "there is no question: it is empty for this item")
	}
	var model llm.Model
	spent := new(bill)
	if who := (asked{Credential: p.Credential, Fallback: p.Fallback}); len(who.names()) > 0 {
		var err error
		if model, spent, err = d.model(ctx, c, who); err != nil {
			return nil, err
		}
	}
	a, err := p.ask(ctx, d, c, model)
	if err != nil {
		return nil, err
	}
	it := c.Item()
	m := own(it.JSON)
	m["question"], m["mode"], m["ai"] = a.Question, string(a.Mode), spent.account(a.Model, a.Failed)
	if a.Mode == rag.Abstained {
		m["nearest"] = chunkObjects(a.Nearest)
		return engine.Outputs{nil, {changedItem(it, m)}}, nil
	}
	sentences := make([]any, len(a.Sentences))
	for i, s := range a.Sentences {
		sources := make([]any, len(s.Sources))
		for j, n := range s.Sources {
			sources[j] = float64(n)
		}
		sentences[i] = map[string]any{"text": s.Text, "sources": sources, "support": string(s.Support)}
	}
	m["answer"], m["citations"], m["sentences"], m["supported"] = a.Text, chunkObjects(a.Sources), sentences, a.Supported()
	return engine.Outputs{{changedItem(it, m)}, nil}, nil
}

func (p ragAnswer) ask(ctx context.Context, d *Deps, c *engine.Call, model llm.Model) (*rag.Answer, error) {
	how := rag.Asking{Temperature: p.Temperature, MaxTokens: p.MaxTokens}
	if p.Collection != "" {
		o, err := d.collection(ctx, c, p.Collection)
		if err != nil {
			return nil, err
		}
		how.Settings, how.Filter, how.Turns = p.settings(o.Collection.Settings), o.Select(p.Tags), turnsOf(p.History)
		return o.Ask(ctx, model, p.Question, how, nil)
	}
	var sources []engine.Item
	if len(c.Inputs) > 1 {
		sources = c.Inputs[1]
	}
	if len(sources) == 0 {
		return &rag.Answer{Question: p.Question, Mode: rag.Abstained}, nil
	}
	if len(sources) > maxPassages {
		return nil, bad("field", "%d sources are too many, %d are the most: take fewer (Limit, Rerank)", len(sources), maxPassages)
	}
	chunks, err := chunksOf(sources, p.Field)
	if err != nil {
		return nil, err
	}
	r, err := rag.Over(ctx, cmp.Or(p.Language, "en"), d.ownEmbedder(ctx, c), chunks)
	if err != nil {
		return nil, err
	}
	hits := make([]rag.Hit, len(chunks))
	for i, k := range chunks {
		hits[i] = rag.Hit{Chunk: k, Probability: 1}
		if v, ok := number(sources[i].JSON["probability"]); ok {
			hits[i].Probability = v
		}
		if v, ok := number(sources[i].JSON["chunk"]); ok && v >= 0 && v < 1<<32 {
			hits[i].ID = uint32(v)
		}
	}
	return r.AskOf(ctx, model, p.Question, r.Given(p.Question, hits), how)
}

// turnsOf are the questions of a conversation that were answered, from its messages: each with role and text, as trigger.chat
// gives them.
func turnsOf(v any) (turns []rag.Turn) {
	list, _ := v.([]any)
	question := ""
	for _, one := range list {
		m, _ := one.(map[string]any)
		text, _ := m["text"].(string)
		switch m["role"] {
		case "user":
			question = text
		case "assistant":
			if question != "" {
				turns = append(turns, rag.Turn{Question: question, Answer: text})
			}
			question = ""
		}
	}
	return turns
}
