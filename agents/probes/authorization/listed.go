package authorization

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// drawer is a sort of addresses with an id, and the pages that lead to them: where these lead one account to some and
// another to others, each has its own.
type drawer struct {
	shape      string
	listings   []string    // the one that leads to most first
	collection *collection // of an API, in place of pages; nil where pages lead to them
}

// Key implements surface.Item.
func (d *drawer) Key() string { return "listed " + d.shape }

// Address implements surface.Item.
func (d *drawer) Address() string { return d.listings[0] }

var (
	// kept is what paths of things that are nobody else's business have in them. What teams share is not among them, nor "my":
	// my tasks are those that I am to do, and everybody may read them.
	kept = regexp.MustCompile(`(?i)(?:^|/)(?:accounts?|orders?|invoices?|bills?|billing|payments?|receipts?|purchases?|loans?|bookings?|reservations?|appointments?|statements?|transactions?|transfers?|subscriptions?|messages?|inbox|mailbox|wallet|prescriptions?)(?:[/.]|$)`)
	// open is what is for others to see, though everybody is led to their own first.
	open = regexp.MustCompile(`(?i)(?:^|/)(?:users?|members?|people|profiles?|authors?|teams?|groups?|channels?|projects?|boards?|cards?|tasks?|issues?|posts?|articles?|topics?|threads?|comments?|pages?|events?|products?|items?)/\{(?:n|id)\}`)
	// overseer is a role that sees what all others have, and its own kind's, too.
	overseer = regexp.MustCompile(`(?i)admin|keeper|manager|staff|super|root|moderator`)
	lastID   = regexp.MustCompile(`^(.*)\{(?:n|id)\}`)
)

// drawers are the sorts of addresses that may be somebody's own: they have an id in their path, are not the
// administration's, and were asked for already, so that asking changes nothing.
func drawers(s *surface.Surface) []*drawer {
	pages, asked := map[string]string{}, map[string]bool{}
	for _, p := range s.Pages {
		pages[p.URL] = p.Shape
		if p.As != "" && p.Answer != nil && p.Answer.OK() {
			asked[p.Shape] = true
		}
	}
	found, count := map[string]*drawer{}, map[string]int{}
	for _, l := range s.Links {
		address, _, _ := strings.Cut(l.URL, "#")
		shape := surface.ShapeOf(address)
		if page, ok := pages[l.Page]; !ok || page == shape || !l.Inside || l.Origin != "" || s.Elsewhere(address) != "" ||
			!lastID.MatchString(shape) || strings.Contains(shape, "?") || adminPath.MatchString(shape) || open.MatchString(shape) {
			continue
		}
		asked[shape] = asked[shape] || l.Status == http.StatusOK
		d := found[shape]
		if d == nil {
			d = &drawer{shape: shape}
			found[shape] = d
		}
		if count[shape+" "+l.Page]++; !slices.Contains(d.listings, l.Page) {
			d.listings = append(d.listings, l.Page)
		}
	}
	var list []*drawer
	for shape, d := range found {
		if asked[shape] {
			slices.SortFunc(d.listings, func(a, b string) int {
				return cmp.Or(count[shape+" "+b]-count[shape+" "+a], strings.Compare(a, b))
			})
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *drawer) int { return strings.Compare(a.shape, b.shape) })
	return list
}

// pairs are accounts that should be kept from each other: those of one role first. Who oversees all is in none.
func pairs(lab *agents.Lab) [][2]agents.Account {
	const most = 4
	var same, other [][2]agents.Account
	for i, a := range lab.Accounts {
		for _, b := range lab.Accounts[i+1:] {
			switch {
			case !a.In || !b.In || a.User == b.User || overseer.MatchString(a.Role) || overseer.MatchString(b.Role):
			case a.Role == b.Role:
				same = append(same, [2]agents.Account{a, b})
			case !privileged.MatchString(a.Role) && !privileged.MatchString(b.Role):
				other = append(other, [2]agents.Account{a, b})
			}
		}
	}
	list := append(same, other...)
	return list[:min(most, len(list))]
}

// runListed asks as one account for what only another is led to.
func runListed(ctx context.Context, lab *agents.Lab, d *drawer) agents.Outcome {
	list := pairs(lab)
	if len(list) == 0 {
		return agents.Skip("no two accounts are signed in that could be kept apart")
	}
	const tried = 3
	both := false
	for _, listing := range d.listings[:min(tried, len(d.listings))] {
		led := map[string][]string{}
		for _, pair := range list {
			for _, a := range pair {
				if _, ok := led[a.Name]; ok {
					continue
				}
				addresses, fault := d.lead(ctx, lab, listing, a.Name)
				if fault != nil {
					return agents.BlockOn(fault)
				}
				led[a.Name] = addresses
			}
			look := &look{lab: lab, drawer: d, listing: listing, led: led}
			if len(led[pair[0].Name]) == 0 || len(led[pair[1].Name]) == 0 {
				continue
			}
			both = true
			f := look.between(ctx, pair[0], pair[1])
			if look.stopped != nil {
				return agents.BlockOn(look.stopped)
			}
			if f != nil {
				return agents.Fail(*f)
			}
		}
	}
	if !both {
		return agents.Skip("no page leads two accounts to any of %s", d.shape)
	}
	return agents.Pass()
}

