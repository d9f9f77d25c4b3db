package nodes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "mcp.call", Title: "Call an MCP tool", Group: "Network", Icon: "plug", PerItem: true, Class: engine.IO, World: true,
		Effect: engine.AtMostOnce, EffectOf: typed(mcpCall.effect), Check: typed(mcpCall.check),
		Summary: "Calls a tool of a server that speaks the Model Context Protocol, for every item.",
		Doc: `The **server** is a credential of the type *MCP server*: its address, and a token if it wants one. It must speak streamable HTTP; servers that are started as a command are not taken.

The list of **tools** is read from the server while you edit, and so is what arguments a tool takes. What is typed where a number or a list is wanted is read as one.

**Answer.** Structured data becomes the value; else text that is JSON is read, and other text stays text. An error that the tool reports fails the step with its words.

**After a crash** in the middle of a call a person is asked whether it may be repeated, because the protocol does not tell which tools may be. For tools that only read, or that know the key ` + "`studio.atelier/idempotency-key`" + ` in the call's ` + "`_meta`" + `, choose *call again*.`,
		Keywords:    []string{"model context protocol", "tool", "server", "agent", "function", "ai"},
		Credentials: []string{MCPCredential},
		Examples: []engine.Example{
			{Name: "Call a tool", Needs: "mcp", Params: params("credential", "Tools", "tool", "add", "arguments", obj("a", 2, "b", "={{ $json.n }}")), Input: in(obj("n", 3)), Output: out(obj("n", 3, "result", obj("sum", 5)))},
			{Name: "No such tool", Needs: "mcp", Params: params("credential", "Tools", "tool", "fly"), Input: in(obj()), Error: "has no tool"},
		},
	}, mcpCall{Into: "result", Timeout: 60, Repeat: "never"}, runMCPCall)
}

type mcpCall struct {
	Credential string  `json:"credential" form:"MCP server" widget:"credential" required:"true"`
	Tool       string  `json:"tool" form:"Tool" widget:"choice" from:"credential" required:"true"`
	Arguments  any     `json:"arguments" form:"Arguments" widget:"arguments" lang:"json" from:"tool"`
	Into       string  `json:"into" form:"Into" placeholder:"result"`
	Timeout    float64 `json:"timeout" form:"Time limit (seconds)" min:"0.1" max:"3600"`
	Repeat     string  `json:"repeat" form:"After a crash" options:"never=Ask a person first,again=Call again" help:"Call again what only reads, or does nothing twice."`
}

func (p mcpCall) effect() engine.Effect {
	if p.Repeat == "again" {
		return engine.Idempotent
	}
	return engine.AtMostOnce
}

func (p mcpCall) check() []engine.Problem {
	if p.Credential == "" {
		return problem("credential", "no-server", errors.New("choose an MCP server: under Credentials, add one of the type MCP server"))
	}
	_, err := p.arguments()
	return problem("arguments", "arguments", err)
}

// arguments are an object, or the text of one.
func (p mcpCall) arguments() (map[string]any, error) {
	v := p.Arguments
	if s, ok := v.(string); ok && strings.TrimSpace(s) != "" && !isExpr(s) {
		var err error
		if v, err = parseJSON([]byte(s)); err != nil {
			return nil, bad("arguments", "the arguments are no JSON: %s", err)
		}
	}
	switch v := v.(type) {
	case nil, string:
		return map[string]any{}, nil
	case map[string]any:
		return v, nil
	}
	return nil, bad("arguments", "the arguments must be an object")
}

func runMCPCall(ctx context.Context, d *Deps, p mcpCall, c *engine.Call) (engine.Outputs, error) {
	if p.Tool == "" {
		return nil, bad("tool", "choose the tool to call")
	}
	args, err := p.arguments()
	if err != nil {
		return nil, err
	}
	limit := time.Duration(cmp.Or(max(p.Timeout, 0), 60) * float64(time.Second))
	limited, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the tool %q did not answer within %v: %w", p.Tool, limit, context.DeadlineExceeded))
	defer cancel()
	session, err := d.mcpServer(limited, c, "credential", p.Credential)
	if err != nil {
		return nil, err
	}
	defer session.Close() //nolint:errcheck // the answer is there
	tools, err := session.list(limited)
	if err != nil {
		return nil, err
	}
	for _, t := range tools {
		if t.Name != p.Tool {
			continue
		}
		result, err := session.call(limited, t.Name, typedArguments(t, args), fmt.Sprintf("%s-%d", c.Key, c.Index))
		if err != nil {
			return nil, err
		}
		it := c.Item()
		m := own(it.JSON)
		withField(m, cmp.Or(p.Into, "result"), mcpValue(result))
		return engine.One([]engine.Item{changedItem(it, m)}), nil
	}
	return nil, bad("tool", "the MCP server %q has no tool %q: choose one of its list", p.Credential, p.Tool)
}

// mcpValue is a result as items have it.
func mcpValue(r *mcp.CallToolResult) any {
	if r.StructuredContent != nil {
		if v, err := parseJSON([]byte(canonical(plain(r.StructuredContent)))); err == nil {
			return v
		}
	}
	said := mcpText(r)
	if v, err := parseJSON([]byte(said)); err == nil {
		return v
	}
	return said
}

// typedArguments reads texts as what the tool's schema wants there: expressions within text give text.
func typedArguments(t *mcp.Tool, args map[string]any) map[string]any {
	schema, _ := parseJSON(inputSchema(t)) //nolint:errcheck // it was written just now
	properties := object(object(schema)["properties"])
	out := own(args)
	for name, v := range args {
		s, ok := v.(string)
		if !ok {
			continue
		}
		switch want := object(properties[name])["type"]; want {
		case "number", "integer", "boolean", "array", "object":
			if s == "" {
				delete(out, name) // nothing was given
			} else if read, err := parseJSON([]byte(s)); err == nil {
				out[name] = read
			}
		}
	}
	return out
}
