package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
)

// Permitted tells whether somebody may make of one drawing another: nodes of a kind that names a permission are added and
// changed only by whoever has it. What stands there already may stay, be moved, renamed and removed by all, so that
// colleagues can draw the rest. The error wraps fs.ErrPermission and names the node.
func Permitted(was, is *Workflow, c Catalogue, may func(permission string) bool) error {
	before := make(map[string]*Node, len(was.Nodes))
	for i := range was.Nodes {
		before[was.Nodes[i].ID] = &was.Nodes[i]
	}
	for i := range is.Nodes {
		n := &is.Nodes[i]
		kind, ok := c.Kind(n.Kind)
		if !ok || kind.Permission == "" || may(kind.Permission) {
			continue
		}
		same, err := actsAlike(before[n.ID], n)
		if err != nil {
			return err
		}
		if !same {
			return fmt.Errorf("adding or changing the node %q (%s) takes the permission %s: %w", n.Name, kind.Title, kind.Permission, fs.ErrPermission)
		}
	}
	return nil
}

// actsAlike tells whether two nodes do the same: what they are called and where they stand does not matter.
func actsAlike(a, b *Node) (bool, error) {
	if a == nil {
		return false, nil
	}
	first, err := json.Marshal(acting(a))
	if err != nil {
		return false, err
	}
	second, err := json.Marshal(acting(b))
	return bytes.Equal(first, second), err
}

// acting is what of a node decides what it does.
func acting(n *Node) Node {
	bare := *n
	bare.Name, bare.At, bare.Note, bare.Ignore = "", [2]float64{}, "", nil
	return bare
}
