// Package targets holds what personas are tried on: the shop, whose faults are listed in defects.yaml, and a target on which
// nothing works. What tests the shop never reads the list; only the score of a campaign does.
package targets

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Defect is a fault that the shop can have.
type Defect struct {
	ID    string      `yaml:"id"` // the name of its switch
	Area  agents.Area `yaml:"area"`
	Title string      `yaml:"title"`
	// Probe should find it; Also may see it as well, and is right.
	Probe string   `yaml:"probe"`
	Also  []string `yaml:"also,omitempty"`
	// Where is the shape of the address that it is at; empty: all over the shop.
	Where string `yaml:"where,omitempty"`
	// Says is a part of what a finding of it says, where the page has more of the sort.
	Says string `yaml:"says,omitempty"`
	// Further are more shapes of addresses at which it is seen.
	Further []string `yaml:"further,omitempty"`
	// Needs says what a campaign must have to find it, where that is more than a browser and permission: "tls".
	Needs string `yaml:"needs,omitempty"`
}

//go:embed defects.yaml
var defects []byte

// Defects are all faults of the shop.
func Defects() ([]Defect, error) {
	var list []Defect
	if err := yaml.UnmarshalWithOptions(defects, &list, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("defects.yaml cannot be read: %s", yaml.FormatError(err, false, true))
	}
	return list, nil
}

//go:embed roles.yaml
var roles []byte

// Access is who may do what in the shop.
func Access() (*access.Table, error) { return access.Read(roles) }

// Score is how well a campaign found what was planted.
type Score struct {
	Planted, Found int
	Missed         []Defect
	// Findings are all above info, False those that no planted fault explains.
	Findings int
	False    []campaign.Agreed
}

// Rate of a campaign's findings, by area, against the faults that were switched on. A finding stands for one fault: two
// faults of a sort on one page need two.
func Rate(planted []Defect, findings []campaign.Agreed) map[agents.Area]*Score {
	scores := map[agents.Area]*Score{}
	of := func(area agents.Area) *Score {
		if scores[area] == nil {
			scores[area] = &Score{}
		}
		return scores[area]
	}
	found := assigned(planted, findings)
	for i, d := range planted {
		s := of(d.Area)
		s.Planted++
		if found[i] {
			s.Found++
		} else {
			s.Missed = append(s.Missed, d)
		}
	}
	for _, f := range findings {
		if f.Severity == agents.Info {
			continue
		}
		s := of(f.Area)
		s.Findings++
		if !slices.ContainsFunc(planted, func(d Defect) bool {
			return d.found(f) || slices.Contains(d.Also, f.Probe) && d.at(f)
		}) {
			s.False = append(s.False, f)
		}
	}
	return scores
}

// assigned tells which faults have a finding of their own: a largest matching, by augmenting paths.
func assigned(planted []Defect, findings []campaign.Agreed) []bool {
	of := map[int]int{} // finding -> fault
	var assign func(fault int, seen map[int]bool) bool
	assign = func(fault int, seen map[int]bool) bool {
		for i := range findings {
			if seen[i] || !planted[fault].found(findings[i]) {
				continue
			}
			seen[i] = true
			if other, taken := of[i]; !taken || assign(other, seen) {
				of[i] = fault
				return true
			}
		}
		return false
	}
	found := make([]bool, len(planted))
	for i := range planted {
		found[i] = assign(i, map[int]bool{})
	}
	return found
}

// found tells whether a finding is of the defect.
func (d *Defect) found(f campaign.Agreed) bool {
	return f.Probe == d.Probe && d.at(f) && strings.Contains(f.Text+" "+f.Cause, d.Says)
}

// at tells whether a finding is where the defect is.
func (d *Defect) at(f campaign.Agreed) bool {
	if d.Where == "" {
		return true
	}
	for _, place := range append(slices.Clone(f.Places), f.Where) {
		shape := surface.ShapeOf(place.URL)
		path, _, _ := strings.Cut(shape, "?")
		for _, where := range append([]string{d.Where}, d.Further...) {
			if shape == where || path == where {
				return true
			}
		}
	}
	return false
}
