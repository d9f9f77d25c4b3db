package interop

import (
	"cmp"
	"fmt"
	"slices"
)

// How a node of a foreign file came over.
const (
	Native      = "native"      // a kind of ours does the same
	Partly      = "partly"      // a kind of ours does it, except what the texts name
	Placeholder = "placeholder" // kept and shown by name; a run stops before it
)

// Report tells what an import made of a file. Its JSON is what `atelier import --report` writes for a file.
type Report struct {
	File   string `json:"file,omitempty"`
	Format string `json:"format,omitempty"`
	Name   string `json:"name,omitempty"`
	// Error is set when the file could not be imported; everything else is then empty.
	Error       string        `json:"error,omitempty"`
	Counts      Counts        `json:"counts"`
	Nodes       []NodeReport  `json:"nodes"`
	Expressions Expressions   `json:"expressions"`
	Credentials []NeededLogin `json:"credentials"`
	// Runnable says that nothing the import can see keeps the workflow from running as it did: every node is native,
	// every expression is supported. Reasons says why not.
	Runnable bool     `json:"runnable"`
	Reasons  []string `json:"reasons"`
	// Runs is weaker: the workflow can run, but nodes that came over partly may do less than they did.
	Runs bool `json:"runs"`
	// Warnings are about the file itself: dangling edges, names used twice, values of a wrong type.
	Warnings []string `json:"warnings"`
	// RoundTrip says that exporting gives the file back, key order aside; Difference is the first place where it does not.
	RoundTrip  bool   `json:"round_trip"`
	Difference string `json:"difference,omitempty"`
}

// Counts of what is in a file and how it came over. Nodes are without notes; edges are with dangling ones.
type Counts struct {
	Nodes         int `json:"nodes"`
	Edges         int `json:"edges"`
	DanglingEdges int `json:"dangling_edges"`
	Notes         int `json:"notes"`
	Native        int `json:"native"`
	Partly        int `json:"partly"`
	Placeholders  int `json:"placeholders"`
}

// NodeReport tells how one node came over.
type NodeReport struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Type is the node's type in the foreign product, Kind what it is here.
	Type     string   `json:"type"`
	Kind     string   `json:"kind"`
	Result   string   `json:"result"`
	Disabled bool     `json:"disabled,omitempty"`
	Text     []string `json:"text"`
}

// Expressions counts the expressions in a file, one a text that begins with "=".
type Expressions struct {
	Total       int                     `json:"total"`
	Supported   int                     `json:"supported"`
	Unsupported []UnsupportedExpression `json:"unsupported"`
}

// UnsupportedExpression is an expression that will not work here.
type UnsupportedExpression struct {
	Node   string `json:"node"`
	Param  string `json:"param"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
}

// NeededLogin is a credential that the file refers to. Files carry names, never secrets.
type NeededLogin struct {
	Type  string   `json:"type"`
	Name  string   `json:"name"`
	Nodes []string `json:"nodes"`
}

// Summary adds up many reports.
type Summary struct {
	Files       int    `json:"files"`
	Imported    int    `json:"imported"`
	Failed      int    `json:"failed"`
	RoundTrip   int    `json:"round_trip"`
	Runnable    int    `json:"runnable"`
	Runs        int    `json:"runs"`
	Counts      Counts `json:"counts"`
	Expressions struct {
		Total     int `json:"total"`
		Supported int `json:"supported"`
	} `json:"expressions"`
	// NativeShare is the share of nodes, between 0 and 1, that came over natively.
	NativeShare float64 `json:"native_share"`
	// Missing lists the types without a kind of ours, most frequent first.
	Missing []TypeCount `json:"missing"`
	Reports []*Report   `json:"reports"`
}

// TypeCount counts the nodes of a foreign type and the files that have any.
type TypeCount struct {
	Type  string `json:"type"`
	Nodes int    `json:"nodes"`
	Files int    `json:"files"`
}

// Summarize adds up the reports of many files.
func Summarize(reports []*Report) *Summary {
	s := &Summary{Files: len(reports), Reports: reports, Missing: []TypeCount{}}
	missing := map[string]*TypeCount{}
	for _, r := range reports {
		if r.Error != "" {
			s.Failed++
			continue
		}
		s.add(r)
		seen := map[string]bool{}
		for _, n := range r.Nodes {
			if n.Result != Placeholder {
				continue
			}
			if missing[n.Type] == nil {
				missing[n.Type] = &TypeCount{Type: n.Type}
			}
			missing[n.Type].Nodes++
			if !seen[n.Type] {
				seen[n.Type] = true
				missing[n.Type].Files++
			}
		}
	}
	for _, t := range missing {
		s.Missing = append(s.Missing, *t)
	}
	slices.SortFunc(s.Missing, func(a, b TypeCount) int {
		return cmp.Or(b.Nodes-a.Nodes, cmp.Compare(a.Type, b.Type))
	})
	if s.Counts.Nodes > 0 {
		s.NativeShare = float64(s.Counts.Native) / float64(s.Counts.Nodes)
	}
	return s
}

func (s *Summary) add(r *Report) {
	s.Imported++
	for _, c := range []struct {
		yes bool
		n   *int
	}{{r.RoundTrip, &s.RoundTrip}, {r.Runnable, &s.Runnable}, {r.Runs, &s.Runs}} {
		if c.yes {
			*c.n++
		}
	}
	s.Counts.Nodes += r.Counts.Nodes
	s.Counts.Edges += r.Counts.Edges
	s.Counts.DanglingEdges += r.Counts.DanglingEdges
	s.Counts.Notes += r.Counts.Notes
	s.Counts.Native += r.Counts.Native
	s.Counts.Partly += r.Counts.Partly
	s.Counts.Placeholders += r.Counts.Placeholders
	s.Expressions.Total += r.Expressions.Total
	s.Expressions.Supported += r.Expressions.Supported
}

// String gives the summary in a few lines for a terminal.
func (s *Summary) String() string {
	return fmt.Sprintf("%d of %d files imported, %d come back unchanged on export\n"+
		"%d nodes: %d native (%.0f %%), %d partly, %d placeholders; %d edges, %d notes\n"+
		"%d of %d expressions supported\n%d workflows can run completely, %d more with parts left out\n",
		s.Imported, s.Files, s.RoundTrip, s.Counts.Nodes, s.Counts.Native, 100*s.NativeShare, s.Counts.Partly,
		s.Counts.Placeholders, s.Counts.Edges, s.Counts.Notes, s.Expressions.Supported, s.Expressions.Total,
		s.Runnable, s.Runs-s.Runnable)
}
