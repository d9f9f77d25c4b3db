package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/web"
)

// The API of addresses: what is added, changed, ordered and removed, and what is wrong with a request.
func TestAddresses(t *testing.T) {
	t.Parallel()
	s := newStudio(t, func(o *web.Options) {
		o.Library = &library.Library{Shelves: o.Store.Library()}
		o.Crawler = new(site.Crawler) // it looks at nothing: nobody runs it
	})
	owner := s.owner(t, "ada@example.org")
	viewer := s.member(t, owner, "vera@example.org", auth.Viewer)
	send := func(b *browser, method, path, body string, status int) answer {
		t.Helper()
		got := b.do(method, "/api/v1/collections"+path, "application/json", body)
		if got.StatusCode != status {
			t.Fatalf("%s %s %s: %d %s", method, path, body, got.StatusCode, got.Text)
		}
		return got
	}
	decode := func(got answer, into any) {
		t.Helper()
		if err := json.Unmarshal([]byte(got.Text), into); err != nil {
			t.Fatal(err)
		}
	}
	send(owner, "POST", "", `{"name":"Site"}`, http.StatusCreated)
	for body, want := range map[string]string{
		`{}`: "missing", `{"address":"ftp://x.example"}`: "http and https", `{"address":"https://a:b@x.example"}`: "password", `{"address":"x.example","kind":"all"}`: "site map",
		`{"address":"x.example","kind":"links","pages":100000}`: "10000 pages", `{"address":"x.example","every":"hour"}`: "every week", `{"address":"x.example","tags":["\n"]}`: "tag",
	} {
		if got := send(owner, "POST", "/Site/addresses", body, http.StatusUnprocessableEntity); !strings.Contains(got.Text, want) {
			t.Errorf("%s: %s", body, got.Text)
		}
	}
	added := send(owner, "POST", "/Site/addresses", `{"address":"HTTPS://Docs.Example:443/a/../b#c","kind":"links","every":"day","tags":["web"]}`, http.StatusCreated)
	var v site.Source
	decode(added, &v)
	if v.Address != "https://docs.example/b" || v.Pages != site.DefaultPages || v.Depth != site.DefaultDepth || v.Status != site.Waiting {
		t.Errorf("added %+v", v)
	}
	send(owner, "POST", "/Site/addresses", `{"address":"docs.example/b","kind":"links"}`, http.StatusConflict)
	send(viewer, "POST", "/Site/addresses", `{"address":"docs.example/c"}`, http.StatusForbidden)
	at := "/Site/addresses/" + v.ID
	v = site.Source{}
	decode(send(owner, "POST", at, `{"every":"","depth":1}`, http.StatusOK), &v)
	if v.Every != site.Never || v.Depth != 1 || v.Pages != site.DefaultPages || len(v.Tags) != 1 {
		t.Errorf("changed %+v", v)
	}
	for _, order := range []store.SourceOrder{store.PauseSource, store.ResumeSource, store.LookSource, store.ForgetGone, store.RestoreSource} {
		send(owner, "POST", at+"/order", `{"order":"`+string(order)+`"}`, http.StatusOK)
	}
	send(owner, "POST", at+"/order", `{"order":"burn"}`, http.StatusUnprocessableEntity)
	send(viewer, "POST", at+"/order", `{"order":"look"}`, http.StatusForbidden)
	if got := send(viewer, "GET", "/Site/addresses", "", http.StatusOK); !strings.Contains(got.Text, `"status":"waiting"`) {
		t.Errorf("listed %s", got.Text)
	}
	send(viewer, "GET", at, "", http.StatusOK)
	send(viewer, "GET", at+"/pages?state=failed", "", http.StatusOK)
	send(viewer, "DELETE", at, "", http.StatusForbidden)
	send(owner, "DELETE", at+"?documents=true", "", http.StatusOK)
	send(owner, "GET", at, "", http.StatusNotFound)
}
