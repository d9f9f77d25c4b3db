package nodes

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

// mcpTools offers the tools of an MCP server: those that are named, or all. The list is read once; what the server says
// later adds nothing to it.
func (a *agent) mcpTools(ctx context.Context, t agentTool) ([]*tool, error) {
	session, err := a.d.mcpServer(ctx, a.c, "server", t.Server)
	if err != nil {
		return nil, err
	}
	a.sessions = append(a.sessions, session)
	listed, err := session.list(ctx)
	if err != nil {
		return nil, err
	}
	only := names(t.Only)
	var made []*tool
	for _, one := range listed {
		if len(only) > 0 && !slices.Contains(only, one.Name) {
			continue
		}
		made = append(made, mcpTool(session, t, one))
	}
	for _, name := range only {
		if !slices.ContainsFunc(listed, func(l *mcp.Tool) bool { return l.Name == name }) {
			return nil, bad("only", "the MCP server %q has no tool %q", t.Server, name)
		}
	}
	return made, nil
}

func mcpTool(session *mcpSession, t agentTool, one *mcp.Tool) *tool {
	name := one.Name
	if t.Name != "" {
		name = t.Name + "_" + name
	}
	made := &tool{kind: "mcp", ask: t.Approve}
	made.Name = safeName(name)
	made.Description = excerpt(cmp.Or(one.Description, one.Title), maxToolText)
	made.Schema = inputSchema(one)
	if llm.CheckSchema(made.Schema) == nil { // else the server judges alone
		made.fits = made.Schema
	}
	if one.Annotations != nil {
		made.repeat = one.Annotations.ReadOnlyHint || one.Annotations.IdempotentHint
	}
	made.run = func(ctx context.Context, c *engine.Call, args map[string]any) (string, error) {
		result, err := session.call(ctx, one.Name, args, c.Key)
		if err != nil {
			return "", err
		}
		if said := mcpText(result); said != "" || result.StructuredContent == nil {
			return said, nil
		}
		return canonical(plain(result.StructuredContent)), nil
	}
	return made
}

// safeName is a name as models take them.
func safeName(s string) string {
	s = strings.Map(func(r rune) rune {
		if toolName(string(r)) {
			return r
		}
		return '_'
	}, s)
	if len(s) > 64 {
		sum := sha256.Sum256([]byte(s))
		s = s[:55] + "_" + hex.EncodeToString(sum[:4])
	}
	return s
}

// close ends the connections with servers.
func (a *agent) close() {
	for _, s := range a.sessions {
		s.Close() //nolint:errcheck // what was wanted of it is there
	}
}
