// Package access holds tables of who may do what in an application: its roles, and for each address which of them are let
// in and which are not. People describe them; a probe tries every cell.
//
// A table comes from people and from files of strangers, so everything in it is bounded. It never holds a password: it says
// where one stands, and only the command line goes there.
package access

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Table says who may do what.
type Table struct {
	Roles []Role `json:"roles" yaml:"roles"`
	Rules []Rule `json:"rules" yaml:"rules"`
}

// Role is a sort of people, or of programs, that use the application.
type Role struct {
	Name string `json:"name" yaml:"name"`
	// User is who signs in for it.
	User string `json:"user,omitempty" yaml:"user,omitempty"`
	// Nobody is the role of those who are not signed in.
	Nobody bool `json:"nobody,omitempty" yaml:"nobody,omitempty"`
	// Locked is a role whose account must not get in at all: that it cannot sign in is how it should be.
	Locked bool `json:"locked,omitempty" yaml:"locked,omitempty"`
	// May says in words what it may do; nothing follows from it.
	May string `json:"may,omitempty" yaml:"may,omitempty"`
	// PasswordFrom says where the command line finds what signs it in: a file, env:NAME, header:FILE or header:env:NAME.
	PasswordFrom string `json:"-" yaml:"password_from,omitempty"`
}

// Rule says of one address who is let in and who is refused. A role in neither list is not tested on it.
type Rule struct {
	Method string   `json:"method,omitempty" yaml:"method,omitempty"` // empty: GET
	Path   string   `json:"path" yaml:"path"`
	Allow  []string `json:"allow,omitempty" yaml:"allow,omitempty,flow"`
	Deny   []string `json:"deny,omitempty" yaml:"deny,omitempty,flow"`
}

// Others stands in a list of a rule for all roles that the rule does not name.
const Others = "*"

// Cell is what the table says of one role at one address.
type Cell struct {
	Role   Role
	Method string
	Path   string
	Allow  bool
}

// Bounds of a table.
const (
	MaxRoles = 60
	maxRules = 500
	maxCells = 5000
	maxName  = 100
	maxUser  = 200
	maxMay   = 1000
	maxPath  = 2000
)

// Methods are those that a rule can have; the first three change nothing.
var Methods = []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// Changes tells whether a method is meant to change something.
func Changes(method string) bool { return slices.Index(Methods, method) >= 3 }

// Empty tells whether there is nothing in the table.
func (t *Table) Empty() bool { return len(t.Roles) == 0 && len(t.Rules) == 0 }

// Role finds a role by its name; nil when there is none.
func (t *Table) Role(name string) *Role {
	for i := range t.Roles {
		if t.Roles[i].Name == name {
			return &t.Roles[i]
		}
	}
	return nil
}

// Cells are what the table says, rule by rule; who is refused comes before who is let in, since that may change something.
func (t *Table) Cells() []Cell {
	var list []Cell
	for i := range t.Rules {
		rule := &t.Rules[i]
		for _, allow := range []bool{false, true} {
			for k := range t.Roles {
				if says, said := rule.Says(t.Roles[k].Name); said && says == allow {
					list = append(list, Cell{t.Roles[k], rule.Method, rule.Path, allow})
				}
			}
		}
	}
	return list
}

// Says tells what a rule says of a role, if anything.
func (r *Rule) Says(role string) (allow, said bool) {
	if slices.Contains(r.Allow, role) {
		return true, true
	}
	return false, slices.Contains(r.Deny, role)
}

