package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Bounds of a browser's connections.
const (
	maxTunnels   = 256
	maxDownload  = 32 << 20 // bytes of one answer that are passed on
	maxPassing   = 512 << 20
	longestProxy = time.Minute
	longestIdle  = 10 * time.Minute // of one direction of a tunnel
)

// Proxy is what a browser of a campaign sends everything through. It connects to the target and to nothing else: other
// hosts get 403, and are told to whoever listens. It takes connections from this machine only.
type Proxy struct {
	scope    *Scope
	budget   *Budget
	client   *http.Transport
	server   *http.Server
	listener net.Listener
	tunnels  chan struct{}

	mu      sync.Mutex
	refused map[string]int // origin or host:port -> how often
}

// NewProxy starts a proxy on a free port of loopback.
func NewProxy(scope *Scope, budget *Budget) (*Proxy, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		scope: scope, budget: budget, listener: listener, tunnels: make(chan struct{}, maxTunnels), refused: map[string]int{},
		client: &http.Transport{DialContext: scope.dialer.dial, DisableCompression: true, MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second,
			ResponseHeaderTimeout: longestProxy, MaxResponseHeaderBytes: maxHeader},
	}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: maxHeader}
	go p.server.Serve(listener) //nolint:errcheck // it ends with Close
	return p, nil
}

// Address is host and port for the browser's --proxy-server.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Close ends the proxy and all connections through it.
func (p *Proxy) Close() error {
	err := p.server.Close()
	p.client.CloseIdleConnections()
	return err
}

// Refused are the places outside of the target that were asked for, and how often.
func (p *Proxy) Refused() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make(map[string]int, len(p.refused))
	for place, n := range p.refused {
		list[place] = n
	}
	return list
}

func (p *Proxy) refuse(w http.ResponseWriter, place string) {
	w.Header().Set("X-Atelier-Scope", "refused")
	http.Error(w, p.refusal(place), http.StatusForbidden)
}

// refusal counts what is refused, and says why.
func (p *Proxy) refusal(place string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.refused) < 1000 || p.refused[place] > 0 {
		p.refused[place]++
	}
	return place + " does not belong to the target of this campaign."
}

// ServeHTTP passes one request on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		p.tunnel(w, r)
		return
	}
	if !r.URL.IsAbs() || !p.scope.Allows(r.URL) {
		p.refuse(w, placeOf(r.URL))
		return
	}
	if fault := p.budget.takePage(r.Context()); fault != nil {
		http.Error(w, fault.Text, http.StatusServiceUnavailable)
		return
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	for _, name := range []string{"Proxy-Connection", "Proxy-Authorization", "Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade"} {
		out.Header.Del(name)
	}
	answer, err := p.client.RoundTrip(out)
	if err != nil {
		// A browser shows a connection that broke as an error of the network only when this one breaks too.
		panic(http.ErrAbortHandler)
	}
	defer answer.Body.Close()
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.Header().Del("Connection")
	w.WriteHeader(answer.StatusCode)
	n, err := copyFlushed(w, answer.Body)
	p.budget.received(n)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}

// errTooLong ends an answer that is longer than a page has any use for.
var errTooLong = errors.New("the answer is longer than what is passed on")

