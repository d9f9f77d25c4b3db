package browser_test

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/browser/browsertest"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	var posted, data atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch {
		case r.Method == http.MethodPost:
			posted.Add(1)
		case r.URL.Path == "/data":
			data.Add(1)
			fmt.Fprint(w, `{"n":1}`)
		default:
			fmt.Fprint(w, `<title>T</title><script>
				window.ask = () => fetch("/data").then((r) => r.text().then((x) => r.status + x), (e) => "failed");
				window.change = () => fetch("/data", {method: "POST"}).then(() => "sent", () => "held");
				addEventListener("offline", () => { document.title = "off"; });
			</script>`)
		}
	}))
	t.Cleanup(server.Close)
	b, _ := browsertest.Start(t, server)
	tab, err := b.Open(t.Context(), browser.Setting{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Go(t.Context(), server.URL+"/"); err != nil {
		t.Fatal(err)
	}
	ask := func(script, want string) {
		t.Helper()
		if got, err := browser.Eval[string](t.Context(), tab, script); err != nil || got != want {
			t.Errorf("%s gives %q, want %q (%v)", script, got, want, err)
		}
	}
	ask("change()", "held")
	ask("ask()", `200{"n":1}`)
	if err := tab.Intercept(t.Context(), browser.Rule{Types: []string{"XHR", "Fetch"}, Most: 1, Status: 500, Body: "broken"}); err != nil {
		t.Fatal(err)
	}
	ask("ask()", "500broken")
	ask("ask()", `200{"n":1}`)
	if err := tab.Intercept(t.Context(), browser.Rule{After: 300 * time.Millisecond, Methods: []string{"GET"}}); err != nil {
		t.Fatal(err)
	}
	ask(`(async () => { const at = performance.now(); await ask(); return performance.now() - at > 250 ? "late" : "at once"; })()`, "late")
	if err := tab.Offline(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	ask("ask()", "failed")
	ask("navigator.onLine + document.title", "falseoff")
	if err := tab.Offline(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if err := tab.Intercept(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask("change()", "sent")
	if posted.Load() != 1 || data.Load() != 3 {
		t.Errorf("the target was sent %d changes and asked %d times", posted.Load(), data.Load())
	}
	held := 0
	for _, q := range tab.Log().Requests {
		if q.Held {
			held++
		}
	}
	if held != 4 {
		t.Errorf("%d requests are marked as held", held)
	}
}

func TestCutSockets(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			accept(t, w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<title>T</title><script>
			window.heard = new Promise((done) => { const s = new WebSocket("ws://" + location.host + "/live"); s.onopen = () => { window.ready = true; }; s.onclose = (e) => done(e.code + " " + s.readyState); });
		</script>`)
	}))
	t.Cleanup(server.CloseClientConnections)
	b, _ := browsertest.Start(t, server)
	tab, err := b.Open(t.Context(), browser.Setting{Sockets: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Go(t.Context(), server.URL+"/"); err != nil {
		t.Fatal(err)
	}
	if _, err := browser.Eval[bool](t.Context(), tab, `new Promise((done) => { const look = () => window.ready ? done(true) : setTimeout(look, 20); look(); })`); err != nil {
		t.Fatal(err)
	}
	if n, err := tab.CutSockets(t.Context()); err != nil || n != 1 {
		t.Errorf("%d sockets were cut (%v)", n, err)
	}
	if got, err := browser.Eval[string](t.Context(), tab, "window.heard"); err != nil || got != "1006 3" {
		t.Errorf("the page heard %q (%v)", got, err)
	}
}

// accept answers the handshake of a WebSocket, and keeps the connection until the other side ends it.
func accept(t *testing.T, w http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	_, _ = io.Copy(io.Discard, conn)
}
