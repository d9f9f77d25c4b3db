package campaign

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// try is what the second tries of all cases share, and the third ones.
type try struct {
	visits *visits
	asked  *asked
}

func (c *campaign) newTry() *try {
	return &try{c.lookAnew(), &asked{known: map[string]*wire.Exchange{}}}
}

// asked are answers that were asked for once more for one try.
type asked struct {
	mu    sync.Mutex
	known map[string]*wire.Exchange // by account and address
}

func (a *asked) get(key string) *wire.Exchange {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known[key]
}

func (a *asked) put(key string, x *wire.Exchange) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known[key] = x
}

// anew is a case with its item's answer asked for once more, for a probe that only reads it: an error that was there for a
// moment is none the second time. What cannot be asked again, such as what changes something, stays as it was. The fault says
// why there was no answer this time.
func (c *campaign) anew(ctx context.Context, x *Case, known *asked) (*Case, *wire.Fault) {
	if x.probe.Needs != 0 {
		return x, nil
	}
	var fault *wire.Fault
	again := *x
	switch item := x.item.(type) {
	case *surface.Page:
		page := *item
		page.Answer, fault = c.askAgain(ctx, item.Answer, known)
		again.item = &page
	case *surface.Asset:
		asset := *item
		asset.Answer, fault = c.askAgain(ctx, item.Answer, known)
		again.item = &asset
	case *surface.Link:
		link := *item
		was := &wire.Exchange{Request: wire.Request{URL: item.URL, As: c.seenBy(item.Page), Follow: true}, Status: item.Status}
		var now *wire.Exchange
		if now, fault = c.askAgain(ctx, was, known); now != was {
			link.Status, link.Hops, link.Fault, link.FaultKind = now.Status, now.Hops, "", ""
			if now.Fault != nil {
				link.Fault, link.FaultKind = now.Fault.Text, now.Fault.Kind
			}
		}
		again.item = &link
	}
	return &again, fault
}

// askAgain sends a request once more. The first answer stands where an account is not let in any more; the fault says why
// the second one tells nothing of the first: the target has had enough, or what was asked for is gone.
func (c *campaign) askAgain(ctx context.Context, was *wire.Exchange, known *asked) (*wire.Exchange, *wire.Fault) {
	if was == nil || was.Request.Method != "" && was.Request.Method != http.MethodGet {
		return was, nil
	}
	key := was.Request.As + " " + was.Request.URL
	now := known.get(key)
	if now == nil {
		now = c.client.Send(ctx, was.Request)
		known.put(key, now)
	}
	switch {
	case now.Fault != nil && (now.Fault.Kind == wire.Spent || now.Fault.Kind == wire.Stopped), !now.Answered() && was.Answered():
		return was, now.Fault
	case was.Request.As != "" && (now.Status == http.StatusUnauthorized || now.Status == http.StatusForbidden || len(now.Hops) > len(was.Hops) || now.Status/100 == 3 && was.Status/100 != 3):
		return was, nil
	case now.Status == http.StatusTooManyRequests, was.Answered() && was.Status < http.StatusBadRequest && now.Status >= http.StatusBadRequest:
		return was, &wire.Fault{Kind: wire.Broken, Text: fmt.Sprintf("%s answers %d now", was.Request.URL, now.Status)}
	}
	return now, nil
}

// seenBy is the account that saw a page.
func (c *campaign) seenBy(address string) string {
	for _, p := range c.surface().Pages {
		if p.URL == address {
			return p.As
		}
	}
	return ""
}
