package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

type history struct {
	Revision, Published, Next int64
	Revisions                 []engine.HistoryEntry
	Versions                  []engine.Version
	People                    map[string]string
}

func (b *browser) history(id string) (h history) {
	b.t.Helper()
	b.api("GET", "/workflows/"+id+"/history", nil, &h, http.StatusOK)
	return h
}

func (b *browser) rename(id, name string, base int64) {
	b.t.Helper()
	b.api("POST", "/workflows/"+id+"/ops", object{"base": base, "ops": []object{{"op": "node.rename", "id": "start", "value": name}}}, nil, http.StatusOK)
}

func TestHistoryAndRestore(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Orders", start())
	for i, name := range []string{"One", "Two", "Three"} {
		b.rename(w.ID, name, int64(i+1))
	}
	h := b.history(w.ID)
	if len(h.Revisions) != 3 || h.Revision != 4 || h.Revisions[0].Revision != 4 || h.Revisions[0].Changes[0].Op != "node.rename" || h.People[b.User.ID] != b.User.Name {
		t.Errorf("the history: %+v", h)
	}
	var then engine.Stored
	b.api("GET", "/workflows/"+w.ID+"/revisions/2", nil, &then, http.StatusOK)
	if then.Doc.Nodes[0].Name != "One" || then.Revision != 2 || then.By != b.User.ID {
		t.Errorf("revision 2: %+v", then)
	}
	for _, n := range []string{"0", "-3", "99", "x"} {
		if res := b.do("GET", "/api/v1/workflows/"+w.ID+"/revisions/"+n, "", ""); res.StatusCode != 404 && res.StatusCode != 422 {
			t.Errorf("revision %s: %d %s", n, res.StatusCode, res.Text)
		}
	}
	var back struct{ Revision, Before int64 }
	b.api("POST", "/workflows/"+w.ID+"/revisions/2/restore", object{}, &back, http.StatusOK)
	if back.Revision != 5 || back.Before != 4 {
		t.Errorf("restored: %+v", back)
	}
	name := func() string {
		var now engine.Stored
		b.api("GET", "/workflows/"+w.ID, nil, &now, http.StatusOK)
		return now.Doc.Nodes[0].Name
	}
	if got := name(); got != "One" {
		t.Errorf("after restoring: %s", got)
	}
	b.api("POST", fmt.Sprintf("/workflows/%s/revisions/%d/restore", w.ID, back.Before), object{}, nil, http.StatusOK)
	if got := name(); got != "Three" {
		t.Errorf("after taking that back: %s", got)
	}
	if h = b.history(w.ID); len(h.Revisions) != 5 || h.Revisions[0].Changes[0].Op != "workflow.replace" {
		t.Errorf("restoring is an edit as any other: %+v", h.Revisions)
	}
}

func TestVersionNames(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Orders", start())
	var v engine.Version
	b.api("POST", "/workflows/"+w.ID+"/versions", object{"name": "<b>Sale</b>", "note": "n"}, &v, http.StatusCreated)
	b.api("POST", "/workflows/"+w.ID+"/versions/"+v.ID, object{"name": "Winter"}, &v, http.StatusOK)
	b.api("POST", "/workflows/"+w.ID+"/versions", object{"name": " "}, nil, http.StatusUnprocessableEntity)
	b.api("POST", "/workflows/"+w.ID+"/versions", object{"name": "x", "revision": 9}, nil, http.StatusNotFound)
	if h := b.history(w.ID); len(h.Versions) != 1 || h.Versions[0].Name != "Winter" || h.Versions[0].Note != "" {
		t.Errorf("versions: %+v", h.Versions)
	}
	viewer := s.member(t, b, "vera@example.org", auth.Viewer)
	viewer.history(w.ID)
	for _, path := range []string{"/versions", "/versions/" + v.ID, "/publish", "/unpublish", "/revisions/1/restore"} {
		viewer.api("POST", "/workflows/"+w.ID+path, object{"name": "x"}, nil, http.StatusForbidden)
	}
	b.api("DELETE", "/workflows/"+w.ID+"/versions/"+v.ID, nil, nil, http.StatusNoContent)
	b.api("DELETE", "/workflows/"+w.ID+"/versions/"+v.ID, nil, nil, http.StatusNotFound)
}

// A called workflow runs as it was published, and one that was not, as it is drawn. Runs by hand run the draft.
func TestCallersRunWhatIsPublished(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	say := func(text string) engine.Node {
		return engine.Node{ID: "say", Kind: "data.set", Name: "Say", Params: object{"fields": []any{object{"name": "said", "value": text}}}}
	}
	called := b.draw("Called", start(), say("draft 1"))
	caller := b.draw("Caller", start(), engine.Node{ID: "say", Kind: "flow.call", Params: object{"workflow": called.ID}})
	said := func(id, want string) {
		t.Helper()
		res := b.api("POST", "/workflows/"+id+"/runs?wait=20s", object{}, nil, http.StatusOK)
		if !strings.Contains(res.Text, `"said":"`+want+`"`) {
			t.Errorf("it did not say %q: %s", want, res.Text)
		}
	}
	set := func(base int64, text string) {
		t.Helper()
		b.api("POST", "/workflows/"+called.ID+"/ops", object{"base": base, "ops": []object{{"op": "node.set", "id": "say", "path": "params.fields", "value": []any{object{"name": "said", "value": text}}}}}, nil, http.StatusOK)
	}
	said(caller.ID, "draft 1")
	var out struct {
		Revision int64
		Active   bool
	}
	b.api("POST", "/workflows/"+called.ID+"/publish", object{}, &out, http.StatusOK)
	if out.Revision != 1 || out.Active {
		t.Errorf("published without triggers: %+v", out)
	}
	set(1, "draft 2")
	said(caller.ID, "draft 1")
	said(called.ID, "draft 2")
	b.api("POST", "/workflows/"+called.ID+"/unpublish", object{}, nil, http.StatusNoContent)
	said(caller.ID, "draft 2")
}

// Who has the workflow open sees at once that it was published.
func TestPublishingIsTold(t *testing.T) {
	t.Parallel()
	_, b, w := hooked(t, object{"path": "told"})
	l := b.socket()
	l.send(object{"t": "watch", "workflow": w.ID})
	l.send(object{"t": "ping"})
	l.next()
	b.api("POST", "/workflows/"+w.ID+"/unpublish", object{}, nil, http.StatusNoContent)
	if f := l.next(); f.Type != "published" || f.Workflow != w.ID {
		t.Errorf("%+v", f)
	}
}
