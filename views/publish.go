package views

import (
	"context"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// PublishView is what publishing would change, for one workflow or several.
type PublishView struct {
	Workflows []PublishEntry
	Back      string // where "Cancel" leads
	Note      string
	Done      bool // what was to be done is done: the entries tell how it went
}

// PublishEntry is a workflow that is to be published.
type PublishEntry struct {
	ID, Name, Folder string
	Revision         int64 // what would be published
	Published        int64 // what is published; 0: nothing
	By               string
	At               int64 // when it was published; 0: not told
	Counts           DifferenceCounts
	Differences      []PublishChange
	More             int // differences that are not listed

	Live     bool     // it was published just now
	Error    string   // why it cannot be published, or was not
	Mistakes []string // in its drawing
}

// DifferenceCounts sums differences up.
type DifferenceCounts struct{ Added, Removed, Changed, Moved int }

// PublishChange is a difference as people read it.
type PublishChange struct {
	engine.Difference
	Title  string // of the kind of a node
	Fields []PublishField
}

// PublishField is one value before and after.
type PublishField struct{ Label, Before, After string }

// same tells whether publishing would change nothing.
func (e PublishEntry) same() bool { return e.Published > 0 && e.Counts == DifferenceCounts{} }

func (e PublishEntry) ready() bool { return e.Error == "" && !e.same() }

func (v PublishView) alone() bool { return len(v.Workflows) == 1 }

// ready counts the workflows that can be published.
func (v PublishView) ready() (n int) {
	for _, e := range v.Workflows {
		if e.ready() {
			n++
		}
	}
	return n
}

func (v PublishView) title(ctx context.Context) string {
	switch {
	case v.alone():
		return tr(ctx, "Publish {name}", "name", v.Workflows[0].Name)
	case v.Done:
		return tr(ctx, "Published workflows")
	default:
		return trn(ctx, len(v.Workflows), "Publish {n} workflow", "Publish {n} workflows")
	}
}

func (v PublishView) about(ctx context.Context) string {
	switch {
	case v.Done:
		return ""
	case !v.alone():
		return tr(ctx, "Webhooks, schedules and calling workflows will run these versions. Look at what differs from what is published now.")
	case v.Workflows[0].Published == 0:
		return tr(ctx, "Nothing is published yet. From then on webhooks and schedules start this version, and workflows that call this one run it; what you draw changes nothing until you publish again.")
	case v.Workflows[0].same():
		return tr(ctx, "Nothing has changed since what is published.")
	default:
		return tr(ctx, "Webhooks, schedules and calling workflows will run this version. These are the differences from what is published now:")
	}
}

func (c DifferenceCounts) text(ctx context.Context) string {
	var said []string
	for _, s := range []string{
		c.say(c.Added, trn(ctx, c.Added, "{n} added", "{n} added")), c.say(c.Removed, trn(ctx, c.Removed, "{n} removed", "{n} removed")),
		c.say(c.Changed, trn(ctx, c.Changed, "{n} changed", "{n} changed")), c.say(c.Moved, trn(ctx, c.Moved, "{n} moved", "{n} moved")),
	} {
		if s != "" {
			said = append(said, s)
		}
	}
	if len(said) == 0 {
		return tr(ctx, "No differences")
	}
	return strings.Join(said, ", ")
}

func (DifferenceCounts) say(n int, text string) string {
	if n == 0 {
		return ""
	}
	return text
}

// Count adds one difference.
func (c *DifferenceCounts) Count(d engine.Difference) {
	switch d.State {
	case engine.DiffAdded:
		c.Added++
	case engine.DiffRemoved:
		c.Removed++
	case engine.DiffChanged:
		c.Changed++
	case engine.DiffMoved:
		c.Moved++
	}
}

func diffWord(ctx context.Context, state string) string {
	switch state {
	case engine.DiffAdded:
		return tr(ctx, "Added")
	case engine.DiffRemoved:
		return tr(ctx, "Removed")
	case engine.DiffMoved:
		return tr(ctx, "Moved")
	default:
		return tr(ctx, "Changed")
	}
}

func diffIcon(state string) string {
	switch state {
	case engine.DiffAdded:
		return "plus"
	case engine.DiffRemoved:
		return "minus"
	case engine.DiffMoved:
		return "move"
	default:
		return "pencil"
	}
}

func diffSort(ctx context.Context, sort string) string {
	switch sort {
	case engine.DiffNode:
		return tr(ctx, "Nodes")
	case engine.DiffEdge:
		return tr(ctx, "Edges")
	case engine.DiffNote:
		return tr(ctx, "Notes")
	case engine.DiffGroup:
		return tr(ctx, "Groups")
	case engine.DiffTest:
		return tr(ctx, "Tests")
	default:
		return tr(ctx, "Settings")
	}
}

// sections puts the differences of each sort together; they come in the order of the sorts.
func (e PublishEntry) sections() [][]PublishChange {
	var all [][]PublishChange
	for i, d := range e.Differences {
		if i == 0 || d.Sort != e.Differences[i-1].Sort {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], d)
	}
	return all
}

func nameOr(ctx context.Context, name string) string {
	if name == "" {
		return tr(ctx, "Untitled")
	}
	return name
}

func (f PublishField) short() bool {
	return len(f.Before)+len(f.After) <= 120 && !strings.Contains(f.Before+f.After, "\n")
}
