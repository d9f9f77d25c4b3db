package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Drip sends a form's request whose body comes one byte at a time, and never to its end. It returns how long the target
// kept the connection, at most longest, and the status that it answered; 0 when it only hung up. Kept tells that it had
// done neither by then.
func (c *Client) Drip(ctx context.Context, r Request, each, longest time.Duration) (took time.Duration, status int, kept bool, err error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return 0, 0, false, &Fault{Unsendable, strconv.Quote(r.URL) + " is no address"}
	}
	if !c.scope.Allows(u) {
		return 0, 0, false, &Fault{OutOfScope, u.String() + " does not belong to the target"}
	}
	if fault := c.budget.take(ctx); fault != nil {
		return 0, 0, false, fault
	}
	timed, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	body := &drip{ctx: timed, each: each}
	request, err := http.NewRequestWithContext(timed, http.MethodPost, r.URL, body)
	if err != nil {
		return 0, 0, false, &Fault{Unsendable, err.Error()}
	}
	request.ContentLength = 1 << 20
	c.dress(request, r, c.session(r.As))
	transport := c.fresh.Clone()
	transport.ResponseHeaderTimeout, transport.ForceAttemptHTTP2 = 0, false
	defer transport.CloseIdleConnections()
	begin := time.Now()
	answer, err := transport.RoundTrip(request)
	took = time.Since(begin)
	switch {
	case err == nil:
		_ = answer.Body.Close() //nolint:errcheck // nothing follows from it
		return took, answer.StatusCode, false, nil
	case ctx.Err() != nil:
		return took, 0, false, &Fault{Stopped, "the campaign was stopped"}
	case errors.Is(timed.Err(), context.DeadlineExceeded):
		return took, 0, true, nil
	default:
		fault := faultOf(ctx, err)
		if fault.Kind == Refused || fault.Kind == NoName || fault.Kind == BadTLS {
			return took, 0, false, fault
		}
		return took, 0, false, nil // the target hung up
	}
}

// drip is a body that comes slowly.
type drip struct {
	ctx  context.Context
	each time.Duration
	sent int
}

func (d *drip) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if d.sent > 0 {
		timer := time.NewTimer(d.each)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-d.ctx.Done():
			return 0, io.ErrUnexpectedEOF
		}
	}
	p[0] = "x="[min(d.sent, 1)]
	if d.sent > 1 {
		p[0] = 'a'
	}
	d.sent++
	return 1, nil
}
