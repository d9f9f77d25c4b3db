package engine

// Published, as the revision of a StartRequest, asks for the published version of a workflow; while nothing is
// published, for the drawing as it is.
const Published int64 = -1

// Version is a revision that a person named, or that was published.
type Version struct {
	ID        string `json:"id"`
	Revision  int64  `json:"revision"`
	Name      string `json:"name"`
	Note      string `json:"note,omitempty"`
	Published bool   `json:"published"` // by publishing; one that is published again is listed again
	By        string `json:"by,omitempty"`
	At        int64  `json:"at"`
}

// Publication asks for a revision to be what triggers and callers run from now on.
type Publication struct {
	Revision  int64
	Note      string
	Hooks     []Hook
	Schedules []Schedule
}

// Change sums up the operations of one sort in an edit.
type Change struct {
	Op string `json:"op"`
	N  int    `json:"n"`
	// IDs, Names and Paths tell of the first few what they were about, where the operations say it.
	IDs   []string `json:"ids,omitempty"`
	Names []string `json:"names,omitempty"`
	Paths []string `json:"paths,omitempty"`
}

// HistoryEntry is an edit as the list of a workflow's history shows it.
type HistoryEntry struct {
	Revision int64    `json:"revision"`
	By       string   `json:"by,omitempty"`
	At       int64    `json:"at"`
	Changes  []Change `json:"changes"`
}

// maxTold is of how many operations of one sort a summary names the things.
const maxTold = 3

// Summarize tells what an edit did, sort by sort, in the order in which they first occur. The inverse names what is gone.
func Summarize(ops, inverse []Op) []Change {
	gone := map[string]string{}
	for _, op := range inverse {
		switch {
		case op.Node != nil:
			gone[op.Node.ID] = op.Node.Name
		case op.Group != nil:
			gone[op.Group.ID] = op.Group.Name
		}
	}
	var list []Change
	at := map[string]int{}
	for _, op := range ops {
		i, known := at[op.Op]
		if !known {
			i = len(list)
			at[op.Op], list = i, append(list, Change{Op: op.Op})
		}
		list[i].add(op, gone)
	}
	return list
}

func (c *Change) add(op Op, gone map[string]string) {
	c.N++
	tell := func(list *[]string, text string) {
		if text != "" && len(*list) < maxTold {
			*list = append(*list, firstOf(text, 80))
		}
	}
	tell(&c.Paths, op.Path)
	tell(&c.IDs, op.ID)
	switch {
	case op.Node != nil:
		tell(&c.Names, op.Node.Name)
	case op.Group != nil:
		tell(&c.Names, op.Group.Name)
	default:
		tell(&c.Names, gone[op.ID])
	}
}

// firstOf cuts a text after so many characters.
func firstOf(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i] + "…"
		}
	}
	return text
}
