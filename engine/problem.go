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
}

// Fix is an edit that mends a problem.
type Fix struct {
	Title string `json:"title"`
	Ops   []Op   `json:"ops"`
	// Keep, when not nil, is the credential that is made first of the secret that the operations take out.
	Keep *Keep `json:"keep,omitempty"`
}

// Keep is a credential for a secret that stands in a parameter. The secret itself is not told: it is a part of the text
// at Path.
type Keep struct {
	Type   string            `json:"type"`
	Field  string            `json:"field"`            // of the credential, for the secret
	Values map[string]string `json:"values,omitempty"` // of its other fields
	Name   string            `json:"name,omitempty"`   // one that tells what it is for
	Param  string            `json:"param"`            // of the node, which takes the credential's name
	Path   []any             `json:"path"`             // of the text, in the node's parameters
	From   int               `json:"from"`             // where the secret begins in the text, in UTF-16 units
	To     int               `json:"to"`               // and where it ends

	Secret string `json:"-"`
	Rest   string `json:"-"` // what stays of the text
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
