package firefox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/atelier-studio/atelier/agents/browser/browsertest"
	"github.com/atelier-studio/atelier/agents/firefox"
)

// Pages are opened through the proxy alone, read, and told with what their scripts complained of.
func TestLook(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("without a browser: -short")
	}
	path, err := firefox.Find()
	if err != nil {
		t.Skip(err)
	}
	var strangers atomic.Int32
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strangers.Add(1) }))
	t.Cleanup(stranger.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if c, err := r.Cookie("seen"); err == nil {
			fmt.Fprint(w, c.Value)
		}
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "before"})
		fmt.Fprintf(w, `<!doctype html><title>Page</title><h1>Hello</h1><img src="%s/x.png"><iframe srcdoc="<script>console.error('of a frame')</script>"></iframe>
			<script>alert(1); console.log("x".repeat(1e6)); undefined.nothing;</script>`, stranger.URL)
	}))
	t.Cleanup(server.Close)
	proxy, _ := browsertest.Proxy(t, server)
	b, err := firefox.Start(t.Context(), path, proxy.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	for range 2 {
		look, err := b.Look(t.Context(), server.URL+"/", `({text: document.body.innerText, width: innerWidth})`)
		if err != nil {
			t.Fatal(err)
		}
		var seen struct {
			Text  string
			Width int
		}
		if err := json.Unmarshal(look.Value, &seen); err != nil || strings.TrimSpace(seen.Text) != "Hello" || seen.Width != 1280 || len(look.Picture) == 0 {
			t.Errorf("%+v %v", seen, err)
		}
		if len(look.Log) != 2 || len(look.Log[0].Text) > 2100 || look.Log[1].Type != "javascript" || !strings.Contains(look.Log[1].Text, "TypeError") {
			t.Errorf("%+v", look.Log)
		}
	}
	if n := strangers.Load(); n > 0 {
		t.Errorf("another server was asked %d times", n)
	}
	if _, err := b.Look(t.Context(), "http://127.0.0.1:1/", "1"); err == nil {
		t.Log("a refused address is the proxy's page")
	}
}
