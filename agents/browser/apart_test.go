package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/browser/browsertest"
)

// What a page could do beside its tab, or with a tab that is only to read, it cannot do.
func TestApart(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var changes []string
	saved := make(chan bool, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		mu.Lock()
		if r.Method != http.MethodGet {
			changes = append(changes, r.Method+" "+r.URL.Path)
		}
		mu.Unlock()
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, `<title>T</title><form action="/sent" method="post" target="_blank"><button id="send">Send</button></form>
				<form action="/by" target="_blank"><button id="by" formmethod="post">Send</button></form><a id="new" href="/window" target="_blank">New</a>
				<script>
					window.change = (method) => fetch("/data", {method}).then((r) => "sent", () => "held");
					window.called = () => { document.forms[0].submit(); return ""; };
					window.serve = async () => { await navigator.serviceWorker.register("/service.js"); await navigator.serviceWorker.ready; if (!navigator.serviceWorker.controller) await new Promise((done) => { navigator.serviceWorker.oncontrollerchange = done; setTimeout(done, 2000); }); return ""; };
				</script>`)
		case "/service.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, `oninstall = () => skipWaiting(); onactivate = (e) => e.waitUntil(clients.claim()); onfetch = (e) => { if (e.request.method !== "GET") e.respondWith(fetch("/served", {method: "PUT"})); };`)
		case "/file":
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Disposition", "attachment")
			whole := true
			for range 24 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					whole = false
					break
				}
			}
			saved <- whole
		case "/who":
			fmt.Fprint(w, r.Header.Get("Authorization"))
			if c, err := r.Cookie("sid"); err == nil {
				fmt.Fprint(w, " "+c.Value)
			}
		}
	}))
	t.Cleanup(server.CloseClientConnections)
	b, _ := browsertest.Start(t, server)
	open := func(s browser.Setting) *browser.Tab {
		t.Helper()
		tab, err := b.Open(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(tab.Close)
		if err := tab.Go(t.Context(), server.URL+"/"); err != nil {
			t.Fatal(err)
		}
		return tab
	}
	say := func(tab *browser.Tab, script, want string) {
		t.Helper()
		if got, err := browser.Eval[string](t.Context(), tab, script); err != nil || got != want {
			t.Errorf("%s gives %q, want %q (%v)", script, got, want, err)
		}
	}

	reader := open(browser.Setting{ReadOnly: true})
	for _, method := range []string{"POST", "patch", "PROPFIND", "DELETE"} {
		say(reader, "change("+browser.Quote(method)+")", "held")
	}
	say(reader, "serve()", "")
	say(reader, `change("POST")`, "held")
	for _, selector := range []string{"#send", "#by"} {
		if err := reader.Go(t.Context(), server.URL+"/"); err != nil {
			t.Fatal(err)
		}
		if err := reader.Click(t.Context(), selector); err != nil {
			t.Fatal(err)
		}
		if err := reader.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := reader.Go(t.Context(), server.URL+"/"); err != nil {
		t.Fatal(err)
	}
	say(reader, "called()", "")
	if err := reader.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	if len(changes) > 0 {
		t.Errorf("a tab that is only to read sent %v", changes)
	}
	mu.Unlock()
	reader.Close() // of the tabs that this machine carries

	tab := open(browser.Setting{URL: server.URL, Carry: http.Header{"Authorization": {"Bearer abc"}, "Cookie": {"sid=s3cret"}}})
	say(tab, `fetch("/who").then((r) => r.text())`, "Bearer abc s3cret")
	say(tab, `fetch("http://127.0.0.1:1/").then(() => "went", () => "")`, "")
	for _, q := range tab.Log().Requests {
		if q.Blocked && q.Header["Authorization"] != "" {
			t.Errorf("another host is told who it is: %+v", q)
		}
	}
	say(tab, `String(confirm("Really?")) + prompt("Name?", "x") + alert("!")`, "falsenullundefined")
	agreed := open(browser.Setting{Agree: true})
	say(agreed, `String(confirm("Really?"))`, "true")
	agreed.Close()
	if err := tab.Click(t.Context(), "#new"); err != nil {
		t.Fatal(err)
	}
	timed, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for windows := 0; ; {
		select {
		case <-look.C:
		case <-timed.Done():
			t.Fatalf("%d windows are left open, of %q", windows, tab.Log().Opened)
		}
		list, err := browser.Call(t.Context(), tab, target.GetTargets, target.GetTargetsParams{})
		if err != nil {
			t.Fatal(err)
		}
		windows = 0
		for _, info := range list.TargetInfos {
			if strings.HasSuffix(info.URL, "/window") || info.OpenerID != "" {
				windows++
			}
		}
		if windows == 0 && len(tab.Log().Opened) == 1 {
			break
		}
	}
	if err := tab.Go(t.Context(), server.URL+"/file"); err == nil {
		t.Error("a download is a page")
	}
	select {
	case whole := <-saved:
		if whole {
			t.Error("a page saved a file")
		}
	case <-timed.Done():
		t.Error("the file is neither sent nor given up")
	}
}
