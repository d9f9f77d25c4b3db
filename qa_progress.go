package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// qaProgress shows a campaign under way: on a terminal a line for every persona, drawn again and again, and elsewhere one
// line for what is worth it.
type qaProgress struct {
	w       io.Writer
	size    func() (columns, rows int) // of the terminal; nil where there is none
	control *campaign.Control
	probes  map[string]*agents.Probe
	names   map[string]string
	begun   time.Time

	mu    sync.Mutex
	at    string                      // the address that is discovered
	lines int                         // that were drawn
	said  int                         // tenths of the cases that were told
	told  map[string][]agents.Finding // by their cases, to be confirmed
	known map[string]bool             // what was told, by the prints of findings: one fault stands at many places
	stop  chan struct{}
	done  sync.WaitGroup
}

// newQAProgress shows what happens on w, and as a board on a terminal whose size is known.
func newQAProgress(w io.Writer, size func() (columns, rows int), s campaign.Settings, parts *campaign.Parts) *qaProgress {
	q := &qaProgress{w: w, size: size, control: parts.Control, probes: parts.Probes, names: map[string]string{}, begun: time.Now(), told: map[string][]agents.Finding{}, known: map[string]bool{}, stop: make(chan struct{})}
	for i := range s.Personas {
		q.names[s.Personas[i].ID] = s.Personas[i].Name
	}
	if size != nil {
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
		q.found(&e)
		if tenth := e.Done * 10 / max(e.Of, 1); e.Of > 0 && tenth > q.said && q.size == nil {
			q.said = tenth
			q.say(fmt.Sprintf("%d of %d cases", e.Done, e.Of))
		}
	case campaign.Confirmed:
		q.confirmed(&e)
	case campaign.Looked, campaign.Began, campaign.Told:
	}
}

// found tells what a case found that none found before. As long as it was not seen again it may be dropped, and says so.
func (q *qaProgress) found(e *campaign.Event) {
	open := ", to be confirmed"
	if probe := q.probes[e.Probe]; probe != nil && (probe.Once || probe.Last) {
		open = ""
	}
	for _, f := range e.Findings {
		if f.Severity == agents.Info || q.known[f.Print()] {
			continue
		}
		q.known[f.Print()] = true
		q.say(fmt.Sprintf("%s%s: %s at %s", f.Severity, open, f.Title, f.Where.URL))
		if open != "" {
			f.Evidence = nil
			q.told[e.Case] = append(q.told[e.Case], f)
		}
	}
}

// confirmed tells what was dropped of what a case found.
func (q *qaProgress) confirmed(e *campaign.Event) {
	stayed := map[string]bool{}
	for i := range e.Findings {
		stayed[e.Findings[i].Print()] = true
	}
	for i := range q.told[e.Case] {
		if f := &q.told[e.Case][i]; !stayed[f.Print()] {
			delete(q.known, f.Print()) // it may be seen elsewhere
			q.say(fmt.Sprintf("dropped, as it was not seen again: %s at %s", f.Title, f.Where.URL))
		}
	}
	delete(q.told, e.Case)
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
	list := q.board(&s)
	q.lines = len(list)
	if q.lines > 0 {
		_, _ = io.WriteString(q.w, strings.Join(list, "\n")+"\n") //nolint:errcheck // nobody could be told
	}
}

// board are the lines that are drawn: none is longer than a row of the terminal, and there are fewer than it has rows, as
// they could not be taken away again otherwise. Where not all personas have room, those that work are shown.
func (q *qaProgress) board(s *campaign.Snapshot) []string {
	columns, rows := q.size()
	room := rows - 2
	if columns < 2 || room < 1 {
		return nil
	}
	head := fmt.Sprintf("%s  %s", clockText(time.Since(q.begun)), s.Stage)
	if s.Of > 0 {
		head += fmt.Sprintf("  %d of %d", s.Done, s.Of)
	}
	head += fmt.Sprintf("  %d requests", s.Requests)
	if s.Of == 0 && q.at != "" {
		head += "  " + q.at
	}
	list := []string{within(visible(head), columns-1)}
	members, more := s.Members, 0
	if len(members) > room-1 {
		members = slices.Clone(members)
		slices.SortStableFunc(members, func(a, b campaign.Member) int { return cmp.Compare(idle(&a), idle(&b)) })
		shown := max(0, room-2)
		members, more = members[:shown], len(members)-shown
	}
	name := 32
	if columns < 110 {
		name = 22
	}
	for i := range members {
		m := &members[i]
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
		list = append(list, within(fmt.Sprintf("  %-*s %4d done %4d to do  %-9s  %s", name, shortened(visible(q.names[m.Persona]), name), m.Done, m.Queue, found, shortened(visible(doing), 50)), columns-1))
	}
	if more > 0 && len(list) < room {
		list = append(list, within(fmt.Sprintf("  and %d more", more), columns-1))
	}
	return list
}

// idle sorts who works before who waits, and who is done behind both.
func idle(m *campaign.Member) int {
	switch {
	case m.Probe != "":
		return 0
	case m.Queue > 0:
		return 1
	}
	return 2
}

// within cuts a line to so many columns. What may take two of them is counted so.
func within(line string, columns int) string {
	taken := 0
	for i, r := range line {
		if taken++; r >= 0x1100 {
			taken++
		}
		if taken > columns {
			return line[:i]
		}
	}
	return line
}

// close ends the board.
func (q *qaProgress) close() {
	close(q.stop)
	q.done.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wipe()
}
