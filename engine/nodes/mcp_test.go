package nodes_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/atelier-studio/atelier/engine/nodes"
)

// toolServer is a real MCP server with some tools, which remembers how it was called.
type toolServer struct {
	mu    sync.Mutex
	calls []string
	keys  []string
	hang  chan struct{} // "wait" waits for it
}

func (s *toolServer) note(r *mcp.CallToolRequest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, _ := r.Params.Meta["studio.atelier/idempotency-key"].(string)
	s.calls, s.keys = append(s.calls, r.Params.Name), append(s.keys, key)
}

func (s *toolServer) called() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.calls...)
}

type sumIn struct {
	A float64 `json:"a"`
	B float64 `json:"b"`
}

type sumOut struct {
	Sum float64 `json:"sum"`
}

func (s *toolServer) handler() http.Handler {
	server := mcp.NewServer(&mcp.Implementation{Name: "tools"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "add", Title: "Add", Description: "Adds two numbers.", Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true}},
		func(_ context.Context, r *mcp.CallToolRequest, in sumIn) (*mcp.CallToolResult, sumOut, error) {
			s.note(r)
			return nil, sumOut{in.A + in.B}, nil
		})
	type nothing struct{}
	server.AddTool(&mcp.Tool{Name: "delete_everything", Description: "Deletes everything.", InputSchema: map[string]any{"type": "object"}},
		func(_ context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			s.note(r)
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "All is gone."}}}, nil
		})
	mcp.AddTool(server, &mcp.Tool{Name: "fail", Description: "Fails."},
		func(_ context.Context, r *mcp.CallToolRequest, _ nothing) (*mcp.CallToolResult, any, error) {
			s.note(r)
			return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: "the shop is closed"}}}, nil, nil
		})
	mcp.AddTool(server, &mcp.Tool{Name: "wait", Description: "Takes for ever."},
		func(ctx context.Context, r *mcp.CallToolRequest, _ nothing) (*mcp.CallToolResult, any, error) {
			s.note(r)
			select {
			case <-s.hang:
			case <-ctx.Done():
			}
			return &mcp.CallToolResult{}, nil, nil
		})
	inner := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, &mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true, DisableLocalhostProtection: true})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token-1" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// withTools gives a world's internet an MCP server.
func toolsWorld(t *testing.T) (*world, *toolServer) {
	t.Helper()
	s := &toolServer{hang: make(chan struct{})}
	mux := http.NewServeMux()
	mux.Handle("tools.example.com/mcp", s.handler())
	mux.HandleFunc("tools.example.com/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example.com/mcp", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("elsewhere.example.com/", func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another host was called: %v", r.Header)
	})
	w := newWorld(t, mux)
	w.withTools()
	return w, s
}

func (w *world) withTools() {
	for name, values := range map[string]map[string]string{
		"Tools": {"url": "https://tools.example.com/mcp", "token": "token-1"}, "Stranger": {"url": "https://tools.example.com/mcp", "token": "no"},
		"Away": {"url": "https://tools.example.com/away", "token": "token-1"},
	} {
		w.creds.add(name, nodes.MCPCredential, values)
	}
}

