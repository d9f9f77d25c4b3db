package agents

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents/surface"
)

// Probe is one check.
type Probe struct {
	ID    string
	Title string // what is wrong where it fails: "Session cookie that scripts can read"
	// Decides is the rule, Keeps the evidence, Advice what to do about it; sentences for people.
	Decides string
	Keeps   string
	Advice  string
	Needs   Needs
	// Severity is that of its findings, as long as one does not say another.
	Severity Severity
	// Vector is a CVSS 3.1 base vector where one applies; Severity is its rating then.
	Vector     string
	References []string // CWE-79, WCAG 2.4.3, WSTG-INPV-01, …
	// Skills are those that help with it: personas with them are given it, and take it over from others.
	Skills []string
	// Last lets it be made after all others are confirmed, to read what they found. Its own findings are not confirmed.
	Last bool
	// Time is how long a case may take where that is longer than usual; 0: as usual. Once lets a case that takes long, and
	// comes out the same each time, be made only once.
	// Timed lets it be confirmed while nothing else is asked for, as all of the area of performance are: it compares times.
	Time  time.Duration
	Timed bool
	Once  bool
	Check Check
}

// Check decides. Each makes one of a function.
type Check interface {
	// Items are those of a surface that the check applies to: the denominator of coverage.
	Items(s *surface.Surface) []surface.Item
	// Run checks one item. It returns when ctx is done, with Blocked.
	Run(ctx context.Context, lab *Lab, item surface.Item) Outcome
}

// Each makes a check of one function over items of one sort; from picks those that it applies to.
func Each[T surface.Item](from func(*surface.Surface) []T, run func(context.Context, *Lab, T) Outcome) Check {
	return each[T]{from, run}
}

// Whole makes a check of the target as a whole.
func Whole(run func(context.Context, *Lab) Outcome) Check {
	return each[*surface.Site]{
		func(s *surface.Surface) []*surface.Site { return []*surface.Site{{Target: s.Target}} },
		func(ctx context.Context, lab *Lab, _ *surface.Site) Outcome { return run(ctx, lab) },
	}
}

// WholeIf is Whole for targets to which it applies.
func WholeIf(applies func(*surface.Surface) bool, run func(context.Context, *Lab) Outcome) Check {
	return each[*surface.Site]{
		func(s *surface.Surface) []*surface.Site {
			if !applies(s) {
				return nil
			}
			return []*surface.Site{{Target: s.Target}}
		},
		func(ctx context.Context, lab *Lab, _ *surface.Site) Outcome { return run(ctx, lab) },
	}
}

type each[T surface.Item] struct {
	from func(*surface.Surface) []T
	run  func(context.Context, *Lab, T) Outcome
}

func (c each[T]) Items(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, item := range c.from(s) {
		list = append(list, item)
	}
	return list
}

func (c each[T]) Run(ctx context.Context, lab *Lab, item surface.Item) Outcome {
	of, ok := item.(T)
	if !ok {
		return Block("the item %s is none that this probe knows", item.Key())
	}
	return c.run(ctx, lab, of)
}

// Outcome is what a probe says of one item.
type Outcome struct {
	Verdict  Verdict   `json:"verdict"`
	Reason   string    `json:"reason,omitempty"` // of not tested and blocked
	Saw      string    `json:"saw,omitempty"`    // what was seen in few words, where people want to know it of a pass, too
	Findings []Finding `json:"findings,omitempty"`
}

// Pass says that nothing is wrong.
func Pass() Outcome { return Outcome{Verdict: Passed} }

// Fail says what is wrong; without findings it is a pass.
func Fail(findings ...Finding) Outcome {
	if len(findings) == 0 {
		return Pass()
	}
	return Outcome{Verdict: Failed, Findings: findings}
}

// Skip says why it was not tested.
func Skip(reason string, args ...any) Outcome {
	return Outcome{Verdict: NotTested, Reason: fmt.Sprintf(reason, args...)}
}

// Block says what stood in the way.
func Block(reason string, args ...any) Outcome {
	return Outcome{Verdict: Blocked, Reason: fmt.Sprintf(reason, args...)}
}

// BlockOn is Block with an error as the reason.
func BlockOn(err error) Outcome { return Block("%v", err) }
