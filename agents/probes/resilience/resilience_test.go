package resilience_test

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/resilience"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// site serves pages by their paths, JSON below /api, and a socket at /live.
type site map[string]string

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, ok := s[r.URL.Path]
	switch {
	case r.URL.Path == "/live" && r.Header.Get("Upgrade") != "":
		accept(w, r)
	case strings.HasPrefix(r.URL.Path, "/api/"):
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"items":[{"name":"Walnut desk, oiled and made in one piece"},{"name":"Brass lamp with an arm that stays where it is put"}]}`)
	case !ok:
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,"><body>`+page)
	}
}

func accept(w http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	_, _ = io.Copy(io.Discard, conn)
}

var faulty = site{
	"/": `<h1>Our shop of things</h1><a href="/storm">1</a> <a href="/foreign">2</a><ul id="list"></ul>
		<button type="button" onclick="load()">Look again</button>
		<button type="button" onclick="open1 = true; document.title = 'one'">First half</button><button type="button" onclick="if (window.open1) throw new Error('both halves'); document.title = 'two'">Second half</button>
		<script>const load = () => fetch("/api/items").then((r) => r.json()).then((d) => { document.getElementById("list").innerHTML = d.items.map((i) => "<li>" + i.name + "</li>").join(""); }); load();</script>`,
	"/storm":   `<h1>Stock of all our things</h1><p id="s"></p><script>const load = () => fetch("/api/stock").then((r) => { if (!r.ok) setTimeout(load, 150); else document.getElementById("s").textContent = "There is some."; }, () => {}); load(); new WebSocket("ws://" + location.host + "/live");</script>`,
	"/foreign": `<div id="app"></div><script src="http://cdn.example/app.js"></script>`,
}

var clean = site{
	"/": `<h1>Our shop of things</h1><a href="/storm">1</a> <a href="/foreign">2</a><ul id="list"></ul><p id="note" role="status"></p>
		<button type="button" onclick="load()">Look again</button>
		<button type="button" onclick="open1 = true; document.title = 'one'">First half</button><button type="button" onclick="document.title = 'two'">Second half</button>
		<button type="button" onclick="throw new Error('deleted')">Delete all</button>
		<script>const note = document.getElementById("note");
		const load = async () => { note.textContent = "Loading…"; try { const r = await fetch("/api/items"); if (!r.ok) throw new Error("status"); const d = await r.json();
			document.getElementById("list").innerHTML = d.items.map((i) => "<li>" + i.name + "</li>").join(""); note.textContent = ""; } catch { note.textContent = "The list could not be fetched. Try it again."; } }; load();</script>`,
	"/storm": `<h1>Stock of all our things</h1><p id="s">There may be some.</p><script>let wait = 1000;
		const load = () => fetch("/api/stock").then((r) => { if (!r.ok) { setTimeout(load, wait); wait *= 2; } }, () => {}); load();
		const connect = () => { const s = new WebSocket("ws://" + location.host + "/live"); s.onclose = () => setTimeout(connect, 500); }; connect();</script>`,
	"/foreign": `<h1>A page that does without</h1><p>It has all that people need.</p><script src="http://cdn.example/app.js"></script>`,
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		target site
		want   int
	}{"faulty": {faulty, 1}, "clean": {clean, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := resilience.Quick()
			r := try.Probes(t, list, x.target, try.Options{Browser: true, Intrusive: true})
			for _, p := range list {
				found := try.Want(t, r, p.ID, x.want)
				if p.ID == "monkey" && len(found) == 1 && !strings.Contains(found[0].Text, "After 2 events") {
					t.Errorf("not shortened: %s", found[0].Text)
				}
			}
		})
	}
}

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range resilience.Probes() {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no probe %s", id)
	return nil
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	form := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.Method == http.MethodPost && r.ParseForm() != nil {
			w.WriteHeader(http.StatusRequestTimeout)
			return
		}
		fmt.Fprint(w, `<!doctype html><title>Sign in</title><form method="post"><input name="user"><input type="password" name="pass"><button>In</button></form>`)
	})
	server := httptest.NewUnstartedServer(form)
	server.Config.ReadTimeout = 300 * time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	try.Want(t, try.At(t, []*agents.Probe{probe(t, "timeout-header")}, server.URL, try.Options{Intrusive: true}), "timeout-header", 0)
}

// restarted is an application that forgets its sessions, or not, when it is restarted.
func restarted(t *testing.T, forgets bool) (http.Handler, func(context.Context) error) {
	t.Helper()
	var generation, down atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if down.Add(-1) >= 0 {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			cookie, err := r.Cookie("sid")
			in := err == nil && (cookie.Value == fmt.Sprint("s", generation.Load()) || !forgets)
			switch {
			case r.Method == http.MethodPost:
				http.SetCookie(w, &http.Cookie{Name: "sid", Value: fmt.Sprint("s", generation.Load()), Path: "/"})
				http.Redirect(w, r, "/mine", http.StatusSeeOther)
			case r.URL.Path == "/mine" && in:
				fmt.Fprint(w, `<!doctype html><title>Yours</title><h1>Your orders</h1><p>Three desks, two lamps and a blanket are on their way to you.</p>`)
			case r.URL.Path == "/mine":
				http.Redirect(w, r, "/", http.StatusSeeOther)
			default:
				fmt.Fprint(w, `<!doctype html><title>Sign in</title><a href="/mine">Mine</a><form method="post"><input name="user"><input type="password" name="pass"><button>Sign in</button></form>`)
			}
		}), func(context.Context) error {
			generation.Add(1)
			down.Store(2)
			return nil
		}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		forgets bool
		want    int
	}{"forgets who is signed in": {true, 1}, "keeps sessions": {false, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, restart := restarted(t, x.forgets)
			r := try.Probe(t, probe(t, "restart-recovery"), handler, try.Options{Intrusive: true, Restart: restart, Accounts: []campaign.Login{{Role: "user", User: "ada", Password: "pw"}}})
			try.Want(t, r, "restart-recovery", x.want)
		})
	}
}
