package browser

import (
	"context"
	_ "embed"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/network"
)

//go:embed snapshot.js
var snapshotScript string

// Visit is what a browser saw of a page: the evidence that all probes of a campaign share, so that a page is opened once
// and not once for every persona.
type Visit struct {
	URL      string   `json:"url"`   // as asked
	Final    string   `json:"final"` // where the browser ended
	Status   int      `json:"status"`
	HTML     string   `json:"html"`
	Snapshot Snapshot `json:"snapshot"`
	Tree     []AXNode `json:"tree,omitempty"`
	Measured Measured `json:"measured"`
	Log      Log      `json:"log"`
	Cookies  []Cookie `json:"cookies,omitempty"`
	Picture  []byte   `json:"-"` // PNG of what is seen without scrolling

	notes notes
}

// Snapshot is what snapshot.js sees.
type Snapshot struct {
	Title    string            `json:"title"`
	Language string            `json:"language"`
	Mode     string            `json:"mode"` // CSS1Compat or BackCompat
	Charset  string            `json:"charset"`
	Text     string            `json:"text"` // what is seen, up to 100,000 characters
	Width    int               `json:"width"`
	Height   int               `json:"height"`
	Page     Size              `json:"page"` // of the whole document
	Elements []Element         `json:"elements"`
	Count    int               `json:"count"` // of all elements
	Local    map[string]string `json:"local,omitempty"`
	Session  map[string]string `json:"session,omitempty"`
	Cookie   string            `json:"cookie,omitempty"` // what scripts can read
	Frames   []string          `json:"frames,omitempty"`
}

