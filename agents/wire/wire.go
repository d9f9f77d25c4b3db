// Package wire is how a campaign reaches its target, and nothing but its target: a scope that redirects, scripts and
// browsers cannot leave, a client that is paced, bounded and counted, a proxy that holds a browser to the same, and the
// rule of who may be tested at all.
//
// Everything that a target sends is hostile: bodies, headers, times and the number of redirects are bounded.
package wire

import (
	"crypto/tls"
	"net/http"
	"sync"
	"time"
)

// Bounds of what a target may send or take.
const (
	MaxBody      = 4 << 20 // bytes of a body that are kept; what comes after is not read
	maxHeader    = 256 << 10
	maxRedirects = 10
	longestWait  = 20 * time.Second // for a whole answer, when a request names no time of its own
)

// Request is one request to the target. It is not followed when it answers with a redirect, unless it says so.
type Request struct {
	Method string      `json:"method"` // empty: GET
	URL    string      `json:"url"`
	Header http.Header `json:"header,omitempty"`
	Body   []byte      `json:"body,omitempty"`
	// As names whose cookies and tokens are sent: an account of the campaign, or "" for nobody.
	As string `json:"as,omitempty"`
	// Follow follows redirects as far as the scope reaches.
	Follow bool `json:"-"`
	// Timeout is for the whole answer; zero: 20 s.
	Timeout time.Duration `json:"-"`
	// Fresh sends it over a connection of its own.
	Fresh bool `json:"-"`
	// Bare adds neither cookies nor the campaign's own headers.
	Bare bool `json:"-"`
	// Permit is leave to send it faster than the campaign's pace; nil: it waits its turn.
	Permit *Permit `json:"-"`
	// Tidy tells that it takes away what the campaign made: it may still be sent when the campaign's requests are used up.
	Tidy bool `json:"-"`
}

// Exchange is a request and what came back. Without an answer Status is 0 and Fault says why.
type Exchange struct {
	Request Request `json:"request"`
	// URL is where the answer came from: another one than the request's after redirects.
	URL    string      `json:"url"`
	Status int         `json:"status"`
	Proto  string      `json:"proto,omitempty"`
	Header http.Header `json:"header,omitempty"`
	Body   []byte      `json:"body,omitempty"`
	// Cut tells that the body went on after what was kept.
	Cut bool `json:"cut,omitempty"`
	// Hops are the answers with redirects before this one, in their order.
	Hops  []Hop  `json:"hops,omitempty"`
	Fault *Fault `json:"fault,omitempty"`
	// First is the time to the first byte of the answer, Took that to its end.
	First time.Duration `json:"first"`
	Took  time.Duration `json:"took"`
	At    time.Time     `json:"at"`

	// TLS is what was agreed on, with https.
	TLS *tls.ConnectionState `json:"-"`

	derived struct {
		sync.Mutex
		weak any // a weak.Pointer of what Derived was asked for last
	}
}

// Hop is a redirect.
type Hop struct {
	URL    string `json:"url"`
	Status int    `json:"status"`
	To     string `json:"to"` // the Location as it was sent
}

// Fault is why a request got no answer, or why a redirect was not followed.
type Fault struct {
	Kind FaultKind `json:"kind"`
	Text string    `json:"text"`
}

func (f *Fault) Error() string { return f.Text }

// FaultKind sorts faults by what follows from them.
type FaultKind string

// The kinds of faults.
const (
	Refused    FaultKind = "refused"      // nobody listens there
	TimedOut   FaultKind = "timed out"    // no answer, or not to its end, in time
	Broken     FaultKind = "broken"       // the connection or the answer broke off, or was no HTTP
	BadTLS     FaultKind = "bad tls"      // a certificate or handshake that does not hold
	NoName     FaultKind = "no name"      // the name has no address
	OutOfScope FaultKind = "out of scope" // it leads away from the target
	Loop       FaultKind = "loop"         // more redirects than are followed
	Spent      FaultKind = "spent"        // a budget of the campaign is used up
	Stopped    FaultKind = "stopped"      // the campaign was stopped
	Unsendable FaultKind = "unsendable"   // the request itself is none
)

// OK tells that an answer with a status below 400 came, whole.
func (e *Exchange) OK() bool { return e.Fault == nil && e.Status > 0 && e.Status < 400 }

// Answered tells that the target answered, whatever it said.
func (e *Exchange) Answered() bool { return e.Status > 0 }
