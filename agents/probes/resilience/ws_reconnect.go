package resilience

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

const (
	reconnects = 30 * time.Second
	lookEvery  = 500 * time.Millisecond
)

func wsReconnect(longest time.Duration) *agents.Probe {
	return &agents.Probe{
		ID: "ws-reconnect", Title: "Socket that stays closed once it broke off",
		Decides:  "A page's WebSocket breaks off, and the page does not open it again within 30 seconds.",
		Keeps:    "The sockets of the page before and after.",
		Advice:   "Open the socket again after a short wait that grows, and fetch what was missed meanwhile.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"recovery"}, Once: true,
		Check: agents.Each(func(s *surface.Surface) []*surface.Socket { return s.Sockets }, func(ctx context.Context, lab *agents.Lab, socket *surface.Socket) agents.Outcome {
			as := ""
			if p := lab.Surface.Page(socket.Page); p != nil {
				as = p.As
			}
			tab, err := lab.Open(ctx, as, browser.Setting{Sockets: true})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer tab.Close()
			if err := tab.Go(ctx, socket.Page); err != nil {
				return agents.BlockOn(err)
			}
			ok, err := within(ctx, tab, 5*time.Second, func() (bool, error) { return open(tab, socket.URL) > 0, nil })
			if err != nil {
				return agents.BlockOn(err)
			}
			if !ok {
				return agents.Skip("the page did not open the socket again when it was looked at")
			}
			before := open(tab, socket.URL)
			ok, err = within(ctx, tab, 5*time.Second, func() (bool, error) { // it may still be shaking hands
				n, err := tab.CutSockets(ctx)
				return n > 0, err
			})
			if err != nil {
				return agents.BlockOn(err)
			}
			if !ok {
				return agents.Skip("the socket is not opened by a script of the page itself, so it could not be cut")
			}
			ok, err = within(ctx, tab, longest, func() (bool, error) { return open(tab, socket.URL) > before, nil })
			if err != nil {
				return agents.BlockOn(err)
			}
			if ok {
				return agents.Pass()
			}
			rows := [][]string{{"address", "frames sent", "frames received", "closed"}}
			for _, s := range tab.Log().Sockets {
				rows = append(rows, []string{s.URL, fmt.Sprint(s.Sent), fmt.Sprint(s.Got), fmt.Sprint(s.Closed)})
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("The socket %s of %s is not opened again within %s after it broke off.", socket.URL, pathOf(socket.Page), longest),
				Where: agents.Place{URL: socket.Page, As: as}, Cause: surface.ShapeOf(socket.URL),
				Evidence: []agents.Evidence{agents.Table("sockets", agents.ByBrowser, rows...)},
			})
		}),
	}
}

// open counts how often a page has opened a socket, whatever stands in its query.
func open(tab *browser.Tab, address string) (n int) {
	want, _, _ := strings.Cut(address, "?")
	for _, s := range tab.Log().Sockets {
		if at, _, _ := strings.Cut(s.URL, "?"); at == want {
			n++
		}
	}
	return n
}

// within waits until something is so, and tells whether it was in time.
func within(ctx context.Context, tab *browser.Tab, longest time.Duration, is func() (bool, error)) (bool, error) {
	end := time.NewTimer(longest)
	defer end.Stop()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if ok, err := is(); ok || err != nil {
			return ok, err
		}
		select {
		case <-ticker.C:
		case <-end.C:
			return is()
		case <-ctx.Done():
			return false, ctx.Err()
		}
		if tab.Log().Crashed {
			return false, browser.ErrCrashed
		}
	}
}
