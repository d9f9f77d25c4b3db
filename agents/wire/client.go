package wire

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/publicsuffix"
)

// Client sends requests of a campaign. It is safe for use at the same time.
type Client struct {
	scope     *Scope
	budget    *Budget
	transport *http.Transport
	fresh     *http.Transport
	agent     string
	now       func() time.Time

	mu       sync.Mutex
	sessions map[string]*session
	written  map[[3]string]Written // by account, name and attributes
	given    map[string]string     // lines that gave accounts cookies, by name and value
}

// session is what an account carries along.
type session struct {
	jar    http.CookieJar
	header http.Header
	below  map[string]http.Header // by the beginning of paths
	stored Storage
}

// Storage is what scripts keep in a browser for an account, such as its token.
type Storage struct{ Local, Session map[string]string }

// NewClient makes a client within scope that spends of budget. Agent is its User-Agent.
func NewClient(scope *Scope, budget *Budget, agent string, now func() time.Time) *Client {
	transport := &http.Transport{
		DialContext:            scope.dialer.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS10, InsecureSkipVerify: true}, //nolint:gosec // what is wrong with a certificate is a finding, and a probe's to say
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    16,
		MaxConnsPerHost:        64,
		IdleConnTimeout:        30 * time.Second,
		ResponseHeaderTimeout:  longestWait,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true, // what was really sent is looked at
	}
	fresh := transport.Clone()
	fresh.DisableKeepAlives = true
	return &Client{scope: scope, budget: budget, transport: transport, fresh: fresh, agent: agent, now: now, sessions: map[string]*session{}, written: map[[3]string]Written{}, given: map[string]string{}}
}

// Scope is what the client keeps to.
func (c *Client) Scope() *Scope { return c.scope }

// Budget is what the client spends of.
func (c *Client) Budget() *Budget { return c.budget }

// Close ends the connections that nobody uses.
func (c *Client) Close() {
	c.transport.CloseIdleConnections()
	c.fresh.CloseIdleConnections()
}

// Send sends r and returns what came back; the exchange is never nil, and says itself what went wrong.
func (c *Client) Send(ctx context.Context, r Request) *Exchange {
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	if r.Timeout == 0 {
		r.Timeout = longestWait
	}
	x := &Exchange{Request: r, URL: r.URL, At: c.now()}
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	begin := time.Now()
	next := r
	for {
		x.Fault = c.once(ctx, next, x)
		x.Took = time.Since(begin)
		location := x.Header.Get("Location")
		if x.Fault != nil || !r.Follow || !isRedirect(x.Status) || location == "" {
			return x
		}
		to, err := follow(x.URL, location)
		if err != nil {
			return x
		}
		x.Hops = append(x.Hops, Hop{URL: x.URL, Status: x.Status, To: location})
		if len(x.Hops) > maxRedirects {
			x.Fault = &Fault{Loop, fmt.Sprintf("redirected more than %d times, at last to %s", maxRedirects, to)}
			return x
		}
		if !c.scope.Allows(to) {
			x.Fault = &Fault{OutOfScope, fmt.Sprintf("redirects to %s, which does not belong to the target", to)}
			return x
		}
		next.URL = to.String()
		if x.Status == http.StatusSeeOther || (x.Status != http.StatusTemporaryRedirect && x.Status != http.StatusPermanentRedirect && next.Method == http.MethodPost) {
			next.Method, next.Body = http.MethodGet, nil
		}
	}
}

