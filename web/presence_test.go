package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
)

// presence is a frame about who is at a workflow.
type presence struct {
	Type     string `json:"t"`
	Workflow string
	Conn     string
	Role     string
	Text     string
	Who      struct {
		Conn, User, Name string
		Looks            bool
	}
	State *struct {
		Cursor    []float64
		Selection []string
		Drag      map[string][]float64
		Typing    bool
	}
}

// await reads frames until one fits.
func (l *line) await(what string, fits func(presence) bool) presence {
	l.t.Helper()
	_ = l.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		_, data, err := l.ReadMessage()
		if err != nil {
			l.t.Fatalf("waiting for %s: %v", what, err)
		}
		var f presence
		if err := json.Unmarshal(data, &f); err == nil && fits(f) {
			return f
		}
	}
}

func (l *line) at(workflow string, state object) {
	l.t.Helper()
	l.send(object{"t": "presence", "workflow": workflow, "state": state})
}

func TestPresenceIsSeenByEveryoneAtAWorkflow(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	ada := s.owner(t, "ada@example.org")
	w := ada.draw("W", start())
	vera := s.member(t, ada, "vera@example.org", auth.Viewer)
	first, second := ada.socket(), vera.socket()
	first.at(w.ID, object{"cursor": []int{1, 2}, "selection": []string{"start"}})
	here := first.await("the beginning", func(f presence) bool { return f.Type == "here" })
	if here.Conn == "" || here.Role != "owner" || here.Workflow != w.ID {
		t.Errorf("the page is told %+v", here)
	}
	second.at(w.ID, object{"cursor": []int{5, 6}, "drag": object{"start": []int{9, 9}}, "typing": true})
	got := second.await("who was there before", func(f presence) bool { return f.Type == "presence" })
	if got.Who.Conn != here.Conn || got.Who.User != ada.User.ID || got.Who.Name == "" || got.Who.Looks || got.State == nil || len(got.State.Selection) != 1 {
		t.Errorf("the newcomer is told %+v", got)
	}
	got = first.await("the newcomer", func(f presence) bool { return f.Type == "presence" })
	if got.Who.User != vera.User.ID || !got.Who.Looks || got.State == nil || got.State.Cursor[1] != 6 || got.State.Drag != nil || got.State.Typing {
		t.Errorf("of a viewer is told %+v", got)
	}
	// Who goes is taken away, by leaving and by a lost line.
	second.send(object{"t": "presence", "workflow": w.ID, "state": nil})
	first.await("the leaving", func(f presence) bool { return f.Who.User == vera.User.ID && f.State == nil })
	second.at(w.ID, object{"cursor": nil})
	first.await("the return", func(f presence) bool { return f.Who.User == vera.User.ID && f.State != nil })
	_ = second.Close()
	first.await("the loss", func(f presence) bool { return f.Who.User == vera.User.ID && f.State == nil })
}

func TestPresenceRefusals(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	ada := s.owner(t, "ada@example.org")
	w := ada.draw("W", start())
	eve := s.owner(t, "eve@example.org")
	stranger := eve.socket()
	stranger.at(w.ID, object{"cursor": []int{1, 2}})
	if f := stranger.next(); f.Type != "error" {
		t.Errorf("a stranger is told %+v", f)
	}
	l := ada.socket()
	many := make([]string, 200)
	for _, state := range []any{
		"text", object{"cursor": "here"}, object{"cursor": []float64{1e300, 0}}, object{"selection": many},
		object{"open": object{"node": strings.Repeat("n", 100)}}, object{"selection": []string{strings.Repeat("n", 5000)}},
	} {
		l.send(object{"t": "presence", "workflow": w.ID, "state": state})
		if f := l.next(); f.Type != "error" || f.Text == "" {
			t.Errorf("%v was answered with %+v", state, f)
		}
	}
}

func TestPresenceFollowsTheRole(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	ada := s.owner(t, "ada@example.org")
	w := ada.draw("W", start())
	ben := s.member(t, ada, "ben@example.org", auth.Editor)
	watcher, l := ada.socket(), ben.socket()
	watcher.at(w.ID, object{"cursor": nil})
	l.at(w.ID, object{"drag": object{"start": []int{3, 4}}})
	ofBen := func(f presence) bool { return f.Type == "presence" && f.Who.User == ben.User.ID }
	if f := watcher.await("the drag", ofBen); f.State == nil || f.State.Drag == nil {
		t.Fatalf("the drag is told as %+v", f)
	}
	began := time.Now()
	setRole := func(role string) {
		if res := ada.post("/settings/members/"+ben.User.ID+"/role", "role", role); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("changing the role: %d %s", res.StatusCode, res.Text)
		}
	}
	setRole("viewer")
	if f := l.await("the new role", func(f presence) bool { return f.Type == "role" }); f.Role != "viewer" {
		t.Errorf("the page is told %+v", f)
	}
	if f := watcher.await("the end of the drag", ofBen); f.State == nil || f.State.Drag != nil || !f.Who.Looks {
		t.Errorf("others are told %+v", f)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("the role is told after %v", took)
	}
	setRole("editor")
	if f := l.await("the old role", func(f presence) bool { return f.Type == "role" }); f.Role != "editor" {
		t.Errorf("the page is told %+v", f)
	}
}
