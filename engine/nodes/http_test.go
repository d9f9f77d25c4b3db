package nodes_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

// recorder keeps the requests that a server got.
type recorder struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func (r *recorder) wrap(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.requests = append(r.requests, q)
		r.bodies = append(r.bodies, string(body))
		r.mu.Unlock()
		q.Body = io.NopCloser(strings.NewReader(string(body)))
		h(w, q)
	}
}

func (r *recorder) count() int { r.mu.Lock(); defer r.mu.Unlock(); return len(r.requests) }

func get(w *world, params map[string]any) ([]engine.Item, error) {
	w.t.Helper()
	got, err := w.step("http.request", params, map[string][]map[string]any{"main": {{"id": 1}}})
	return got["main"], err
}

func TestHTTPRetries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		params   map[string]any
		statuses []int // answered in turn, then 200
		requests int
		want     string // in the error
	}{
		{name: "a busy server is asked again", statuses: []int{429, 503}, requests: 3},
		{name: "retries end", statuses: []int{503, 503, 503, 503}, requests: 3, want: "503"},
		{name: "other errors are final", statuses: []int{404}, requests: 1, want: "404"},
		{name: "a failed GET is repeated", statuses: []int{500}, requests: 2},
		{name: "a failed POST is not", params: map[string]any{"method": "POST", "body": "{}"}, statuses: []int{500}, requests: 1, want: "500"},
		{name: "a busy POST is, with the same key", params: map[string]any{"method": "POST", "body": "{}"}, statuses: []int{503}, requests: 2},
		{name: "never repeat", params: map[string]any{"method": "POST", "body": "{}", "repeat": "never"}, statuses: []int{503}, requests: 1, want: "503"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var seen recorder
			w := newWorld(t, seen.wrap(func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Retry-After", "0")
				if n := seen.count(); n <= len(tt.statuses) {
					rw.WriteHeader(tt.statuses[n-1])
				}
			}))
			params := map[string]any{"url": "https://api.example.com/x?key=hidden"}
			maps.Copy(params, tt.params)
			_, err := get(w, params)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "hidden") {
				t.Errorf("the error shows the query: %v", err)
			}
			if seen.count() != tt.requests {
				t.Errorf("%d requests, want %d", seen.count(), tt.requests)
			}
			keys := map[string]bool{}
			for _, r := range seen.requests {
				keys[r.Header.Get("Idempotency-Key")] = true
			}
			if len(keys) != 1 || keys[""] != (tt.params == nil) {
				t.Errorf("idempotency keys %v", keys)
			}
		})
	}
}

func TestHTTPCredentials(t *testing.T) {
	t.Parallel()
	var seen recorder
	tokens := 0
	w := newWorld(t, seen.wrap(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/away":
			http.Redirect(rw, r, "https://evil.example.net/landing", http.StatusTemporaryRedirect)
		case r.URL.Path == "/home":
			http.Redirect(rw, r, "/landing", http.StatusFound)
		case r.URL.Path == "/token":
			tokens++
			rw.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(rw, `{"access_token":"token-%d","expires_in":3600}`, tokens)
		case r.URL.Path == "/guarded" && r.Header.Get("Authorization") != "Bearer token-2":
			rw.WriteHeader(http.StatusUnauthorized)
		}
	}))
	w.creds.add("basic", "http.basic", map[string]string{"user": "u", "password": "p"})
	w.creds.add("bearer", "http.bearer", map[string]string{"token": "t"})
	w.creds.add("header", "http.header", map[string]string{"name": "X-Api-Key", "value": "k"})
	w.creds.add("query", "http.query", map[string]string{"name": "key", "value": "k"})
	w.creds.add("oauth", "http.oauth2_client", map[string]string{"token_url": "https://id.example.com/token", "client_id": "i", "client_secret": "s"})
	tests := []struct {
		name, path, credential string
		header, want           string // of the last request
		host                   string
	}{
		{"basic", "/x", "basic", "Authorization", "Basic dTpw", "api.example.com"},
		{"bearer", "/x", "bearer", "Authorization", "Bearer t", "api.example.com"},
		{"header", "/x", "header", "X-Api-Key", "k", "api.example.com"},
		{"a redirect within the host keeps them", "/home", "header", "X-Api-Key", "k", "api.example.com"},
		{"a redirect to another host does not", "/away", "header", "X-Api-Key", "", "evil.example.net"},
		{"nor a bearer token", "/away", "bearer", "Authorization", "", "evil.example.net"},
		{"nor headers given by hand", "/away", "", "X-Mine", "", "evil.example.net"},
		{"a refused token is renewed", "/guarded", "oauth", "Authorization", "Bearer token-2", "api.example.com"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := get(w, map[string]any{"url": "https://api.example.com" + tt.path, "credential": tt.credential, "headers": map[string]any{"X-Mine": "m"}})
			must(t, err)
			last := seen.requests[len(seen.requests)-1]
			if got := last.Header.Get(tt.header); got != tt.want || last.Host != tt.host {
				t.Errorf("%s at %s: %q, want %q at %s", tt.header, last.Host, got, tt.want, tt.host)
			}
		})
	}
	t.Run("a key in the query", func(t *testing.T) {
		_, err := get(w, map[string]any{"url": "https://api.example.com/away?a=1", "credential": "query"})
		must(t, err)
		first, last := seen.requests[len(seen.requests)-2], seen.requests[len(seen.requests)-1]
		if first.URL.Query().Get("key") != "k" || first.URL.Query().Get("a") != "1" {
			t.Errorf("the first request was %s", first.URL)
		}
		if last.URL.RawQuery != "" || last.Header.Get("Referer") != "" {
			t.Errorf("the key went to another host: %s, Referer %q", last.URL, last.Header.Get("Referer"))
		}
	})
}

