// Package discover finds what a target consists of, once for all personas: by links, forms, scripts, site maps and
// descriptions over HTTP, then with a browser by what scripts draw and ask for.
//
// It goes level by level in the order of the addresses, so that two campaigns on the same target see the same surface. It
// is bounded in pages, in depth and in pages of one shape (a calendar has a page for every day), and says what it left out.
package discover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Options bound a discovery.
type Options struct {
	Pages    int // at most so many; 0: 200
	Depth    int // steps from the target's address; 0: 8
	PerShape int // pages of one shape; 0: 3
	Parallel int // requests at once; 0: 6
	// Looked is how many pages are looked at with the browser; 0: 40.
	Looked int
	// More are addresses to begin with beside the target's.
	More []string
	// Accounts are signed in already; the target is crawled as each, after as nobody.
	Accounts []string
	// Browser draws pages; nil: only what HTTP shows is found.
	Browser *browser.Browser
	// Seed makes what is asked by chance the same in every campaign.
	Seed uint64
	// Each hears of progress; may be nil.
	Each func(Progress)
}

// Progress is how far a discovery is.
type Progress struct {
	Pages int    `json:"pages"`
	Found int    `json:"found"` // addresses that were found and not asked yet
	At    string `json:"at"`
}

// ErrNoAnswer says that the target answers nothing, so that nothing can be tested.
var ErrNoAnswer = errors.New("the target does not answer")

// Surface discovers a target. The error wraps ErrNoAnswer when not even its address answers, and says why.
func Surface(ctx context.Context, client *wire.Client, o Options) (*surface.Surface, error) {
	o = withDefaults(o)
	target := client.Scope().Target()
	d := &discovery{
		client: client, o: o, s: &surface.Surface{Target: target.String()}, seen: map[string]bool{}, written: map[string]bool{}, linked: map[string]bool{}, shapes: map[string]int{}, unseen: map[string]*surface.Unseen{},
		asset: map[string]bool{}, asked: map[string]*wire.Exchange{}, inputs: map[string]bool{}, perPage: map[string]int{}, origin: wire.Origin(target), random: rand.New(rand.NewPCG(o.Seed, 0x617461)), //nolint:gosec // reproducible on purpose
	}
	first := client.Send(ctx, wire.Request{URL: target.String(), Follow: true})
	if !first.Answered() {
		return nil, fmt.Errorf("%w: %s: %s", ErrNoAnswer, target, first.Fault.Text)
	}
	if first.Fault != nil && first.Fault.Kind == wire.OutOfScope {
		return nil, fmt.Errorf("%w by itself: %s; give that address as the target, or name it as one that belongs to it", ErrNoAnswer, first.Fault.Text)
	}
	d.missing(ctx)
	d.s.Missing.Shell = first.OK() && IsMissing(d.s, first, "/") && IsShell(first)
	d.add(target.String(), "", surface.ByTarget, "", 0)
	d.wellKnown(ctx)
	for _, address := range o.More {
		d.add(address, "", surface.ByPerson, "", 0)
	}
	d.crawl(ctx, "")
	for _, account := range o.Accounts {
		d.again(account)
		d.crawl(ctx, account)
	}
	d.browse(ctx)
	d.describe(ctx)
	d.finish()
	return d.s, ctx.Err()
}

func withDefaults(o Options) Options {
	for _, d := range []struct {
		of   *int
		then int
	}{{&o.Pages, 200}, {&o.Depth, 8}, {&o.PerShape, 3}, {&o.Parallel, 6}, {&o.Looked, 40}} {
		if *d.of <= 0 {
			*d.of = d.then
		}
	}
	if o.Each == nil {
		o.Each = func(Progress) {}
	}
	return o
}

// discovery is one under way. Only the goroutine that crawls changes it; requests run beside.
type discovery struct {
	client *wire.Client
	o      Options
	s      *surface.Surface
	origin string
	random *rand.Rand

	queue []step          // what was found and not asked yet
	seen  map[string]bool // account and address
	// written are addresses as they stood in pages, so that what stands on every page is looked at once.
	written map[string]bool
	linked  map[string]bool // page and address
	shapes  map[string]int  // account and shape -> pages
	asset   map[string]bool
	asked   map[string]*wire.Exchange // by account and address
	unseen  map[string]*surface.Unseen
	// asking is how many described operations were asked for.
	asking int
	// inputs are the keys of those that are kept, perPage how many of a page; kept is how many bytes of bodies are.
	inputs     map[string]bool
	perPage    map[string]int
	inputBytes int
	kept       int
}

// step is an address to ask for.
type step struct {
	address, as, from string
	via               surface.Via
	depth             int
}

