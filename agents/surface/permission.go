package surface

// Permission is what a table of roles says of one of them at one address.
type Permission struct {
	Role   string `json:"role"`
	Method string `json:"method"`
	URL    string `json:"url"`
	// Allow tells whether the role is to be let in or to be refused.
	Allow bool `json:"allow"`
	// Nobody is a role that is not signed in; Locked one whose account must not get in.
	Nobody bool `json:"nobody,omitempty"`
	Locked bool `json:"locked,omitempty"`
}

// Key implements Item.
func (p *Permission) Key() string {
	return "access " + p.Method + " " + pathOf(p.URL) + " as " + p.Role
}

// Address implements Item.
func (p *Permission) Address() string { return p.URL }
