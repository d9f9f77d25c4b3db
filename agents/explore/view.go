package explore

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/atelier-studio/atelier/agents/browser"
)

// Bounds of what a model is shown of a page.
const (
	maxLines = 250
	maxView  = 12_000 // characters
	maxName  = 160
	maxDepth = 8
)

// view is a page as a screen reader tells of it: a line a node, each with a number by which it can be named.
type view struct {
	URL   string
	Text  string
	nodes []browser.AXNode
	said  string // all names together
	cut   bool
}

// silent are roles that say nothing by themselves.
var silent = map[string]bool{"generic": true, "none": true, "presentation": true, "InlineTextBox": true, "LineBreak": true, "RootWebArea": true, "ignored": true, "LayoutTable": true, "LayoutTableRow": true, "LayoutTableCell": true, "ListMarker": true}

// see reads a tab's page.
func see(ctx context.Context, tab *browser.Tab) (*view, error) {
	at, err := tab.Location(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := tab.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return viewOf(at, tree), nil
}

func viewOf(at string, tree []browser.AXNode) *view {
	v := &view{URL: at}
	depth, names := map[string]int{}, map[string]string{}
	var b, said strings.Builder
	for _, n := range tree {
		d := depth[n.Parent]
		name := plain(n.Name)
		said.WriteString(name + "\n")
		if silent[n.Role] || n.Role == "StaticText" && (name == "" || name == names[n.Parent]) {
			depth[n.ID], names[n.ID] = d, names[n.Parent]
			continue
		}
		depth[n.ID], names[n.ID] = d+1, name
		if v.cut = v.cut || len(v.nodes) >= maxLines || b.Len() >= maxView; v.cut {
			continue
		}
		fmt.Fprintf(&b, "%s[%d] %s", strings.Repeat(" ", min(d, maxDepth)), len(v.nodes)+1, word(n.Role))
		if name != "" {
			fmt.Fprintf(&b, " %q", cut(name, maxName))
		}
		if value := plain(n.Value); value != "" && value != name {
			fmt.Fprintf(&b, " = %q", cut(value, maxName))
		}
		for _, state := range []string{"disabled", "checked", "expanded", "selected", "required", "invalid", "focused"} {
			if is := n.Properties[state]; is == "true" || state == "checked" && is == "mixed" || state == "expanded" && is == "false" {
				fmt.Fprintf(&b, " %s=%s", state, is)
			}
		}
		b.WriteString("\n")
		v.nodes = append(v.nodes, n)
	}
	if v.cut {
		b.WriteString("… the page goes on\n")
	}
	v.Text, v.said = b.String(), said.String()
	return v
}

// node is the one of a number.
func (v *view) node(id int) (browser.AXNode, bool) {
	if id < 1 || id > len(v.nodes) {
		return browser.AXNode{}, false
	}
	return v.nodes[id-1], true
}

func word(role string) string {
	if role == "StaticText" {
		return "text"
	}
	return role
}

// plain is a text in one line, without what is not seen.
func plain(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)), " ")
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