// lead are the addresses that a page or a collection leads an account to; none where it does not show all.
func (d *drawer) lead(ctx context.Context, lab *agents.Lab, listing, as string) ([]string, *wire.Fault) {
	if d.collection != nil {
		ids, whole, fault := d.collection.listed(ctx, lab, as)
		if !whole {
			return nil, fault
		}
		var addresses []string
		for _, id := range ids {
			addresses = append(addresses, d.collection.address(id))
		}
		return addresses, fault
	}
	x := lab.Send(ctx, wire.Request{URL: listing, As: as})
	if !x.Answered() {
		return nil, x.Fault
	}
	return leadsTo(x, d.shape), nil
}

// look is a look at what one page leads accounts to.
type look struct {
	lab     *agents.Lab
	drawer  *drawer
	listing string
	led     map[string][]string // by the account's name
	stopped error
}

// between is the finding where one of two accounts reads what only the other is led to; nil where none does.
func (l *look) between(ctx context.Context, a, b agents.Account) *agents.Finding {
	if l.drawer.collection != nil { // it lists all that is for both, and so what is for one of them
		l.led = map[string][]string{a.Name: without(l.led[a.Name], l.led[b.Name]), b.Name: without(l.led[b.Name], l.led[a.Name])}
		if len(l.led[a.Name]) == 0 || len(l.led[b.Name]) == 0 {
			return nil
		}
	}
	for _, address := range l.led[a.Name] {
		if slices.Contains(l.led[b.Name], address) {
			return nil // some are for both, and who knows which
		}
	}
	right, foreign := l.reads(ctx, a, b)
	if foreign == nil {
		return nil
	}
	if a.Role != b.Role { // one role may be there to read what the other has: not so where each reads the other's
		if _, back := l.reads(ctx, b, a); back == nil {
			return nil
		}
	}
	rows := [][]string{{"who", "is led to"}}
	for _, who := range []agents.Account{a, b} {
		const most = 10
		var paths []string
		for _, address := range l.led[who.Name][:min(most, len(l.led[who.Name]))] {
			paths = append(paths, pathOf(address))
		}
		rows = append(rows, []string{who.Name, strings.Join(paths, ", ")})
	}
	return &agents.Finding{
		Text:  fmt.Sprintf("%s leads %s to %s, and %s, whom it leads to others only, reads the same there: any account reads what others keep for themselves.", pathOf(l.listing), a.Name, pathOf(right.URL), b.Name),
		Where: agents.Place{URL: foreign.URL, Method: http.MethodGet, As: b.Name}, Cause: "read " + strings.TrimSuffix(strings.TrimSuffix(l.drawer.shape, "/{n}"), "/{id}"),
		Evidence: []agents.Evidence{
			agents.Table("where "+pathOf(l.listing)+" leads", agents.ByHTTP, rows...),
			agents.Exchanged("the account that is led to it", right), agents.Exchanged("the other account that reads it", foreign),
		},
	}
}

// reads are the answers to a and to b, who asks for what only a is led to; nil where b does not read what a keeps.
func (l *look) reads(ctx context.Context, a, b agents.Account) (right, foreign *wire.Exchange) {
	const tried = 3
	mine, theirs := l.led[a.Name], l.led[b.Name]
	for _, address := range mine[:min(tried, len(mine))] {
		if right = l.ask(ctx, a.Name, address); right == nil || !l.shows(right) {
			continue
		}
		break
	}
	if right == nil || !l.shows(right) {
		return nil, nil
	}
	address := right.URL
	foreign = l.ask(ctx, b.Name, address)
	if foreign == nil || !l.shows(foreign) {
		return nil, nil
	}
	if _, equal := same(right, foreign, a.User, b.User); !equal || !l.isPersonal(ctx, foreign, a) {
		return nil, nil
	}
	// What is the same on all pages says nothing: words are looked for that b's own does not have.
	own := l.ask(ctx, b.Name, theirs[0])
	if own == nil || !tells(right, foreign, own, address) {
		return nil, nil
	}
	none := l.unknown(append(slices.Clone(mine), theirs...))
	absent := l.ask(ctx, b.Name, none)
	if absent == nil {
		return nil, nil
	}
	if l.shows(absent) {
		if _, equal := same(foreign, absent, idIn(l.drawer.shape, address), idIn(l.drawer.shape, none)); equal {
			return nil, nil // it answers whatever it is asked for
		}
	}
	nobody := l.ask(ctx, "", address)
	if nobody == nil {
		return nil, nil
	}
	if _, equal := same(right, nobody, a.User); equal && admits(nobody) {
		return nil, nil // it is public
	}
	if l.isOpen(ctx, b) {
		return nil, nil
	}
	return right, foreign
}

// ask is the answer to an account; nil where there is none.
func (l *look) ask(ctx context.Context, as, address string) *wire.Exchange {
	x := l.lab.Send(ctx, wire.Request{URL: address, As: as})
	if !x.Answered() {
		l.stopped = x.Fault
		return nil
	}
	return x
}

