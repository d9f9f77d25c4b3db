package campaign

import (
	"context"
	"net/http"
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

// gate is an address that an account is let in at, and that refuses who is not signed in.
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
		if discover.Reads(o) && slices.ContainsFunc(o.Seen, func(x *wire.Exchange) bool { return x.OK() && x.Request.As != "" }) {
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

// stay signs in again who is refused at its gate. It signs in beside the session that is in use, which is replaced by the new
// one when that opens the gate.
func (c *campaign) stay(ctx context.Context) {
	c.staying.Lock()
	defer c.staying.Unlock()
	for i := range c.accounts {
		a := c.accounts[i]
		at, ok := c.gated[a.Name]
		if !ok || ctx.Err() != nil || !refused(c.client.Send(ctx, wire.Request{URL: at.address, As: a.Name})) {
			continue
		}
		name := a.Name
		a.Name = "again " + name
		why := c.letIn(ctx, &a)
		if why == "" && letsIn(c.client.Send(ctx, wire.Request{URL: at.address, As: a.Name})) {
			c.client.Rename(a.Name, name)
			continue
		}
		c.client.Forget(a.Name)
		if at.left--; at.left == 0 && ctx.Err() == nil {
			c.say(Event{Kind: Stage, Text: a.User + " was signed out and is not let in again"})
			delete(c.gated, name)
		}
	}
}

func letsIn(x *wire.Exchange) bool { return x.Status == http.StatusOK }

// refused tells whether who asked is not let in: by a status, or by being sent elsewhere.
func refused(x *wire.Exchange) bool {
	return x.Status == http.StatusUnauthorized || x.Status == http.StatusForbidden || x.Status >= http.StatusMultipleChoices && x.Status < http.StatusBadRequest
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
