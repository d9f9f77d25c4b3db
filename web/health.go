package web

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/auth"
)

// Drain makes /ready say no from now on, so that no new requests are sent here before the server ends.
func (s *Server) Drain() { s.draining.Store(true) }

func health(_ *Server, c *Ctx) error {
	return c.JSON(http.StatusOK, map[string]string{"status": "alive"})
}

func ready(s *Server, c *Ctx) error {
	if s.draining.Load() {
		return c.JSON(http.StatusServiceUnavailable, map[string]string{"status": "draining"})
	}
	ctx, cancel := context.WithTimeout(c.Context(), 3*time.Second)
	defer cancel()
	if err := s.Store.Ready(ctx); err != nil {
		return failure{http.StatusServiceUnavailable, "The database does not answer.", err}
	}
	answer := map[string]string{"status": "ready", "version": s.Version}
	if s.Live != nil {
		if err := s.Live.Bus().Ready(); err != nil { // the studio goes on for those who are connected to this replica
			answer["replicas"] = "Redis does not answer: people on other replicas are not heard until it does."
		}
	}
	return c.JSON(http.StatusOK, answer)
}

// proxyHeaders are those that proxies add: with one of them a request did not begin on this machine.
var proxyHeaders = []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"}

// metrics are for whoever runs the studio: scrapers on this machine or from Options.MetricsFrom, and owners.
func metrics(s *Server, c *Ctx) error {
	peer, err := netip.ParseAddr(peerAddress(c.Request()))
	direct := !slices.ContainsFunc(proxyHeaders, func(name string) bool { return c.Request().Header.Get(name) != "" })
	scraper := err == nil && (direct && peer.Unmap().IsLoopback() || within(s.MetricsFrom, peer))
	if s.Metrics == nil || !scraper && !c.Allows(auth.WorkspaceManage) {
		return errNoPage
	}
	s.Metrics.Handler().ServeHTTP(c.Response(), c.Request())
	return nil
}
