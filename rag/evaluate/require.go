package evaluate

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Names of what can be required of a result; false is a share that must not be above what is required.
var names = []string{"ndcg", "recall10", "recall50", "mrr", "auroc", "kept", "false", "supported"}

func (r *Result) value(name string) *float64 {
	return map[string]*float64{
		"ndcg": r.NDCG, "recall10": r.Recall10, "recall50": r.Recall50, "mrr": r.MRR, "auroc": r.AUROC, "kept": r.Kept, "false": r.False,
		"supported": r.Supported,
	}[name]
}

// Requirements are the least (of "false": the most) that a result must have, by name.
type Requirements map[string]float64

// ParseRequirements reads "ndcg=0.40,mrr=0.5"; recall alone is recall50.
func ParseRequirements(text string) (Requirements, error) {
	r := Requirements{}
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if name = strings.TrimSpace(name); name == "recall" {
			name = "recall50"
		}
		if err != nil || !(v >= 0 && v <= 1) || !slices.Contains(names, name) {
			return nil, fmt.Errorf("%q is no requirement: write a name and a number from 0 to 1, as ndcg=0.40; the names are %s: %w", part, strings.Join(names, ", "), fs.ErrInvalid)
		}
		r[name] = v
	}
	return r, nil
}

// ErrBelow says that a result does not meet what was required of it.
var ErrBelow = errors.New("the evaluation does not meet what is required")

// Missed are the names of the requirements that a result does not meet. What was not measured is not met.
func (r Requirements) Missed(result *Result) []string {
	var missed []string
	for _, name := range names {
		want, asked := r[name]
		if got := result.value(name); asked && (got == nil || name == "false" && *got > want || name != "false" && *got < want) {
			missed = append(missed, name)
		}
	}
	return missed
}

// Measured calls each with every name that can be required and what was measured of it, nil where it was not.
func (r *Result) Measured(each func(name string, value *float64)) {
	for _, name := range names {
		each(name, r.value(name))
	}
}

// Check tells what of the requirements a result does not meet: an error that wraps ErrBelow, or nil. What was not
// measured is not met.
func (r Requirements) Check(result *Result) error {
	var texts []string
	for _, name := range r.Missed(result) {
		switch got, want := result.value(name), r[name]; {
		case got == nil:
			texts = append(texts, fmt.Sprintf("%s was not measured, and %.3f is required", name, want))
		case name == "false":
			texts = append(texts, fmt.Sprintf("%s is %.3f, and at most %.3f is required", name, *got, want))
		default:
			texts = append(texts, fmt.Sprintf("%s is %.3f, and %.3f is required", name, *got, want))
		}
	}
	if len(texts) > 0 {
		return fmt.Errorf("%w: %s", ErrBelow, strings.Join(texts, "; "))
	}
	return nil
}
