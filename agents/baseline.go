package agents

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents/surface"
)

// Baseline is what a campaign leaves for the next one on the same target, to be compared with: what was there and what was
// found, without the bodies of answers. The campaign package makes it of a result.
type Baseline struct {
	At time.Time `json:"at"`
	// Surface has no bodies, no links and no assets.
	Surface  *surface.Surface `json:"surface"`
	Findings []Finding        `json:"findings"` // without evidence
	// Fixed are the prints of findings that a campaign found and a later one, which looked again, did not any more.
	Fixed map[string]time.Time `json:"fixed,omitempty"`
	// Executed is how many cases of a probe were executed: what was not looked for cannot be new.
	Executed map[string]int `json:"executed,omitempty"`
	// Seen are its pages, by their keys.
	Seen map[string]Seen `json:"seen,omitempty"`
	// Metrics are those of the last campaigns, the newest at the end, by the page's key and the name of the metric.
	Metrics map[string][]float64 `json:"metrics,omitempty"`
}

// Seen is what a page looked like.
type Seen struct {
	Status  int      `json:"status"`
	Title   string   `json:"title"`
	Heads   []string `json:"heads,omitempty"`   // its h1
	Nav     []string `json:"nav,omitempty"`     // the words of its navigation
	Picture []byte   `json:"picture,omitempty"` // PNG of what is seen without scrolling, 1280 by 800
}

// MaxBaseline bounds a baseline as JSON, in bytes.
const MaxBaseline = 16 << 20

// Metric is the key of a metric of a page.
func Metric(page, name string) string { return page + " " + name }

// Encode writes a baseline as JSON. One that is too large loses pictures, the largest first.
func (b *Baseline) Encode() ([]byte, error) {
	small := *b
	small.Seen = maps.Clone(b.Seen)
	bySize := slices.SortedFunc(maps.Keys(small.Seen), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(small.Seen[y].Picture), len(small.Seen[x].Picture)), cmp.Compare(x, y))
	})
	for {
		data, err := json.Marshal(&small)
		if err != nil {
			return nil, err
		}
		over := len(data) - MaxBaseline
		if over <= 0 {
			return data, nil
		}
		if len(bySize) == 0 || len(small.Seen[bySize[0]].Picture) == 0 {
			return nil, fmt.Errorf("what the campaign leaves for the next has %d bytes without its pictures, more than %d (%w)", len(data), MaxBaseline, fs.ErrInvalid)
		}
		for over > 0 && len(bySize) > 0 {
			seen := small.Seen[bySize[0]]
			over -= len(seen.Picture)
			seen.Picture = nil
			small.Seen[bySize[0]] = seen
			bySize = bySize[1:]
		}
	}
}

// DecodeBaseline reads what Encode wrote; the error wraps fs.ErrInvalid.
func DecodeBaseline(data []byte) (*Baseline, error) {
	if len(data) > MaxBaseline {
		return nil, fmt.Errorf("the earlier campaign's pages have more than %d bytes (%w)", MaxBaseline, fs.ErrInvalid)
	}
	b := &Baseline{}
	if err := json.Unmarshal(data, b); err != nil {
		return nil, fmt.Errorf("the earlier campaign cannot be read: %w (%w)", err, fs.ErrInvalid)
	}
	if b.Surface == nil {
		return nil, fmt.Errorf("the earlier campaign has no pages (%w)", fs.ErrInvalid)
	}
	return b, nil
}