func TestHTTPPaging(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		q := r.URL.Query()
		switch r.URL.Path {
		case "/link":
			if q.Get("after") == "" {
				rw.Header().Set("Link", `</link?before=1>; rel="prev", </link?after=2>; title="a, b"; rel="last next"`)
				io.WriteString(rw, `[{"n":1}]`)
				return
			}
			io.WriteString(rw, `[{"n":2}]`)
		case "/page":
			if page := q.Get("page"); page == "1" || page == "2" {
				fmt.Fprintf(rw, `{"data":{"list":[{"n":%s}]}}`, page)
				return
			}
			io.WriteString(rw, `{"data":{"list":[]}}`)
		case "/cursor":
			if q.Get("cursor") == "" {
				io.WriteString(rw, `{"list":[{"n":1}],"meta":{"next":"a b"}}`)
				return
			}
			fmt.Fprintf(rw, `{"list":[{"n":%q}],"meta":{"next":null}}`, q.Get("cursor"))
		case "/circle":
			io.WriteString(rw, `{"list":[{"n":1}],"next":"/circle"}`)
		case "/foreign":
			io.WriteString(rw, `{"list":[{"n":1}],"next":"https://evil.example.net/x"}`)
		}
	}))
	tests := []struct {
		name   string
		params map[string]any
		want   string
	}{
		{"link header", map[string]any{"url": "https://a.example/link", "paging": "link"}, `[{"n":1},{"n":2}]`},
		{"page numbers", map[string]any{"url": "https://a.example/page", "paging": "page", "items": "data.list"}, `[{"n":1},{"n":2}]`},
		{"page numbers up to a bound", map[string]any{"url": "https://a.example/page", "paging": "page", "items": "data.list", "max_pages": 1}, `[{"n":1}]`},
		{"cursor", map[string]any{"url": "https://a.example/cursor", "paging": "cursor", "next": "meta.next", "items": "list"}, `[{"n":1},{"n":"a b"}]`},
		{"a circle", map[string]any{"url": "https://a.example/circle", "paging": "field", "next": "next", "items": "list"}, "leads back"},
		{"another host", map[string]any{"url": "https://a.example/foreign", "paging": "field", "next": "next", "items": "list"}, "another host"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := get(w, tt.params)
			said := text(objects(got))
			if err != nil {
				said = err.Error()
			}
			if !strings.Contains(said, tt.want) {
				t.Errorf("got %s, want %s", said, tt.want)
			}
		})
	}
}

func TestHTTPBodies(t *testing.T) {
	t.Parallel()
	var seen recorder
	w := newWorld(t, seen.wrap(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/picture":
			rw.Header().Set("Content-Disposition", `attachment; filename="../../evil.png"`)
			rw.Header().Set("Content-Type", "image/png")
			io.WriteString(rw, "PNG")
		case "/latin":
			rw.Header().Set("Content-Type", "text/plain; charset=iso-8859-1")
			io.WriteString(rw, "gr\xfc\xdfe")
		case "/large":
			rw.Header().Set("Content-Type", "text/plain")
			io.CopyN(rw, zeros{}, 17<<20)
		}
	}))
	hash, size, err := w.deps.Files.Put(t.Context(), "w", strings.NewReader("content"), 100)
	must(t, err)
	item := engine.Item{JSON: map[string]any{"a": 1.0}, Files: map[string]engine.File{"doc": {Name: "doc.txt", Type: "text/plain", Size: size, Hash: hash}}}
	tests := []struct {
		name   string
		params map[string]any
		sent   string // in the body that the server got
		want   string // in the output or the error
	}{
		{name: "form", params: map[string]any{"body_type": "form", "body": map[string]any{"a": "1 2", "b": []any{"x", "y"}}}, sent: "a=1+2&b=x&b=y"},
		{name: "JSON as text", params: map[string]any{"body": ` {"a": 1} `}, sent: `{"a": 1}`},
		{name: "broken JSON as text", params: map[string]any{"body": `{"a": `}, want: "not JSON"},
		{name: "raw", params: map[string]any{"body_type": "raw", "body": "<x/>", "content_type": "application/xml"}, sent: "<x/>"},
		{name: "file", params: map[string]any{"body_type": "file"}, sent: "content"},
		{name: "multipart", params: map[string]any{"body_type": "multipart", "parts": []any{map[string]any{"name": "note", "value": "hi"}, map[string]any{"name": "up", "file": "doc"}}}, sent: "filename=\"doc.txt\"\r\nContent-Type: text/plain\r\n\r\ncontent"},
		{name: "an answer that is a file", params: map[string]any{"url": "https://a.example/picture"}, want: `"name":"evil.png"`},
		{name: "another charset", params: map[string]any{"url": "https://a.example/latin"}, want: "grüße"},
		{name: "a large answer", params: map[string]any{"url": "https://a.example/large"}, want: "larger than 16 MiB"},
		{name: "another scheme", params: map[string]any{"url": "file:///etc/passwd"}, want: "only http and https"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			params := map[string]any{"url": "https://a.example/x", "method": "POST"}
			maps.Copy(params, tt.params)
			got, err := w.stepItems("http.request", params, map[string][]engine.Item{"main": {item}})
			said := text(got["main"])
			if err != nil {
				said = err.Error()
				if tt.want == "" {
					t.Fatal(err)
				}
			}
			if tt.sent != "" && !strings.Contains(seen.bodies[len(seen.bodies)-1], tt.sent) {
				t.Errorf("sent %q, want %q", seen.bodies[len(seen.bodies)-1], tt.sent)
			}
			if !strings.Contains(said, tt.want) {
				t.Errorf("got %s, want %s", said, tt.want)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
