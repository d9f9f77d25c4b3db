package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// qaProgress shows a campaign under way: on a terminal a line for every persona, drawn again and again, and elsewhere one
// line for what is worth it.
type qaProgress struct {
	w        io.Writer
	terminal bool
	control  *campaign.Control
	names    map[string]string
	begun    time.Time

	mu    sync.Mutex
	at    string // the address that is discovered
	lines int    // that were drawn
	said  int    // tenths of the cases that were told
	stop  chan struct{}
	done  sync.WaitGroup
}

func newQAProgress(w io.Writer, terminal bool, s campaign.Settings, control *campaign.Control) *qaProgress {
	q := &qaProgress{w: w, terminal: terminal, control: control, names: map[string]string{}, begun: time.Now(), stop: make(chan struct{})}
	for i := range s.Personas {
		q.names[s.Personas[i].ID] = s.Personas[i].Name
	}
	if terminal {
		q.done.Go(q.draws)
	}
	return q
}

// event hears what happens.
func (q *qaProgress) event(e campaign.Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch e.Kind {
	case campaign.Stage:
		text := e.Text
		if e.Of > 0 {
			text = fmt.Sprintf("%s %d cases", e.Text, e.Of)
		}
		q.say(text)
	case campaign.Discovered:
		q.at = e.Text
	case campaign.Ended:
		for i := range e.Findings {
			if f := &e.Findings[i]; f.Severity > agents.Info {
				q.say(fmt.Sprintf("%s: %s at %s", f.Severity, f.Title, f.Where.URL))
			}
		}
		if tenth := e.Done * 10 / max(e.Of, 1); e.Of > 0 && tenth > q.said && !q.terminal {
			q.said = tenth
			q.say(fmt.Sprintf("%d of %d cases", e.Done, e.Of))
		}
	case campaign.Looked, campaign.Began, campaign.Confirmed, campaign.Told:
	}
}

// say writes a line that stays, above the board where there is one.
func (q *qaProgress) say(text string) {
	q.wipe()
	fmt.Fprintf(q.w, "%s  %s\n", clockText(time.Since(q.begun)), shortened(visible(text), 160))
}

func clockText(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// wipe takes the board away.
func (q *qaProgress) wipe() {
	if q.lines > 0 {
		fmt.Fprintf(q.w, "\033[%dA\033[J", q.lines)
		q.lines = 0
	}
}

func (q *qaProgress) draws() {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-q.stop:
			return
		case <-tick.C:
			q.draw()
		}
	}
}

// draw draws the board anew.
func (q *qaProgress) draw() {
	s := q.control.Snapshot()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wipe()
	var b strings.Builder
	head := fmt.Sprintf("%s  %s", clockText(time.Since(q.begun)), s.Stage)
	if s.Of > 0 {
		head += fmt.Sprintf("  %d of %d", s.Done, s.Of)
	} else if q.at != "" {
		head += "  " + q.at
	}
	fmt.Fprintf(&b, "%s  %d requests\n", shortened(visible(head), 90), s.Requests)
	q.lines = 1
	for _, m := range s.Members {
		doing := "waits"
		switch {
		case m.Probe != "":
			doing = m.Probe + "  " + m.At
		case m.Queue == 0:
			doing = "done"
		}
		found := ""
		if m.Found > 0 {
			found = fmt.Sprintf("%d failed", m.Found)
		}
		fmt.Fprintf(&b, "  %-32s %4d done %4d to do  %-9s  %s\n", shortened(visible(q.names[m.Persona]), 32), m.Done, m.Queue, found, shortened(visible(doing), 50))
		q.lines++
	}
	_, _ = io.WriteString(q.w, b.String()) //nolint:errcheck // nobody could be told
}

// close ends the board.
func (q *qaProgress) close() {
	close(q.stop)
	q.done.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wipe()
}
