package nodes

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

// Bounds of an agent's tools.
const (
	maxAgentTools  = 100
	maxToolText    = 1000     // letters of a description that a server gives
	maxToolResult  = 24 << 10 // bytes of a result that the model is shown
	maxAgentFields = 100
)

// agentTool is one entry of an agent's list of tools.
type agentTool struct {
	Type        string          `json:"type" form:"What" options:"workflow=A workflow,http=An HTTP request,collection=A collection of documents,mcp=An MCP server" expr:"no" required:"true"`
	Name        string          `json:"name" form:"Name" placeholder:"open_ticket" expr:"no" help:"Letters, digits, _ and -. Of an MCP server it is put before the names of its tools, and may be empty."`
	Description string          `json:"description" form:"What it does" widget:"textarea" help:"The model decides by it when to call the tool." show:"type=workflow|http|collection"`
	Workflow    string          `json:"workflow" form:"Workflow" widget:"workflow" required:"true" show:"type=workflow"`
	Method      string          `json:"method" form:"Method" options:"GET,POST,PUT,PATCH,DELETE" expr:"no" show:"type=http"`
	URL         string          `json:"url" form:"Address" placeholder:"https://api.example.com/tickets/{id}" required:"true" help:"The model fills in what stands in braces, behind the host." show:"type=http"`
	Credential  string          `json:"credential" form:"Credential" widget:"credential" types:"http.basic,http.bearer,http.header,http.query,http.oauth2_client" show:"type=http"`
	Collection  string          `json:"collection" form:"Collection" placeholder:"Handbook" required:"true" show:"type=collection"`
	Results     int             `json:"results" form:"Results" min:"0" max:"50" help:"How many passages the model is shown, at most. 0: 5." show:"type=collection"`
	Server      string          `json:"server" form:"MCP server" widget:"credential" types:"mcp" required:"true" show:"type=mcp"`
	Only        []string        `json:"only" form:"Only these tools" widget:"choices" from:"server" help:"Empty: all that the server has." show:"type=mcp"`
	Arguments   []agentArgument `json:"arguments" form:"Arguments" show:"type=workflow|http"`
	Schema      any             `json:"schema" form:"Or JSON schema" widget:"json" lang:"json" help:"When it is set, the arguments are not looked at." show:"type=workflow|http"`
	Approve     bool            `json:"approve" form:"Ask a person first"`
}

type agentArgument struct {
	Name        string `json:"name" form:"Name" required:"true" expr:"no"`
	Type        string `json:"type" form:"Type" options:"string=Text,number=Number,integer=Whole number,boolean=Yes or no,list=List of texts" expr:"no"`
	Description string `json:"description" form:"What is meant"`
	Required    bool   `json:"required" form:"Required"`
}

// tool is what the model is offered.
type tool struct {
	llm.Tool
	kind   string
	ask    bool            // a person is asked first
	repeat bool            // it may be called again with the same key, when nobody knows whether it took effect
	fits   json.RawMessage // schema that arguments are held against; nil: the tool judges itself
	run    func(ctx context.Context, c *engine.Call, args map[string]any) (string, error)
}

// toolParam names the parameter that an error of the i-th tool is about.
func toolParam(i int, err error) string {
	at := fmt.Sprintf("tools.%d", i+1)
	if p, ok := errors.AsType[engine.Problem](err); ok && p.Param != "" {
		at += "." + p.Param
	}
	return at
}

func (t agentTool) check() error {
	if t.Type != "mcp" || t.Name != "" {
		if !toolName(t.Name) {
			return bad("name", "a tool needs a name of up to 64 letters, digits, _ and -, not %q", excerpt(t.Name, 80))
		}
	}
	if isExpr(t.URL) || isExpr(t.Collection) || isExpr(t.Workflow) || isExpr(t.Server) {
		return nil // known when it runs
	}
	switch t.Type {
	case "workflow":
		if t.Workflow == "" {
			return bad("workflow", "choose the workflow that the tool %q runs", t.Name)
		}
	case "http":
		if _, err := t.address(nil); err != nil {
			return err
		}
	case "collection":
		if t.Collection == "" {
			return bad("collection", "choose the collection that the tool %q searches", t.Name)
		}
	case "mcp":
		if t.Server == "" {
			return bad("server", "choose the MCP server: a credential of the type MCP server")
		}
	default:
		return bad("type", "choose what the tool %q is: a workflow, an HTTP request, a collection or an MCP server", t.Name)
	}
	_, err := t.schema()
	return err
}