// copyFlushed passes an answer on as it comes: event streams have to arrive before they end.
func copyFlushed(w http.ResponseWriter, r io.Reader) (int, error) {
	flusher := http.NewResponseController(w)
	buffer := make([]byte, 32<<10)
	total := 0
	for {
		n, err := r.Read(buffer)
		if n > 0 {
			total += n
			if _, err := w.Write(buffer[:n]); err != nil {
				return total, err
			}
			if err := flusher.Flush(); err != nil {
				return total, err
			}
			if total > maxDownload {
				return total, errTooLong
			}
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// Admit holds what a browser asks with TLS, which the proxy does not see, to the same as everything else: whoever sees it
// asks before it is sent. Anything but status 0 is to be answered in place of the target.
func (p *Proxy) Admit(ctx context.Context, address string) (status int, why string) {
	u, err := url.Parse(address)
	switch {
	case err != nil || !p.scope.AllowsHost(HostPort(u)):
		return 0, "" // it comes here, and is refused
	case !p.scope.Allows(u):
		return http.StatusForbidden, p.refusal(placeOf(u))
	}
	if fault := p.budget.takePage(ctx); fault != nil {
		return http.StatusServiceUnavailable, fault.Text
	}
	return 0, ""
}

// tunnel connects a browser with the target for TLS and for sockets.
func (p *Proxy) tunnel(w http.ResponseWriter, r *http.Request) {
	if !p.scope.AllowsHost(r.Host) {
		p.refuse(w, r.Host)
		return
	}
	select {
	case p.tunnels <- struct{}{}:
		defer func() { <-p.tunnels }()
	default:
		http.Error(w, "too many connections at once", http.StatusServiceUnavailable)
		return
	}
	if fault := p.budget.takePage(r.Context()); fault != nil {
		http.Error(w, fault.Text, http.StatusServiceUnavailable)
		return
	}
	there, err := p.scope.dialer.dial(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = there.Close() }()
	here, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = here.Close() }()
	if _, err := io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	first := bufio.NewReaderSize(buffered, longestLine)
	if place := p.shut(here, first, r.Host); place != "" {
		p.refusal(place)
		_, _ = io.WriteString(here, "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") //nolint:errcheck // it hears of it by the end of the connection
		return
	}
	ended := make(chan struct{}, 2)
	pass := func(to, from net.Conn, r io.Reader) {
		n, _ := io.Copy(to, io.LimitReader(&awake{r, from}, maxPassing)) //nolint:errcheck // either end may hang up at any time
		p.budget.received(int(n))
		to.Close()   //nolint:errcheck,gosec // the other half is told by this
		from.Close() //nolint:errcheck,gosec // as above
		ended <- struct{}{}
	}
	go pass(there, here, first)
	go pass(here, there, there)
	<-ended
	<-ended
}

// shut is the place outside of the scope that a tunnel without TLS is to lead to, as its first line says; "" when it may be
// passed on. A browser opens such a tunnel for one socket.
func (p *Proxy) shut(here net.Conn, r *bufio.Reader, host string) string {
	if !p.scope.Narrow() {
		return ""
	}
	if err := here.SetReadDeadline(time.Now().Add(longestProxy)); err != nil {
		return ""
	}
	for n := 1; ; n = r.Buffered() + 1 {
		_, err := r.Peek(min(n, longestLine)) // one more than there is
		begun, _ := r.Peek(r.Buffered())      //nolint:errcheck // it is there
		if len(begun) > 0 && begun[0] == tlsRecord {
			return ""
		}
		line, _, whole := bytes.Cut(begun, []byte("\n"))
		if !whole && err == nil && len(begun) < longestLine {
			continue
		}
		words := strings.Fields(string(line))
		if len(words) != 3 || !whole {
			return host
		}
		u, err := url.Parse("http://" + host + words[1])
		if err != nil || !strings.HasPrefix(words[1], "/") {
			return host
		}
		if !p.scope.Allows(u) {
			return placeOf(u)
		}
		return ""
	}
}

const (
	longestLine = 16 << 10 // the first of a tunnel
	tlsRecord   = 0x16     // what TLS begins with
)

// awake reads from one end of a tunnel, and gives up when nothing came for long.
type awake struct {
	r  io.Reader
	of net.Conn
}

func (a *awake) Read(b []byte) (int, error) {
	if err := a.of.SetReadDeadline(time.Now().Add(longestIdle)); err != nil {
		return 0, err
	}
	return a.r.Read(b)
}

func placeOf(u *url.URL) string {
	if u.Host == "" {
		return "a request without a host"
	}
	return Origin(u)
}