// Check tells whether the table is whole, and puts it into its plain form: methods are written out, and so are all roles
// that a rule means. The error wraps fs.ErrInvalid and says what is wrong where.
func (t *Table) Check() error {
	switch {
	case len(t.Roles) > MaxRoles:
		return fmt.Errorf("the table has %d roles, more than %d: %w", len(t.Roles), MaxRoles, fs.ErrInvalid)
	case len(t.Rules) > maxRules:
		return fmt.Errorf("the table has %d rules, more than %d: %w", len(t.Rules), maxRules, fs.ErrInvalid)
	}
	seen := map[string]bool{}
	for i := range t.Roles {
		role := &t.Roles[i]
		role.Name, role.User = strings.TrimSpace(role.Name), strings.TrimSpace(role.User)
		if err := role.check(i + 1); err != nil {
			return err
		}
		if seen[role.Name] {
			return fmt.Errorf("two roles are called %q: %w", role.Name, fs.ErrInvalid)
		}
		seen[role.Name] = true
	}
	cells := 0
	places := map[string]bool{}
	for i := range t.Rules {
		rule := &t.Rules[i]
		if err := rule.check(t, i+1); err != nil {
			return err
		}
		place := rule.Method + " " + rule.Path
		if places[place] {
			return fmt.Errorf("two rules are about %q: %w", place, fs.ErrInvalid)
		}
		places[place] = true
		cells += len(rule.Allow) + len(rule.Deny)
	}
	if cells > maxCells {
		return fmt.Errorf("the table says %d times who may do what, more than %d: %w", cells, maxCells, fs.ErrInvalid)
	}
	return nil
}

func (r *Role) check(n int) error {
	switch {
	case r.Name == "":
		return fmt.Errorf("role %d has no name: %w", n, fs.ErrInvalid)
	case r.Name == Others:
		return fmt.Errorf("no role can be called %q: in rules it means all others: %w", Others, fs.ErrInvalid)
	case utf8.RuneCountInString(r.Name) > maxName || !plain(r.Name):
		return fmt.Errorf("the name of role %d is longer than %d characters, or has signs that cannot be seen: %w", n, maxName, fs.ErrInvalid)
	case utf8.RuneCountInString(r.User) > maxUser || !plain(r.User):
		return fmt.Errorf("role %q signs in with a name of more than %d characters, or with signs that cannot be seen: %w", r.Name, maxUser, fs.ErrInvalid)
	case utf8.RuneCountInString(r.May) > maxMay:
		return fmt.Errorf("what role %q may do is told in more than %d characters: %w", r.Name, maxMay, fs.ErrInvalid)
	case r.Nobody && (r.User != "" || r.Locked || r.PasswordFrom != ""):
		return fmt.Errorf("role %q is nobody, and cannot sign in or be locked: %w", r.Name, fs.ErrInvalid)
	}
	return nil
}

func (r *Rule) check(t *Table, n int) error {
	r.Method, r.Path = strings.ToUpper(strings.TrimSpace(r.Method)), strings.TrimSpace(r.Path)
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	if !slices.Contains(Methods, r.Method) {
		return fmt.Errorf("rule %d has the method %q: it is one of %s: %w", n, r.Method, strings.Join(Methods, ", "), fs.ErrInvalid)
	}
	u, err := url.Parse(r.Path)
	if err != nil || !strings.HasPrefix(r.Path, "/") || u.IsAbs() || u.Host != "" || u.Fragment != "" || len(r.Path) > maxPath || !plain(r.Path) {
		return fmt.Errorf("rule %d has the path %q: it begins with a slash, as in /admin/users, and names no other host: %w", n, shortened(r.Path), fs.ErrInvalid)
	}
	if slices.Contains(r.Allow, Others) && slices.Contains(r.Deny, Others) {
		return fmt.Errorf("rule %d both allows and denies all others: %w", n, fs.ErrInvalid)
	}
	named := map[string]bool{}
	for _, name := range slices.Concat(r.Allow, r.Deny) {
		switch {
		case name == Others:
			continue
		case t.Role(name) == nil:
			return fmt.Errorf("rule %d names the role %q, which the table does not have: %w", n, shortened(name), fs.ErrInvalid)
		case named[name]:
			return fmt.Errorf("rule %d names the role %q twice: %w", n, name, fs.ErrInvalid)
		}
		named[name] = true
	}
	r.Allow, r.Deny = t.spell(r.Allow, named), t.spell(r.Deny, named)
	return nil
}

// spell writes out the roles that a list means, in the order of the table.
func (t *Table) spell(list []string, named map[string]bool) []string {
	var names []string
	for i := range t.Roles {
		name := t.Roles[i].Name
		if slices.Contains(list, name) || !named[name] && slices.Contains(list, Others) {
			names = append(names, name)
		}
	}
	return names
}

// plain tells whether a text has only signs that can be seen.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}

func shortened(s string) string {
	const most = 80
	if letters := []rune(strings.ToValidUTF8(s, "")); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return s
}
