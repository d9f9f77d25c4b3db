// Command personas measures what a campaign costs: the same one on the flawed shop with one, nine and twenty-seven personas
// at once, each in a process of its own. It says how long they took, how much they asked and held in memory, and whether
// they found the same; and, where nikto or wapiti are on the path, what these find there.
//
//	go build -o bin/personas ./bench/personas && bin/personas | tee bench/results/personas.md
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes"
	"github.com/atelier-studio/atelier/agents/targets"
	"github.com/atelier-studio/atelier/agents/targets/shop"
)

var (
	active    = flag.String("active", "1,9,27", "how many personas work at once, one campaign for each")
	faults    = flag.String("faults", shop.All, "faults of the shop that are switched on; empty: none")
	only      = flag.String("personas", "", "ids of personas; empty: all")
	intrusive = flag.Bool("intrusive", true, "make intrusive probes too")
	browsing  = flag.Bool("browser", true, "test in a browser too; false: only what needs none")
	chrome    = flag.String("chrome", "", "the browser; empty: the one that is found")
	longest   = flag.Duration("time", 45*time.Minute, "at most for one campaign")
	pace      = flag.Float64("pace", 50, "requests a second")
	tools     = flag.Bool("tools", true, "measure nikto and wapiti too, where they are on the path")
	keep      = flag.String("keep", "", "a folder for what each campaign found, as JSON")
	one       = flag.String("campaign", "", "make one campaign on this address, and write its result as JSON")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if *one != "" {
		return child(ctx, *one)
	}
	if *keep != "" { // found out now, and not after the first campaign
		if err := os.MkdirAll(*keep, 0o750); err != nil {
			return err
		}
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		load = []byte("not known")
	}
	with := "without a browser, so that what needs one is not tested"
	if *browsing {
		path, err := browser.Find(*chrome)
		if err != nil {
			return err
		}
		with = fmt.Sprintf("%d tabs of %s", browser.Carried(path), filepath.Base(path))
	}
	fmt.Printf("# Campaigns with so many personas at once\n\n%s, %d processors, load at the start %s. The flawed shop of agents/targets, %.0f requests a second at most, %s.\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), strings.Join(strings.Fields(string(load))[:3], " "), *pace, with)
	fmt.Println("| personas at once | time | requests | cases | findings | memory | of the browser | the same findings |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	var first *outcome
	var took time.Duration // of the last one
	for part := range strings.SplitSeq(*active, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return fmt.Errorf("%q is no number of personas", part)
		}
		o, err := measure(ctx, n)
		if err != nil {
			return err
		}
		if err := o.write(*keep, n); err != nil {
			return err
		}
		took = o.Took
		same := "–"
		if first == nil {
			first = o
		} else {
			same = difference(first, o)
		}
		fmt.Printf("| %d | %s | %d | %d | %d | %d MiB | %d MiB | %s |\n", n, o.Took.Round(time.Second), o.Requests, o.Cases, len(o.Findings), o.own, o.browser, same)
	}
	if *faults == shop.All {
		if err := rate(first); err != nil {
			return err
		}
	} else {
		fmt.Printf("\nFound: %s.\n", orNone(slices.Sorted(maps.Values(first.Findings))))
	}
	if *tools {
		return others(ctx, took)
	}
	return nil
}

// host is where the shop is served: the same for all campaigns, since the causes of some findings name the origin.
var host = "127.0.0.1:0"

// serve serves a fresh shop on a port of loopback.
func serve(ctx context.Context) (address string, stop func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", host)
	if err != nil {
		return "", nil, err
	}
	host = listener.Addr().String()
	names := strings.FieldsFunc(*faults, func(r rune) bool { return r == ',' })
	server := &http.Server{Handler: shop.New(names...), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	go server.Serve(listener) //nolint:errcheck // it ends with Close
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

// difference says what one of two campaigns found and the other did not.
func difference(a, b *outcome) string {
	var parts []string
	for id := range a.Findings {
		if _, ok := b.Findings[id]; !ok {
			parts = append(parts, "without "+a.Findings[id])
		}
	}
	for id := range b.Findings {
		if _, ok := a.Findings[id]; !ok {
			parts = append(parts, "also "+b.Findings[id])
		}
	}
	if len(parts) == 0 {
		return "yes"
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

// rate prints by area how many of the planted faults were found, and what no planted fault explains.
func rate(o *outcome) error {
	planted, err := targets.Defects()
	if err != nil {
		return err
	}
	known := probes.All()
	planted = slices.DeleteFunc(planted, func(d targets.Defect) bool {
		return d.Needs != "" || !*browsing && known[d.Probe].Needs.Has(agents.NeedsBrowser)
	})
	scores := targets.Rate(planted, o.Agreed)
	fmt.Print("\n## Of what was planted\n\n| area | planted | found | findings above info | not explained |\n|---|---|---|---|---|\n")
	var missed, wrong []string
	for _, area := range agents.Areas {
		s := scores[area]
		if s == nil {
			continue
		}
		fmt.Printf("| %s | %d | %d | %d | %d |\n", area, s.Planted, s.Found, s.Findings, len(s.False))
		for _, d := range s.Missed {
			missed = append(missed, d.Probe+" ("+d.ID+")")
		}
		for i := range s.False {
			wrong = append(wrong, named(&s.False[i]))
		}
	}
	fmt.Printf("\nMissed: %s.\n\nNot explained: %s.\n", orNone(missed), orNone(wrong))
	return nil
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func named(f *campaign.Agreed) string {
	address := f.Where.URL
	if _, rest, ok := strings.Cut(address, "://"); ok {
		_, path, _ := strings.Cut(rest, "/")
		address = "/" + path
	}
	return f.Probe + " at " + address
}
