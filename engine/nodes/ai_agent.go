package nodes

import (
	"cmp"
	"context"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

func init() {
	define(engine.Kind{
		Name: "ai.agent", Title: "Agent", Group: "Models", Icon: "bot", PerItem: true, Class: engine.IO, World: true, Effect: engine.Idempotent,
		Check:   typed(aiAgent.check),
		Summary: "Gives a language model a task and tools, for every item, and keeps what it makes of them.",
		Doc: `The model is asked; when it wants a tool called, the tool is called and the model is asked again with the result, until it answers without wanting one. The **tools** are those of the list and no others:

- a **workflow** of this workspace, which gets the model's arguments as its item,
- an **HTTP request** with a fixed method, host and credential: the model fills in what stands in braces, as in ` + "`https://api.example.com/tickets/{id}`" + `, and other arguments go into the body, or into the query where the method has no body,
- a **collection** to search,
- the tools of an **MCP server**.

**Ask a person first** has the run wait before each call of a tool, until somebody looks at the arguments and approves, or refuses with a word that the model is told. The waiting survives restarts, and costs nothing.

**Limits.** Turns, calls, tokens, cost and time end an agent that does not come to an end. At the limit of turns or calls the step fails, or the model is asked for an answer without tools. A call that was made before with the same arguments is not made again; the model is told so, and an agent that keeps on repeating itself is stopped. Waiting for people does not count as time.

**After a crash** the agent goes on behind the last turn that was finished. Tools that had finished are not called again. A tool that was under way is called again with the same idempotency key; an MCP tool that is not known to be harmless is not, unless a person says so.

**Texts are data.** What tools and documents say is shown to the model as material. It can at most make the model want a tool that is in the list, within the limits, and with approval it waits for a person like every other call.

The ` + "`steps`" + ` of the item list every call with its arguments, result and time; ` + "`ai`" + ` has the turns, tokens and cost. The page of the run shows them turn by turn.`,
		Keywords:    []string{"assistant", "tools", "function calling", "react", "autonomous", "mcp", "approval", "human in the loop", "llm", "ai"},
		Credentials: []string{ModelsCredential},
		Examples: []engine.Example{
			{Name: "An assistant that knows the handbook", Needs: "models", Params: params("credential", "Models", "system", "You help customers of a shop.", "prompt", "={{ $json.question }}",
				"tools", list(obj("type", "collection", "name", "handbook", "collection", "Handbook"))), Input: in(obj("question", "May shoes go back?"))},
			{Name: "A ticket that a person approves", Needs: "models", Params: params("credential", "Models", "prompt", "={{ $json.mail }}",
				"tools", list(obj("type", "http", "name", "open_ticket", "description", "Opens a ticket.", "method", "POST", "url", "https://api.example.com/tickets", "approve", true,
					"arguments", list(obj("name", "title", "type", "string", "required", true))))), Input: in(obj("mail", "My parcel is broken."))},
			{Name: "No task", Needs: "models", Params: params("credential", "Models", "prompt", "={{ $json.text }}"), Input: in(obj("text", "")), Error: "no task"},
		},
	}, aiAgent{
		Into: "answer", Steps: 10, Calls: 25, Tokens: 100_000, Minutes: 10, AtLimit: "fail", Hours: 24, Unanswered: "refuse", Temperature: 0.2, MaxTokens: 2000,
	}, runAIAgent)
}

type aiAgent struct {
	asked
	System      string      `json:"system" form:"Instruction" widget:"textarea" placeholder:"You help customers of a shop."`
	Prompt      string      `json:"prompt" form:"Task" widget:"textarea" placeholder:"={{ $json.text }}" required:"true"`
	Tools       []agentTool `json:"tools" form:"Tools" widget:"cards"`
	Schema      any         `json:"schema" form:"JSON schema" widget:"json" lang:"json" help:"The answer is data that fits it. Empty: text."`
	Into        string      `json:"into" form:"Into" placeholder:"answer"`
	Steps       int         `json:"steps" form:"Most turns" min:"1" max:"100" help:"How often the model is asked."`
	Calls       int         `json:"calls" form:"Most calls of tools" min:"1" max:"500"`
	AtLimit     string      `json:"at_limit" form:"At these limits" options:"fail=Fail,answer=Ask for an answer without tools"`
	Tokens      int         `json:"tokens" form:"Most tokens" min:"0" max:"10000000" help:"Sent and answered in all turns. 0: no limit."`
	Cost        float64     `json:"cost" form:"Highest cost (US dollars)" min:"0" help:"0: no limit."`
	Minutes     float64     `json:"minutes" form:"Longest time (minutes)" min:"0.01" max:"1440" help:"Without waiting for people."`
	Hours       float64     `json:"hours" form:"Wait for a person (hours)" min:"0.0001" max:"8760"`
	Unanswered  string      `json:"unanswered" form:"When nobody answers" options:"refuse=Go on without the tool,fail=Fail"`
	Temperature float64     `json:"temperature" form:"Temperature" min:"0" max:"2" help:"0: the same answer each time, as far as the model can; more: freer."`
	MaxTokens   int         `json:"max_tokens" form:"Longest answer (tokens)" min:"1" max:"200000"`
}

func (p aiAgent) check() []engine.Problem {
	found := p.asked.check()
	schema, err := schemaOf(p.Schema)
	if err == nil && schema != nil {
		err = llm.CheckSchema(schema)
	}
	found = append(found, problem("schema", "schema", err)...)
	names := map[string]bool{}
	for i, t := range p.Tools {
		err := t.check()
		if err == nil && t.Type != "mcp" && names[t.Name] {
			err = bad("name", "two tools are called %q: give one another name", t.Name)
		}
		names[t.Name] = true
		if err != nil {
			found = append(found, engine.Problem{Param: toolParam(i, err), Text: err.Error(), Code: "tool"})
		}
	}
	return found
}

func runAIAgent(ctx context.Context, d *Deps, p aiAgent, c *engine.Call) (engine.Outputs, error) {
	if strings.TrimSpace(p.Prompt) == "" {
		return nil, bad("prompt", "there is no task: it is empty for this item")
	}
	model, spent, err := d.model(ctx, c, p.asked)
	if err != nil {
		return nil, err
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
	a := &agent{d: d, p: p, c: c, model: model, spent: spent, schema: schema}
	if err := a.price(ctx); err != nil {
		return nil, err
	}
	if err := a.recall(); err != nil {
		return nil, err
	}
	defer a.close()
	if err := a.offer(ctx); err != nil {
		return nil, err
	}
	value, err := a.work(ctx)
	if err != nil {
		return nil, err
	}
	it := c.Item()
	m := own(it.JSON)
	withField(m, cmp.Or(p.Into, "answer"), value)
	m["steps"], m["ai"] = a.steps(), a.account()
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}
