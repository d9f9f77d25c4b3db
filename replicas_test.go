package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// replicas are two servers on one Postgres and one Redis. The first reaches Redis over a line that can be cut.
type replicas struct {
	here, there *studioProcess
	line        *redisLine
	database    string
}

func startReplicas(t *testing.T) *replicas {
	t.Helper()
	database, address := os.Getenv("DATABASE_URL_TEST"), os.Getenv("REDIS_URL_TEST")
	if database == "" || address == "" {
		t.Skip("DATABASE_URL_TEST and REDIS_URL_TEST name no Postgres and no Redis")
	}
	database = freshSchema(t, database)
	env := []string{
		"DATABASE_URL=" + database, "ATELIER_ALLOW_ADDRESSES=127.0.0.1",
		"ATELIER_MASTER_KEY=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))),
	}
	line := newRedisLine(t, address)
	here := startStudio(t, append(env, "REDIS_URL=redis://"+line.listen.Addr().String())...)
	return &replicas{here, startStudio(t, append(env, "REDIS_URL="+address)...), line, database}
}

// page is a browser's socket.
type page struct {
	*websocket.Conn
	t testing.TB
}

type pageFrame struct {
	Type  string `json:"t"`
	Run   json.RawMessage
	Event struct {
		Seq  int64
		Type string
	}
	Revision struct{ Revision int64 }
	Who      struct{ Name string }
	State    json.RawMessage
}

