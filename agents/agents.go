// Package agents holds the words of testing: personas, the probes that they make, what a probe finds, and how much of a
// target was really looked at.
//
// A persona is data: who it is, what it is good at, and which probes it makes. A probe is code: one check, with its rule,
// what it needs and what evidence it keeps. Honesty is the rule of the house: a probe answers pass, fail, not tested or
// blocked, and what could not be done is never a pass.
//
// Around it stand packages with one task each: wire (reaching the target and nothing else), browser, surface (what was
// discovered) and discover (what finds it), probes (the checks), campaign (pool and coordinator), report.
package agents

import (
	"fmt"
	"io/fs"
	"strings"
)

// Area is a field that coverage is counted in.
type Area string

// The areas.
const (
	Functional    Area = "functional"
	Security      Area = "security"
	Performance   Area = "performance"
	Usability     Area = "usability"
	Compatibility Area = "compatibility"
	Reliability   Area = "reliability"
	Data          Area = "data"
	Compliance    Area = "compliance"
	Operations    Area = "operations"
)

// Areas are all areas, in the order of reports.
var Areas = []Area{Functional, Security, Performance, Usability, Compatibility, Reliability, Data, Compliance, Operations}

// Severity is how bad a finding is.
type Severity int

// The severities. Info is no fault: it says what somebody may want to know.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severities = [...]string{"info", "low", "medium", "high", "critical"}

func (s Severity) String() string {
	if s < Info || s > Critical {
		return fmt.Sprintf("severity %d", int(s))
	}
	return severities[s]
}

// MarshalText writes a severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word of a severity; the error wraps fs.ErrInvalid.
func (s *Severity) UnmarshalText(text []byte) error {
	for i, word := range severities {
		if string(text) == word {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no severity: it is one of %s (%w)", text, strings.Join(severities[:], ", "), fs.ErrInvalid)
}

// Verdict is what a probe says of one item.
type Verdict string

// The verdicts.
const (
	Passed    Verdict = "pass"
	Failed    Verdict = "fail"
	NotTested Verdict = "not tested" // it was not tried: not allowed, no browser, no account, no budget
	Blocked   Verdict = "blocked"    // it was tried, and something stood in the way: a time-out, an error, a crash
)

// Needs is what a probe cannot do without.
type Needs uint8

// What probes need. One that needs nothing reads what discovery and visits have kept, and sends nothing by itself.
const (
	NeedsHTTP      Needs = 1 << iota // sends requests that change nothing
	NeedsBrowser                     // a browser
	NeedsIntrusive                   // permission to send what may change or break something
	NeedsAccount                     // an account to sign in with
	NeedsSecond                      // a second account
	NeedsModel                       // a language model
	NeedsBaseline                    // an earlier campaign on the same target
)

// Has tells whether all of what is needed.
func (n Needs) Has(what Needs) bool { return n&what == what }

// Words names what is needed, for people.
func (n Needs) Words() []string {
	var list []string
	for _, need := range []struct {
		of   Needs
		word string
	}{{NeedsHTTP, "HTTP"}, {NeedsBrowser, "browser"}, {NeedsIntrusive, "intrusive"}, {NeedsAccount, "account"}, {NeedsSecond, "second account"}, {NeedsModel, "model"}, {NeedsBaseline, "earlier campaign"}} {
		if n.Has(need.of) {
			list = append(list, need.word)
		}
	}
	if len(list) == 0 {
		return []string{"nothing"}
	}
	return list
}
