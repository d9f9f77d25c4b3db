package agents

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Finding is one fault, or one thing to know. What has one cause is one finding, however many places show it.
type Finding struct {
	Probe    string   `json:"probe"`
	Title    string   `json:"title"`
	Severity Severity `json:"severity"`
	// Text says in a sentence or two what was seen and what it means.
	Text  string `json:"text"`
	Where Place  `json:"where"`
	// Cause names what has to be changed to mend it: findings of one probe and one cause are one. Empty: the shape of
	// the place's address, its parameter and its element.
	Cause string `json:"cause,omitempty"`
	// Printed is its print where that cannot be told any more of what is left of it: secrets were taken out of it.
	Printed  string     `json:"print,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
	Advice   string     `json:"advice,omitempty"`
	// Vector is a CVSS 3.1 base vector where one applies.
	Vector     string   `json:"vector,omitempty"`
	References []string `json:"references,omitempty"`
}

// Place is where a finding is.
type Place struct {
	URL       string `json:"url"`
	Method    string `json:"method,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Element   string `json:"element,omitempty"` // a CSS selector, or a tag
	Line      int    `json:"line,omitempty"`
	As        string `json:"as,omitempty"` // the account that saw it
}

// Evidence is what shows a finding to somebody who does not believe it.
type Evidence struct {
	Name string `json:"name"`
	// One of these.
	Exchange *wire.Exchange `json:"exchange,omitempty"`
	Text     string         `json:"text,omitempty"` // an excerpt, a stack, a list
	Picture  []byte         `json:"picture,omitempty"`
	Kept     string         `json:"kept,omitempty"` // names the picture, where it is kept apart from the finding
	Rows     [][]string     `json:"rows,omitempty"` // a table; its first row is the head
	// Kind tells independent kinds of evidence apart: http, browser, timing, callback, document.
	Kind EvidenceKind `json:"kind"`
}

// EvidenceKind is how evidence came about.
type EvidenceKind string

// The kinds of evidence.
const (
	ByHTTP     EvidenceKind = "http"
	ByBrowser  EvidenceKind = "browser"
	ByTiming   EvidenceKind = "timing"
	ByCallback EvidenceKind = "callback"
	ByReading  EvidenceKind = "reading"
)

// Print is the fingerprint of a finding: the same for the same cause, in every campaign on the target.
func (f *Finding) Print() string {
	if f.Printed != "" {
		return f.Printed
	}
	sum := sha256.Sum256([]byte(f.Probe + "\x00" + f.Root()))
	return hex.EncodeToString(sum[:8])
}

// Root is the finding's cause, or what stands for it where none is said.
func (f *Finding) Root() string {
	if f.Cause != "" {
		return f.Cause
	}
	return strings.Join([]string{surface.ShapeOf(f.Where.URL), f.Where.Parameter, f.Where.Element}, "|")
}

// Exchanged is evidence of a request and its answer.
func Exchanged(name string, x *wire.Exchange) Evidence {
	return Evidence{Name: name, Exchange: x, Kind: ByHTTP}
}

// Excerpt is evidence of a text.
func Excerpt(name, text string) Evidence {
	const longest = 4000
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return Evidence{Name: name, Text: text, Kind: ByReading}
}

// Table is evidence in rows; the first is the head.
func Table(name string, kind EvidenceKind, rows ...[]string) Evidence {
	return Evidence{Name: name, Rows: rows, Kind: kind}
}

// Steps are evidence of what was done step by step: a table, and pictures of so many of the last steps, which tell most.
func Steps(done []journey.Done, pictures int) []Evidence {
	rows := [][]string{{"step", "what", "on", "outcome"}}
	for i, s := range done {
		outcome := s.Fault
		if outcome == "" {
			outcome = "done"
		}
		rows = append(rows, []string{strconv.Itoa(i + 1), s.Step, s.URL, outcome})
	}
	list := []Evidence{Table("steps", ByBrowser, rows...)}
	for i := max(0, len(done)-pictures); i < len(done); i++ {
		list = append(list, Shot(fmt.Sprintf("step %d: %s", i+1, done[i].Step), done[i].Picture))
	}
	return list
}

// Shot is evidence of a picture (PNG).
func Shot(name string, picture []byte) Evidence {
	return Evidence{Name: name, Picture: picture, Kind: ByBrowser}
}
