package agents

import (
	_ "embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Persona is somebody who tests: what it is good at and which probes it makes. It is data, and people can make their own.
type Persona struct {
	ID     string   `json:"id" yaml:"id"`
	Name   string   `json:"name" yaml:"name"`
	Role   string   `json:"role" yaml:"role"`
	Area   Area     `json:"area" yaml:"area"`
	Skills []string `json:"skills" yaml:"skills"`
	Tools  []string `json:"tools" yaml:"tools"`
	Focus  []string `json:"focus" yaml:"focus"`
	Probes []string `json:"probes" yaml:"probes"`
	// Limits bound it within the campaign's.
	Limits Limits `json:"limits,omitzero" yaml:"limits,omitempty"`
}

// Limits of a persona; zero is the campaign's.
type Limits struct {
	Requests int           `json:"requests,omitempty" yaml:"requests,omitempty"`
	Time     time.Duration `json:"time,omitempty" yaml:"time,omitempty"`
}

//go:embed personas.yaml
var personasFile []byte

// Personas are the 27 that come with the studio.
func Personas() ([]Persona, error) { return ReadPersonas(personasFile) }

// Bounds of a file of personas.
const (
	maxPersonasFile = 1 << 20
	maxPersonas     = 200
	maxPerPersona   = 500
)

var idShape = regexp.MustCompile(`^[a-z][a-z0-9_-]{1,63}$`)

// ReadPersonas reads personas from YAML or JSON. The error wraps fs.ErrInvalid and says which persona is wrong, and how.
func ReadPersonas(data []byte) ([]Persona, error) {
	if len(data) > maxPersonasFile {
		return nil, fmt.Errorf("the file of personas has more than %d bytes (%w)", maxPersonasFile, fs.ErrInvalid)
	}
	var file struct {
		Personas []Persona `yaml:"personas"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("the file of personas cannot be read: %s (%w)", yaml.FormatError(err, false, true), fs.ErrInvalid)
	}
	if len(file.Personas) > maxPersonas {
		return nil, fmt.Errorf("the file has more than %d personas (%w)", maxPersonas, fs.ErrInvalid)
	}
	seen := map[string]bool{}
	for i := range file.Personas {
		p := &file.Personas[i]
		if err := p.Check(); err != nil {
			return nil, err
		}
		if seen[p.ID] {
			return nil, fmt.Errorf("two personas have the id %q (%w)", p.ID, fs.ErrInvalid)
		}
		seen[p.ID] = true
	}
	return file.Personas, nil
}

// WritePersonas writes personas as ReadPersonas reads them.
func WritePersonas(list []Persona) ([]byte, error) {
	return yaml.Marshal(struct {
		Personas []Persona `yaml:"personas"`
	}{list})
}

// Check tells whether a persona is whole; the error wraps fs.ErrInvalid.
func (p *Persona) Check() error {
	switch {
	case !idShape.MatchString(p.ID):
		return fmt.Errorf("%q is no id of a persona: small letters, digits, _ and -, beginning with a letter (%w)", p.ID, fs.ErrInvalid)
	case strings.TrimSpace(p.Name) == "":
		return fmt.Errorf("persona %s has no name (%w)", p.ID, fs.ErrInvalid)
	case !slices.Contains(Areas, p.Area):
		return fmt.Errorf("persona %s tests %q, which is no area: it is one of %v (%w)", p.ID, p.Area, Areas, fs.ErrInvalid)
	case len(p.Probes) == 0:
		return fmt.Errorf("persona %s makes no probe (%w)", p.ID, fs.ErrInvalid)
	case len(p.Probes) > maxPerPersona || len(p.Skills) > maxPerPersona || len(p.Focus) > maxPerPersona || len(p.Tools) > maxPerPersona:
		return fmt.Errorf("persona %s has more than %d probes, skills, tools or focus areas (%w)", p.ID, maxPerPersona, fs.ErrInvalid)
	case p.Limits.Requests < 0 || p.Limits.Time < 0:
		return fmt.Errorf("persona %s has a limit below zero (%w)", p.ID, fs.ErrInvalid)
	}
	return nil
}
