package agents

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/firefox"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Lab is what a probe works with in one case. All that it sends keeps to the scope, the pace and the budgets of the
// campaign; the campaign makes one for every case.
type Lab struct {
	Surface *surface.Surface
	Client  *wire.Client
	// Visits are shared by all probes.
	Visits Visits
	// Browser is nil where there is none; only probes that need one are run with it.
	Browser *browser.Browser
	// Firefox starts the user's Firefox, or returns the one that is there; nil where there is none.
	Firefox func(context.Context) (*firefox.Browser, error)
	// Random is seeded by the campaign and the case: the same in every campaign with the same seed.
	Random *rand.Rand
	// Accounts are those to sign in with, signed in already, in the order of the campaign.
	Accounts []Account
	// Listener waits for requests that the target is made to send; nil when it cannot reach this machine.
	Listener Listener
	// Journeys are those that people declared.
	Journeys []journey.Journey
	// Book is what a language model claimed; only probes that are made after it explored have it.
	Book *claim.Book
	// Baseline is the campaign before on the same target; nil for the first.
	Baseline *Baseline
	// Found are the findings of all other cases, confirmed and one for each cause. Only probes that are made Last have them.
	Found []Finding
	// Also tells whether another probe is made in this campaign too: what both would see is then reported by one of them.
	Also func(probe string) bool
	// Restart restarts the target; nil where nobody gave a command for that.
	Restart func(context.Context) error
	// Tell says something to the other personas. Intrusive probes, which come last, hear with Facts what was said of a
	// kind; the others, which work side by side, hear nothing.
	Tell  func(Fact)
	Facts func(kind string) []Fact
	// Now is the campaign's clock.
	Now func() time.Time
	// Case is unique in the campaign and stays the same from campaign to campaign; markers are made of it.
	Case string
}

// Visits opens every page once in a browser, and keeps what was seen.
type Visits interface {
	// Visit is what was seen of an address by an account; "" is nobody.
	Visit(ctx context.Context, address, as string) (*browser.Visit, error)
}

// Account is somebody that a campaign signs in as.
type Account struct {
	Name     string `json:"name"`
	Role     string `json:"role"`
	User     string `json:"user"`
	Password string `json:"-"`
	// In tells whether signing in succeeded; Why says why not.
	In  bool   `json:"in"`
	Why string `json:"why,omitempty"`
}

// Listener is an address of this campaign that a target may be made to ask.
type Listener interface {
	// Address is a URL for a marker.
	Address(marker string) string
	// Heard waits until the marker's address was asked, or ctx is done, and tells by whom; a call is heard once.
	Heard(ctx context.Context, marker string) (from, agent string, ok bool)
}

// Fact is what a persona tells the others.
type Fact struct {
	From string `json:"from"` // the probe; filled in by the campaign
	Kind string `json:"kind"`
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
}

// The kinds of facts.
const (
	FactTrace = "trace" // a file of the target's source, as a stack trace names it
	FactPath  = "path"  // an address that nothing links to; URL
	FactToken = "token" // somebody's token, masked; URL is where it was given out
	FactLeft  = "left"  // what a probe made in the target and could not take away again
)

// Rush sends a request of the campaign, and takes an answer that there were too many as it is.
func (l *Lab) Rush(ctx context.Context, r wire.Request) *wire.Exchange { return l.Client.Send(ctx, r) }

// Send sends a request of the campaign, and sends it again after the time that the target asks for when it says that there
// were too many.
func (l *Lab) Send(ctx context.Context, r wire.Request) *wire.Exchange {
	const (
		tries   = 3
		longest = 10 * time.Second
	)
	for try := 1; ; try++ {
		x := l.Client.Send(ctx, r)
		if x.Status != http.StatusTooManyRequests || try == tries {
			return x
		}
		wait := time.Second
		if seconds, err := strconv.Atoi(x.Header.Get("Retry-After")); err == nil && seconds >= 0 {
			wait = time.Duration(seconds) * time.Second
		}
		if wait > longest {
			return x
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return x
		}
	}
}

// Get asks for an address as nobody.
func (l *Lab) Get(ctx context.Context, address string) *wire.Exchange {
	return l.Send(ctx, wire.Request{URL: address})
}

// Open opens a tab of its own, signed in as an account; "" is nobody. The caller closes it.
func (l *Lab) Open(ctx context.Context, as string, s browser.Setting) (*browser.Tab, error) {
	if l.Browser == nil {
		return nil, browser.ErrNone
	}
	return l.Browser.Open(ctx, s.As(l.Client, as))
}

// Marker is a word that stands nowhere by chance, the same in every campaign with the same case and number.
func (l *Lab) Marker(n int) string {
	const letters = "bcdfghjkmnpqrstvwxz"
	seed := uint64(14695981039346656037)
	for _, c := range []byte(fmt.Sprintf("%s/%d", l.Case, n)) {
		seed = (seed ^ uint64(c)) * 1099511628211 // FNV-1a
	}
	var b strings.Builder
	b.WriteString("atl")
	for range 9 {
		b.WriteByte(letters[seed%uint64(len(letters))])
		seed /= uint64(len(letters))
	}
	return b.String()
}

// Account finds the first account of a role that is signed in; "" is any role.
func (l *Lab) Account(role string) (Account, bool) {
	for _, a := range l.Accounts {
		if a.In && (role == "" || a.Role == role) {
			return a, true
		}
	}
	return Account{}, false
}
