package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// talk is what the API says of a thread, as the tests look at it.
type talk struct {
	Thread  engine.Thread
	Comment engine.Comment
	Deleted string
}

// comments reads the frames of comments on a socket until the n-th.
func (l *line) comments(n int) (heard []talk) {
	l.t.Helper()
	_ = l.SetReadDeadline(time.Now().Add(10 * time.Second))
	for len(heard) < n {
		var f struct {
			Type string `json:"t"`
			talk
		}
		if err := l.ReadJSON(&f); err != nil {
			l.t.Fatal(err)
		}
		if f.Type == "comment" {
			heard = append(heard, f.talk)
		}
	}
	return heard
}

func TestCommentsAreSeenAtOnce(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	bob := s.member(t, ada, "bob@example.org", auth.Editor)
	w := ada.draw("Orders", start())
	path := "/workflows/" + w.ID + "/comments"
	line := ada.socket()
	line.send(object{"t": "watch", "workflow": w.ID})
	line.send(object{"t": "ping"})
	for line.next().Type != "pong" {
	}
	var thread engine.Thread
	bob.api("POST", path, object{"place": object{"node": "start", "at": []int{1, 2}}, "text": "Look, @ada@example.org"}, &thread, http.StatusCreated)
	one := path + "/" + thread.ID
	var reply talk
	ada.api("POST", one, object{"text": "I do"}, &reply, http.StatusCreated)
	ada.api("POST", one+"/comments/"+reply.Comment.ID, object{"text": "I did"}, nil, http.StatusOK)
	bob.api("POST", one+"/resolve", object{"resolved": true}, nil, http.StatusOK)
	ada.api("DELETE", one+"/comments/"+reply.Comment.ID, nil, nil, http.StatusNoContent)
	bob.api("DELETE", one+"/comments/"+thread.Comments[0].ID, nil, nil, http.StatusNoContent)
	heard := line.comments(6)
	if h := heard[0]; h.Thread.ID != thread.ID || h.Thread.Place.Node != "start" || h.Comment.Text != "Look, @ada@example.org" ||
		len(h.Comment.Mentions) != 1 || h.Comment.Mentions[0] != ada.User.ID || h.Thread.Mentioned || h.Thread.Unread != 0 {
		t.Errorf("a new thread: %+v", h)
	}
	if h := heard[1]; h.Thread.Count != 2 || h.Comment.Text != "I do" {
		t.Errorf("an answer: %+v", h)
	}
	if h := heard[2]; h.Comment.Text != "I did" || h.Comment.Edited == 0 {
		t.Errorf("a change: %+v", h)
	}
	if h := heard[3]; h.Thread.Resolved == 0 || h.Comment.ID != "" {
		t.Errorf("resolved: %+v", h)
	}
	if h := heard[4]; h.Deleted != reply.Comment.ID || h.Thread.Count != 1 {
		t.Errorf("deleted: %+v", h)
	}
	if h := heard[5]; h.Thread.Count != 0 || h.Thread.ID != thread.ID {
		t.Errorf("a thread that is gone: %+v", h)
	}
	ada.api("GET", one, nil, nil, http.StatusNotFound)
}

func TestViewersCommentWhenTheyMay(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	vera := s.member(t, ada, "vera@example.org", auth.Viewer)
	w := ada.draw("Orders", start())
	path := "/workflows/" + w.ID + "/comments"
	said := object{"place": object{"at": []int{1, 2}}, "text": "Hello"}
	var thread engine.Thread
	ada.api("POST", path, said, &thread, http.StatusCreated)
	vera.api("POST", path, said, nil, http.StatusForbidden)
	vera.api("POST", path+"/"+thread.ID+"/resolve", object{"resolved": true}, nil, http.StatusForbidden)
	var list struct {
		Threads []engine.Thread
		People  []struct{ ID, Email string }
		May     bool
		Me      string
	}
	vera.api("GET", path, nil, &list, http.StatusOK)
	if len(list.Threads) != 1 || list.May || list.Me != vera.User.ID || len(list.People) != 2 {
		t.Errorf("a viewer's list: %+v", list)
	}
	vera.api("POST", path+"/"+thread.ID+"/read", nil, nil, http.StatusNoContent)
	vera.api("POST", path+"/read", nil, nil, http.StatusNoContent)
	if res := ada.post("/settings/workspace", "name", "Ours", "viewers_comment", "on"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the setting: %d %s", res.StatusCode, res.Text)
	}
	if res := ada.get("/settings/workspace"); !strings.Contains(res.Text, "checked") {
		t.Error("the setting is not shown as it was made")
	}
	vera.api("POST", path, said, &thread, http.StatusCreated)
	vera.api("GET", path, nil, &list, http.StatusOK)
	if !list.May || len(list.Threads) != 2 {
		t.Errorf("the list of a viewer who may comment: %+v", list)
	}
	if res := ada.post("/settings/workspace", "name", "Ours"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the setting: %d %s", res.StatusCode, res.Text)
	}
	vera.api("POST", path+"/"+thread.ID, object{"text": "More"}, nil, http.StatusForbidden)
}

