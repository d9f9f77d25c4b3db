// Package surface is what was discovered of a target: its pages, forms, inputs, assets, cookies, sockets and described
// operations, each an item with a key that stays the same from campaign to campaign. It is data that people can look at;
// what finds it is in package discover.
package surface

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Surface is what was discovered of a target. Its lists are in the order of their keys, and are not changed any more once
// probes read them.
type Surface struct {
	Target     string       `json:"target"`
	Pages      []*Page      `json:"pages"`
	Forms      []*Form      `json:"forms"`
	Inputs     []*Input     `json:"inputs"`
	Assets     []*Asset     `json:"assets"`
	Links      []*Link      `json:"links"`
	Cookies    []*Cookie    `json:"cookies"`
	Operations []*Operation `json:"operations"`
	Sockets    []*Socket    `json:"sockets"`
	// Journeys are those that people declared for the campaign; discovery finds none.
	Journeys []*Journey `json:"journeys,omitempty"`
	// Permissions are the cells of the table of roles that people gave.
	Permissions []*Permission `json:"permissions,omitempty"`
	// Claims are what a language model claimed and a machine can try; discovery finds none.
	Claims []*Claim `json:"claims,omitempty"`
	// Spec is the OpenAPI description that was found, GraphQL the address of such an endpoint.
	Spec    *Document `json:"spec,omitempty"`
	GraphQL string    `json:"graphql,omitempty"`
	// SignIn is how accounts sign in, where it was found or recorded.
	SignIn *SignIn `json:"sign_in,omitempty"`
	// Missing is what the target answers where there is nothing.
	Missing Missing `json:"missing"`
	// Robots and SiteMaps are those files as they were served; nil when there is none.
	Robots   *Document   `json:"robots,omitempty"`
	SiteMaps []*Document `json:"site_maps,omitempty"`
	// Unseen says what was left out of this surface, and why: a budget, a trap, a scope.
	Unseen []Unseen `json:"unseen,omitempty"`
}

// Item is one thing that a probe can be applied to.
type Item interface {
	// Key names it within the target, and stays the same as long as the target does.
	Key() string
	// Address is where it is, for people.
	Address() string
}

// Site is the target as a whole.
type Site struct{ Target string }

// Key implements Item.
func (s *Site) Key() string { return "site" }

// Address implements Item.
func (s *Site) Address() string { return s.Target }

// Page is an answer with HTML, or a route that scripts draw.
type Page struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	// Shape is the address with what varies in it (numbers, ids, values) replaced: alike pages share it.
	Shape string `json:"shape"`
	// Origin is where it is, when that is not the target's own.
	Origin string `json:"origin,omitempty"`
	// As is the account that saw it first; "" when everybody can.
	As string `json:"as,omitempty"`
	// From is the page that led here, Via how, Depth how many steps from the target's address.
	From  string `json:"from,omitempty"`
	Via   Via    `json:"via"`
	Depth int    `json:"depth"`
	// Answer is what came by plain HTTP; nil for a route that only scripts know.
	Answer *wire.Exchange `json:"answer,omitempty"`
}

// Key implements Item.
func (p *Page) Key() string { return "page " + p.Origin + pathOf(p.URL) }

// Address implements Item.
func (p *Page) Address() string { return p.URL }

// Via is how something was found.
type Via string

// The ways by which something is found.
const (
	ByTarget  Via = "target"  // the address that was given
	ByLink    Via = "link"    // an element that links
	ByForm    Via = "form"    // a form's address
	ByScript  Via = "script"  // a string in a script
	ByBrowser Via = "browser" // a request or a route that scripts made
	BySiteMap Via = "sitemap"
	ByRobots  Via = "robots"
	BySpec    Via = "spec" // a description of an API
	ByGuess   Via = "guess"
	ByPerson  Via = "person" // named in the campaign
)

// Asset is a script, a style sheet, an image, a font or another file that pages load.
type Asset struct {
	URL    string         `json:"url"`
	Kind   AssetKind      `json:"kind"`
	Page   string         `json:"page"` // the first page that loads it
	Tag    string         `json:"tag"`  // the element, shortened
	Inside bool           `json:"inside"`
	Origin string         `json:"origin,omitempty"` // when it is not the target's
	Answer *wire.Exchange `json:"answer,omitempty"` // nil for assets of others, which are not asked
}

