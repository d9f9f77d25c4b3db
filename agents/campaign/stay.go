package campaign

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/door"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// entrances are the ways in that were found before accounts signed in.
type entrances struct {
	form  *surface.Form
	doors []*door.Door
	// closed is an operation that an API described wants credentials for, api the beginning of the paths of all of these.
	closed, api string
}

// attendance is how often accounts are looked after.
const attendance = 10 * time.Second

// attend signs accounts in again that the target lets out while it is tested, until ctx is done: sessions end, and a case may
// have ended one. What an account that is out is refused says nothing of the target.
func (c *campaign) attend(ctx context.Context) {
	tick := time.NewTicker(attendance)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		c.Control.gate(ctx)
		c.stay(ctx)
	}
}

// gate is an address that lets an account in and refuses nobody in particular.
type gate struct {
	address string
	left    int // times that signing in again may still fail
}

// gates finds one for each account.
func (c *campaign) gates(ctx context.Context) map[string]*gate {
	const (
		most  = 5 // addresses that are tried for an account
		tries = 3
	)
	var closed []string
	for _, o := range c.surface().Operations {
		if u, err := url.Parse(o.URL); err == nil && o.Method == http.MethodGet && !discover.Changes(u) && slices.ContainsFunc(o.Seen, func(x *wire.Exchange) bool { return x.OK() && x.Request.As != "" }) {
			closed = append(closed, o.URL)
		}
	}
	for _, p := range c.surface().Pages {
		if p.As != "" && p.Answer != nil && p.Answer.OK() && len(p.Answer.Hops) == 0 && !discover.IsShell(p.Answer) {
			closed = append(closed, p.URL)
		}
	}
	gates := map[string]*gate{}
	for i, a := range c.accounts {
		if !a.In || c.Settings.Accounts[i].Header != "" {
			continue
		}
		tried := 0
		for _, address := range slices.Compact(closed) {
			if tried++; tried > most || ctx.Err() != nil {
				break
			}
			if x := c.client.Send(ctx, wire.Request{URL: address}); x.Answered() && !letsIn(x) && letsIn(c.client.Send(ctx, wire.Request{URL: address, As: a.Name})) {
				gates[a.Name] = &gate{address, tries}
				break
			}
		}
	}
	return gates
}

func letsIn(x *wire.Exchange) bool { return x.Status == http.StatusOK }

// stay signs in again who is refused at its gate.
func (c *campaign) stay(ctx context.Context) {
	c.staying.Lock()
	defer c.staying.Unlock()
	for i := range c.accounts {
		a := c.accounts[i]
		at, ok := c.gated[a.Name]
		if !ok || ctx.Err() != nil {
			continue
		}
		x := c.client.Send(ctx, wire.Request{URL: at.address, As: a.Name})
		out := x.Status == http.StatusUnauthorized || x.Status == http.StatusForbidden || x.Status >= http.StatusMultipleChoices && x.Status < http.StatusBadRequest
		if !out {
			continue
		}
		for _, cookie := range c.client.Cookies(a.Name, c.client.Scope().Target()) { // what it was known by is told to nobody either
			c.tokens = append(c.tokens, cookie.Value)
		}
		c.client.Forget(a.Name)
		if c.letIn(ctx, &a) == "" {
			continue
		}
		if at.left--; at.left == 0 && ctx.Err() == nil {
			c.say(Event{Kind: Stage, Text: a.User + " was signed out and is not let in again"})
			delete(c.gated, a.Name)
		}
	}
}

// letIn signs an account in: through a form, in the browser, or by an operation. It returns why it is not in; "" when it is.
func (c *campaign) letIn(ctx context.Context, a *agents.Account) (why string) {
	why = c.fillIn(ctx, a, c.ways.form)
	switch {
	case why == "" || c.enter(ctx, a):
		c.unlock(ctx, a)
		return ""
	case c.knock(ctx, a, c.ways.doors):
		return ""
	}
	return why
}