func TestMCPCall(t *testing.T) {
	t.Parallel()
	w, s := toolsWorld(t)
	defer close(s.hang)
	for _, tt := range []struct {
		name   string
		params map[string]any
		want   string // a part of the value, or of the error after "!"
	}{
		{"structured data", map[string]any{"tool": "add", "arguments": map[string]any{"a": 1, "b": "={{ $json.n }}"}}, `{"sum":5}`},
		{"texts are read as the schema wants them", map[string]any{"tool": "add", "arguments": map[string]any{"a": "2.5", "b": "={{ $json.n }}.0"}}, `{"sum":6.5}`},
		{"arguments as JSON", map[string]any{"tool": "add", "arguments": `{"a":1,"b":1}`}, `{"sum":2}`},
		{"text", map[string]any{"tool": "delete_everything", "repeat": "again"}, "All is gone."},
		{"what the tool reports", map[string]any{"tool": "fail"}, "!the shop is closed"},
		{"what does not fit", map[string]any{"tool": "add", "arguments": map[string]any{"a": "much"}}, "!the tool \"add\""},
		{"no such tool", map[string]any{"tool": "fly"}, "!has no tool \"fly\""},
		{"too slow", map[string]any{"tool": "wait", "timeout": 0.3}, "!did not answer within 300ms"},
		{"a wrong token", map[string]any{"credential": "Stranger", "tool": "add"}, "!cannot be reached at https://tools.example.com/mcp"},
		{"another host", map[string]any{"credential": "Away", "tool": "add"}, "!cannot be reached"},
		{"another credential", map[string]any{"credential": "Reports", "tool": "add"}, "!is of the type sql.sqlite"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.params["credential"] == nil {
				tt.params["credential"] = "Tools"
			}
			got, err := w.step("mcp.call", tt.params, map[string][]map[string]any{"main": {{"n": 4}}})
			if want, fails := strings.CutPrefix(tt.want, "!"); fails {
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "token-1") {
					t.Fatalf("it should fail with %q: %v, %s", want, err, text(got))
				}
				return
			}
			must(t, err)
			if value := objects(got["main"])[0]["result"]; !strings.Contains(text(value), tt.want) {
				t.Errorf("got %s", text(value))
			}
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys[0] == "" {
		t.Error("no idempotency key was handed over")
	}
}

func TestMCPChoices(t *testing.T) {
	t.Parallel()
	w, _ := toolsWorld(t)
	k, _ := w.set.Kind("mcp.call")
	list, err := k.Choices(t.Context(), "w", map[string]any{"credential": "Tools"}, []string{"tool"})
	must(t, err)
	if len(list) != 4 || list[0].Value != "add" || list[0].Label != "Add" || !strings.Contains(string(list[0].Schema), `"a"`) {
		t.Errorf("got %s", text(list))
	}
	if _, err := k.Choices(t.Context(), "w", map[string]any{"credential": "Nobody"}, []string{"tool"}); err == nil || !strings.Contains(err.Error(), "no credential") {
		t.Errorf("of nobody: %v", err)
	}
	agent, _ := w.set.Kind("ai.agent")
	tools := map[string]any{"tools": []any{map[string]any{"type": "mcp", "server": "Tools"}}}
	if list, err = agent.Choices(t.Context(), "w", tools, []string{"tools", "0", "only"}); err != nil || len(list) != 4 {
		t.Errorf("of an agent's tool: %s %v", text(list), err)
	}
}

// A server that never ends its list, or whose list is huge, costs neither time nor memory without end.
func TestMCPHostileList(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ tools, next, want string }{
		"pages without end": {`[]`, `"more"`, "on more than 50 pages"},
		"huge schemas":      {`[{"name":"x","inputSchema":{"type":"object","description":"` + strings.Repeat("a", 3<<20) + `"}}]`, `"more"`, "in more than 4 MB"},
		"many tools":        {`[` + strings.Repeat(`{"name":"x","inputSchema":{"type":"object"}},`, 300) + `{"name":"x","inputSchema":{"type":"object"}}]`, `"more"`, "more than 500 tools"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc("tools.example.com/mcp", func(w http.ResponseWriter, r *http.Request) {
				var asked struct {
					ID     json.RawMessage
					Method string
				}
				if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.ID == nil {
					w.WriteHeader(http.StatusAccepted)
					return
				}
				result := `{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"evil","version":"1"}}`
				if asked.Method == "tools/list" {
					result = `{"tools":` + tt.tools + `,"nextCursor":` + tt.next + `}`
				}
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprintf(w, `{"jsonrpc":"2.0","id":%s,"result":%s}`, asked.ID, result)
			})
			w := newWorld(t, mux)
			w.withTools()
			for kind, params := range map[string]map[string]any{
				"mcp.call": {"credential": "Tools", "tool": "fly"}, "ai.agent": {"credential": "Models", "prompt": "x", "tools": []any{mcpTool}},
			} {
				if got, err := w.step(kind, params, map[string][]map[string]any{"main": {{}}}); err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s should fail with %q: %v, %.200s", kind, tt.want, err, text(got))
				}
			}
		})
	}
}
