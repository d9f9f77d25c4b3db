package discover_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/wire"
)

// A target that finds everything is seen through, also where the words of its page have those of the address in them, where
// it writes the address in its own way, and where it counts its answers.
func TestIsMissing(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/status" {
			fmt.Fprint(w, `<!doctype html><title>Status</title><p>All works.</p>`)
			return
		}
		fmt.Fprintf(w, `<!doctype html><title>%s</title><a href="/">Sign up</a><p>There is nothing at %s.</p><footer>Answer %d</footer>`, strings.ReplaceAll(strings.Trim(r.URL.Path, "/"), "/", "_"), r.URL.Path, asked.Add(1))
	}))
	t.Cleanup(server.Close)
	of := client(t, server)
	s, err := discover.Surface(t.Context(), of, discover.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"/up": true, "/nothing": true, "/somewhere/else": true, "/telescope/requests": true, "/status": false} {
		if got := discover.IsMissing(s, of.Send(t.Context(), wire.Request{URL: server.URL + path}), path); got != want {
			t.Errorf("%s is missing: %v", path, got)
		}
	}
}