// shows tells whether an answer lets somebody in at the address itself, and has something there.
func (l *look) shows(x *wire.Exchange) bool {
	return x.Status == http.StatusOK && admits(x) && admissionOf(l.lab, x.URL, x).kind == letIn
}

// isPersonal tells whether what is shown is somebody's own: its path says so, or that of the page which leads to it, or it
// names its owner and no other. Of an API, what is in something closed to the reader is so, too.
func (l *look) isPersonal(ctx context.Context, x *wire.Exchange, owner agents.Account) bool {
	if l.drawer.collection != nil && inClosed(ctx, l.lab, x, owner.Name) {
		return true
	}
	return kept.MatchString(l.drawer.shape) || kept.MatchString(pathOf(l.listing)) || isOf(l.lab, inside(x), owner.User) && !open.MatchString(l.drawer.shape)
}

// isOpen tells whether another page leads an account to more than its own: then all may be read by all, and the first
// page shows each what concerns them.
func (l *look) isOpen(ctx context.Context, b agents.Account) bool {
	const most = 40
	if l.drawer.collection != nil {
		return false
	}
	if len(l.drawer.listings) > most {
		return true // more than are asked
	}
	for _, page := range l.drawer.listings {
		x := l.ask(ctx, b.Name, page)
		if x == nil {
			return true
		}
		for _, address := range leadsTo(x, l.drawer.shape) {
			if !slices.Contains(l.led[b.Name], address) {
				return true
			}
		}
	}
	return false
}

// unknown is an address of the shape that nobody is led to.
func (l *look) unknown(known []string) string {
	for _, link := range l.lab.Surface.Links {
		if surface.ShapeOf(link.URL) == l.drawer.shape {
			known = append(known, link.URL)
		}
	}
	const far = 1_000_003
	id := idIn(l.drawer.shape, known[0])
	if _, err := strconv.Atoi(id); err != nil {
		return replaceID(l.drawer.shape, known[0], strings.Map(otherLetter, id))
	}
	largest := 0
	for _, address := range known {
		if n, err := strconv.Atoi(idIn(l.drawer.shape, address)); err == nil {
			largest = max(largest, n)
		}
	}
	return replaceID(l.drawer.shape, known[0], strconv.Itoa(largest+far))
}

// otherLetter makes another id of an id, of the same kind.
func otherLetter(r rune) rune {
	switch {
	case r >= '0' && r <= '9':
		return '0' + (r-'0'+5)%10
	case r >= 'a' && r <= 'f':
		return 'a' + (r-'a'+3)%6
	case r >= 'A' && r <= 'F':
		return 'A' + (r-'A'+3)%6
	}
	return r
}

// idIn is the last id in the path of an address of a shape.
func idIn(shape, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return at(strings.Split(u.EscapedPath(), "/"), placeOfID(shape))
}

// replaceID is an address with another last id.
func replaceID(shape, address, id string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	parts := strings.Split(u.EscapedPath(), "/")
	if i := placeOfID(shape); i < len(parts) {
		parts[i] = id
	}
	return surface.Absolute(u, strings.Join(parts, "/"))
}

func placeOfID(shape string) int {
	return strings.Count(lastID.FindString(shape), "/")
}

// leadsTo are the addresses of a shape that an answer links to; none where it is no page.
func leadsTo(x *wire.Exchange, shape string) []string {
	doc := reading.HTML(x)
	if doc == nil || x.Status != http.StatusOK {
		return nil
	}
	var list []string
	for _, e := range doc.Find("a[href], area[href]").EachIter() {
		u := doc.Resolve(e.AttrOr("href", ""))
		if u == nil {
			continue
		}
		u.Fragment, u.RawFragment = "", ""
		if base, err := url.Parse(x.URL); err != nil || wire.Origin(u) != wire.Origin(base) {
			continue
		}
		if address := u.String(); surface.ShapeOf(address) == shape && !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	slices.Sort(list)
	return list
}

// inside is the text that an answer is about: of a page its main part, where it says which that is.
func inside(x *wire.Exchange) []byte {
	doc := reading.HTML(x)
	if doc == nil {
		return x.Body
	}
	if main := doc.Find("main").First(); main.Length() > 0 {
		return []byte(reading.Visible(main))
	}
	return []byte(reading.Visible(doc.Find("body")))
}

// tells tells whether the other's answer has what is of the object itself: most of the words that another of its sort does
// not have.
func tells(right, foreign, own *wire.Exchange, address string) bool {
	const fewest = 2
	usual, there := wordsIn(own), wordsIn(foreign)
	special, found := 0, 0
	for word := range wordsIn(right) {
		if usual[word] || strings.Contains(address, word) {
			continue
		}
		special++
		if there[word] {
			found++
		}
	}
	return found >= fewest && 2*found >= special
}

// wordsIn are the words that an answer is about.
func wordsIn(x *wire.Exchange) map[string]bool {
	words := map[string]bool{}
	for word := range bytes.FieldsFuncSeq(inside(x), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		words[strings.ToLower(string(word))] = true
	}
	return words
}
