// Package web is the HTTP edge: the table of routes, middleware, pages, the JSON API, webhooks and sockets. It is the only
// package that knows echo and gorilla/websocket. Handlers return errors; one place writes them, as a page for people or as
// problem+json. Who may ask is part of each route's row, and of each frame of a socket.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/expr"
	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/ops"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/store"
	"github.com/labstack/echo/v4"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Options are what a server is made of. Store, Auth, Catalogue and Log must be set.
type Options struct {
	Store           *store.Store
	Auth            *auth.Service
	Runner          *engine.Runner
	Catalogue       engine.Catalogue
	CredentialTypes []engine.CredentialType
	JavaScript      expr.Interpreter // evaluates previews of expressions
	Live            *live.Hub
	// Library searches documents, and Ingester takes them in; nil: a studio without documents.
	Library  *library.Library
	Ingester *library.Ingester
	// Recutter cuts collections in another way, to compare.
	Recutter *library.Recutter
	// Evaluator asks judged questions in the background; nil: a studio without documents.
	Evaluator *evaluate.Worker
	// Crawler looks at the addresses that collections are filled from.
	Crawler *site.Crawler
	// Campaigns are what pages about campaigns need; nil: a studio that runs none.
	Campaigns *Campaigns
	// Model returns who answers of a workspace's providers: the first of these credentials, and the next when that one fails.
	Model   func(ctx context.Context, workspace string, credentials []string) (llm.Model, error)
	Metrics *ops.Metrics
	Log     *slog.Logger
	Now     func() time.Time
	Version string

	// Templates are the workflows that a new one can begin as.
	Templates []Template
	// NextTimes tells when a cron line fires next.
	NextTimes func(cron, timezone string, from time.Time, n int) ([]time.Time, error)
	Timezone  string // of the studio, like "Europe/Berlin"
	// Python says why code.python cannot run here; "" when it can.
	Python string

	// PublicURL is the address that people use, like "https://studio.example.org"; "" when it is that of the request.
	PublicURL string
	// TrustedProxies are the addresses whose X-Forwarded-For and X-Forwarded-Proto are believed; none by default.
	TrustedProxies []netip.Prefix
	// MetricsFrom are addresses that may read /metrics, beside this machine and signed-in owners.
	MetricsFrom []netip.Prefix
	// FlashKey signs the messages on the next page; replicas have the same. Empty: one that lives as long as the process.
	FlashKey []byte
	// RequestRate is how many requests a second a person may make over a time, a few seconds' worth of them at once; 0: as
	// many as they like.
	RequestRate int
	// Development adds the gallery of page parts.
	Development bool
}

// Server answers HTTP: pages for people, the JSON API, webhooks and sockets.
type Server struct {
	Options

	echo    *echo.Echo
	origins *http.CrossOriginProtection
	kinds   map[string]engine.CredentialType // of credentials, by name
	flashes *flashKey

	draining atomic.Bool
	sockets  shares
	testing  shares
	paces    paces
	chats    chatPaces
	presence *live.Presence
	webhooks webhooks

	mcp        http.Handler
	mcpSchemas *mcp.SchemaCache
}

// New makes a server.
func New(o Options) (*Server, error) {
	if o.Store == nil || o.Auth == nil || o.Catalogue == nil || o.Log == nil {
		return nil, errors.New("web: Store, Auth, Catalogue and Log must be set")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{Options: o, origins: http.NewCrossOriginProtection(), kinds: map[string]engine.CredentialType{}, flashes: newFlashKey(o.FlashKey)}
	s.paces.perSecond = o.RequestRate
	if o.PublicURL != "" {
		if err := s.origins.AddTrustedOrigin(strings.TrimSuffix(o.PublicURL, "/")); err != nil {
			return nil, err
		}
	}
	for _, t := range o.CredentialTypes {
		s.kinds[t.Name] = t
	}
	if o.Live != nil {
		s.presence = live.NewPresence(o.Live.Bus(), o.Log)
	}
	s.mcp, s.mcpSchemas = newMCP(), mcp.NewSchemaCache()
	s.echo = s.newEcho()
	return s, nil
}

// Handler returns the server's handler.
func (s *Server) Handler() http.Handler { return s.echo }

// HTTPServer returns a server with limits against slow and greedy clients. The time to write is left open because
// streams last; every other route has its own limit.
func (s *Server) HTTPServer() *http.Server {
	return &http.Server{
		Handler:           s.echo,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
}
