package wire_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/wire"
)

// target starts an application, and a client for it.
func target(t *testing.T, handler http.HandlerFunc, requests int) (*httptest.Server, *wire.Client) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	scope, err := wire.NewScope(server.URL, nil, "", []string{"/logout"})
	if err != nil {
		t.Fatal(err)
	}
	client := wire.NewClient(scope, wire.NewBudget(requests, 0), "atelier-test", time.Now)
	t.Cleanup(client.Close)
	return server, client
}

func TestScope(t *testing.T) {
	t.Parallel()
	scope, err := wire.NewScope("http://127.0.0.1:3000/app", []string{"https://api.example.org"}, "", []string{"/app/sign-out"})
	if err != nil {
		t.Fatal(err)
	}
	below, err := wire.NewScope("http://127.0.0.1:3000/app", nil, "/app/", nil)
	if err != nil {
		t.Fatal(err)
	}
	accents, err := wire.NewScope("http://127.0.0.1:3000/", nil, "", []string{"/café", "/ol%C3%A9"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		scope   *wire.Scope
		address string
		want    bool
	}{
		{scope, "http://127.0.0.1:3000/", true},
		{scope, "http://127.0.0.1:3000", true},
		{scope, "ws://127.0.0.1:3000/live", true},
		{scope, "http://127.0.0.1:3001/", false},
		{scope, "https://127.0.0.1:3000/", false},
		{scope, "http://localhost:3000/", false},
		{scope, "https://api.example.org:443/v1", true},
		{scope, "https://API.example.org/v1", true},
		{scope, "https://api.example.org.evil.test/", false},
		{scope, "http://127.0.0.1:3000/app/sign-out", false},
		{scope, "http://127.0.0.1:3000/app/sign-out/now", false},
		{scope, "http://127.0.0.1:3000/app/sign-outside", true},
		{scope, "http://127.0.0.1:3000@evil.test/", false},
		{below, "http://127.0.0.1:3000/app/x", true},
		{below, "http://127.0.0.1:3000/app", true},
		{below, "http://127.0.0.1:3000/apple", false},
		{below, "http://127.0.0.1:3000/", false},
		{below, "http://127.0.0.1:3000/app/../other", false},
		{below, "http://127.0.0.1:3000/app/%2e%2e/other", false},
		{below, "http://127.0.0.1:3000/app/%2E%2e%2fother", false},
		{below, "http://127.0.0.1:3000/app/..%5Cother", false},
		{below, "http://127.0.0.1:3000/app/a/../b", true},
		{below, "http://127.0.0.1:3000/app/a%20b", true},
		{below, "http://127.0.0.1:3000/%61pp/x", false},
		{scope, "http://127.0.0.1:3000/app/%73ign-out", false},
		{scope, "http://127.0.0.1:3000//app//sign-out", false},
		{scope, "http://127.0.0.1:3000/app/x/../sign-out?a=b", false},
		{scope, "http://127.0.0.1:3000/app/./sign%2Dout/now", false},
		{scope, "http://127.0.0.1:3000/app/sign-out/../x", false},
		{scope, "http://127.0.0.1:3000/app/x%2f..%2fy", true},
		{accents, "http://127.0.0.1:3000/caf%C3%A9/x", false},
		{accents, "http://127.0.0.1:3000/café", false},
		{accents, "http://127.0.0.1:3000/ol%C3%A9", false},
		{accents, "http://127.0.0.1:3000/cafe", true},
	} {
		u, err := url.Parse(c.address)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.scope.Allows(u); got != c.want {
			t.Errorf("Allows(%s) = %v", c.address, got)
		}
	}
	for _, bad := range []string{"", "example.org", "ftp://example.org", "http://", "http://a:b@example.org/", "http://[::1"} {
		if _, err := wire.NewScope(bad, nil, "", nil); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("NewScope(%q): %v", bad, err)
		}
	}
}

// A tunnel without TLS, as browsers open for sockets, leads to no path that is left alone.
func TestSocketsKeepInside(t *testing.T) {
	t.Parallel()
	server, client := target(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "logout") {
			t.Error("asked for " + r.URL.Path)
		}
		w.WriteHeader(http.StatusNoContent)
	}, 0)
	proxy, err := wire.NewProxy(client.Scope(), client.Budget())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	for path, want := range map[string]int{
		"/live": 204, "/live?" + strings.Repeat("a", 9000): 204, "/logout": 403, "/x/../logout/live": 403, "/%6cogout": 403, "http://elsewhere.test/": 403, "/" + strings.Repeat("a", 40000): 403,
	} {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", proxy.Address())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connection.Close() })
		host := strings.TrimPrefix(server.URL, "http://")
		r := bufio.NewReader(connection)
		for i, text := range []string{"CONNECT " + host + " HTTP/1.1\r\nHost: " + host, "GET " + path + " HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nHost: " + host} {
			if _, err := io.WriteString(connection, text+"\r\n\r\n"); err != nil && i == 0 {
				t.Fatal(err)
			}
			answer, err := http.ReadResponse(r, nil) //nolint:bodyclose // what follows a tunnel's is no body
			if err != nil {
				if want != 403 || i == 0 { // it may hear of it by the end of the connection alone
					t.Errorf("%.40s: %v", path, err)
				}
				break
			}
			if i == 1 && answer.StatusCode != want {
				t.Errorf("%.40s answers %d, want %d", path, answer.StatusCode, want)
			}
		}
	}
}