// AssetKind sorts assets.
type AssetKind string

// The kinds of assets.
const (
	Script   AssetKind = "script"
	Style    AssetKind = "style"
	Image    AssetKind = "image"
	Font     AssetKind = "font"
	Media    AssetKind = "media"
	Manifest AssetKind = "manifest"
	OtherOne AssetKind = "other"
)

// Key implements Item.
func (a *Asset) Key() string { return "asset " + a.Origin + pathOf(a.URL) }

// Address implements Item.
func (a *Asset) Address() string { return a.URL }

// Link is an explicit reference from a page to somewhere.
type Link struct {
	Page   string `json:"page"`
	URL    string `json:"url"`
	Text   string `json:"text"`
	Tag    string `json:"tag"` // the element, shortened
	Line   int    `json:"line"`
	Origin string `json:"origin,omitempty"` // of its page, when it is not the target's
	Inside bool   `json:"inside"`
	Status int    `json:"status"` // of an inside one that was asked, by whoever saw its page
	Fault  string `json:"fault,omitempty"`
	// FaultKind sorts Fault.
	FaultKind wire.FaultKind `json:"fault_kind,omitempty"`
	// Hops are the redirects on the way to the answer.
	Hops    []wire.Hop `json:"hops,omitempty"`
	Anchors bool       `json:"anchors,omitempty"` // leads to a place in a page
}

// Key implements Item.
func (l *Link) Key() string { return "link " + l.Origin + pathOf(l.Page) + " -> " + Veiled(l.URL) }

// Address implements Item.
func (l *Link) Address() string { return l.Page }

// Cookie is a cookie that the target sets.
type Cookie struct {
	Name string `json:"name"`
	Line string `json:"line"` // the Set-Cookie line as it was written, its value masked; "" when a script set it
	// Others are the lines that set it with other attributes elsewhere, or to somebody else.
	Others []string `json:"others,omitempty"`
	URL    string   `json:"url"` // the answer that set it, or the page whose script did
	As     string   `json:"as,omitempty"`
	// Session tells that it looks like what a sign-in rests on.
	Session bool `json:"session"`
}

// Key implements Item.
func (c *Cookie) Key() string { return "cookie " + c.Name }

// Address implements Item.
func (c *Cookie) Address() string { return c.URL }

// Socket is a WebSocket endpoint.
type Socket struct {
	URL    string `json:"url"`
	Page   string `json:"page"`
	Origin string `json:"origin,omitempty"` // of its page, when it is not the target's
}

// Key implements Item.
func (s *Socket) Key() string { return "socket " + s.Origin + pathOf(s.URL) }

// Address implements Item.
func (s *Socket) Address() string { return s.URL }

// Journey is a way through the target that people declared.
type Journey struct {
	Name  string `json:"name"`
	Start string `json:"start"` // the address that it begins at
}

// Key implements Item.
func (j *Journey) Key() string { return "journey " + j.Name }

// Address implements Item.
func (j *Journey) Address() string { return j.Start }

// Claim is something that a language model claimed, in a form that can be tried.
type Claim struct {
	Name    string    `json:"name"`
	Sort    ClaimSort `json:"sort"`
	Start   string    `json:"start"`   // the address that it begins at
	Persona string    `json:"persona"` // who claimed it; "" when nobody in particular did
	// Changes tells that trying it may change something.
	Changes bool `json:"changes,omitempty"`
}

// ClaimSort sorts claims.
type ClaimSort string

// The sorts of claims.
const (
	ClaimedFault   ClaimSort = "fault"   // a way to a fault
	ClaimedRequest ClaimSort = "request" // a request whose answer is foretold
	ClaimedRule    ClaimSort = "rule"    // a relation between numbers
)

// Key implements Item.
func (c *Claim) Key() string { return "claim " + c.Name }

// Address implements Item.
func (c *Claim) Address() string { return c.Start }

// Document is a file that describes something.
type Document struct {
	URL  string `json:"url"`
	Data []byte `json:"data"`
}

// Missing is what the target answers where there is nothing.
type Missing struct {
	Status int `json:"status"`
	// Print is a fingerprint of the body with the asked path taken out; what answers like it is not there, whatever its status.
	Print string `json:"print"`
	Text  string `json:"text,omitempty"` // the body that Print is of
	// Moves tells that it has other figures each time, such as the time of day.
	Moves bool `json:"moves,omitempty"`
	// Shell tells that it is the target's own page, with scripts that draw whatever the address is.
	Shell bool `json:"shell,omitempty"`
}