// Size in CSS pixels.
type Size struct {
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// Element is one that people meet: text, a control, a picture, a landmark.
type Element struct {
	Selector    string `json:"selector"`
	Shadow      bool   `json:"shadow,omitempty"` // in a shadow tree: the selector holds inside of it
	Tag         string `json:"tag"`
	Type        string `json:"type,omitempty"`
	Role        string `json:"role,omitempty"`
	ID          string `json:"id,omitempty"`
	Name        string `json:"name,omitempty"`
	Label       string `json:"label,omitempty"`
	Text        string `json:"text,omitempty"`
	Href        string `json:"href,omitempty"` // or src
	Box         Box    `json:"box"`            // in the page, not in what is seen of it
	Seen        bool   `json:"seen"`
	Interactive bool   `json:"interactive"`
	Disabled    bool   `json:"disabled,omitempty"`
	Covered     string `json:"covered,omitempty"` // what lies over its middle
	Submits     bool   `json:"submits,omitempty"` // a form is sent, or emptied, with it
	TabIndex    *int   `json:"tabindex,omitempty"`
	Focusable   bool   `json:"focusable"`
	Font        struct {
		Size   float64 `json:"size"`
		Family string  `json:"family"`
		Weight string  `json:"weight"`
	} `json:"font"`
	Color      string `json:"color"`
	Background string `json:"background"`
	Position   string `json:"position"`
	Overflow   string `json:"overflow"` // "x y"
	Ellipsis   bool   `json:"ellipsis,omitempty"`
	Display    string `json:"display"`
	Cursor     string `json:"cursor"`
	Scroll     struct {
		W  float64 `json:"w"`
		H  float64 `json:"h"`
		CW float64 `json:"cw"`
		CH float64 `json:"ch"`
	} `json:"scroll"`
	Natural *Size  `json:"natural,omitempty"`
	HTML    string `json:"html"` // its own tag, shortened
}

// AXNode is a node of the accessibility tree.
type AXNode struct {
	ID          string            `json:"id"`
	Parent      string            `json:"parent,omitempty"`
	Role        string            `json:"role"`
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	Value       string            `json:"value,omitempty"`
	Properties  map[string]string `json:"properties,omitempty"` // focusable, focused, expanded, …
	Backend     int64             `json:"backend"`              // the DOM node
}

// Cookie is a cookie that the browser holds.
type Cookie struct {
	Name     string  `json:"name"`
	Domain   string  `json:"domain"`
	Path     string  `json:"path"`
	Expires  float64 `json:"expires"` // seconds since 1970; -1: with the session
	HTTPOnly bool    `json:"http_only"`
	Secure   bool    `json:"secure"`
	SameSite string  `json:"same_site"`
}

// maxAXNodes bounds the accessibility tree.
const maxAXNodes = 5000

// Visit opens an address in a tab of its own, measures, and returns what is there.
// A page that could not be opened gives the visit as far as it came, and the error.
func (b *Browser) Visit(ctx context.Context, address string, s Setting) (*Visit, error) {
	s.Measure = true
	tab, err := b.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	v := &Visit{URL: address}
	if err := tab.Go(ctx, address); err != nil {
		v.Log = tab.Log()
		return v, err
	}
	return v, tab.Look(ctx, v)
}

// Look fills v with what the tab shows now.
func (t *Tab) Look(ctx context.Context, v *Visit) error {
	var err error
	keep := func(e error) {
		if err == nil {
			err = e
		}
	}
	var e error
	v.Final, e = t.Location(ctx)
	keep(e)
	v.HTML, e = t.HTML(ctx)
	keep(e)
	v.Snapshot, e = t.Snapshot(ctx)
	keep(e)
	if m, e := t.Measured(ctx); e == nil {
		v.Measured = m
	}
	v.Tree, e = t.Tree(ctx)
	keep(e)
	v.Picture, e = t.Screenshot(ctx, nil)
	keep(e)
	v.Cookies, e = t.Cookies(ctx)
	keep(e)
	v.Log = t.Log()
	for _, q := range v.Log.Requests {
		if q.Type == "Document" && sameBut(q.URL, v.Final) {
			v.Status = q.Status
		}
	}
	return err
}

// Snapshot is what is on the page now.
func (t *Tab) Snapshot(ctx context.Context) (Snapshot, error) {
	return Eval[Snapshot](ctx, t, snapshotScript)
}

// SnapshotScript is the expression that Snapshot evaluates, for other browsers.
func SnapshotScript() string { return snapshotScript }

// sameBut tells whether two addresses differ at most by what stands after #.
func sameBut(a, b string) bool {
	a, _, _ = strings.Cut(a, "#")
	b, _, _ = strings.Cut(b, "#")
	return a == b
}

// Tree is the accessibility tree: what a screen reader gets.
func (t *Tab) Tree(ctx context.Context) ([]AXNode, error) {
	r, err := Call(ctx, t, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		return nil, err
	}
	var list []AXNode
	for _, n := range r.Nodes {
		if n.Ignored || len(list) >= maxAXNodes {
			continue
		}
		node := AXNode{ID: string(n.NodeID), Parent: string(n.ParentID), Role: valueOf(n.Role), Name: valueOf(n.Name), Description: valueOf(n.Description), Value: valueOf(n.Value), Backend: int64(n.BackendDOMNodeID)}
		for _, p := range n.Properties {
			if node.Properties == nil {
				node.Properties = map[string]string{}
			}
			node.Properties[string(p.Name)] = valueOf(p.Value)
		}
		list = append(list, node)
	}
	return list, nil
}

func valueOf(v *accessibility.Value) string {
	if v == nil || len(v.Value) == 0 {
		return ""
	}
	return shorten(unquote(v.Value))
}

// Cookies are those that the tab holds.
func (t *Tab) Cookies(ctx context.Context) ([]Cookie, error) {
	r, err := Call(ctx, t, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		return nil, err
	}
	var list []Cookie
	for _, c := range r.Cookies {
		list = append(list, Cookie{Name: c.Name, Domain: c.Domain, Path: c.Path, Expires: c.Expires, HTTPOnly: c.HTTPOnly, Secure: c.Secure, SameSite: string(c.SameSite)})
	}
	return list, nil
}