// may waits for the pace: the campaign's, or that of a permit.
func (c *Client) may(ctx context.Context, permit *Permit) *Fault {
	if fault := count(ctx); fault != nil {
		return fault
	}
	if permit != nil {
		return permit.take(ctx)
	}
	return c.budget.take(ctx)
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

func follow(from, location string) (*url.URL, error) {
	base, err := url.Parse(from)
	if err != nil {
		return nil, err
	}
	to, err := base.Parse(location)
	if err != nil {
		return nil, err
	}
	to.Fragment, to.RawFragment = "", ""
	return to, nil
}

// once sends one request and fills x with its answer.
func (c *Client) once(ctx context.Context, r Request, x *Exchange) *Fault {
	u, err := url.Parse(r.URL)
	if err != nil {
		return &Fault{Unsendable, fmt.Sprintf("%q is no address", r.URL)}
	}
	if !c.scope.Allows(u) {
		return &Fault{OutOfScope, u.String() + " does not belong to the target"}
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return &Fault{Unsendable, fmt.Sprintf("%s %q cannot be sent: %v", r.Method, r.URL, err)}
	}
	session := c.session(r.As)
	c.dress(request, r, session)
	fault := c.may(ctx, r.Permit)
	if fault != nil && fault.Kind == Spent && r.Tidy {
		fault = c.budget.takeToTidy(ctx)
	}
	if fault != nil {
		return fault
	}
	begin := time.Now()
	x.First = 0
	trace := &httptrace.ClientTrace{GotFirstResponseByte: func() { x.First = time.Since(begin) }}
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
	transport := c.transport
	if r.Fresh {
		transport = c.fresh
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		x.Status, x.Header, x.Body = 0, nil, nil
		return faultOf(ctx, err)
	}
	defer response.Body.Close()
	x.URL, x.Status, x.Proto, x.Header, x.TLS = request.URL.String(), response.StatusCode, response.Proto, response.Header, response.TLS
	c.note(r.As, x.URL, response.Header)
	if session != nil {
		session.jar.SetCookies(request.URL, response.Cookies())
	}
	if response.StatusCode == http.StatusSwitchingProtocols { // what comes now is no body, and has no end
		return nil
	}
	x.Body, x.Cut, err = body(response)
	c.budget.received(len(x.Body))
	if err != nil {
		return faultOf(ctx, err)
	}
	return nil
}

// dress adds what every request carries, without touching what the request says itself.
func (c *Client) dress(request *http.Request, r Request, s *session) {
	if host := r.Header.Get("Host"); host != "" {
		request.Host = host
	}
	if s != nil && !r.Bare {
		for _, cookie := range s.jar.Cookies(request.URL) {
			request.AddCookie(cookie)
		}
		maps.Copy(request.Header, s.header)
		for path, header := range s.below {
			if strings.HasPrefix(request.URL.Path, path) {
				maps.Copy(request.Header, header)
			}
		}
	}
	for name, values := range r.Header {
		if name != "Host" {
			request.Header[name] = values
		}
	}
	if r.Header["User-Agent"] == nil {
		request.Header.Set("User-Agent", c.agent)
	}
	if r.Header["Accept-Encoding"] == nil {
		request.Header.Set("Accept-Encoding", "gzip, br")
	}
	if r.Header["Accept"] == nil {
		request.Header.Set("Accept", "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8")
	}
}

// body reads what a target sends, unpacked, up to MaxBody.
func body(response *http.Response) (data []byte, cut bool, err error) {
	if response.StatusCode == http.StatusSwitchingProtocols { // what follows is no body, and no time ends it
		return nil, false, nil
	}
	var r io.Reader = response.Body
	switch strings.ToLower(strings.TrimSpace(response.Header.Get("Content-Encoding"))) {
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil, false, nil // an empty answer, such as to HEAD
			}
			return nil, false, fmt.Errorf("the answer says gzip and is none: %w", err)
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	case "deflate":
		r = flate.NewReader(r)
	}
	data, err = io.ReadAll(io.LimitReader(r, MaxBody+1))
	if len(data) > MaxBody {
		return data[:MaxBody], true, nil
	}
	return data, false, err
}