// Unseen is something that was left out.
type Unseen struct {
	URL    string `json:"url"`
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// SignIn is a form, or an operation, that takes a name and a password.
type SignIn struct {
	Page     string `json:"page"`
	Form     string `json:"form"` // its key
	Name     string `json:"name"` // the field of the name
	Password string `json:"password"`
}

var (
	number = regexp.MustCompile(`^\d+$`)
	id     = regexp.MustCompile(`^(?:[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{12,}|[0-9A-HJKMNP-TV-Z]{26}|[A-Za-z0-9_-]*\d[A-Za-z0-9_-]{14,})$`)
	date   = regexp.MustCompile(`^\d{4}-\d{2}(?:-\d{2})?$`)
)

// ShapeOf replaces what varies in an address: numbers, ids and dates in its path, the values of its query. Addresses of
// one shape are most likely drawn by the same code.
func ShapeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	parts := strings.Split(u.EscapedPath(), "/")
	for i, part := range parts {
		switch {
		case number.MatchString(part):
			parts[i] = "{n}"
		case date.MatchString(part):
			parts[i] = "{date}"
		case id.MatchString(part):
			parts[i] = "{id}"
		}
	}
	shape := strings.Join(parts, "/")
	if shape == "" {
		shape = "/"
	}
	var names []string
	for name := range u.Query() {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) > 0 {
		shape += "?" + strings.Join(names, "&")
	}
	if strings.HasPrefix(u.Fragment, "/") || strings.HasPrefix(u.Fragment, "!/") { // a route of scripts
		shape += "#" + ShapeOf(strings.TrimPrefix(u.Fragment, "!"))
	}
	return shape
}

// Elsewhere is the origin of an address that is not at the target's own; "" for all others.
func (s *Surface) Elsewhere(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	target, err := url.Parse(s.Target)
	if err != nil || u.Host == "" || wire.Origin(u) == wire.Origin(target) {
		return ""
	}
	return wire.Origin(u)
}

// ShapeOf is the shape of an address, with its origin when that is not the target's own: what answers there is another
// program.
func (s *Surface) ShapeOf(address string) string { return s.Elsewhere(address) + ShapeOf(address) }

// pathOf is an address without its origin, so that keys are the same wherever the target runs, and without sessions and
// tokens, so that they are the same in every one.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return Veiled(address)
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		path += "#" + u.EscapedFragment()
	}
	return Veiled(path)
}

// Sort puts all lists into the order of their keys and drops what is there twice.
func (s *Surface) Sort() {
	s.Pages = sorted(s.Pages)
	s.Forms = sorted(s.Forms)
	s.Inputs = sorted(s.Inputs)
	s.Assets = sorted(s.Assets)
	s.Links = sorted(s.Links)
	s.Cookies = sorted(s.Cookies)
	s.Operations = sorted(s.Operations)
	s.Sockets = sorted(s.Sockets)
}

func sorted[T Item](list []T) []T {
	slices.SortStableFunc(list, func(a, b T) int { return strings.Compare(a.Key(), b.Key()) })
	return slices.CompactFunc(list, func(a, b T) bool { return a.Key() == b.Key() })
}

// ByShape picks one page of every shape: what one of them is asked says the same of all.
func (s *Surface) ByShape() []*Page {
	seen := map[string]bool{}
	var list []*Page
	for _, p := range s.Pages {
		if key := p.As + "\x00" + p.Shape; !seen[key] {
			seen[key] = true
			list = append(list, p)
		}
	}
	return list
}

// Page finds a page by its address.
func (s *Surface) Page(address string) *Page {
	for _, p := range s.Pages {
		if p.URL == address {
			return p
		}
	}
	return nil
}

// Knows tells whether an address was found to be there: as a page, or as a request that was answered well.
func (s *Surface) Knows(address string) bool {
	if s.Page(address) != nil {
		return true
	}
	return slices.ContainsFunc(s.Operations, func(o *Operation) bool {
		return slices.ContainsFunc(o.Seen, func(x *wire.Exchange) bool { return x.OK() && x.URL == address })
	})
}
