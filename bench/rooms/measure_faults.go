package main

import (
	"context"
	"fmt"
	"time"
)

const (
	roomOfDead = 60
	deadOnes   = 3
	deadPace   = 150
	deadText   = 480
	deadWait   = 10 * time.Second
)

// dead measures what three readers that never read do to the others of a room of 60.
func (p plan) dead(ctx context.Context) error {
	const messages = 8 * deadPace // always all: the kernel's buffers have to fill
	fmt.Fprintf(p.out, "\nThree of a room of %d never read; %d messages of %d bytes, %d a second:\n\n", roomOfDead, messages, deadText, deadPace)
	fmt.Fprintln(p.out, "| hub | p50 / p99 without them, ms | with them | delivered to the others | of the dead closed | after, s |\n|---|---|---|---|---|---|")
	for _, hub := range names {
		var all, good outcome
		err := with(ctx, hub, func(server *process) (err error) {
			all, err = liveWith(ctx, server, 0, messages)
			return err
		})
		if err != nil {
			return err
		}
		err = with(ctx, hub, func(server *process) (err error) {
			good, err = liveWith(ctx, server, deadOnes, messages)
			return err
		})
		if err != nil {
			return err
		}
		after := "-"
		if good.closed > 0 {
			after = fmt.Sprintf("%.1f", good.after.Seconds())
		}
		fmt.Fprintf(p.out, "| %s | %s / %s | %s / %s | %.1f %% | %d of %d | %s |\n", hub, ms(all.took.at(0.5)), ms(all.took.at(0.99)),
			ms(good.took.at(0.5)), ms(good.took.at(0.99)), 100*good.delivered, good.closed, deadOnes, after)
	}
	return nil
}

type outcome struct {
	took      *times
	delivered float64 // share of what those who read should have
	closed    int64   // of the dead
	after     time.Duration
}

func liveWith(ctx context.Context, server *process, dead, messages int) (o outcome, err error) {
	o.took = &times{}
	c, err := gather(ctx, server.address, 1, roomOfDead-dead, o.took)
	if err != nil {
		return o, err
	}
	defer c.leave()
	for range dead {
		m, err := join(ctx, server.address, c.rooms[0])
		if err != nil {
			return o, err
		}
		c.dead = append(c.dead, m)
	}
	began := time.Now()
	watching, stop := context.WithCancel(ctx)
	defer stop()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for o.closed < int64(dead) && pause(watching, 50*time.Millisecond) == nil {
			if s, err := server.state(watching); err == nil && roomOfDead-s.Open > o.closed {
				o.closed, o.after = roomOfDead-s.Open, time.Since(began)
			}
		}
	}()
	err = publish(ctx, c, deadPace, messages, deadText)
	if err == nil {
		err = pause(ctx, max(time.Second, deadWait-time.Since(began)))
	}
	stop()
	<-closed
	o.delivered = float64(c.deliveries()) / float64(messages*len(c.rooms[0].members))
	return o, err
}

// storm measures how long it takes until all are back who were thrown out at once, and what a connection costs then.
func (p plan) storm(ctx context.Context) error {
	rooms := p.part(40)
	connections := rooms * 50
	fmt.Fprintf(p.out, "\n%d connections end at once and come back at once:\n\n", connections)
	fmt.Fprintln(p.out, "| hub | until all are back, s | processor time of a connection, µs |\n|---|---|---|")
	for _, hub := range names {
		var long []time.Duration
		var cost []float64
		for range p.rounds {
			err := with(ctx, hub, func(server *process) error {
				c, err := gather(ctx, server.address, rooms, 50, nil)
				if err != nil {
					return err
				}
				if err := server.get(ctx, "/kick", nil); err != nil {
					return err
				}
				c.wait.Wait() // all have noticed
				c.leave()
				before, err := server.rested(ctx)
				if err != nil {
					return err
				}
				began := time.Now()
				c, err = gather(ctx, server.address, rooms, 50, nil)
				if err != nil {
					return err
				}
				defer c.leave()
				if err := flood(ctx, c, 1); err != nil { // all are back when all hear
					return err
				}
				long = append(long, time.Since(began))
				after, err := server.state(ctx)
				cost = append(cost, float64((after.CPU-before.CPU).Microseconds())/float64(connections))
				return err
			})
			if err != nil {
				return err
			}
		}
		fmt.Fprintf(p.out, "| %s | %.2f | %.0f |\n", hub, median(long).Seconds(), median(cost))
	}
	return nil
}
