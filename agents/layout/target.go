package layout

import (
	"math"

	"github.com/atelier-studio/atelier/agents/browser"
)

// least is how large a target has to be (WCAG 2.5.8), in CSS pixels.
const least = 24

// Target is something that people point at.
type Target struct {
	browser.Part
	// Area is what reacts: with labels, and with what stands in it.
	Area browser.Box `json:"area"`
	// Inline tells that it stands in a line with other words; Native, that its size is the browser's own.
	Inline bool   `json:"inline"`
	Native bool   `json:"native"`
	Link   string `json:"link"` // where it leads
	Pinned bool   `json:"pinned"`
	Inside []int  `json:"inside"` // targets that it is in, or that are in it
}

// Small is a target that is too small and too close to another.
type Small struct {
	Target
	// To is the target that is too close to it; Distance is from the middle of the small one.
	To       browser.Part
	Distance float64
}

// SmallTargets are those that WCAG 2.5.8 does not allow: smaller than 24 by 24, and none of its exceptions holds. Spacing:
// a circle of 24 around its middle meets neither another target nor the circle of another small one. Inline: it stands in
// a line of text. User agent: its size is the browser's. Equivalent: a target that is large enough leads to the same place.
func SmallTargets(targets []Target) []Small {
	large := map[string]bool{}
	for i := range targets {
		if targets[i].Link != "" && !small(&targets[i]) {
			large[targets[i].Link] = true
		}
	}
	var list []Small
	for i := range targets {
		t := &targets[i]
		if !small(t) || t.Inline || t.Native || t.Link != "" && large[t.Link] {
			continue
		}
		if to, distance, close := tooClose(targets, i); close {
			list = append(list, Small{Target: *t, To: to.Part, Distance: distance})
		}
	}
	return list
}

func small(t *Target) bool {
	const rounding = 0.05
	return t.Area.W < least-rounding || t.Area.H < least-rounding
}

// tooClose finds the target that the circle around the ith meets.
func tooClose(targets []Target, i int) (to *Target, distance float64, close bool) {
	const rounding = 0.05
	t := &targets[i]
	x, y := middle(t.Area)
	related := map[int]bool{i: true}
	for _, n := range t.Inside {
		related[n] = true
	}
	for n := range targets {
		other := &targets[n]
		if related[n] || t.Link != "" && other.Link == t.Link || other.Pinned != t.Pinned {
			continue
		}
		away, enough := fromBox(x, y, other.Area), least/2.0
		if away >= enough-rounding && small(other) && !other.Inline {
			ox, oy := middle(other.Area)
			away, enough = math.Hypot(ox-x, oy-y), least
		}
		if away < enough-rounding {
			return other, away, true
		}
	}
	return nil, 0, false
}

func middle(b browser.Box) (x, y float64) { return b.X + b.W/2, b.Y + b.H/2 }

// fromBox is how far a point is from a box; 0 in it.
func fromBox(x, y float64, b browser.Box) float64 {
	dx := max(b.X-x, 0, x-b.X-b.W)
	dy := max(b.Y-y, 0, y-b.Y-b.H)
	return math.Hypot(dx, dy)
}