func faultOf(ctx context.Context, err error) *Fault {
	var (
		fault   *Fault
		noName  *net.DNSError
		network net.Error
	)
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.Is(ctx.Err(), context.Canceled):
		return &Fault{Stopped, "the campaign was stopped"}
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout():
		return &Fault{TimedOut, "no whole answer came in time"}
	case errors.As(err, &noName):
		return &Fault{NoName, fmt.Sprintf("the name %s has no address", noName.Name)}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Fault{Refused, "nobody listens there: the connection was refused"}
	case isTLS(err):
		return &Fault{BadTLS, "no connection with TLS: " + err.Error()}
	default:
		return &Fault{Broken, "the connection broke off: " + err.Error()}
	}
}

func isTLS(err error) bool {
	var (
		record tls.RecordHeaderError
		alert  tls.AlertError
	)
	return errors.As(err, &record) || errors.As(err, &alert) || strings.Contains(err.Error(), "tls: ")
}

// session returns what an account carries, made at the first use; nil for nobody.
func (c *Client) session(name string) *session {
	if name == "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sessions[name]
	if s == nil {
		jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // its error is always nil
		s = &session{jar: jar, header: http.Header{}}
		c.sessions[name] = s
	}
	return s
}

// Carry sets a header that all requests of an account carry, such as a bearer token; an empty value takes it away.
func (c *Client) Carry(account, name, value string) {
	s := c.session(account)
	c.mu.Lock()
	defer c.mu.Unlock()
	header := s.header.Clone() // requests under way read the old one
	if value == "" {
		header.Del(name)
	} else {
		header.Set(name, value)
	}
	c.sessions[account] = &session{jar: s.jar, header: header, below: s.below, stored: s.stored}
}

// CarryBelow sets a header that the requests of an account carry whose paths begin so, such as the token of an API.
func (c *Client) CarryBelow(account, path, name, value string) {
	s := c.session(account)
	c.mu.Lock()
	defer c.mu.Unlock()
	below := maps.Clone(s.below) // requests under way read the old one
	if below == nil {
		below = map[string]http.Header{}
	}
	header := below[path].Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set(name, value)
	below[path] = header
	c.sessions[account] = &session{jar: s.jar, header: s.header, below: below, stored: s.stored}
}

// Carried are the headers that all requests of an account carry.
func (c *Client) Carried(account string) http.Header {
	s := c.session(account)
	if s == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return s.header.Clone()
}

// Store keeps what scripts keep for an account, for the tabs that it opens.
func (c *Client) Store(account string, stored Storage) {
	s := c.session(account)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions[account] = &session{jar: s.jar, header: s.header, below: s.below, stored: stored}
}

// Stored is what scripts keep for an account.
func (c *Client) Stored(account string) Storage {
	s := c.session(account)
	if s == nil {
		return Storage{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return s.stored
}

// Cookies are those that an account would send to u.
func (c *Client) Cookies(account string, u *url.URL) []*http.Cookie {
	if s := c.session(account); s != nil {
		return s.jar.Cookies(u)
	}
	return nil
}

// SetCookies gives an account cookies, as if u had set them.
func (c *Client) SetCookies(account string, u *url.URL, cookies []*http.Cookie) {
	if s := c.session(account); s != nil {
		s.jar.SetCookies(u, cookies)
	}
}

// Receive is SetCookies for cookies that the target gave the account elsewhere, such as in the browser: what they allow is
// remembered as if u had answered with them.
func (c *Client) Receive(account string, u *url.URL, cookies []*http.Cookie) {
	c.SetCookies(account, u, cookies)
	header := http.Header{}
	for _, cookie := range cookies {
		header.Add("Set-Cookie", cookie.String())
	}
	c.note(account, u.String(), header)
}

// Rename gives what one account carries to another, in place of what that one carried.
func (c *Client) Rename(from, to string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.sessions[from]; s != nil {
		c.sessions[to] = s
		delete(c.sessions, from)
	}
}

// Forget drops an account's cookies and headers.
func (c *Client) Forget(account string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, account)
}
