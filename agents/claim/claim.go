// Package claim holds what a language model claims about an application, as checks that a machine makes.
//
// What a model says counts for nothing by itself. It may lead somewhere (steps that were made and can be made again), point
// at something (numbers that belong together), or quote somebody (a sentence of a specification). Whether something is wrong
// there is decided here, by rules that the model cannot bend.
package claim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Norm is the rule by which a claim is judged.
type Norm string

// The norms. The first four need nobody's word: the application breaks them wherever the steps lead.
const (
	ServerError Norm = "server error" // the last step makes the server answer 500 or worse
	MissingPage Norm = "missing page" // the last step follows a control to a page that is not there
	ScriptError Norm = "script error" // the last step makes a script fail, and nobody catches it
	RawValue    Norm = "raw value"    // after the last step the page shows NaN, undefined or the like
	Specified   Norm = "specified"    // what a person's specification says, word for word, is not so
	Noticed     Norm = "noticed"      // what the model expected, after words of the page, is not so: something to look at
)

var norms = []Norm{ServerError, MissingPage, ScriptError, RawValue, Specified, Noticed}

// Words tells whether a norm rests on somebody's words.
func (n Norm) Words() bool { return n == Specified || n == Noticed }

// Claim is a way through the application at whose end a norm is broken.
type Claim struct {
	Persona string         `json:"persona"`
	As      string         `json:"as,omitempty"` // the account
	Goal    string         `json:"goal,omitempty"`
	Steps   []journey.Step `json:"steps"` // as they were made
	Norm    Norm           `json:"norm"`
	// Text has to stand on the page at the end, NoText must not: one of them, with the norms that rest on words.
	Text   string `json:"text,omitempty"`
	NoText string `json:"no_text,omitempty"`
	// Quote is what it rests on, word for word; Why is the model's explanation.
	Quote string `json:"quote,omitempty"`
	Why   string `json:"why,omitempty"`
	// Changes allows the steps to send what may change something.
	Changes bool `json:"changes,omitempty"`
}

// Rule is a relation between numbers of a page.
type Rule struct {
	Persona  string         `json:"persona"`
	As       string         `json:"as,omitempty"`
	Steps    []journey.Step `json:"steps"` // to the page
	Relation Relation       `json:"relation"`
	// Parts and Whole are CSS selectors of elements with one number each.
	Parts []string `json:"parts"`
	Whole string   `json:"whole"`
	// Field is one that changes the numbers; "" when nothing does.
	Field   string `json:"field,omitempty"`
	Why     string `json:"why,omitempty"`
	Changes bool   `json:"changes,omitempty"`
}

// Relation says what the parts have to do with the whole.
type Relation string

// The relations.
const (
	Sum     Relation = "sum"
	Product Relation = "product"
	Count   Relation = "count"
)

// Sample is a request whose answer a description or a specification foretells.
type Sample struct {
	Method string `json:"method"`
	Path   string `json:"path"` // with its query
	As     string `json:"as,omitempty"`
	Body   string `json:"body,omitempty"` // JSON
	// Want is the class of the status: 2 or 4.
	Want  int    `json:"want"`
	Quote string `json:"quote"`
	Why   string `json:"why,omitempty"`
}

// Book is all that was claimed and can be tried.
type Book struct {
	Claims  []Claim  `json:"claims,omitempty"`
	Rules   []Rule   `json:"rules,omitempty"`
	Samples []Sample `json:"samples,omitempty"`
}

// Bounds of a book.
const (
	MaxSteps   = 40
	MaxClaims  = 60
	MaxRules   = 12
	MaxSamples = 60
	MaxParts   = 40
	maxWords   = 1000
)

// Check tells whether everything in a book can be tried; the error wraps fs.ErrInvalid. It is asked before anything of a
// book is made, wherever the book comes from.
func (b *Book) Check(scope *wire.Scope) error {
	if len(b.Claims) > MaxClaims || len(b.Rules) > MaxRules || len(b.Samples) > MaxSamples {
		return fmt.Errorf("there are more than %d claims, %d rules or %d requests (%w)", MaxClaims, MaxRules, MaxSamples, fs.ErrInvalid)
	}
	for i := range b.Claims {
		if err := b.Claims[i].Check(scope); err != nil {
			return err
		}
	}
	for i := range b.Rules {
		if err := b.Rules[i].Check(scope); err != nil {
			return err
		}
	}
	for i := range b.Samples {
		if err := b.Samples[i].Check(scope); err != nil {
			return err
		}
	}
	return nil
}

