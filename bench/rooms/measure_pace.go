package main

import (
	"context"
	"fmt"
	"time"
)

// publish has the first member of each room send at a pace.
func publish(ctx context.Context, c *crowd, perSecond, messages, size int) error {
	tick := time.NewTicker(time.Second / time.Duration(perSecond*len(c.rooms)))
	defer tick.Stop()
	for i := range messages * len(c.rooms) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := c.rooms[i%len(c.rooms)].members[0].send(message(size, time.Now())); err != nil {
			return err
		}
	}
	return nil
}

// pace measures how long a delivery takes when people work at their pace.
func (p plan) pace(ctx context.Context) error {
	const seconds = 5
	fmt.Fprintf(p.out, "\nTime of a delivery (p50 / p99, ms) at the pace of people, %.1f s:\n\n", seconds*float64(p.share)/100)
	fmt.Fprintln(p.out, "| room | messages a second and room | Atelier | plain | gws |\n|---|---|---|---|---|")
	for _, size := range sizes {
		fmt.Fprintf(p.out, "| %d × %d members | %d |", min(size.rooms, 20), size.members, size.perSecond)
		for _, hub := range names {
			took := &times{}
			err := with(ctx, hub, func(server *process) error {
				c, err := gather(ctx, server.address, min(size.rooms, 20), size.members, took)
				if err != nil {
					return err
				}
				defer c.leave()
				n := p.part(seconds * size.perSecond)
				if err := publish(ctx, c, size.perSecond, n, shortText); err != nil {
					return err
				}
				return c.arrived(ctx, n)
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, " %s / %s |", ms(took.at(0.5)), ms(took.at(0.99)))
		}
		fmt.Fprintln(p.out)
	}
	return nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }

// memory measures what a connection costs after it was used, without what the kernel keeps for it.
func (p plan) memory(ctx context.Context) error {
	fmt.Fprintln(p.out, "\nMemory of a connection (KiB) in rooms of 50, after 20 messages in each:")
	fmt.Fprintln(p.out, "\n| connections | Atelier | plain | gws |\n|---|---|---|---|")
	for _, connections := range []int{p.part(20) * 50, p.part(100) * 50} {
		fmt.Fprintf(p.out, "| %d |", connections)
		for _, hub := range names {
			var each float64
			err := with(ctx, hub, func(server *process) error {
				before, err := server.rested(ctx)
				if err != nil {
					return err
				}
				c, err := gather(ctx, server.address, connections/50, 50, nil)
				if err != nil {
					return err
				}
				defer c.leave()
				if err := flood(ctx, c, 20); err != nil {
					return err
				}
				after, err := server.rested(ctx)
				each = float64(after.RSS-before.RSS) / 1024 / float64(after.Open)
				return err
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, " %.1f |", each)
		}
		fmt.Fprintln(p.out)
	}
	return nil
}
