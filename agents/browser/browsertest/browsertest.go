// Package browsertest starts a real browser for tests.
package browsertest

import (
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Start starts a browser whose scope is server, and which ends with the test. Without a browser the test is skipped; CI has
// to have one.
func Start(t *testing.T, server *httptest.Server) (*browser.Browser, *wire.Proxy) {
	t.Helper()
	proxy, scope := Proxy(t, server)
	return Through(t, proxy, scope), proxy
}

// Through starts a browser as Start does, behind a proxy that is there.
func Through(t *testing.T, proxy *wire.Proxy, scope *wire.Scope) *browser.Browser {
	t.Helper()
	path, err := browser.Find(os.Getenv("CHROMIUM"))
	if err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	o := browser.Options{Path: path, Proxy: proxy.Address(), Inside: func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && scope.Allows(u)
	}}
	if scope.Hidden() {
		o.Admit = proxy.Admit
	}
	b, err := browser.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// Proxy starts a proxy that lets through to server alone, and that ends with the test.
func Proxy(t *testing.T, server *httptest.Server) (*wire.Proxy, *wire.Scope) {
	t.Helper()
	scope, err := wire.NewScope(server.URL, nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := wire.NewProxy(scope, wire.NewBudget(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	return proxy, scope
}
