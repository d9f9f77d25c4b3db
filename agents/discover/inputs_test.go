package discover_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/discover"
)

// What links lead to has inputs in its query whatever it is, with whoever was given it, but for what pages are made of.
func TestInputsOfLinks(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("sid")
		in := err == nil && c.Value == "ada"
		kind := "text/html; charset=utf-8"
		var body string
		switch r.URL.Path {
		case "/":
			body = `<title>Files</title><link rel=stylesheet href="/site.css?v=12"><script src="/site.js?build=12"></script><img src="/logo.png?size=2">
				<a href="/download?file=a.txt">A</a><a href="/download?file=b.txt">B</a><a href="/feed?kind=news&amp;utm_source=x">Feed</a><a href="/go?to=/about">About</a>
				<a href="/logo.png?size=2">Logo</a><a href="/site.css?v=12">Style</a><a href="/theme.css?name=dark">Theme</a><a href="/guide.pdf?v=7">Guide</a>
				<a href="/mine?year=2024">Mine</a><a href="/closed?month=5">Closed</a><a href="/gone?id=x">Gone</a><a href="/pages?at=1">Pages</a>
				<form method=post action=/sign-in><input name=user><input type=password name=pass></form>`
		case "/download", "/guide.pdf", "/logo.png":
			kind, body = "application/octet-stream", "text"
			w.Header().Set("Content-Disposition", "attachment")
		case "/feed":
			kind, body = "application/rss+xml", "<rss/>"
		case "/go":
			http.Redirect(w, r, "/about", http.StatusFound)
			return
		case "/about", "/pages":
			body = "<title>" + r.URL.Path + "</title>"
		case "/site.css", "/theme.css":
			kind, body = "text/css", "p{}"
		case "/site.js":
			kind, body = "text/javascript", "1"
		case "/mine":
			if !in {
				http.Redirect(w, r, "/?next=mine", http.StatusFound)
				return
			}
			kind, body = "text/csv", "a,b"
		case "/closed":
			http.Error(w, "no", http.StatusForbidden)
			return
		default:
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	c := client(t, server)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.SetCookies("ada", target, []*http.Cookie{{Name: "sid", Value: "ada", Path: "/"}})
	s, err := discover.Surface(t.Context(), c, discover.Options{Accounts: []string{"ada"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range s.Inputs {
		if i.Method == http.MethodGet {
			got = append(got, strings.TrimSpace(strings.TrimPrefix(i.URL, server.URL)+" "+i.Name+" "+i.As))
		}
	}
	slices.Sort(got)
	want := []string{"/?next=mine next", "/download?file=a.txt file", "/feed?kind=news kind", "/go?to=%2Fabout to", "/mine?year=2024 year ada", "/pages?at=1 at"}
	if !slices.Equal(got, want) {
		t.Errorf("inputs\n%q, want\n%q", got, want)
	}
}
