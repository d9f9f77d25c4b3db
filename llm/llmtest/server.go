// Package llmtest is a provider of models for tests: a real HTTP server that speaks the protocols of OpenAI, Anthropic,
// Ollama and rerankers, answers what it is told to, and breaks on demand. It is never in the binary.
package llmtest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Key is the key that a server wants.
const Key = "sk-test-4f1d0c9e8b7a6d5c4b3a"

// Server is the provider. Its methods may be called at the same time.
type Server struct {
	// URL is the address; the base of OpenAI's protocol is URL + "/v1", those of Anthropic and Ollama are URL.
	URL string
	// Open serves callers without a key too.
	Open bool
	// Models are what the lists name.
	Models []string

	client *http.Client
	http   *http.Server
	done   chan struct{}

	mu     sync.Mutex
	answer func(Asked) Said
	faults []Fault
	asked  []Asked
}

// Asked is a request that came.
type Asked struct {
	Path   string
	Header http.Header
	// Body is the JSON as it came.
	Body map[string]any
	// Model, System and Last are the model, the system's text and the text of the last message; Texts those to be embedded
	// or judged.
	Model, System, Last string
	Texts               []string
	// Schema tells that the protocol's own way of asking for JSON was used.
	Schema bool
	Stream bool
}

// Said is what the model answers. Streams have a piece of the text an event.
type Said struct {
	Pieces []string
	Calls  []Call
	// End is the protocol's word for the end; empty means the usual one.
	End string
	// Input, Output and Cached are the count of tokens; an Input of 0 leaves the count out.
	Input, Output, Cached int
	Refusal               string
}

// Call is a tool's call.
type Call struct{ ID, Name, Arguments string }

// New starts a server on a free port of this machine.
func New() (*Server, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return serve(l, "http://"+l.Addr().String(), new(net.Dialer).DialContext), nil
}

// Pipe starts a server that only its own client reaches, through memory: time in a bubble of testing/synctest goes on
// around it.
func Pipe() *Server {
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	return serve(l, "http://provider.test", func(ctx context.Context, _, _ string) (net.Conn, error) {
		here, there := net.Pipe()
		select {
		case l.conns <- there:
			return here, nil
		case <-l.closed:
			return nil, errors.New("connection refused")
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
}

func serve(l net.Listener, address string, dial func(context.Context, string, string) (net.Conn, error)) *Server {
	s := &Server{URL: address, Models: []string{"chat-large", "chat-small", "embed-small"}, done: make(chan struct{})}
	s.client = &http.Client{Transport: &http.Transport{DialContext: dial, DisableCompression: true}}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go s.http.Serve(l) //nolint:errcheck // it ends with Close
	return s
}

// Client reaches the server.
func (s *Server) Client() *http.Client { return s.client }

// Close ends the server, also what hangs.
func (s *Server) Close() {
	close(s.done)
	s.client.CloseIdleConnections()
	s.http.Close() //nolint:errcheck // nothing follows from it
}

// Answer says what the model answers from now on. Without it, it answers with the last message's text.
func (s *Server) Answer(f func(Asked) Said) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// Break makes the next calls meet faults, one each in this order; the calls after them are served.
func (s *Server) Break(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Asked returns all requests since the last call of it.
func (s *Server) Asked() []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.asked
	s.asked = nil
	return all
}

// Within waits until n requests have come since the last call of Asked or Within, and forgets them.
func (s *Server) Within(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, n int,
) {
	t.Helper()
	for range 3000 {
		s.mu.Lock()
		enough := len(s.asked) >= n
		if enough {
			s.asked = s.asked[n:]
		}
		s.mu.Unlock()
		if enough {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Fatalf("%d requests did not come within half a minute", n)
}

// note keeps a request and returns what is to be done with it.
func (s *Server) note(a *Asked) (Fault, Said) {
	s.mu.Lock()
	s.asked = append(s.asked, *a)
	var f Fault
	if len(s.faults) > 0 {
		f, s.faults = s.faults[0], s.faults[1:]
	}
	answer := s.answer
	s.mu.Unlock()
	if answer == nil {
		return f, Said{Pieces: []string{a.Last}, Input: 11, Output: 7}
	}
	return f, answer(*a)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := Asked{Path: r.URL.Path, Header: r.Header}
	if r.Method == http.MethodPost {
		data, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
		if err != nil || json.Unmarshal(data, &a.Body) != nil {
			fail(w, &a, Fault{Status: 400, Message: "the body is no JSON"})
			return
		}
		a.read()
	}
	key := r.Header.Get("Authorization") == "Bearer "+Key || r.Header.Get("X-Api-Key") == Key || r.Header.Get("Api-Key") == Key
	if !key && !s.Open && a.Path != "/api/tags" {
		fail(w, &a, Fault{Status: 401, Code: "invalid_api_key", Message: "Incorrect API key provided: " + r.Header.Get("Authorization")})
		return
	}
	if s.list(w, a.Path) {
		return
	}
	f, said := s.note(&a)
	if s.broken(w, r, &a, f) {
		return
	}
	switch a.Path {
	case "/v1/chat/completions":
		s.chat(w, r, &a, f, said)
	case "/v1/messages":
		s.messages(w, r, &a, f, said)
	case "/v1/embeddings":
		embeddings(w, &a, f)
	case "/v1/rerank", "/tei/rerank":
		rerank(w, &a, f)
	default:
		fail(w, &a, Fault{Status: 404, Message: "no such path"})
	}
}

// pipes is a listener of connections in memory.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }
