package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// From the list one sees what publishing changes before it is done, publishes over what is published, and takes it back.
func TestPublishFromTheList(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Orders", start())
	published := func() int64 {
		t.Helper()
		var now engine.Stored
		b.api("GET", "/workflows/"+w.ID, nil, &now, http.StatusOK)
		return now.Published
	}
	address := "/workflows/publish?id=" + w.ID
	wantPage(t, b.get("/workflows"), http.StatusOK, "Draft", "/workflows/publish?back=%2Fworkflows&amp;id="+w.ID)
	wantPage(t, b.get(address), http.StatusOK, "Nothing is published yet")
	if published() != 0 {
		t.Fatal("looking published it")
	}
	res := b.post("/workflows/publish", "id", w.ID, "note", "The first")
	if res.StatusCode != http.StatusSeeOther || published() != 1 {
		t.Fatalf("%d, published %d", res.StatusCode, published())
	}
	wantPage(t, b.get("/workflows"), http.StatusOK, "“Orders” is published: revision 1.", "/workflows/"+w.ID+"/active?value=false")

	s.Advance(time.Second)
	b.rename(w.ID, "Begin <b>here</b>", 1)
	b.rename(w.ID, "Begin", 2)
	wantPage(t, b.get("/workflows"), http.StatusOK, "2 edits since")
	wantPage(t, b.get(address), http.StatusOK, "1 changed", "/history?from=1&amp;to=3", "<ins>", "Published by ")
	b.rename(w.ID, "Begin later", 3) // behind the back of whoever looks at the page
	if res := b.post("/workflows/publish", "id", w.ID, "revision."+w.ID, "3"); res.StatusCode != http.StatusSeeOther || published() != 3 {
		t.Fatalf("%d, published %d; want what was shown", res.StatusCode, published())
	}
	undo := "/workflows/publish?" + url.Values{"id": {w.ID}, "revision." + w.ID: {"1"}}.Encode()
	wantPage(t, b.get("/workflows"), http.StatusOK, strings.ReplaceAll(undo, "&", "&amp;"), "1 edit since")
	s.Advance(time.Second)
	if b.post(undo); published() != 1 {
		t.Errorf("undone, %d is published", published())
	}
	if h := b.history(w.ID); len(h.Versions) != 3 || h.Versions[2].Note != "The first" {
		t.Errorf("versions: %+v", h.Versions)
	}
	wantPage(t, b.get("/workflows/publish?id=none"), http.StatusNotFound)
	if res := b.get("/workflows/publish"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("nothing selected: %d", res.StatusCode)
	}
}

// Several are published one by one: what cannot be is told with its reasons, and holds up no other.
func TestPublishSeveral(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	good, newer := b.draw("Good", start()), b.draw("Newer", start())
	bad := b.draw("Bad", engine.Node{ID: "start", Kind: "trigger.webhook", Name: "Order", Params: object{"path": ""}})
	b.api("POST", "/workflows/"+newer.ID+"/publish", object{}, nil, http.StatusOK)
	b.rename(newer.ID, "Begin", 1)
	query := "id=" + good.ID + "&id=" + newer.ID + "&id=" + bad.ID + "&id=none&id=" + good.ID
	wantPage(t, b.get("/workflows/publish?"+query), http.StatusOK, "Published for the first time", "1 changed", "The workflow has mistakes", "Order: ", "none")
	res := b.do("POST", "/workflows/publish", "application/x-www-form-urlencoded", query)
	wantPage(t, res, http.StatusOK, "Not published", "Order: ")
	if n := strings.Count(res.Text, `data-status="succeeded"`); n != 2 {
		t.Errorf("%d are told as published; want 2", n)
	}
	for id, want := range map[string]int64{good.ID: 1, newer.ID: 2, bad.ID: 0} {
		var now engine.Stored
		b.api("GET", "/workflows/"+id, nil, &now, http.StatusOK)
		if now.Published != want {
			t.Errorf("%s: revision %d is published; want %d", now.Name, now.Published, want)
		}
	}
	var many []string
	for i := range 51 {
		many = append(many, fmt.Sprintf("id=w%d", i))
	}
	wantPage(t, b.get("/workflows/publish?"+strings.Join(many, "&")), http.StatusUnprocessableEntity)
}
