// Package callback is an address of a campaign that a target may be made to ask: whoever asks for a marker's address did
// what a probe tried to make it do. It listens on this machine only, so only targets on this machine can reach it.
package callback

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Bounds of what is kept and taken: who asks is the target, and hostile.
const (
	maxMarkers = 10_000
	maxAgent   = 200
	prefix     = "/atelier/"
)

// Listener hears requests for markers. It implements agents.Listener.
type Listener struct {
	address string
	server  *http.Server
	done    chan struct{}

	mu      sync.Mutex
	heard   map[string]call
	changed chan struct{} // closed and renewed with every call
}

// call is who asked first.
type call struct{ from, agent string }

// Listen begins to listen on a free port of this machine.
func Listen(ctx context.Context) (*Listener, error) {
	var config net.ListenConfig
	on, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no port to listen for calls of the target: %w", err)
	}
	l := &Listener{address: "http://" + on.Addr().String(), done: make(chan struct{}), heard: map[string]call{}, changed: make(chan struct{})}
	l.server = &http.Server{Handler: l, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 5 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() {
		defer close(l.done)
		_ = l.server.Serve(on) //nolint:errcheck // it ends with Close
	}()
	return l, nil
}

// Close stops listening.
func (l *Listener) Close() error {
	err := l.server.Close()
	<-l.done
	return err
}

// Address is a URL for a marker.
func (l *Listener) Address(marker string) string { return l.address + prefix + marker }

// Heard waits until the marker's address was asked, or ctx is done, and tells by whom. It forgets it then: a case that is
// made again has to make the target ask again.
func (l *Listener) Heard(ctx context.Context, marker string) (from, agent string, ok bool) {
	for {
		l.mu.Lock()
		c, ok := l.heard[marker]
		delete(l.heard, marker)
		changed := l.changed
		l.mu.Unlock()
		if ok {
			return c.from, c.agent, true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return "", "", false
		}
	}
}

// ServeHTTP notes who asks, and answers with the marker, so that a target that shows what it fetched shows it.
func (l *Listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	marker, ok := strings.CutPrefix(r.URL.Path, prefix)
	marker, _, _ = strings.Cut(marker, "/")
	marker, _, _ = strings.Cut(marker, ".") // a target may add an ending
	if !ok || marker == "" {
		http.NotFound(w, r)
		return
	}
	agent := r.UserAgent()
	if len(agent) > maxAgent {
		agent = strings.ToValidUTF8(agent[:maxAgent], "") + "…"
	}
	l.mu.Lock()
	if _, known := l.heard[marker]; !known && len(l.heard) < maxMarkers {
		l.heard[marker] = call{r.RemoteAddr, agent}
		close(l.changed)
		l.changed = make(chan struct{})
	}
	l.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, "heard "+marker+"\n") //nolint:errcheck // whoever asked may have gone
}
