package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/gorilla/websocket"
)

// line is the browser's end of a socket.
type line struct {
	*websocket.Conn
	t *testing.T
}

type frame struct {
	Type     string `json:"t"`
	Run      json.RawMessage
	Event    engine.Event
	Workflow string
	Revision engine.Revision
	Text     string
}

func (b *browser) dial(origin string) (*line, *http.Response) {
	b.t.Helper()
	u, err := url.Parse(b.studio.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	header := http.Header{"Origin": {origin}}
	if origin == "" {
		header.Del("Origin")
	}
	dialer := websocket.Dialer{Jar: b.Jar, HandshakeTimeout: 5 * time.Second}
	conn, res, err := dialer.DialContext(b.t.Context(), "ws://"+u.Host+"/ws", header)
	if err != nil {
		return nil, res
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	return &line{conn, b.t}, res
}

func (b *browser) socket() *line {
	b.t.Helper()
	l, res := b.dial(b.studio.URL)
	if l == nil {
		b.t.Fatalf("the socket was refused: %v", res)
	}
	return l
}

func (l *line) send(v any) {
	l.t.Helper()
	if err := l.WriteJSON(v); err != nil {
		l.t.Fatal(err)
	}
}

// next returns the next frame.
func (l *line) next() frame {
	l.t.Helper()
	_ = l.SetReadDeadline(time.Now().Add(10 * time.Second))
	var f frame
	if err := l.ReadJSON(&f); err != nil {
		l.t.Fatal(err)
	}
	return f
}

// closed reads on until the connection ends and returns the code.
func (l *line) closed() int {
	l.t.Helper()
	_ = l.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		if _, _, err := l.ReadMessage(); err != nil {
			if e, ok := errors.AsType[*websocket.CloseError](err); ok {
				return e.Code
			}
			return 0
		}
	}
}

// events reads a run's events to its end.
func (l *line) events() (seqs []int64, types []engine.EventType) {
	l.t.Helper()
	for {
		f := l.next()
		if f.Type != "event" {
			continue
		}
		if f.Event.Outputs != nil {
			l.t.Errorf("items are in a frame: %+v", f.Event)
		}
		seqs, types = append(seqs, f.Event.Seq), append(types, f.Event.Type)
		if f.Event.Type == engine.RunFinished {
			return seqs, types
		}
	}
}

func TestSocketFollowsARun(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Sleeping", start(), double(), wait())
	watcher := b.socket()
	watcher.send(object{"t": "watch", "workflow": w.ID})
	watcher.send(object{"t": "ping"})
	if f := watcher.next(); f.Type != "pong" {
		t.Fatalf("the answer to a ping is %+v", f)
	}
	var run engine.Run
	b.api("POST", "/workflows/"+w.ID+"/runs?wait=10s", object{"input": object{"n": 1}}, &run, http.StatusAccepted)
	if f := watcher.next(); f.Type != "run" || !strings.Contains(string(f.Run), run.ID) {
		t.Errorf("who watches the workflow is told %+v", f)
	}
	// One joins from the start, one in the middle; both see the rest as it happens.
	first, second := b.socket(), b.socket()
	first.send(object{"t": "watch", "run": run.ID})
	second.send(object{"t": "watch", "run": run.ID, "since": 3})
	if f := second.next(); f.Event.Seq != 4 {
		t.Errorf("after 3 came %+v", f)
	}
	b.api("POST", "/runs/"+run.ID+"/cancel", nil, nil, http.StatusOK)
	seqs, types := first.events()
	for i, seq := range seqs {
		if seq != int64(i+1) {
			t.Fatalf("the events came as %v", seqs)
		}
	}
	if types[0] != engine.RunStarted {
		t.Errorf("the events are %v", types)
	}
	rest, _ := second.events()
	if fmt.Sprint(rest) != fmt.Sprint(seqs[4:]) {
		t.Errorf("from the middle came %v of %v", rest, seqs)
	}
	// A run that has ended is told from its record.
	late := b.socket()
	late.send(object{"t": "watch", "run": run.ID, "since": 1})
	if again, _ := late.events(); fmt.Sprint(again) != fmt.Sprint(seqs[1:]) {
		t.Errorf("afterwards came %v", again)
	}
}

func TestSocketTellsRevisions(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("W", start())
	viewer := s.member(t, b, "vera@example.org", auth.Viewer)
	l := viewer.socket()
	l.send(object{"t": "watch", "workflow": w.ID})
	l.send(object{"t": "ping"})
	l.next()
	move := object{"base": w.Revision, "ops": []object{{"op": "node.move", "id": "start", "at": []int{5, 5}}}, "client": "c"}
	b.api("POST", "/workflows/"+w.ID+"/ops", move, nil, http.StatusOK)
	f := l.next()
	if f.Type != "revision" || f.Workflow != w.ID || f.Revision.Number != w.Revision+1 || len(f.Revision.Ops) != 1 || f.Revision.Inverse != nil {
		t.Errorf("%+v", f)
	}
	viewer.api("POST", "/workflows/"+w.ID+"/ops", move, nil, http.StatusForbidden)
	viewer.api("POST", "/workflows/"+w.ID+"/runs", nil, nil, http.StatusForbidden)
	// Who comes back with an older drawing is told what they missed first, then what comes, each once.
	for range 60 { // more than one page of the record
		b.api("POST", "/workflows/"+w.ID+"/ops", object{"base": w.Revision, "ops": move["ops"]}, nil, http.StatusOK)
	}
	back := viewer.socket()
	back.send(object{"t": "watch", "workflow": w.ID, "since": w.Revision})
	for n := int64(1); n <= 65; n++ {
		if n > 61 {
			b.api("POST", "/workflows/"+w.ID+"/ops", object{"base": w.Revision, "ops": move["ops"]}, nil, http.StatusOK)
		}
		if f := back.next(); f.Revision.Number != w.Revision+n || f.Revision.Inverse != nil || len(f.Revision.Ops) != 1 {
			t.Fatalf("message %d is %+v", n, f)
		}
	}
}

func TestSocketRefusals(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("W", start())
	eve := s.owner(t, "eve@example.org")
	for _, origin := range []string{"", "https://evil.example", "null", "http://127.0.0.1:1"} {
		if l, res := b.dial(origin); l != nil || res == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("opened from %q: %v", origin, res)
		}
	}
	if l, res := s.browser(t).dial(s.URL); l != nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("opened by a stranger: %v", res)
	}
	l := eve.socket()
	for _, f := range []any{
		object{"t": "watch", "workflow": w.ID}, object{"t": "watch", "run": "none"}, object{"t": "edit"}, "text", []int{1},
	} {
		l.send(f)
		if got := l.next(); got.Type != "error" || got.Text == "" {
			t.Errorf("%v was answered with %+v", f, got)
		}
	}
	big := b.socket()
	_ = big.WriteMessage(websocket.TextMessage, make([]byte, 70<<10))
	if code := big.closed(); code != websocket.CloseMessageTooBig {
		t.Errorf("a frame of 70 KiB closes with %d", code)
	}
	fast := b.socket()
	for range 400 {
		if fast.WriteJSON(object{"t": "ping"}) != nil {
			break
		}
	}
	if code := fast.closed(); code != 4429 {
		t.Errorf("400 frames at once close with %d", code)
	}
}

