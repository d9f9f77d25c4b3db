// Package site takes documents in from addresses: a page, the pages of a site map, or those that links lead to below an
// address. It asks again only for what has changed, keeps to robots.txt and to a polite pace, and follows nobody off the
// site. Which hosts may be reached at all is decided by the client that it is given.
//
// What it keeps lies in a store that it knows only by the interface Desk.
package site

import (
	"context"
	"errors"
)

// Kind is what stands at the address of a source.
type Kind string

// The kinds of sources.
const (
	One   Kind = "page"    // this page alone
	Map   Kind = "sitemap" // a site map, or a site that has one
	Links Kind = "links"   // a page, and what links lead to below it
)

// Every says how often a source is looked at by itself.
type Every string

// How often; Never is until a person asks.
const (
	Never  Every = ""
	Daily  Every = "day"
	Weekly Every = "week"
)

// Status says how it stands with a source.
type Status string

// The states of a source.
const (
	Waiting Status = "waiting"
	Working Status = "working"
	Paused  Status = "paused"
	Ready   Status = "ready"
	Failed  Status = "failed"
)

// Limits of what one source may be, and what is meant when a person does not say.
const (
	MaxPages     = 10_000
	MaxDepth     = 10
	DefaultPages = 500
	DefaultDepth = 3
	MaxAddress   = 500 // characters
)

// Source is an address whose pages are documents of a collection.
type Source struct {
	ID         string   `json:"id"`
	Workspace  string   `json:"-"`
	Collection string   `json:"collection"`
	Address    string   `json:"address"`
	Kind       Kind     `json:"kind"`
	Pages      int      `json:"pages"` // at most
	Depth      int      `json:"depth"` // of links that are followed
	Tags       []string `json:"tags"`  // of its documents
	Every      Every    `json:"every,omitempty"`
	InStep     bool     `json:"in_step"` // pages that are gone are removed by themselves
	Status     Status   `json:"status"`
	Error      string   `json:"error,omitempty"` // why it failed, or what to know of the last look
	Cut        bool     `json:"cut,omitempty"`   // there were more pages than Pages
	Counts     Counts   `json:"counts"`
	Looked     int64    `json:"looked,omitempty"` // when the last look ended
	Next       int64    `json:"next,omitempty"`   // when it is looked at by itself
	Created    int64    `json:"created"`
	Updated    int64    `json:"updated"`
	By         string   `json:"by"`
}

// State says what the last look found of a page.
type State string

// The states of a page.
const (
	Open    State = "waiting" // it is to be looked at
	New     State = "new"
	Changed State = "changed"
	Same    State = "same"
	Gone    State = "gone"    // the site has it no more; its document is kept until it is removed
	Broken  State = "failed"  // it could not be fetched or taken
	Skipped State = "skipped" // it is not taken in, for a reason that is no failure
	Deleted State = "deleted" // its document was deleted here, and does not come back by itself
)

// States are all states of pages, in the order in which they are told.
var States = []State{Open, New, Changed, Same, Gone, Broken, Skipped, Deleted}

// Counts are how many pages of a source there are of each state.
type Counts struct {
	Found   int `json:"found"` // all of them
	Waiting int `json:"waiting"`
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	Gone    int `json:"gone"`
	Kept    int `json:"kept"` // of those that are gone, how many documents are still there
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
	Deleted int `json:"deleted"`
}

// Of returns how many are of a state.
func (c Counts) Of(s State) int {
	if n := c.place(s); n != nil {
		return *n
	}
	return 0
}

// Add counts pages of a state.
func (c *Counts) Add(s State, n int) {
	c.Found += n
	if place := c.place(s); place != nil {
		*place += n
	}
}

func (c *Counts) place(s State) *int {
	return map[State]*int{Open: &c.Waiting, New: &c.New, Changed: &c.Changed, Same: &c.Same, Gone: &c.Gone, Broken: &c.Failed, Skipped: &c.Skipped, Deleted: &c.Deleted}[s]
}

// Page is an address of a source.
type Page struct {
	Address  string `json:"address"`
	State    State  `json:"state"`
	Reason   string `json:"reason,omitempty"`
	Depth    int    `json:"depth"`              // links from the source's address
	Document string `json:"document,omitempty"` // that it was made into
	Title    string `json:"title,omitempty"`    // of the document
	Looked   int64  `json:"looked,omitempty"`

	ETag, Modified string `json:"-"` // of the document's bytes
	Lost           bool   `json:"-"` // it was a document, which somebody deleted
}

// Found is an address that is to be looked at. One with a reason could not be used, and is kept to be told of.
type Found struct {
	Address string
	Depth   int
	Reason  string
}

// Document is a page that is to be taken in.
type Document struct {
	Address        string
	ReadAs         string // name of a file of the type that the site said it has
	ETag, Modified string
	Data           []byte
}

// Visit is a source that somebody looks at.
type Visit struct {
	Source
	Owner string
	Fence int64 // grows with each claim: who lost the visit cannot write any more
	Round int64 // of looks at this source; pages of an earlier one are not listed any more
	Begun bool  // the first addresses are found; a visit that goes on asks only for what is left
}

// Outcome is how a look ended.
type Outcome struct {
	Error    string // why it could not be done
	Complete bool   // every page that the site names was seen: what was not is no longer listed
	Cut      bool
}

// ErrTaken says that a visit is not ours any more: paused, removed, or taken over by another process.
var ErrTaken = errors.New("the address is not looked at here any more")

// Desk is where a crawler gets its visits and puts what it found. Every method is safe to call again after a failure; all
// but Claim answer ErrTaken when the visit is lost.
type Desk interface {
	// ClaimSource takes a source that waits, whose time has come, or whose worker gave no sign since dead (microseconds
	// UTC); one of this id only, when it is not empty. nil: none.
	ClaimSource(ctx context.Context, owner, id string, dead int64) (*Visit, error)
	// Found keeps addresses for this look, up to the source's limit; cut: there were more. Known ones stay as they are.
	Found(ctx context.Context, v *Visit, list []Found) (cut bool, err error)
	// Begin says that the first addresses are found.
	Begin(ctx context.Context, v *Visit) error
	// NextPage returns a page that is to be looked at; nil: all are done.
	NextPage(ctx context.Context, v *Visit) (*Page, error)
	// Done keeps what came of a page, with the document that it is now, and answers the state that follows. Without a
	// document it is the page's own.
	Done(ctx context.Context, v *Visit, p Page, d *Document) (State, error)
	// Bytes returns the document that a page was made into.
	Bytes(ctx context.Context, v *Visit, document string) (address string, data []byte, err error)
	// Finish ends the look.
	Finish(ctx context.Context, v *Visit, o Outcome) error
}