// add puts an address into the queue, unless it was there before, leads away, or would change something.
func (d *discovery) add(address, as string, via surface.Via, from string, depth int) {
	if raw := as + " " + address; d.written[raw] {
		return
	} else if len(d.written) < maxWritten {
		d.written[raw] = true
	}
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	clean(u)
	key := as + " " + u.String()
	if d.seen[key] || !d.client.Scope().Allows(u) {
		return
	}
	d.seen[key] = true
	switch shape := as + " " + d.s.ShapeOf(u.String()); {
	case len(u.String()) > maxAddress:
		d.leaveOut(u, tooLong)
	case depth > d.o.Depth:
		d.leaveOut(u, fmt.Sprintf("more than %d steps from the target's address", d.o.Depth))
	case via != surface.ByTarget && via != surface.ByPerson && Changes(u):
		d.leaveOut(u, "it looks as if asking for it changed something")
	case repeats(u):
		d.leaveOut(u, "its path repeats itself, as traps for crawlers do")
	case d.shapes[shape] >= d.o.PerShape:
		d.leaveOut(u, fmt.Sprintf("%d pages of the same shape were asked already", d.o.PerShape))
	default:
		d.shapes[shape]++
		d.queue = append(d.queue, step{u.String(), as, from, via, depth})
	}
}

// again makes everything worth asking once more, as another account.
func (d *discovery) again(account string) {
	for _, p := range d.s.Pages {
		if p.As == "" {
			d.add(p.URL, account, p.Via, p.From, p.Depth)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.asked)) { // what nobody gets to see, somebody may
		address, nobody := strings.CutPrefix(key, " ")
		if x := d.asked[key]; nobody && (x.URL != address || x.Status == 401 || x.Status == 403 || x.Status == 404) {
			d.add(address, account, surface.ByLink, "", 1)
		}
	}
}

func (d *discovery) leaveOut(u *url.URL, reason string) {
	shape := d.s.ShapeOf(u.String())
	key := shape + "\x00" + reason
	if x := d.unseen[key]; x != nil {
		x.Count++
		return
	}
	if len(d.unseen) < maxUnseen {
		d.unseen[key] = &surface.Unseen{URL: shorten(u.String(), maxAddress), Reason: reason, Count: 1}
	}
}

const tooLong = "the address is longer than 2,000 characters"

// Bounds of what is kept.
const (
	maxAddress = 2000
	maxUnseen  = 1000
	maxLinks   = 20000
	maxAssets  = 2000
	maxAnswers = 2000 // operations
	maxSockets = 500
	maxWritten = 200000
)

// crawl asks level by level until nothing is left, or a bound is reached.
func (d *discovery) crawl(ctx context.Context, as string) {
	for len(d.queue) > 0 && ctx.Err() == nil {
		level := d.queue
		d.queue = nil
		sortSteps(level)
		if room := d.o.Pages*(1+accountOf(as)) - len(d.s.Pages); len(level) > room {
			for _, s := range level[max(0, room):] {
				if u, err := url.Parse(s.address); err == nil {
					d.leaveOut(u, fmt.Sprintf("the campaign looks at %d pages at most", d.o.Pages))
				}
			}
			level = level[:max(0, room)]
		}
		answers := make([]*wire.Exchange, len(level))
		inOrder(len(level), d.o.Parallel, func(i int) {
			answers[i] = d.client.Send(ctx, wire.Request{URL: level[i].address, As: level[i].as, Follow: true})
		}, func(i int) {
			s := level[i]
			if ctx.Err() != nil && answers[i].Fault != nil { // its time was cut short: that says nothing of the page
				d.tooLate(s)
				return
			}
			d.asked[s.as+" "+s.address] = answers[i]
			d.take(s, answers[i])
			d.keep(answers[i])
			d.o.Each(Progress{Pages: len(d.s.Pages), Found: len(d.queue), At: s.address})
		})
		d.fetchAssets(ctx)
	}
	for _, s := range d.queue {
		d.tooLate(s)
	}
	d.queue = nil
}

func (d *discovery) tooLate(s step) {
	if u, err := url.Parse(s.address); err == nil {
		d.leaveOut(u, "the time for discovery was over")
	}
}

func accountOf(as string) int {
	if as == "" {
		return 0
	}
	return 1
}

// inOrder asks n times, several at once and so many ahead at most, and takes the answers one after the other in their order.
func inOrder(n, parallel int, ask, take func(int)) {
	slots, ahead := make(chan struct{}, parallel), make(chan struct{}, maxAhead)
	answered := make([]chan struct{}, n)
	for i := range answered {
		answered[i] = make(chan struct{})
	}
	go func() {
		for i := range n {
			ahead <- struct{}{}
			slots <- struct{}{}
			go func() {
				defer func() { <-slots; close(answered[i]) }()
				ask(i)
			}()
		}
	}()
	for i := range n {
		<-answered[i]
		take(i)
		<-ahead
	}
}
