package access

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
)

const maxFile = 512 << 10

// rolesFile has 27 roles that applications often have, to begin with.
//
//go:embed roles.yaml
var rolesFile []byte

// Template is a file of 27 roles to begin with.
func Template() []byte { return bytes.Clone(rolesFile) }

// fileRole is a role as it stands in a file.
type fileRole struct {
	Name         string  `yaml:"name"`
	User         string  `yaml:"user"`
	Nobody       bool    `yaml:"nobody"`
	Locked       bool    `yaml:"locked"`
	May          string  `yaml:"may"`
	PasswordFrom string  `yaml:"password_from"`
	Password     *string `yaml:"password"` // must not be there
}

// Read reads a table from YAML, JSON or CSV. The error wraps fs.ErrInvalid and says what is wrong where.
func Read(data []byte) (*Table, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("the table of roles has more than %d bytes: %w", maxFile, fs.ErrInvalid)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if comma := separator(data); comma != 0 {
		return readCSV(data, comma)
	}
	var file struct {
		Roles []fileRole `yaml:"roles"`
		Rules []Rule     `yaml:"rules"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		// The lines around it are not shown: a password may stand there.
		return nil, fmt.Errorf("the table of roles cannot be read: %s: %w", strings.TrimSpace(yaml.FormatError(err, false, false)), fs.ErrInvalid)
	}
	t := &Table{Rules: file.Rules}
	for _, role := range file.Roles {
		if role.Password != nil {
			return nil, fmt.Errorf("a password does not belong into the table of roles: say with password_from where it stands, as env:NAME or a file: %w", fs.ErrInvalid)
		}
		t.Roles = append(t.Roles, Role{role.Name, role.User, role.Nobody, role.Locked, role.May, role.PasswordFrom})
	}
	return t, t.Check()
}

// Write writes a table as Read reads it.
func Write(t *Table) ([]byte, error) { return yaml.Marshal(t) }

// separator is what parts the cells of a table in CSV; 0 when it is none.
func separator(data []byte) rune {
	line, _, _ := bytes.Cut(bytes.TrimLeft(data, "\r\n \t"), []byte("\n"))
	head := strings.ToLower(string(line[:min(len(line), 64)]))
	for _, comma := range []rune{',', ';', '\t'} {
		if name, rest, ok := strings.Cut(head, string(comma)); ok && strings.Trim(name, `" `) == "method" && strings.HasPrefix(strings.Trim(rest, `" `), "path") {
			return comma
		}
	}
	return 0
}

// readCSV reads a head of method, path and the names of the roles, then a line for each address with allow, deny or nothing
// for each. A line whose method is user has who signs in, or nobody.
func readCSV(data []byte, comma rune) (*Table, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimLeft(data, "\r\n \t")))
	r.Comma, r.TrimLeadingSpace = comma, comma != '\t'
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("the table of roles cannot be read: %w: %w", err, fs.ErrInvalid)
	}
	if len(head)-2 > MaxRoles {
		return nil, fmt.Errorf("the table has %d roles, more than %d: %w", len(head)-2, MaxRoles, fs.ErrInvalid)
	}
	t := &Table{}
	for _, name := range head[2:] {
		t.Roles = append(t.Roles, Role{Name: strings.TrimSpace(name)})
	}
	for line := 2; ; line++ {
		cells, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return t, t.Check()
		case err != nil:
			return nil, fmt.Errorf("the table of roles cannot be read: %w: %w", err, fs.ErrInvalid)
		case len(t.Rules) >= maxRules:
			return nil, fmt.Errorf("the table has more than %d rules: %w", maxRules, fs.ErrInvalid)
		}
		if err := t.line(line, cells); err != nil {
			return nil, err
		}
	}
}

// line takes over a line of CSV.
func (t *Table) line(n int, cells []string) error {
	if strings.EqualFold(strings.TrimSpace(cells[0]), "user") {
		for i, user := range cells[2:] {
			user = strings.TrimSpace(user)
			if t.Roles[i].Nobody = strings.EqualFold(user, "nobody"); !t.Roles[i].Nobody {
				t.Roles[i].User = user
			}
		}
		return nil
	}
	rule := Rule{Method: cells[0], Path: cells[1]}
	for i, cell := range cells[2:] {
		switch strings.ToLower(strings.TrimSpace(cell)) {
		case "":
		case "allow", "yes", "+":
			rule.Allow = append(rule.Allow, t.Roles[i].Name)
		case "deny", "no", "-":
			rule.Deny = append(rule.Deny, t.Roles[i].Name)
		default:
			return fmt.Errorf("line %d says %q of the role %q: a cell is allow, deny or empty: %w", n, shortened(cell), shortened(t.Roles[i].Name), fs.ErrInvalid)
		}
	}
	t.Rules = append(t.Rules, rule)
	return nil
}
