package authorization

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

var (
	privileged = regexp.MustCompile(`(?i)admin|keeper|manager|staff|super|root|operator|owner|moderator|editor`)
	adminPath  = regexp.MustCompile(`(?i)(?:^|/)(?:admin(?:istrat(?:or|ion))?|manage(?:ment|r)?|staff|backoffice|back-office|console|moderat\w*|internal|operator|system)(?:/|$)`)
	// adminWords are what a description says of operations that are for administrators, negated what says the opposite.
	adminWords = regexp.MustCompile(`(?i)\badmin(?:istrator)?s?[ -]+only\b|\b(?:only|requires?(?: an?| the)?) (?:by |for |an? |the )?(?:role )?["']?admin(?:istrator)?s?\b|\((?:for )?admin(?:istrator)?s?(?: only)?\)|^\W*admin(?:istrator)?s?\b *[:-]`)
	negated    = regexp.MustCompile(`(?i)\b(?:no|not|without|never|\w+n't|unless|except)\b`)
	// personal is what paths of things that belong to somebody have in them.
	personal      = regexp.MustCompile(`(?i)(?:^|/)(?:admin\w*|account|profile|me|my|orders?|invoices?|billing|payments?|export|downloads?|reports?|settings|users?|members?|private|internal|notes?|messages?|inbox|documents?|statements?|backup|dashboard)(?:[/.]|$)`)
	passwordInput = regexp.MustCompile(`(?i)type\s*=\s*["']?password`)
	refusal       = regexp.MustCompile(`(?i)unauthori[sz]ed|forbidden|(?:log|sign) ?in|not logged|access denied|authentication|permission|401|403`)
)

// seat is something that an account saw and nobody did: a page, or an operation that only reads.
type seat struct {
	url  string
	as   string
	page bool
	key  string
	from string // the page that leads to it, where it is a download
	told bool   // its description says that it is for administrators
}

// Key implements surface.Item.
func (s *seat) Key() string { return s.key }

// Address implements surface.Item.
func (s *seat) Address() string { return s.url }

// seats are what accounts saw, one of each shape.
func seats(s *surface.Surface) []*seat {
	var list []*seat
	for _, p := range s.ByShape() {
		if p.As != "" && p.Answer != nil && p.Answer.OK() {
			list = append(list, &seat{url: p.URL, as: p.As, page: true, key: p.Key()})
		}
	}
	for _, o := range s.Operations {
		if o.As != "" && o.Method == http.MethodGet && len(o.Seen) > 0 && o.Seen[0].OK() {
			list = append(list, &seat{url: o.URL, as: o.As, key: o.Key(), told: adminWords.MatchString(o.Words) && !negated.MatchString(o.Words)})
		}
	}
	return list
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Path
}

// account finds an account of the campaign by its name.
func account(lab *agents.Lab, name string) agents.Account {
	i := slices.IndexFunc(lab.Accounts, func(a agents.Account) bool { return a.Name == name })
	if i < 0 {
		return agents.Account{Name: name}
	}
	return lab.Accounts[i]
}

// admits tells whether an answer lets somebody in: neither a refusal, nor a way to sign in, whatever its status says, nor the
// scripts that draw either.
func admits(x *wire.Exchange) bool {
	if !x.OK() || x.Status >= 300 || len(x.Hops) > 0 || passwordInput.Match(x.Body) || discover.IsShell(x) {
		return false
	}
	const short = 600
	return len(x.Body) > short || !refusal.Match(x.Body)
}

// same tells whether two answers show the same: the main part of a page where it says which that is.
func same(a, b *wire.Exchange, sent ...string) (float64, bool) {
	like := similar.Of(a, b, sent...)
	if x, y := reading.HTML(a), reading.HTML(b); x != nil && y != nil {
		if m, n := x.Find("main").First(), y.Find("main").First(); m.Length() > 0 && n.Length() > 0 {
			like = similar.Ratio(similar.Text(reading.Visible(m), sent...), similar.Text(reading.Visible(n), sent...))
			if strings.TrimSpace(m.Text()) == "" {
				return like, false
			}
		}
	}
	return like, like >= 0.95
}