func TestSendKeepsInside(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the campaign left its target") }))
	t.Cleanup(elsewhere.Close)
	server, client := target(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/out":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/post":
			http.Redirect(w, r, "/seen", http.StatusSeeOther)
		case "/seen":
			fmt.Fprint(w, r.Method)
		case "/huge":
			for range 100 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			defer z.Close()
			for range 64 {
				if _, err := z.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		case "/hang":
			<-r.Context().Done()
		case "/broken":
			connection, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				connection.Close()
			}
		}
	}, 0)
	for _, c := range []struct {
		name  string
		r     wire.Request
		fault wire.FaultKind
		check func(x *wire.Exchange) bool
	}{
		{"redirect off the host", wire.Request{URL: "/out", Follow: true}, wire.OutOfScope, func(x *wire.Exchange) bool { return len(x.Hops) == 1 }},
		{"another host", wire.Request{URL: elsewhere.URL}, wire.OutOfScope, nil},
		{"sign-out", wire.Request{URL: "/logout"}, wire.OutOfScope, nil},
		{"redirects without end", wire.Request{URL: "/loop", Follow: true}, wire.Loop, nil},
		{"redirect not followed", wire.Request{URL: "/loop"}, "", func(x *wire.Exchange) bool { return x.Status == 302 }},
		{"see other", wire.Request{Method: "POST", URL: "/post", Body: []byte("a=b"), Follow: true}, "", func(x *wire.Exchange) bool { return string(x.Body) == "GET" }},
		{"a hundred MB", wire.Request{URL: "/huge"}, "", func(x *wire.Exchange) bool { return x.Cut && len(x.Body) == wire.MaxBody }},
		{"a gzip bomb", wire.Request{URL: "/bomb"}, "", func(x *wire.Exchange) bool { return x.Cut && len(x.Body) == wire.MaxBody }},
		{"no answer", wire.Request{URL: "/hang", Timeout: 100 * time.Millisecond}, wire.TimedOut, nil},
		{"broken off", wire.Request{URL: "/broken"}, wire.Broken, nil},
		{"no request", wire.Request{Method: "BAD METHOD", URL: "/"}, wire.Unsendable, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(c.r.URL, "/") {
				c.r.URL = server.URL + c.r.URL
			}
			x := client.Send(t.Context(), c.r)
			got := wire.FaultKind("")
			if x.Fault != nil {
				got = x.Fault.Kind
			}
			if got != c.fault || c.check != nil && !c.check(x) {
				t.Errorf("fault %v, status %d, %d hops, %d bytes, cut %v", x.Fault, x.Status, len(x.Hops), len(x.Body), x.Cut)
			}
		})
	}
}

func TestSendUpgrade(t *testing.T) {
	t.Parallel()
	server, client := target(t, func(w http.ResponseWriter, r *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		rw.Flush()
		rw.ReadByte() // until the other end hangs up
	}, 10)
	x := client.Send(t.Context(), wire.Request{URL: server.URL, Header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}})
	if x.Status != http.StatusSwitchingProtocols || x.Fault != nil || len(x.Body) != 0 {
		t.Errorf("%d %v %q", x.Status, x.Fault, x.Body)
	}
}

