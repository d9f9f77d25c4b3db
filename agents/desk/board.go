package desk

import (
	"maps"
	"slices"
	"sync"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// Board is what people watch while a campaign works.
type Board struct {
	campaign.Snapshot
	At string `json:"at,omitempty"` // the address that is discovered
	// Views count the pictures of what personas looked at, by persona: another number is another picture.
	Views map[string]int `json:"views,omitempty"`
	// Recent is what was found last, still to be confirmed, the newest first.
	Recent []Recent `json:"recent,omitempty"`
	// Note says what of a wish could not be done.
	Note string `json:"note,omitempty"`
}

// Recent is a finding as the board shows it.
type Recent struct {
	Persona  string          `json:"persona"`
	Probe    string          `json:"probe"`
	Severity agents.Severity `json:"severity"`
	Title    string          `json:"title"`
	URL      string          `json:"url"`
}

const maxRecent = 12

// watch gathers what happens in a campaign.
type watch struct {
	control campaign.Control

	mu       sync.Mutex
	at, note string
	views    map[string]int
	pictures map[string][]byte // not kept yet
	recent   []Recent
}

func newWatch() *watch {
	return &watch{views: map[string]int{}, pictures: map[string][]byte{}}
}

func (w *watch) event(e campaign.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e.Kind {
	case campaign.Discovered:
		w.at = e.Text
	case campaign.Looked:
		if len(e.Picture) > 0 && e.Persona != "" {
			w.pictures[e.Persona] = e.Picture
		}
	case campaign.Ended:
		for i := range e.Findings {
			f := &e.Findings[i]
			w.recent = slices.Insert(w.recent, 0, Recent{Persona: e.Persona, Probe: e.Probe, Severity: f.Severity, Title: f.Title, URL: f.Where.URL})
		}
		w.recent = w.recent[:min(len(w.recent), maxRecent)]
	case campaign.Stage, campaign.Began, campaign.Confirmed, campaign.Told:
	}
}

// picture takes one picture that is to be kept; "" when there is none.
func (w *watch) picture() (persona string, png []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for persona, png = range w.pictures {
		delete(w.pictures, persona)
		return persona, png
	}
	return "", nil
}

// shown counts a picture that was kept.
func (w *watch) shown(persona string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.views[persona]++
}

func (w *watch) say(note string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note = note
}

func (w *watch) board() Board {
	snapshot := w.control.Snapshot()
	w.mu.Lock()
	defer w.mu.Unlock()
	return Board{Snapshot: snapshot, At: w.at, Views: maps.Clone(w.views), Recent: slices.Clone(w.recent), Note: w.note}
}
