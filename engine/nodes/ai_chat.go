package nodes

import (
	"cmp"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

// maxImage is the largest picture that is sent to a model, in bytes.
const maxImage = 20 << 20

func init() {
	define(engine.Kind{
		Name: "ai.chat", Title: "Ask a model", Group: "Models", Icon: "message-square", PerItem: true, Class: engine.IO, World: true,
		Effect: engine.Idempotent, EffectOf: typed(func(p aiChat) engine.Effect { return p.effect() }), Check: typed(aiChat.check),
		Summary: "Asks a language model, for every item, and keeps its answer.",
		Doc: `The **instruction** says who the model is and what it must do; the **question** is what it is asked about this item. What other people wrote, such as a mail, belongs into the question, and never into the instruction.

**Pictures** are files of the item, by name; ` + "`*`" + ` stands for all pictures. PNG, JPEG, WebP and GIF up to 20 MiB are taken.

With a **JSON schema** the answer is data that fits it. An answer that does not fit is sent back once with what is wrong; when the second does not fit either, the step fails.

**Failures.** What may succeed a little later is tried again by itself. When the model still fails, the one under *if it fails* is asked. The answer's ` + "`ai`" + ` field says which model answered, who failed before, the tokens, and the cost where the price is known.`,
		Keywords:    []string{"llm", "gpt", "claude", "ollama", "openai", "anthropic", "prompt", "chat", "completion", "generate", "ai"},
		Credentials: []string{ModelsCredential},
		Examples: []engine.Example{
			{Name: "A reply to a mail", Needs: "models", Params: params("credential", "Models", "system", "You write short, friendly replies.", "prompt", "=Reply to this mail:\n{{ $json.mail }}"), Input: in(obj("mail", "Where is my order?"))},
			{Name: "Data instead of text", Needs: "models", Params: params("credential", "Models", "prompt", "={{ $json.text }}", "into", "person",
				"schema", obj("type", "object", "properties", obj("name", obj("type", "string")), "required", list("name"))), Input: in(obj("text", `{"name":"Ada"}`))},
			{Name: "No question", Needs: "models", Params: params("credential", "Models", "prompt", "={{ $json.text }}"), Input: in(obj("text", "")), Error: "question"},
		},
	}, aiChat{Into: "answer", asking: asking{Temperature: 0.7, MaxTokens: 2000, Repeat: "again"}}, runAIChat)
}

type aiChat struct {
	asked
	System string   `json:"system" form:"Instruction" widget:"textarea" placeholder:"You answer in one sentence."`
	Prompt string   `json:"prompt" form:"Question" widget:"textarea" placeholder:"={{ $json.text }}" required:"true"`
	Images []string `json:"images" form:"Pictures" help:"Names of files of the item; * for all."`
	Schema any      `json:"schema" form:"JSON schema" widget:"json" lang:"json" help:"The answer is data that fits it. Empty: text."`
	Into   string   `json:"into" form:"Into" placeholder:"answer"`
	asking
}

func (p aiChat) check() []engine.Problem {
	schema, err := schemaOf(p.Schema)
	if err == nil && schema != nil {
		err = llm.CheckSchema(schema)
	}
	return append(p.asked.check(), problem("schema", "schema", err)...)
}

// schemaOf reads a schema that is an object, or the text of one; nil: there is none.
func schemaOf(v any) (json.RawMessage, error) {
	switch t := v.(type) {
	case nil:
		return nil, nil
	case string:
		if strings.TrimSpace(t) == "" {
			return nil, nil
		}
		if _, err := parseJSON([]byte(t)); err != nil {
			return nil, bad("schema", "the schema is no JSON: %s", err)
		}
		return json.RawMessage(t), nil
	case map[string]any:
		if len(t) == 0 {
			return nil, nil
		}
	}
	return json.RawMessage(canonical(v)), nil
}

func runAIChat(ctx context.Context, d *Deps, p aiChat, c *engine.Call) (engine.Outputs, error) {
	model, spent, err := d.model(ctx, c, p.asked)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(p.Prompt) == "" {
		return nil, bad("prompt", "there is no question: it is empty for this item")
	}
	schema, err := schemaOf(p.Schema)
	if err != nil {
		return nil, err
	}
	if schema != nil {
		if err := llm.CheckSchema(schema); err != nil {
			return nil, about("schema", err, "%s", err)
		}
	}
	images, err := d.images(ctx, c, p.Images)
	if err != nil {
		return nil, err
	}
	reply, err := generate(ctx, model, llm.Request{
		System: p.System, Messages: []llm.Message{{Role: llm.User, Parts: append([]llm.Part{{Text: p.Prompt}}, images...)}},
		Schema: schema, Temperature: &p.Temperature, MaxTokens: p.MaxTokens,
	})
	if err != nil {
		return nil, err
	}
	var value any = reply.Text
	if schema != nil {
		if value, err = parseJSON([]byte(reply.Text)); err != nil {
			return nil, err
		}
	}
	it := c.Item()
	m := own(it.JSON)
	withField(m, cmp.Or(p.Into, "answer"), value)
	account := spent.account(reply.Model, reply.Failed)
	account["end"] = string(reply.End)
	m["ai"] = account
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}

// images reads the pictures of the item that are named.
func (d *Deps) images(ctx context.Context, c *engine.Call, names []string) ([]llm.Part, error) {
	it := c.Item()
	var parts []llm.Part
	for _, name := range names {
		each := []string{name}
		if name == "*" {
			each = slices.Sorted(maps.Keys(it.Files))
		}
		for _, one := range each {
			f, err := fileOf(it, one)
			if err != nil {
				return nil, about("images", err, "%s", err)
			}
			kind, _, _ := strings.Cut(f.Type, ";")
			if !slices.Contains([]string{"image/png", "image/jpeg", "image/webp", "image/gif"}, kind) {
				if name == "*" {
					continue
				}
				return nil, bad("images", "%q is no picture of a type that models take (PNG, JPEG, WebP, GIF) but %s", f.Name, f.Type)
			}
			data, err := d.readFile(ctx, c, it, one, maxImage)
			if err != nil {
				return nil, about("images", cmp.Or(err, fs.ErrInvalid), "%q: %s", f.Name, err)
			}
			parts = append(parts, llm.Part{Image: data, MediaType: kind})
		}
	}
	return parts, nil
}
