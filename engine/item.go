package engine

// Item is what travels along an edge: one JSON object, with optional files. Items are immutable once they left a
// node: a kind that changes one copies it first, because several nodes may hold the same map.
type Item struct {
	JSON  map[string]any  `json:"json"`
	Files map[string]File `json:"files,omitempty"`
	// From is the lineage: the items of this step's inputs that this one was made of.
	From []Origin `json:"from,omitempty"`
}

// Origin points at an item of a step's input.
type Origin struct {
	In   int `json:"in,omitempty"` // index of the input port
	Item int `json:"item"`         // index of the item on it
}

// File is a file that travels with an item. Its bytes are in the studio's file store under Hash.
type File struct {
	Name string `json:"name"`
	Type string `json:"type"` // media type
	Size int64  `json:"size"`
	Hash string `json:"hash"` // SHA-256 of the bytes, hexadecimal
}

// Outputs are the items that a step gave, by output port in the order of the kind's ports.
type Outputs [][]Item

// One returns outputs of a kind with a single output port.
func One(items []Item) Outputs { return Outputs{items} }
