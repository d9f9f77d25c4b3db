package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/browser/browsertest"
	"github.com/atelier-studio/atelier/agents/wire"
)

// What a proxy cannot see keeps to the paths of the scope and to the requests of the campaign all the same, whoever sends it.
func TestAdmit(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	asked := map[string]int{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.Path]++
		mu.Unlock()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/app/moved":
			http.Redirect(w, r, "/private/moved", http.StatusFound)
		case "/app/worker.js", "/app/shared.js", "/app/service.js":
			w.Header().Set("Content-Type", "text/javascript")
			name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/app/"), ".js")
			fmt.Fprintf(w, `const done = fetch("/private/%s").then((r) => r.status, () => 0);
				self.onmessage = (e) => done.then((x) => (e.ports[0] || self).postMessage(x));
				self.onconnect = (e) => done.then((x) => e.ports[0].postMessage(x));
				self.oninstall = (e) => e.waitUntil(done);`, name)
		case "/app/":
			fmt.Fprint(w, `<title>T</title><a id="new" href="/private/window" target="_blank">New</a><img src="/private/img.png"><iframe src="/private/frame"></iframe><script>
				window.ask = (to) => fetch(to).then((r) => r.status, () => 0);
				window.heard = (port) => new Promise((done) => { port.onmessage = (e) => done(e.data); });
				window.worker = () => { const w = new Worker("worker.js"); w.postMessage(""); return heard(w); };
				window.shared = () => heard(new SharedWorker("shared.js").port);
				window.service = async () => { await navigator.serviceWorker.register("service.js"); await navigator.serviceWorker.ready; return 1; };
			</script>`)
		}
	}))
	t.Cleanup(server.Close)
	scope, err := wire.NewScope(server.URL+"/app/", nil, "", []string{"/private"})
	if err != nil {
		t.Fatal(err)
	}
	budget := wire.NewBudget(40, 0)
	proxy, err := wire.NewProxy(scope, budget)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	b := browsertest.Through(t, proxy, scope)
	tab, err := b.Open(t.Context(), browser.Setting{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Go(t.Context(), server.URL+"/app/"); err != nil {
		t.Fatal(err)
	}
	for script, want := range map[string]int{
		`ask("/app/data")`: 200, `ask("/private/data")`: 403, `ask("/app/moved")`: 403, `ask("/app/%2e%2e/private/data")`: 403, "worker()": 403, "shared()": 403, "service()": 1,
	} {
		if got, err := browser.Eval[int](t.Context(), tab, script); err != nil || got != want {
			t.Errorf("%s gives %d, want %d (%v)", script, got, want, err)
		}
	}
	if err := tab.Click(t.Context(), "#new"); err != nil {
		t.Fatal(err)
	}
	if err := tab.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := browser.Eval[int](t.Context(), tab, `(async () => { let last = 0; for (let i = 0; i < 60; i++) last = await ask("/app/many"); return last; })()`); err != nil || got != 503 {
		t.Errorf("after all requests %d (%v)", got, err)
	}
	mu.Lock()
	defer mu.Unlock()
	for path, n := range asked {
		if strings.HasPrefix(path, "/private") || n > 40 {
			t.Errorf("%s was asked %d times", path, n)
		}
	}
	if proxy.Refused()[server.URL] < 9 {
		t.Errorf("refused: %v", proxy.Refused())
	}
	if budget.Sent() != 40 {
		t.Errorf("%d requests are counted", budget.Sent())
	}
}
