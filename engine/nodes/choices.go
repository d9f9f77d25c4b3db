package nodes

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// choosing is how long the editor waits for what a parameter can be.
const choosing = 15 * time.Second

// mcpChoices are the tools of the server that a credential names, with what they take.
func (d *Deps) mcpChoices(ctx context.Context, workspace, credential string) ([]engine.Choice, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, choosing, context.DeadlineExceeded)
	defer cancel()
	session, err := d.mcpServer(ctx, &engine.Call{Run: &engine.RunInfo{Workspace: workspace}}, "credential", credential)
	if err != nil {
		return nil, err
	}
	defer session.Close() //nolint:errcheck // the list is there
	tools, err := session.list(ctx)
	if err != nil {
		return nil, err
	}
	choices := make([]engine.Choice, len(tools))
	for i, t := range tools {
		choices[i] = engine.Choice{Value: t.Name, Label: excerpt(t.Title, 100), Help: excerpt(t.Description, 500), Schema: inputSchema(t)}
	}
	return choices, nil
}

// choicesOf gives the choices of the kinds that have some.
var choicesOf = map[string]func(ctx context.Context, d *Deps, workspace string, params map[string]any, at []string) ([]engine.Choice, error){
	"mcp.call": func(ctx context.Context, d *Deps, workspace string, params map[string]any, _ []string) ([]engine.Choice, error) {
		return d.mcpChoices(ctx, workspace, text(params["credential"]))
	},
	"ai.agent": func(ctx context.Context, d *Deps, workspace string, params map[string]any, at []string) ([]engine.Choice, error) {
		tools, _ := params["tools"].([]any)
		if i := slices.Index(at, "tools"); i >= 0 && i+1 < len(at) {
			if n, err := strconv.Atoi(at[i+1]); err == nil && n >= 0 && n < len(tools) {
				return d.mcpChoices(ctx, workspace, text(object(tools[n])["server"]))
			}
		}
		return nil, bad("tools", "choose the MCP server first")
	},
	"qa.pool": qaChoices,
}
