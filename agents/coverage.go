package agents

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Count is how much of what applies was really tested: pairs of a probe and an item. What was not allowed or not possible
// stays in the denominator, so a campaign that was only let read cannot claim to have tested security.
type Count struct {
	Applicable int `json:"applicable"`
	Executed   int `json:"executed"` // passed and failed
	Passed     int `json:"passed"`
	Failed     int `json:"failed"`
	NotTested  int `json:"not_tested"`
	Blocked    int `json:"blocked"`
	// Reasons say why what was not executed was not, and how often.
	Reasons map[string]int `json:"reasons,omitempty"`
}

// Add counts an outcome.
func (c *Count) Add(o Outcome) {
	c.Applicable++
	switch o.Verdict {
	case Passed:
		c.Passed++
		c.Executed++
		return
	case Failed:
		c.Failed++
		c.Executed++
		return
	case NotTested:
		c.NotTested++
	default:
		c.Blocked++
	}
	if c.Reasons == nil {
		c.Reasons = map[string]int{}
	}
	c.Reasons[o.Reason]++
}

// Share is executed of applicable, from 0 to 1; nothing applicable is nothing tested: 0.
func (c *Count) Share() float64 {
	if c.Applicable == 0 {
		return 0
	}
	return float64(c.Executed) / float64(c.Applicable)
}

// Requirements are the coverage that a campaign has to reach, by area.
type Requirements map[Area]float64

// ParseRequirements reads "functional=0.95,security=0.90"; the error wraps fs.ErrInvalid.
func ParseRequirements(text string) (Requirements, error) {
	list := Requirements{}
	if strings.TrimSpace(text) == "" {
		return list, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		area := Area(strings.TrimSpace(name))
		if !ok || !slices.Contains(Areas, area) {
			return nil, fmt.Errorf("%q is no requirement: write area=share, such as security=0.90; areas are %v (%w)", part, Areas, fs.ErrInvalid)
		}
		share, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(share >= 0 && share <= 1) {
			return nil, fmt.Errorf("%q is no share: it is a number from 0 to 1 (%w)", value, fs.ErrInvalid)
		}
		if _, twice := list[area]; twice {
			return nil, fmt.Errorf("%s is required twice (%w)", area, fs.ErrInvalid)
		}
		list[area] = share
	}
	return list, nil
}

// Gate is a requirement and what became of it.
type Gate struct {
	Area     Area    `json:"area"`
	Required float64 `json:"required"`
	Reached  float64 `json:"reached"`
	Executed int     `json:"executed"`
	Of       int     `json:"of"`
	Met      bool    `json:"met"`
}

// Check compares what was required with what was reached, in the order of the areas.
func (r Requirements) Check(counts map[Area]*Count) []Gate {
	var gates []Gate
	for _, area := range Areas {
		required, ok := r[area]
		if !ok {
			continue
		}
		c := counts[area]
		if c == nil {
			c = &Count{}
		}
		gates = append(gates, Gate{Area: area, Required: required, Reached: c.Share(), Executed: c.Executed, Of: c.Applicable, Met: c.Share() >= required && (c.Applicable > 0 || required == 0)})
	}
	return gates
}

// String writes requirements as ParseRequirements reads them.
func (r Requirements) String() string {
	var parts []string
	for _, area := range slices.SortedFunc(maps.Keys(r), func(a, b Area) int { return slices.Index(Areas, a) - slices.Index(Areas, b) }) {
		parts = append(parts, string(area)+"="+strconv.FormatFloat(r[area], 'f', -1, 64))
	}
	return strings.Join(parts, ",")
}
