// Package views renders pages and their parts. Every page takes a Page, which the layout needs, and one struct of its
// own; no page asks the store or knows HTTP.
package views

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/auth"
)

// Page is what the layout needs to know.
type Page struct {
	Title       string // of the window and, with PageHead, of the page
	Active      string // entry of the navigation: "workflows", "mentions", "runs", "collections", "credentials", "variables", "settings"
	Nonce       string // of this answer's scripts
	Path        string // of this page, with its query
	Version     string
	Development bool

	User, Email string // who is signed in; "" without anyone
	Workspace   string // name of the workspace they are in
	Role        auth.Role
	Allows      func(auth.Permission) bool
	Mentions    int // comments that call them and that they have not seen

	Flash  *Flash
	Crumbs []Link // from the top to the page above this one

	// Scripts and Styles are assets that only this page needs, by their source names: "editor.js".
	Scripts, Styles []string
	// Studio pages (editor, run view) fill the window: no navigation, no <main> of the layout. Main is then the id that
	// the skip link leads to.
	Studio bool
	Main   string
	// Narrow pages hold a form or text.
	Narrow bool
}

// Can tells whether the person may do something, so that a page does not offer what the server would refuse.
func (p Page) Can(perm auth.Permission) bool { return p.Allows != nil && p.Allows(perm) }

// Under returns the page with links to the pages above it.
func (p Page) Under(links ...Link) Page {
	p.Crumbs = links
	return p
}

// Link is an entry of a breadcrumb.
type Link struct{ Text, Href string }

// Flash is a message about what has just been done. Undo, when not empty, is the address that takes it back by POST.
type Flash struct {
	Text  string `json:"t"`
	Error bool   `json:"e,omitempty"`
	Undo  string `json:"u,omitempty"`
}

// Field is one entry of a form.
type Field struct {
	Name, Label, Value string
	Type               string // of <input>; "" is text
	Help, Error        string
	Placeholder        string
	Autocomplete       string
	Required           bool
	ReadOnly           bool
	Autofocus          bool
	Max                int // characters; 0: no limit
}

func (f Field) id() string { return "field-" + f.Name }

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// about names the elements that explain the field.
func (f Field) about() string {
	var ids []string
	if f.Help != "" {
		ids = append(ids, f.id()+"-help")
	}
	if f.Error != "" {
		ids = append(ids, f.id()+"-error")
	}
	return strings.Join(ids, " ")
}

// Choice is an option of a select.
type Choice struct{ Value, Label string }

// Mistakes are the errors of a form by field; "" holds what is about none.
type Mistakes map[string]string

func stamp(micros int64) string { return time.UnixMicro(micros).UTC().Format(time.RFC3339) }

func dateText(micros int64) string {
	return time.UnixMicro(micros).UTC().Format("2006-01-02 15:04") + " UTC"
}

func initials(name string) string {
	var out []rune
	for word := range strings.FieldsSeq(name) {
		out = append(out, []rune(strings.ToUpper(word))[0])
	}
	if len(out) > 2 {
		out = []rune{out[0], out[len(out)-1]}
	}
	return string(out)
}

// countText is a count for a small mark.
func countText(n int) string {
	if n > 99 {
		return "99+"
	}
	return itoa(n)
}

func itoa(n int) string { return strconv.Itoa(n) }

func itoa64(n int64) string { return strconv.FormatInt(n, 10) }

// RoleName is what people call a role.
func RoleName(ctx context.Context, r auth.Role) string {
	switch r {
	case auth.Owner:
		return tr(ctx, "Owner")
	case auth.Editor:
		return tr(ctx, "Editor")
	default:
		return tr(ctx, "Viewer")
	}
}

// RoleText says what a role may do.
func RoleText(ctx context.Context, r auth.Role) string {
	switch r {
	case auth.Owner:
		return tr(ctx, "Owner: everything, and members and the workspace")
	case auth.Editor:
		return tr(ctx, "Editor: draws and runs workflows, keeps credentials")
	default:
		return tr(ctx, "Viewer: sees workflows and runs")
	}
}

func roleChoices(ctx context.Context) []Choice {
	var out []Choice
	for _, r := range []auth.Role{auth.Viewer, auth.Editor, auth.Owner} {
		out = append(out, Choice{string(r), RoleText(ctx, r)})
	}
	return out
}

func boolText(b bool) string { return strconv.FormatBool(b) }
