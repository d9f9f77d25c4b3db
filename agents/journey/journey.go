// Package journey makes journeys through an application that people have declared: steps in YAML, each a thing that somebody
// does or expects, made in a real browser. What a step names is looked for by its accessible name first, as people call it,
// and as a CSS selector second.
package journey

import (
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"github.com/goccy/go-yaml"
)

// Journey is one way through an application.
type Journey struct {
	Name string `json:"name" yaml:"name"`
	// As is the role of the account that goes it; "" is nobody.
	As    string `json:"as,omitempty" yaml:"as,omitempty"`
	Steps []Step `json:"steps" yaml:"steps"`
}

// Step is one thing to do, or to expect: one of its fields is set.
type Step struct {
	Go     string  `json:"go,omitempty" yaml:"go,omitempty"`       // an address, relative to the target's
	Click  string  `json:"click,omitempty" yaml:"click,omitempty"` // a link or a control
	Fill   *Fill   `json:"fill,omitempty" yaml:"fill,omitempty"`
	Press  string  `json:"press,omitempty" yaml:"press,omitempty"` // a key: Enter, Tab, Escape, Space, Up, Down
	Expect *Expect `json:"expect,omitempty" yaml:"expect,omitempty"`
}

// Fill is a field and what is written into it.
type Fill struct {
	Field string `json:"field" yaml:"field"`
	With  string `json:"with" yaml:"with"`
}

// Expect is what has to be so; all of it.
type Expect struct {
	Text   string `json:"text,omitempty" yaml:"text,omitempty"`       // stands on the page
	NoText string `json:"no_text,omitempty" yaml:"no_text,omitempty"` // does not
	URL    string `json:"url,omitempty" yaml:"url,omitempty"`         // the page's path, or its whole address
	Status int    `json:"status,omitempty" yaml:"status,omitempty"`   // of the page
	Title  string `json:"title,omitempty" yaml:"title,omitempty"`
	State  *State `json:"state,omitempty" yaml:"state,omitempty"`
}

// State is how an element has to be.
type State struct {
	Element string `json:"element" yaml:"element"`
	Is      string `json:"is" yaml:"is"` // one of States
}

// States are what an element can be.
var States = []string{"visible", "hidden", "enabled", "disabled", "checked", "unchecked", "focused"}

// Keys are those that can be pressed.
var Keys = []string{"Enter", "Tab", "Escape", "Space", "Up", "Down"}

// Bounds of declared journeys.
const (
	maxFile     = 256 << 10
	maxJourneys = 100
	maxSteps    = 100
	maxText     = 2000
)

// Read reads journeys from YAML or JSON. The error wraps fs.ErrInvalid and says which journey and step is wrong, and how.
func Read(data []byte) ([]Journey, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("the file of journeys has more than %d bytes (%w)", maxFile, fs.ErrInvalid)
	}
	var file struct {
		Journeys []Journey `yaml:"journeys"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("the file of journeys cannot be read: %s (%w)", yaml.FormatError(err, false, true), fs.ErrInvalid)
	}
	return file.Journeys, Check(file.Journeys)
}

// Write writes journeys as Read reads them.
func Write(list []Journey) ([]byte, error) {
	return yaml.Marshal(struct {
		Journeys []Journey `yaml:"journeys"`
	}{list})
}

// Example is a journey as people write one.
const Example = `journeys:
  - name: Find a lamp
    steps:
      - go: /
      - fill: {field: Search, with: lamp}
      - press: Enter
      - expect: {text: Brass lamp, status: 200}
`

// Check tells whether journeys are whole; the error wraps fs.ErrInvalid.
func Check(list []Journey) error {
	if len(list) > maxJourneys {
		return fmt.Errorf("there are %d journeys, more than %d (%w)", len(list), maxJourneys, fs.ErrInvalid)
	}
	names := map[string]bool{}
	for i := range list {
		j := &list[i]
		switch {
		case strings.TrimSpace(j.Name) == "":
			return fmt.Errorf("journey %d has no name (%w)", i+1, fs.ErrInvalid)
		case len(j.Name) > maxText:
			return fmt.Errorf("the name of journey %d is longer than %d characters (%w)", i+1, maxText, fs.ErrInvalid)
		case names[j.Name]:
			return fmt.Errorf("two journeys are called %q (%w)", j.Name, fs.ErrInvalid)
		case len(j.Steps) == 0 || len(j.Steps) > maxSteps:
			return fmt.Errorf("journey %q has %d steps: it needs 1 to %d (%w)", j.Name, len(j.Steps), maxSteps, fs.ErrInvalid)
		case j.Steps[0].Go == "":
			return fmt.Errorf("journey %q does not begin with an address to go to (%w)", j.Name, fs.ErrInvalid)
		}
		names[j.Name] = true
		for n := range j.Steps {
			if err := j.Steps[n].check(); err != nil {
				return fmt.Errorf("journey %q, step %d: %w (%w)", j.Name, n+1, err, fs.ErrInvalid)
			}
		}
	}
	return nil
}

func (s *Step) check() error {
	set := 0
	for _, text := range []string{s.Go, s.Click, s.Press} {
		if text != "" {
			set++
		}
		if len(text) > maxText {
			return fmt.Errorf("a text is longer than %d characters", maxText)
		}
	}
	if s.Fill != nil {
		set++
		if s.Fill.Field == "" || len(s.Fill.Field) > maxText || len(s.Fill.With) > maxText {
			return fmt.Errorf("fill names a field, and takes at most %d characters", maxText)
		}
	}
	if s.Expect != nil {
		set++
		if err := s.Expect.check(); err != nil {
			return err
		}
	}
	if set != 1 {
		return fmt.Errorf("a step is one of go, click, fill, press and expect, and this is %d of them", set)
	}
	if s.Go != "" {
		u, err := url.Parse(s.Go)
		if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%q is no address of a page", s.Go)
		}
	}
	if s.Press != "" && !contains(Keys, s.Press) {
		return fmt.Errorf("%q is no key that can be pressed: it is one of %s", s.Press, strings.Join(Keys, ", "))
	}
	return nil
}

func (e *Expect) check() error {
	switch {
	case *e == Expect{}:
		return fmt.Errorf("expect says nothing: name a text, url, status, title or state")
	case len(e.Text)+len(e.NoText)+len(e.URL)+len(e.Title) > maxText:
		return fmt.Errorf("expect is longer than %d characters", maxText)
	case e.Status != 0 && (e.Status < 100 || e.Status > 599):
		return fmt.Errorf("%d is no status of an answer", e.Status)
	case e.State != nil && (e.State.Element == "" || !contains(States, e.State.Is)):
		return fmt.Errorf("state names an element, and is one of %s", strings.Join(States, ", "))
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// String is a step in words.
func (s Step) String() string {
	switch {
	case s.Go != "":
		return "go to " + s.Go
	case s.Click != "":
		return fmt.Sprintf("click %q", s.Click)
	case s.Fill != nil:
		return fmt.Sprintf("fill %q", s.Fill.Field) // what is written may be a secret
	case s.Press != "":
		return "press " + s.Press
	}
	var parts []string
	e := s.Expect
	for _, p := range []struct{ word, text string }{{"the text", e.Text}, {"not the text", e.NoText}, {"the address", e.URL}, {"the title", e.Title}} {
		if p.text != "" {
			parts = append(parts, fmt.Sprintf("%s %q", p.word, p.text))
		}
	}
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("status %d", e.Status))
	}
	if e.State != nil {
		parts = append(parts, fmt.Sprintf("%q to be %s", e.State.Element, e.State.Is))
	}
	return "expect " + strings.Join(parts, " and ")
}
