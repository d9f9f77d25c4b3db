package engine

import "slices"

// Problem is a mistake in a workflow, at a node and parameter where there is one.
type Problem struct {
	Node    string `json:"node,omitempty"`
	Param   string `json:"param,omitempty"`
	Text    string `json:"text"`
	Warning bool   `json:"warning,omitempty"`
	Code    string `json:"code,omitempty"` // "unknown-kind", "dangling-edge" …: stable, for people who ignore it
	// Fix, when not nil, mends the problem. Only Lint works it out.
	Fix *Fix `json:"fix,omitempty"`
	// Ignored tells that people do not want to see this warning of this node.
	Ignored bool `json:"ignored,omitempty"`
	// Format and Args are what Text was made of, for whoever says it in another language; empty for other texts.
	Format string `json:"-"`
	Args   []any  `json:"-"`
}

// Fix is an edit that mends a problem.
type Fix struct {
	Title string `json:"title"`
	Ops   []Op   `json:"ops"`
}

func (p Problem) Error() string {
	s := p.Text
	if p.Param != "" {
		s = p.Param + ": " + s
	}
	return s
}

// Key names a warning of a node, as Node.Ignore lists them: the code, and behind a colon the parameter, when there is one.
func (p Problem) Key() string {
	if p.Param == "" {
		return p.Code
	}
	return p.Code + ":" + p.Param
}

func (p Problem) ignoredBy(n *Node) bool { return p.Warning && slices.Contains(n.Ignore, p.Key()) }