func isExpr(s string) bool { return strings.HasPrefix(s, "=") }

func toolName(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// schema is what the arguments of a workflow or request must fit.
func (t agentTool) schema() (json.RawMessage, error) {
	if schema, err := schemaOf(t.Schema); schema != nil || err != nil {
		if err == nil {
			err = llm.CheckSchema(schema)
		}
		if m, _ := parseJSON(schema); err == nil && object(m)["type"] != "object" { //nolint:errcheck // it was read just now
			err = errors.New("the schema of a tool's arguments must be of the type object")
		}
		if err != nil {
			return nil, about("schema", err, "%s", err)
		}
		return schema, nil
	}
	if len(t.Arguments) > maxAgentFields {
		return nil, bad("arguments", "the tool %q has %d arguments, %d are the most", t.Name, len(t.Arguments), maxAgentFields)
	}
	properties, required := map[string]any{}, []any{}
	for _, a := range t.Arguments {
		if strings.TrimSpace(a.Name) == "" {
			return nil, bad("arguments", "an argument of the tool %q has no name", t.Name)
		}
		field := map[string]any{"type": cmp.Or(a.Type, "string")}
		if a.Type == "list" {
			field = map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
		}
		if a.Description != "" {
			field["description"] = a.Description
		}
		properties[a.Name] = field
		if a.Required {
			required = append(required, a.Name)
		}
	}
	open := len(t.Arguments) == 0 && t.Type == "workflow" // nothing is known of what it takes
	return json.RawMessage(canonical(map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": open})), nil
}

// offer makes the tools of the list. What models and servers say later cannot add to them.
func (a *agent) offer(ctx context.Context) error {
	a.tools = map[string]*tool{}
	for i, t := range a.p.Tools {
		err := t.check()
		var made []*tool
		if err == nil {
			made, err = a.make(ctx, t)
		}
		if err != nil {
			if _, ok := errors.AsType[engine.Problem](err); ok {
				return about(toolParam(i, err), err, "%s", err)
			}
			return err
		}
		for _, m := range made {
			if a.tools[m.Name] != nil {
				return bad(fmt.Sprintf("tools.%d.name", i+1), "two tools are called %q: give one another name", m.Name)
			}
			if len(a.order) >= maxAgentTools {
				return bad("tools", "an agent has at most %d tools: choose among those of the MCP server", maxAgentTools)
			}
			a.tools[m.Name] = m
			a.order = append(a.order, m.Tool)
		}
	}
	return nil
}

// make makes what one entry of the list stands for.
func (a *agent) make(ctx context.Context, t agentTool) ([]*tool, error) {
	if t.Type == "mcp" {
		return a.mcpTools(ctx, t)
	}
	one := &tool{Tool: llm.Tool{Name: t.Name, Description: t.Description}, kind: t.Type, ask: t.Approve, repeat: true}
	if t.Type == "collection" {
		one.Schema = json.RawMessage(`{"type":"object","properties":{"question":{"type":"string","description":"What is looked for, as a question or in key words."}},"required":["question"],"additionalProperties":false}`)
		one.Description = cmp.Or(t.Description, "Searches the documents of "+t.Collection+".")
		one.run = a.search(t)
	} else {
		schema, err := t.schema()
		if err != nil {
			return nil, err
		}
		one.Schema = schema
		if one.run = a.callWorkflow(t); t.Type == "http" {
			one.run = a.request(t)
			one.repeat = t.Method != "POST" && t.Method != "PATCH" // few servers know the key
		}
	}
	one.fits = one.Schema
	return []*tool{one}, nil
}
