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

// ParseRequirements reads "ndcg=0.40,mrr=0.5".
func ParseRequirements(text string) (Requirements, error) {
	r := Requirements{}
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if name = strings.TrimSpace(name); err != nil || !(v >= 0 && v <= 1) || !slices.Contains(names, name) {
			return nil, fmt.Errorf("%q is no requirement: write a name and a number from 0 to 1, as ndcg=0.40; the names are %s: %w", part, strings.Join(names, ", "), fs.ErrInvalid)
		}
		r[name] = v
	}
	return r, nil
}

// ErrBelow says that a result does not meet what was required of it.
var ErrBelow = errors.New("the evaluation does not meet what is required")

// Check tells what of the requirements a result does not meet: an error that wraps ErrBelow, or nil. What was not
// measured is not met.
func (r Requirements) Check(result *Result) error {
	var missed []string
	for _, name := range names {
		want, asked := r[name]
		if !asked {
			continue
		}
		switch got := result.value(name); {
		case got == nil:
			missed = append(missed, fmt.Sprintf("%s was not measured, and %.3f is required", name, want))
		case name == "false" && *got > want:
			missed = append(missed, fmt.Sprintf("%s is %.3f, and at most %.3f is required", name, *got, want))
		case name != "false" && *got < want:
			missed = append(missed, fmt.Sprintf("%s is %.3f, and %.3f is required", name, *got, want))
		}
	}
	if len(missed) > 0 {
		return fmt.Errorf("%w: %s", ErrBelow, strings.Join(missed, "; "))
	}
	return nil
}