// Check tells whether a claim can be tried.
func (c *Claim) Check(scope *wire.Scope) error {
	switch {
	case !slices.Contains(norms, c.Norm):
		return bad("%q is no norm", c.Norm)
	case c.Norm.Words() && (c.Text == "") == (c.NoText == ""):
		return bad("a claim names a text that has to be there, or one that must not")
	case c.Norm.Words() && strings.TrimSpace(c.Quote) == "":
		return bad("a claim quotes nothing")
	case len(c.Text)+len(c.NoText) > maxWords || len(c.Quote) > maxWords || len(c.Why) > maxWords || len(c.Goal) > maxWords:
		return bad("a claim has more than %d characters of words", maxWords)
	}
	return checkSteps(c.Steps, scope)
}

// Check tells whether a rule can be tried.
func (r *Rule) Check(scope *wire.Scope) error {
	switch {
	case r.Relation != Sum && r.Relation != Product && r.Relation != Count:
		return bad("%q is no relation", r.Relation)
	case r.Whole == "" || len(r.Parts) == 0 || len(r.Parts) > MaxParts:
		return bad("a rule has a whole, and 1 to %d parts", MaxParts)
	case slices.Contains(r.Parts, r.Whole):
		return bad("the whole is one of its parts")
	case r.Relation == Product && len(r.Parts) != 2:
		return bad("a product has two parts")
	case len(r.Why) > maxWords:
		return bad("a rule has more than %d characters of words", maxWords)
	}
	for _, selector := range append([]string{r.Whole, r.Field}, r.Parts...) {
		if len(selector) > maxWords {
			return bad("a selector has more than %d characters", maxWords)
		}
	}
	return checkSteps(r.Steps, scope)
}

// checkSteps holds steps to what every journey is held to, and to the scope.
func checkSteps(steps []journey.Step, scope *wire.Scope) error {
	if len(steps) > MaxSteps {
		return bad("there are more than %d steps", MaxSteps)
	}
	for _, s := range steps {
		if s.Go == "" {
			continue
		}
		to, err := scope.Target().Parse(s.Go)
		if err != nil || !scope.Allows(to) {
			return bad("%s does not belong to the target", s.Go)
		}
	}
	return journey.Check([]journey.Journey{{Name: "claim", Steps: steps}})
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%s (%w)", fmt.Sprintf(format, args...), fs.ErrInvalid)
}

// Journey is a claim as people could declare it: its steps, and for norms that rest on words what is expected at the end.
func (c *Claim) Journey() journey.Journey {
	j := journey.Journey{Name: c.Name(), Steps: slices.Clone(c.Steps)}
	if c.Norm.Words() {
		j.Steps = append(j.Steps, journey.Step{Expect: &journey.Expect{Text: c.Text, NoText: c.NoText}})
	}
	return j
}

// Name stays the same as long as the claim does.
func (c *Claim) Name() string { return name(string(c.Norm), c.Steps, c.As, c.Text, c.NoText) }

// Name stays the same as long as the rule does.
func (r *Rule) Name() string {
	return name(string(r.Relation), r.Steps, append([]string{r.As, r.Whole, r.Field}, r.Parts...)...)
}

// Name stays the same as long as the request does.
func (s *Sample) Name() string { return s.Method + " " + s.Path + " " + name("", nil, s.As, s.Body) }

func name(kind string, steps []journey.Step, more ...string) string {
	data, err := json.Marshal(struct {
		Steps []journey.Step
		More  []string
	}{steps, more})
	if err != nil {
		return kind
	}
	sum := sha256.Sum256(data)
	return strings.TrimSpace(kind + " " + hex.EncodeToString(sum[:6]))
}

// Start is the address at which steps begin.
func Start(target *url.URL, steps []journey.Step) string {
	if len(steps) > 0 && steps[0].Go != "" {
		if u, err := target.Parse(steps[0].Go); err == nil {
			return u.String()
		}
	}
	return target.String()
}

// Add takes a claim into the book, unless it is there or the book is full.
func (b *Book) Add(c Claim) bool {
	if len(b.Claims) >= MaxClaims || slices.ContainsFunc(b.Claims, func(o Claim) bool { return o.Name() == c.Name() }) {
		return false
	}
	b.Claims = append(b.Claims, c)
	return true
}

// Quotes tells whether a text holds a quotation word for word, however white space is set.
func Quotes(text, quote string) bool {
	quote = Fold(quote)
	return quote != "" && strings.Contains(Fold(text), quote)
}

// Fold is a text with its white space made one.
func Fold(s string) string { return strings.Join(strings.Fields(s), " ") }
