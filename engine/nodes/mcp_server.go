package nodes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/atelier-studio/atelier/engine"
)

// MCPCredential is the type of credentials of MCP servers.
const MCPCredential = "mcp"

// Bounds of what an MCP server may say.
const (
	maxMCPTools = 500
	maxMCPPages = 50      // of their list
	maxMCPList  = 4 << 20 // bytes of their descriptions together
	maxMCPBody  = 16 << 20
	mcpConnect  = 30 * time.Second
)

// mcpSession is a connection with an MCP server. Errors are in words for people.
type mcpSession struct {
	*mcp.ClientSession
	name string
}

// mcpServer connects with the server that a credential names. Whoever gets a session closes it.
func (d *Deps) mcpServer(ctx context.Context, c *engine.Call, param, name string) (*mcpSession, error) {
	if d.HTTP == nil {
		return nil, fmt.Errorf("this studio makes no requests: %w", errors.ErrUnsupported)
	}
	values, err := d.credential(ctx, c, name, MCPCredential)
	if err != nil {
		if p, ok := errors.AsType[engine.Problem](err); ok {
			return nil, about(param, err, "%s", p.Text)
		}
		return nil, err
	}
	u, err := httpRequest{URL: values["url"]}.address()
	if err != nil {
		return nil, bad(param, "the credential %q: %s", name, err)
	}
	client := *d.HTTP
	client.Timeout, client.Jar = 0, nil
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the token goes nowhere else
	client.Transport = mcpTransport{next: client.Transport, server: u, header: mcpHeader(values)}
	ctx, cancel := context.WithTimeoutCause(ctx, mcpConnect, fmt.Errorf("it did not answer within %v: %w", mcpConnect, context.DeadlineExceeded))
	defer cancel()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "atelier", Title: "Atelier"}, &mcp.ClientOptions{Capabilities: &mcp.ClientCapabilities{}}).
		Connect(ctx, &mcp.StreamableClientTransport{Endpoint: u.String(), HTTPClient: &client, MaxRetries: -1, DisableStandaloneSSE: true, MaxEventSize: maxMCPBody}, nil)
	if err != nil {
		return nil, fmt.Errorf("the MCP server %q cannot be reached at %s: %w", name, shown(u), mcpCause(ctx, err))
	}
	return &mcpSession{session, name}, nil
}

func mcpHeader(values map[string]string) http.Header {
	h := http.Header{}
	switch token := strings.TrimSpace(values["token"]); {
	case token == "":
	case values["header"] != "":
		h.Set(values["header"], token)
	default:
		h.Set("Authorization", "Bearer "+token)
	}
	return h
}

// mcpTransport sends the token to the server's own origin, and bounds what it answers.
type mcpTransport struct {
	next   http.RoundTripper
	server *url.URL
	header http.Header
}

func (t mcpTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !sameOrigin(r.URL, t.server) {
		return nil, errors.New("it wants to be called at another host")
	}
	r = r.Clone(r.Context())
	for name, v := range t.header {
		r.Header[name] = v
	}
	next := t.next
	if next == nil {
		next = http.DefaultTransport //nolint:forbidigo // the client around it has the time
	}
	response, err := next.RoundTrip(r)
	if err == nil {
		response.Body = &boundedBody{response.Body, maxMCPBody}
	}
	return response, err
}

// boundedBody ends an answer that is too long.
type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the answer is longer than %d MB", maxMCPBody>>20)
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// mcpCause is why a call failed: the limit that passed, or what happened, without the address's query.
func mcpCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		return inner.Err
	}
	return errors.New(excerpt(err.Error(), 300))
}

// list returns the tools of the server, in bounded time and memory: a server may hand out page after page without end.
func (s *mcpSession) list(ctx context.Context) ([]*mcp.Tool, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, mcpConnect, fmt.Errorf("it did not answer within %v: %w", mcpConnect, context.DeadlineExceeded))
	defer cancel()
	var tools []*mcp.Tool
	var size int
	var next mcp.ListToolsParams
	for range maxMCPPages {
		page, err := s.ListTools(ctx, &next)
		if err != nil {
			return nil, fmt.Errorf("the tools of the MCP server %q cannot be listed: %w", s.name, mcpCause(ctx, err))
		}
		for _, t := range page.Tools {
			data, err := json.Marshal(t)
			if err != nil {
				return nil, fmt.Errorf("a tool of the MCP server %q cannot be read: %w", s.name, err)
			}
			if size += len(data); size > maxMCPList {
				return nil, fmt.Errorf("the MCP server %q describes its tools in more than %d MB: %w", s.name, maxMCPList>>20, fs.ErrInvalid)
			}
		}
		if tools = append(tools, page.Tools...); len(tools) > maxMCPTools {
			return nil, fmt.Errorf("the MCP server %q lists more than %d tools: %w", s.name, maxMCPTools, fs.ErrInvalid)
		}
		if next.Cursor = page.NextCursor; next.Cursor == "" {
			return tools, nil
		}
	}
	return nil, fmt.Errorf("the MCP server %q lists its tools on more than %d pages: %w", s.name, maxMCPPages, fs.ErrInvalid)
}

// call calls a tool. The key stays the same for every attempt; a server that knows it does the thing once. What the tool
// itself reports as an error comes back as a refusal.
func (s *mcpSession) call(ctx context.Context, tool string, args map[string]any, key string) (*mcp.CallToolResult, error) {
	if args == nil {
		args = map[string]any{}
	}
	result, err := s.CallTool(ctx, &mcp.CallToolParams{Meta: mcp.Meta{"studio.atelier/idempotency-key": key}, Name: tool, Arguments: args})
	if err != nil {
		return nil, fmt.Errorf("the tool %q of the MCP server %q failed: %w", tool, s.name, mcpCause(ctx, err))
	}
	if result.IsError {
		return nil, refusal{fmt.Sprintf("the tool %q of the MCP server %q reports an error: %s", tool, s.name, excerpt(mcpText(result), 2000))}
	}
	return result, nil
}

// mcpText is what a result says in text.
func mcpText(r *mcp.CallToolResult) string {
	var parts []string
	for _, c := range r.Content {
		switch c := c.(type) {
		case *mcp.TextContent:
			parts = append(parts, c.Text)
		case *mcp.ImageContent:
			parts = append(parts, "("+c.MIMEType+")")
		case *mcp.AudioContent:
			parts = append(parts, "("+c.MIMEType+")")
		case *mcp.ResourceLink:
			parts = append(parts, c.Name+": "+c.URI)
		case *mcp.EmbeddedResource:
			if c.Resource != nil {
				parts = append(parts, c.Resource.Text)
			}
		}
	}
	return strings.Join(parts, "\n")
}

// inputSchema is what a tool's arguments must fit, as an object in any case.
func inputSchema(t *mcp.Tool) json.RawMessage {
	data, err := json.Marshal(t.InputSchema)
	if m, _ := parseJSON(data); err != nil || object(m)["type"] != "object" { //nolint:errcheck // what cannot be read is no object
		return json.RawMessage(`{"type":"object"}`)
	}
	return data
}
