package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

type plan struct {
	rounds int
	share  int // percent of the full work
	out    io.Writer
}

func (p plan) part(n int) int { return max(1, n*p.share/100) }

// with runs something on a fresh server.
func with(ctx context.Context, hub string, do func(*process) error) error {
	server, err := start(ctx, hub)
	if err != nil {
		return err
	}
	defer server.stop()
	if err := do(server); err != nil {
		return fmt.Errorf("%s: %w", hub, err)
	}
	return nil
}

const (
	window    = 8 // messages on their way to a room at most, on average over its members
	shortText = 160
	stall     = 30 * time.Second
)

var errStalled = errors.New("deliveries stopped coming")

// flood has the first member of each room send as fast as the room takes it in.
func flood(ctx context.Context, c *crowd, messages int) error {
	sent := make([]int, len(c.rooms))
	for left := len(c.rooms); left > 0; {
		left = 0
		idle := true
		for i, r := range c.rooms {
			for sent[i] < messages && int64(sent[i])*int64(len(r.members))-r.got.Load() < int64(window*len(r.members)) {
				if err := r.members[0].send(message(shortText, time.Now())); err != nil {
					return err
				}
				sent[i]++
				idle = false
			}
			if sent[i] < messages {
				left++
			}
		}
		if idle {
			if err := pause(ctx, 100*time.Microsecond); err != nil {
				return err
			}
		}
	}
	return c.arrived(ctx, messages)
}

// arrived waits until everyone has received all messages.
func (c *crowd) arrived(ctx context.Context, messages int) error {
	want := int64(0)
	for _, r := range c.rooms {
		want += int64(messages * len(r.members))
	}
	last, moved := c.deliveries(), time.Now()
	for last < want {
		if err := pause(ctx, time.Millisecond); err != nil {
			return err
		}
		if now := c.deliveries(); now != last {
			last, moved = now, time.Now()
		}
		if time.Since(moved) > stall {
			return fmt.Errorf("%w: %d of %d", errStalled, last, want)
		}
	}
	return nil
}

// sizes are the rooms that are compared, each with as many rooms and messages as give about the same deliveries.
var sizes = []struct{ members, rooms, messages, perSecond int }{
	{2, 250, 400, 10}, {50, 20, 200, 10}, {500, 1, 400, 10}, {1000, 1, 400, 5},
}

// fanOut measures the server's processor time for a delivery, when all is delivered as fast as it goes.
func (p plan) fanOut(ctx context.Context) error {
	fmt.Fprintf(p.out, "\nServer's processor time for a delivery (µs), messages of %d bytes as fast as they are taken, medians of %d:\n\n", shortText, p.rounds)
	fmt.Fprintln(p.out, "| room | Atelier | plain | gws | to plain | to gws |\n|---|---|---|---|---|---|")
	for _, size := range sizes {
		cost := map[string][]float64{}
		for range p.rounds {
			for _, hub := range names {
				err := with(ctx, hub, func(server *process) error {
					c, err := gather(ctx, server.address, size.rooms, size.members, nil)
					if err != nil {
						return err
					}
					defer c.leave()
					if err := flood(ctx, c, p.part(20)); err != nil { // until everything has been used once
						return err
					}
					before, err := server.state(ctx)
					if err != nil {
						return err
					}
					n := p.part(size.messages)
					for _, r := range c.rooms {
						r.got.Store(0)
					}
					if err := flood(ctx, c, n); err != nil {
						return err
					}
					after, err := server.state(ctx)
					cost[hub] = append(cost[hub], float64((after.CPU-before.CPU).Nanoseconds())/1000/float64(c.deliveries()))
					return err
				})
				if err != nil {
					return err
				}
			}
		}
		a, b, g := median(cost["atelier"]), median(cost["plain"]), median(cost["gws"])
		fmt.Fprintf(p.out, "| %d × %d members | %.2f | %.2f | %.2f | %.2f | %.2f |\n", size.rooms, size.members, a, b, g, a/b, a/g)
	}
	return nil
}
