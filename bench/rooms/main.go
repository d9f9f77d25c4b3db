// Command rooms measures the hub against two others that it could have been, in the same minutes on the same machine: a
// plain hub (a writer goroutine and a channel for each connection, prepared messages), and the library lxzan/gws. The
// server and the load are separate processes; the processor time told is the server's alone. It writes a section of
// bench/results/latest.md. It is a module of its own, so that the studio does not depend on what it is compared with.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("rooms", flag.ContinueOnError)
	serve := flags.String("serve", "", "internal: serve with this hub")
	rounds := flags.Int("rounds", 3, "repetitions, of which the medians are told")
	share := flags.Int("share", 100, "percent of the full work; small for a first look")
	only := flags.String("only", "fan-out,pace,memory,dead,storm", "what to measure, separated by commas")
	limit := flags.Duration("limit", 8*time.Minute, "time after which it gives up")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *serve != "" {
		return serveHub(ctx, *serve)
	}
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	p := plan{rounds: max(1, min(*rounds, 9)), share: max(1, min(*share, 100)), out: os.Stdout}
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"fan-out", p.fanOut}, {"pace", p.pace}, {"memory", p.memory}, {"dead", p.dead}, {"storm", p.storm}} {
		if !strings.Contains(","+*only+",", ","+part.name+",") {
			continue
		}
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}