func TestSocketIsCutWhenItsPersonMayNoLongerBeThere(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	out := s.member(t, b, "sam@example.org", auth.Editor)
	l := out.socket()
	l.send(object{"t": "ping"})
	l.next()
	out.post("/signout")
	if code := l.closed(); code != 4401 {
		t.Errorf("after signing out the socket closes with %d", code)
	}
	removed := s.member(t, b, "rae@example.org", auth.Editor)
	l = removed.socket()
	l.send(object{"t": "ping"})
	l.next()
	if res := b.post("/settings/members/" + removed.User.ID + "/remove"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("removing a member: %d %s", res.StatusCode, res.Text)
	}
	if code := l.closed(); code != 4403 {
		t.Errorf("after the end of the membership the socket closes with %d", code)
	}
}

// A page that watches, leaves and watches again costs the server little, however large the drawing is.
func TestSocketWatchesALargeDrawingCheaply(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	list := make([]any, 10_000)
	for i := range list {
		list[i] = object{"n": i}
	}
	w := b.draw("Large", start(), engine.Node{ID: "data", Kind: "data.set", Params: object{"fields": []any{object{"name": "list", "value": list}}}})
	l := b.socket()
	began := time.Now()
	b.api("GET", "/workflows/"+w.ID, nil, nil, http.StatusOK)
	once := time.Since(began)
	began = time.Now()
	for i := range 45 {
		l.send(object{"t": "watch", "workflow": w.ID})
		if i%5 == 0 {
			l.send(object{"t": "presence", "workflow": w.ID, "state": object{"cursor": []int{i, i}}})
			l.send(object{"t": "presence", "workflow": w.ID, "state": nil})
		}
	}
	l.send(object{"t": "ping"})
	for l.next().Type != "pong" {
	}
	if took := time.Since(began); took > 15*once {
		t.Errorf("45 watches took %v, reading the drawing once takes %v", took, once)
	}
}