func TestMentionsPage(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	bob := s.member(t, ada, "bob@example.org", auth.Viewer)
	if res := bob.get("/mentions"); res.StatusCode != http.StatusOK || !strings.Contains(res.Text, "Nobody has mentioned you") {
		t.Errorf("without mentions: %d", res.StatusCode)
	}
	w := ada.draw("Orders <b>", start())
	var thread engine.Thread
	ada.api("POST", "/workflows/"+w.ID+"/comments", object{"text": "<i>Look</i> @bob@example.org"}, &thread, http.StatusCreated)
	res := bob.get("/mentions")
	for _, text := range []string{`href="/workflows/` + w.ID + `?thread=` + thread.ID, "&lt;i&gt;Look", "Orders &lt;b&gt;", `data-count="1"`} {
		if !strings.Contains(res.Text, text) {
			t.Errorf("the page of mentions lacks %s", text)
		}
	}
	if res := bob.post("/mentions/read"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("reading all: %d %s", res.StatusCode, res.Text)
	}
	var out struct{ Unread int }
	bob.api("GET", "/mentions", nil, &out, http.StatusOK)
	if out.Unread != 0 || strings.Contains(bob.get("/mentions").Text, `data-count=`) {
		t.Error("read mentions are still counted")
	}
}

func TestCommentsTravelOnRequest(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	w := ada.draw("Orders", start())
	path := "/workflows/" + w.ID
	var thread engine.Thread
	ada.api("POST", path+"/comments", object{"place": object{"node": "start", "at": []int{3, 4}}, "text": "Why @ada@example.org?"}, &thread, http.StatusCreated)
	ada.api("POST", path+"/comments/"+thread.ID, object{"text": "Because"}, nil, http.StatusCreated)
	ada.api("POST", path+"/comments/"+thread.ID+"/resolve", object{"resolved": true}, nil, http.StatusOK)
	if res := ada.api("GET", path+"/export", nil, nil, http.StatusOK); strings.Contains(res.Text, "Because") {
		t.Error("comments went along unasked")
	}
	file := ada.api("GET", path+"/export?comments=1", nil, nil, http.StatusOK).Text
	var in struct{ Workflow engine.Stored }
	ada.api("POST", "/workflows/import", file, &in, http.StatusCreated)
	var list struct{ Threads []engine.Thread }
	ada.api("GET", "/workflows/"+in.Workflow.ID+"/comments?q=because", nil, &list, http.StatusOK)
	if len(list.Threads) != 1 || list.Threads[0].Count != 2 || list.Threads[0].Resolved == 0 || list.Threads[0].Place != thread.Place {
		t.Fatalf("imported: %+v", list.Threads)
	}
	if c := list.Threads[0].Comments[0]; c.By != "" || c.Name != thread.Comments[0].Name || c.Text != "Why @ada@example.org?" || c.Created != thread.Comments[0].Created {
		t.Errorf("an imported comment: %+v, was %+v", c, thread.Comments[0])
	}
	if res := ada.api("GET", "/workflows/"+in.Workflow.ID+"/export", nil, nil, http.StatusOK); strings.Contains(res.Text, "Because") {
		t.Error("imported comments became part of the drawing")
	}
	for name, bad := range map[string]any{
		"no list": "x", "no text": []object{{"comments": []object{{"text": " "}}}},
		"a long text": []object{{"comments": []object{{"text": strings.Repeat("x", engine.MaxCommentRunes+1)}}}},
	} {
		data, err := json.Marshal(object{"format": engine.Format, "name": "Bad", "nodes": []any{}, "edges": []any{}, "notes": []any{}, "groups": []any{}, "settings": object{}, "comments": bad})
		if err != nil {
			t.Fatal(err)
		}
		if res := ada.api("POST", "/workflows/import", string(data), nil, http.StatusUnprocessableEntity); !strings.Contains(res.Text, "comment") {
			t.Errorf("%s: %s", name, res.Text)
		}
	}
}
