package surface

import (
	"github.com/atelier-studio/atelier/agents/wire"
)

// Operation is one method of an API's path: from a description, or seen in what scripts ask.
type Operation struct {
	Method string `json:"method"`
	Path   string `json:"path"` // a template, /orders/{id}
	URL    string `json:"url"`  // an address that fits
	ID     string `json:"id,omitempty"`
	// Described tells that the target's own description names it; Secured that the description wants credentials for it.
	Described bool `json:"described"`
	Secured   bool `json:"secured"`
	// Words are what the description says of it.
	Words string `json:"words,omitempty"`
	// Seen are exchanges that a browser or the crawler made.
	Seen []*wire.Exchange `json:"seen,omitempty"`
	As   string           `json:"as,omitempty"`
	Page string           `json:"page,omitempty"`
	// Origin is where it is, when that is not the target's own.
	Origin string `json:"origin,omitempty"`
}

// Key implements Item.
func (o *Operation) Key() string { return "operation " + o.Method + " " + o.Origin + o.Path }

// Address implements Item.
func (o *Operation) Address() string { return o.URL }

// Changes tells whether the operation is meant to change something.
func (o *Operation) Changes() bool {
	return o.Method != "GET" && o.Method != "HEAD" && o.Method != "OPTIONS"
}
