package load_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/load"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// little are figures that a test has time for.
var little = load.Figures{Rate: 20, Steady: 2 * time.Second, Step: time.Second, Steps: 3, Burst: time.Second, Rest: 2 * time.Second, Idle: 30, Slow: 5}

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range load.With(little) {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no %s", id)
	return nil
}

const home = `<!doctype html><title>Home</title><h1>Home</h1>`

// page answers with a page after work was done.
func page(work func(r *http.Request) int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if status := work(r); status != 0 {
			w.WriteHeader(status)
		}
		fmt.Fprint(w, home)
	})
}

func wait(d time.Duration) { <-time.After(d) }

// queue lets one request after the other take a time.
func queue(d time.Duration) http.Handler {
	var one sync.Mutex
	return page(func(*http.Request) int {
		one.Lock()
		defer one.Unlock()
		wait(d)
		return 0
	})
}

// room lets so many requests in at once, and answers others with a status.
func room(n int, status int, header string) http.Handler {
	slots := make(chan struct{}, n)
	answer := page(func(*http.Request) int { wait(100 * time.Millisecond); return 0 })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
			answer.ServeHTTP(w, r)
		default:
			if header != "" {
				w.Header().Set(header, "1")
			}
			http.Error(w, "full", status)
		}
	})
}

// mixed says something else as soon as somebody else reads too.
func mixed(always bool) http.Handler {
	var inside, asked atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		n := inside.Add(1)
		defer inside.Add(-1)
		wait(20 * time.Millisecond)
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<title>Basket</title><meta name=token content="%032x">`, asked.Add(1))
		switch {
		case always:
			fmt.Fprintf(w, "You are reader %s of this page", strings.Repeat("one more than ", int(asked.Load()%7)))
		case n > 1:
			fmt.Fprint(w, "The basket of somebody else")
		default:
			fmt.Fprint(w, "Your basket")
		}
	})
}

// locked writes a large file while it holds a lock, or lets go of it first.
func locked(holds bool) http.Handler {
	var one sync.Mutex
	large := []byte(strings.Repeat("A line of a large file that takes its time.\n", 80_000))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		one.Lock()
		if !holds {
			one.Unlock()
		} else {
			defer one.Unlock()
		}
		if r.URL.Path == "/large" {
			_, _ = w.Write(large)
			return
		}
		fmt.Fprint(w, home+`<a href=/large>Large</a>`)
	})
}

// These are made one after the other: they would disturb each other's times.
func TestProbes(t *testing.T) { //nolint:paralleltest // see above
	for _, c := range []struct {
		name, probe string
		target      http.Handler
		want        int
	}{
		{"a queue that grows", "baseline-rps", queue(120 * time.Millisecond), 1},
		{"slow, and no slower with others", "baseline-rps", page(func(*http.Request) int { wait(300 * time.Millisecond); return 0 }), 0},
		{"a knee", "ramp-knee", queue(70 * time.Millisecond), 1},
		{"a queue that outlasts the spike", "spike", queue(45 * time.Millisecond), 1},
		{"a spike that is borne", "spike", page(func(*http.Request) int { wait(30 * time.Millisecond); return 0 }), 0},
		{"errors when it is full", "error-under-load", room(3, http.StatusInternalServerError, ""), 1},
		{"refusals when it is full", "error-under-load", room(3, http.StatusServiceUnavailable, "Retry-After"), 0},
		{"readers mixed up", "concurrency-correctness", mixed(false), 1},
		{"another text every time", "concurrency-correctness", mixed(true), 0},
		{"readers apart", "concurrency-correctness", queue(0), 0},
		{"idle connections are borne", "connection-limits", queue(0), 0},
		{"a lock while writing", "slow-client", locked(true), 1},
		{"no lock while writing", "slow-client", locked(false), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range try.Want(t, try.Probe(t, probe(t, c.probe), c.target, try.Options{Intrusive: true}), c.probe, c.want) {
				if len(f.Evidence) == 0 {
					t.Errorf("%s has no evidence", c.probe)
				}
			}
		})
	}
}

// limited is a listener that keeps so many connections and lets others wait.
type limited struct {
	net.Listener
	slots chan struct{}
}

func (l limited) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &counted{Conn: c, done: sync.OnceFunc(func() { <-l.slots })}, nil
}

type counted struct {
	net.Conn
	done func()
}

func (c *counted) Close() error { c.done(); return c.Conn.Close() }

func TestConnectionLimits(t *testing.T) { //nolint:paralleltest // it measures times
	server := httptest.NewUnstartedServer(queue(0))
	server.Listener = limited{server.Listener, make(chan struct{}, 24)}
	server.Start()
	t.Cleanup(server.Close)
	try.Want(t, try.At(t, []*agents.Probe{probe(t, "connection-limits")}, server.URL, try.Options{Intrusive: true}), "connection-limits", 1)
}

// A campaign with little left skips what it cannot do, and sends nothing of it.
func TestNotAllowed(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	target := page(func(*http.Request) int { asked.Add(1); return 0 })
	r := try.Probes(t, load.Probes(), target, try.Options{})
	for _, x := range r.Cases {
		if x.Outcome.Verdict != agents.NotTested {
			t.Errorf("%s is %s without leave", x.ID, x.Outcome.Verdict)
		}
	}
	if n := asked.Load(); n > 10 {
		t.Errorf("the page was asked %d times", n)
	}
}