func TestSendDeadPort(t *testing.T) {
	t.Parallel()
	server, client := target(t, func(http.ResponseWriter, *http.Request) {}, 0)
	server.Close()
	if x := client.Send(t.Context(), wire.Request{URL: server.URL}); x.Fault == nil || x.Fault.Kind != wire.Refused || x.Answered() {
		t.Errorf("%+v", x)
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	server, client := target(t, func(http.ResponseWriter, *http.Request) {}, 2)
	for i := range 4 {
		x := client.Send(t.Context(), wire.Request{URL: server.URL})
		if spent := x.Fault != nil && x.Fault.Kind == wire.Spent; spent != (i >= 2) {
			t.Errorf("request %d: %+v", i, x.Fault)
		}
	}
	if n := client.Budget().Sent(); n != 2 {
		t.Errorf("%d requests counted", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if x := client.Send(ctx, wire.Request{URL: server.URL}); x.Fault == nil || x.Fault.Kind != wire.Spent && x.Fault.Kind != wire.Stopped {
		t.Errorf("stopped: %+v", x.Fault)
	}
}

func TestSessionsAreApart(t *testing.T) {
	t.Parallel()
	server, client := target(t, func(w http.ResponseWriter, r *http.Request) {
		if name := r.URL.Query().Get("name"); name != "" {
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: name, Path: "/"})
		}
		cookie, err := r.Cookie("sid")
		if err != nil {
			cookie = &http.Cookie{Value: "nobody"}
		}
		fmt.Fprint(w, cookie.Value, r.Header.Get("Authorization"))
	}, 0)
	for _, name := range []string{"ada", "bob"} {
		client.Send(t.Context(), wire.Request{URL: server.URL + "?name=" + name, As: name})
	}
	client.Carry("bob", "Authorization", "Bearer b")
	for as, want := range map[string]string{"ada": "ada", "bob": "bobBearer b", "": "nobody"} {
		if x := client.Send(t.Context(), wire.Request{URL: server.URL, As: as}); string(x.Body) != want {
			t.Errorf("as %q: %s", as, x.Body)
		}
	}
	client.Forget("ada")
	if x := client.Send(t.Context(), wire.Request{URL: server.URL, As: "ada"}); string(x.Body) != "nobody" {
		t.Errorf("forgotten: %s", x.Body)
	}
}

func TestProxyKeepsInside(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the browser left the target") }))
	t.Cleanup(elsewhere.Close)
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "secure") }))
	t.Cleanup(secure.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "plain ", r.URL.Path) }))
	t.Cleanup(server.Close)
	scope, err := wire.NewScope(server.URL, []string{secure.URL}, "", []string{"/logout"})
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := wire.NewProxy(scope, wire.NewBudget(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	transport := secure.Client().Transport.(*http.Transport).Clone()
	transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: proxy.Address()})
	browser := &http.Client{Transport: transport}
	t.Cleanup(transport.CloseIdleConnections)
	for _, c := range []struct {
		address, want string
		status        int
	}{
		{server.URL + "/a", "plain /a", 200},
		{server.URL + "/logout", "does not belong", 403},
		{elsewhere.URL, "does not belong", 403},
		{secure.URL, "secure", 200},
	} {
		answer, err := browser.Get(c.address)
		if err != nil {
			t.Errorf("%s: %v", c.address, err)
			continue
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s: %d %s", c.address, answer.StatusCode, body)
		}
	}
	if _, err := browser.Get(strings.Replace(elsewhere.URL, "http://", "https://", 1)); err == nil {
		t.Error("a tunnel led out of the scope")
	}
	if refused := proxy.Refused(); refused[elsewhere.URL] != 1 || len(refused) != 3 {
		t.Errorf("refused: %v", refused)
	}
}

func TestAuthorise(t *testing.T) {
	t.Parallel()
	secret := []byte("a secret of this studio")
	allow := func(target string, client *wire.Client, listed ...string) (string, error) {
		return wire.Authorise(t.Context(), client, secret, listed)
	}
	scopeFor := func(target string) *wire.Client {
		scope, err := wire.NewScope(target, nil, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		return wire.NewClient(scope, wire.NewBudget(0, 0), "test", time.Now)
	}
	for _, address := range []string{"http://127.0.0.1:9", "http://localhost", "http://[::1]:80", "http://app.localhost:3000", "http://127.9.9.9"} {
		if how, err := allow(address, scopeFor(address)); err != nil || how != "this machine" {
			t.Errorf("%s: %q %v", address, how, err)
		}
	}
	// An address of this machine's network that is not loopback stands for a stranger's.
	address := outward(t)
	var serves string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == wire.TokenPath && serves != "" {
			fmt.Fprintln(w, serves)
			return
		}
		http.NotFound(w, r)
	}))
	server.Listener.Close()
	listener, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Skipf("this machine has no address but loopback: %v", err)
	}
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	client := scopeFor(server.URL)
	if _, err := allow(server.URL, client); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "404") {
		t.Errorf("without a token: %v", err)
	}
	u, _ := url.Parse(server.URL)
	other, _ := url.Parse("http://other.example")
	serves = wire.Token(secret, other)
	if _, err := allow(server.URL, client); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("with another target's token: %v", err)
	}
	serves = wire.Token(secret, u)
	if how, err := allow(server.URL, client); err != nil || how != "serves its token" {
		t.Errorf("with its token: %q %v", how, err)
	}
	below, err := wire.NewScope(server.URL, nil, "/shop", nil)
	if err != nil {
		t.Fatal(err)
	}
	if how, err := allow(server.URL, wire.NewClient(below, wire.NewBudget(0, 0), "test", time.Now)); err != nil || how != "serves its token" {
		t.Errorf("a target below a path, with its token: %q %v", how, err)
	}
	serves = ""
	more, err := wire.NewScope("http://127.0.0.1:9", []string{server.URL}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := allow(server.URL, wire.NewClient(more, wire.NewBudget(0, 0), "test", time.Now)); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("another origin beside this machine: %v", err)
	}
	if how, err := allow(server.URL, client, u.Hostname()); err != nil || how != "on the administrator's list" {
		t.Errorf("listed: %q %v", how, err)
	}
}

// outward is an address of this machine that others could reach.
func outward(t *testing.T) string {
	t.Helper()
	list, err := net.InterfaceAddrs()
	if err != nil {
		t.Skip(err)
	}
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && n.IP.To4() != nil {
			return n.IP.String()
		}
	}
	t.Skip("this machine has no address but loopback")
	return ""
}