// open opens a socket with the session of another studio's client, as a browser does behind a load balancer.
func (s *studioProcess) open(session *studioProcess) *page {
	s.t.Helper()
	dialer := websocket.Dialer{Jar: session.client.Jar, HandshakeTimeout: 5 * time.Second}
	conn, _, err := dialer.DialContext(s.t.Context(), "ws://"+s.address+"/ws", http.Header{"Origin": {"http://" + s.address}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	return &page{conn, s.t}
}

func (p *page) send(frames ...m) {
	p.t.Helper()
	for _, f := range frames {
		if err := p.WriteJSON(f); err != nil {
			p.t.Fatal(err)
		}
	}
}

// until reads frames until one fits.
func (p *page) until(what string, fits func(pageFrame) bool) pageFrame {
	p.t.Helper()
	_ = p.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		var f pageFrame
		if err := p.ReadJSON(&f); err != nil {
			p.t.Fatalf("waiting for %s: %v", what, err)
		}
		if fits(f) {
			return f
		}
	}
}

// watched returns when the server has taken in what was sent before.
func (p *page) watched() {
	p.t.Helper()
	p.send(m{"t": "ping"})
	p.until("the answer to a ping", func(f pageFrame) bool { return f.Type == "pong" })
}

func (s *studioProcess) move(workflow string, x int) error {
	status, body := s.send("POST", "/workflows/"+workflow+"/ops", m{"base": 1, "ops": []m{{"op": "node.move", "id": "n0", "at": []int{x, 0}}}})
	if status != http.StatusOK {
		return fmt.Errorf("an edit gave %d: %s", status, body)
	}
	return nil
}

// Both servers edit one workflow at once; the pages at both are told of every revision once and in order.
func TestReplicasAreOneRoom(t *testing.T) {
	t.Parallel()
	r := startReplicas(t)
	id := r.here.create(chainOf("Shared", m{"kind": "trigger.manual"}))
	const each = 40
	pages := []*page{r.here.open(r.here), r.there.open(r.there), r.there.open(r.here)}
	for _, p := range pages {
		p.send(m{"t": "watch", "workflow": id, "since": 1})
		p.watched()
	}
	var editors sync.WaitGroup
	for _, s := range []*studioProcess{r.here, r.there} {
		editors.Go(func() {
			for i := range each {
				if err := s.move(id, i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i, p := range pages {
		for next := int64(2); next <= 1+2*each; next++ {
			f := p.until("a revision", func(f pageFrame) bool { return f.Type == "revision" })
			if f.Revision.Revision != next {
				t.Fatalf("page %d was told of revision %d where %d was next", i, f.Revision.Revision, next)
			}
		}
	}
	editors.Wait()

	// What one does is seen by the other at once.
	pages[1].send(m{"t": "presence", "workflow": id, "state": m{"cursor": []int{7, 7}}})
	pages[0].send(m{"t": "presence", "workflow": id, "state": m{"cursor": []int{1, 1}}})
	pages[0].until("the cursor on the other server", func(f pageFrame) bool { return f.Type == "presence" && strings.Contains(string(f.State), "7") })
	began := time.Now()
	if err := r.here.move(id, 500); err != nil {
		t.Fatal(err)
	}
	pages[1].until("the edit on the other server", func(f pageFrame) bool { return f.Type == "revision" })
	t.Logf("an edit was told of on the other server after %s", time.Since(began).Round(time.Millisecond))
}

// A run that one server executes is watched from the other.
func TestReplicasShareRuns(t *testing.T) {
	t.Parallel()
	r := startReplicas(t)
	target := newHeldTarget(t)
	id := r.here.create(target.chain("Held"))
	watcher := r.there.open(r.there)
	watcher.send(m{"t": "watch", "workflow": id})
	watcher.watched()
	var run struct{ ID, Status string }
	r.here.call("POST", "/workflows/"+id+"/runs", m{}, &run)
	target.wait(target.reached, "the request of the step")
	watcher.until("the run that began on the other server", func(f pageFrame) bool { return f.Type == "run" && strings.Contains(string(f.Run), run.ID) })
	watcher.send(m{"t": "watch", "run": run.ID}) // from its beginning, whenever the server comes to it
	close(target.gate)
	for next := int64(1); ; next++ {
		f := watcher.until("an event", func(f pageFrame) bool { return f.Type == "event" })
		if f.Event.Seq != next {
			t.Fatalf("event %d came where %d was next", f.Event.Seq, next)
		}
		if f.Event.Type == "run.finished" {
			break
		}
	}
}

// Who signs out on one server is cut from the other, long before sockets look by themselves every thirty seconds.
func TestReplicasCutWhoSignsOut(t *testing.T) {
	t.Parallel()
	r := startReplicas(t)
	stays, gone := r.there.open(r.there), r.there.open(r.here)
	stays.watched()
	gone.watched()
	began := time.Now()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.here.url("/signout"), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "http://"+r.here.address)
	res, err := r.here.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	_ = gone.SetReadDeadline(began.Add(20 * time.Second))
	for err == nil {
		_, _, err = gone.ReadMessage()
	}
	if !websocket.IsCloseError(err, 4401) {
		t.Errorf("the socket of the session that ended gave %v", err)
	}
	t.Logf("the socket was cut after %s", time.Since(began).Round(time.Millisecond))
	stays.watched()
}

// Redis goes away for one of the servers: both go on, the one says so, and when it is back nothing was lost.
func TestReplicasWithoutRedis(t *testing.T) {
	t.Parallel()
	r := startReplicas(t)
	id := r.here.create(chainOf("Shared", m{"kind": "trigger.manual"}))
	near, far := r.here.open(r.here), r.there.open(r.there)
	for _, p := range []*page{near, far} {
		p.send(m{"t": "watch", "workflow": id, "since": 1})
		p.watched()
	}
	revision := func(p *page, want int64) {
		t.Helper()
		if f := p.until("a revision", func(f pageFrame) bool { return f.Type == "revision" }); f.Revision.Revision != want {
			t.Fatalf("revision %d came where %d was next", f.Revision.Revision, want)
		}
	}
	r.line.cut()
	for s := range 3 {
		if err := errors.Join(r.here.move(id, s), r.there.move(id, 10+s)); err != nil {
			t.Fatal(err)
		}
	}
	readiness := func() string {
		res, err := http.Get(r.here.url("/ready"))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("without Redis the server is not ready: %s, %v", body, err)
		}
		return string(body)
	}
	says := func(what string, it func(text string) bool) {
		t.Helper()
		for late := time.Now().Add(20 * time.Second); ; <-time.After(10 * time.Millisecond) {
			text := readiness()
			if it(text) {
				return
			}
			if time.Now().After(late) {
				t.Fatalf("%s the server says %s", what, text)
			}
		}
	}
	says("without Redis", func(text string) bool { return strings.Contains(text, "Redis does not answer") })
	r.line.mend()
	for n := int64(2); n <= 7; n++ {
		revision(near, n)
		revision(far, n)
	}
	if err := r.there.move(id, 99); err != nil {
		t.Fatal(err)
	}
	revision(near, 8)
	says("with Redis again", func(text string) bool { return !strings.Contains(text, "Redis") })
}

// redisLine is a connection to Redis that can be cut.
type redisLine struct {
	listen net.Listener
	target string
	mu     sync.Mutex
	down   bool
	conns  []net.Conn
}

func newRedisLine(t *testing.T, address string) *redisLine {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &redisLine{listen: listener, target: u.Host}
	t.Cleanup(func() { _ = listener.Close(); l.cut() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(near)
		}
	}()
	return l
}

func (l *redisLine) carry(near net.Conn) {
	defer near.Close()
	far, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer far.Close()
	l.mu.Lock()
	down := l.down
	l.conns = append(l.conns, near, far)
	l.mu.Unlock()
	if down {
		return
	}
	go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
	_, _ = io.Copy(near, far)
}

func (l *redisLine) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

func (l *redisLine) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}
