package transport_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/transport"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// TestRedirectToTLS runs a campaign whose target has an origin without TLS beside that with it.
func TestRedirectToTLS(t *testing.T) {
	t.Parallel()
	for _, leads := range []bool{true, false} {
		page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<title>Shop</title>")
		})
		safe := httptest.NewUnstartedServer(page)
		safe.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		safe.Config.ErrorLog = log.New(io.Discard, "", 0)
		safe.StartTLS()
		defer safe.Close()
		plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if leads {
				http.Redirect(w, r, safe.URL+r.URL.Path, http.StatusMovedPermanently)
				return
			}
			page(w, r)
		}))
		defer plain.Close()
		parts := campaign.Parts{Probes: map[string]*agents.Probe{}}
		for _, probe := range transport.Probes() {
			parts.Probes[probe.ID] = probe
		}
		result, err := campaign.Run(t.Context(), campaign.Settings{
			Target: safe.URL, Origins: []string{plain.URL}, Personas: []agents.Persona{{ID: "tester", Name: "Tester", Area: agents.Security, Probes: []string{"https-redirect"}}},
		}, parts)
		if err != nil {
			t.Fatal(err)
		}
		want := 1
		if leads {
			want = 0
		}
		try.Want(t, result, "https-redirect", want)
	}
}

func pages(list map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := list[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		if strings.HasPrefix(page, "{") {
			w.Header().Set("Content-Type", "application/json")
		}
		fmt.Fprint(w, page)
	})
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	const hash, link = "5f4dcc3b5aa765d61d8327deb882cf99", "/reset?api_key=8f14e45fceea167a5a36dedd4bea2543"
	for _, c := range []struct {
		name        string
		page        string
		urls, weaks int
	}{
		{"clean", `<form action=/find><input name=q type=search><input name=csrf_token type=hidden value=0123456789abcdef0123></form><form method=post><input type=password name=password></form>
			<a href="/list?page=2&token=next&id=8f14e45fceea167a5a36dedd4bea2543&pass=1">2</a><p>commit 8f14e45fceea167a5a36dedd4bea2543, reset_password_token: 8f14e45fceea167a5a36dedd4bea2543`, 0, 0},
		{"form", `<form action=/in><input name=user><input type=password name=pass></form>`, 1, 0},
		{"newsletter", `<form action=/letter><input type=email name=mail></form>`, 1, 0},
		{"search for people", `<form action=/search><input type=email name=q><button>Search</button></form>`, 0, 0},
		{"links", `<a href="` + link + `">a</a><a href="/confirm?mail=anna@example.org">b</a><a href="/in?password=hunter2">c</a>`, 3, 0},
		{"hash of a common password", `<p>` + hash, 0, 1},
		{"named hash", `<table><tr><td>password</td><td>8f14e45fceea167a5a36dedd4bea2543</td></table>`, 0, 1},
		{"in JSON", `{"users":[{"name":"anna","passwordHash":"8f14e45fceea167a5a36dedd4bea25438f14e45f"}]}`, 0, 1},
		{"other hashes in JSON", `{"files":[{"name":"anna","hash":"8f14e45fceea167a5a36dedd4bea25438f14e45f"}]}`, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			list := map[string]string{"/": c.page}
			if strings.HasPrefix(c.page, "{") {
				list = map[string]string{"/": `<title>Home</title><a href=/api/users>users</a>`, "/api/users": c.page}
			}
			result := try.Probes(t, transport.Probes(), pages(list), try.Options{})
			urls, weaks := try.Found(result, "secret-in-url"), try.Found(result, "weak-hash")
			if len(urls) != c.urls || len(weaks) != c.weaks {
				t.Errorf("%d secrets in addresses and %d weak hashes, want %d and %d: %+v %+v", len(urls), len(weaks), c.urls, c.weaks, urls, weaks)
			}
			for _, f := range append(urls, weaks...) {
				if text := fmt.Sprint(f.Where.URL, f.Evidence[0].Text); strings.Contains(text, "8f14e45fceea167a5a36") || strings.Contains(text, hash) || strings.Contains(text, "anna@example.org") {
					t.Errorf("a secret is not masked: %s", text)
				}
			}
		})
	}
}
