package live

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// presenceRoom is a workflow with at least one person of this replica.
type presenceRoom struct {
	presence *Presence
	topic    string
	workflow string
	leave    func()

	mu      sync.Mutex
	people  map[string]*being // by page, those of other replicas too
	places  []*Place
	changed []*being // since the last telling
	told    time.Time
	timer   *time.Timer // of the next telling; nil when none is due
	beat    *time.Timer
	closed  bool
}

// being is what is known of one person's page. Who has gone is remembered for a while, so that a late word of them does
// not bring them back.
type being struct {
	who     Person
	state   json.RawMessage // nil: gone
	seq     int64
	heard   time.Time
	own     bool
	changed bool   // is in the room's list
	frame   []byte // what readers are told; nil when it has to be built
}

type presenceFrame struct {
	Type     string          `json:"t"`
	Workflow string          `json:"workflow"`
	Who      Person          `json:"who"`
	State    json.RawMessage `json:"state"`
}

func (b *being) record() presenceRecord { return presenceRecord{b.seq, b.who, b.state} }

func (r *presenceRoom) enter(c *Conn, who Person, state json.RawMessage) *Place {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := &being{who: who, state: state, seq: 1, heard: time.Now(), own: true}
	l := &Place{room: r, conn: c, self: b, owed: map[*being]struct{}{}}
	for _, other := range r.people {
		if other.state != nil {
			l.owed[other] = struct{}{}
		}
	}
	r.people[who.Conn] = b
	r.places = append(r.places, l)
	r.note(b)
	return l
}

func (r *presenceRoom) set(b *being, who Person, state json.RawMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b.state == nil { // has left
		return
	}
	b.who, b.state, b.heard, b.seq = who, state, time.Now(), b.seq+1
	r.note(b)
}

// part takes a place out and tells whether the room is empty of this replica's people.
func (r *presenceRoom) part(l *Place) (empty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.places, l)
	if i < 0 {
		return false
	}
	r.places = slices.Delete(r.places, i, i+1)
	l.self.state, l.self.own, l.self.heard, l.self.seq = nil, false, time.Now(), l.self.seq+1
	r.note(l.self)
	if len(r.places) > 0 {
		return false
	}
	r.closed = true
	r.beat.Stop()
	if r.timer != nil {
		r.timer.Stop()
	}
	return true
}

// receive takes in what another replica says.
func (r *presenceRoom) receive(m Message) {
	var said presenceMessage
	if json.Unmarshal(m.Data, &said) != nil || said.From == r.presence.origin {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	for _, record := range said.People {
		r.hear(record)
	}
	if said.Ask {
		go r.presence.announce(r) // a receiver must not use the bus
	}
}

func (r *presenceRoom) hear(record presenceRecord) {
	if string(record.State) == "null" {
		record.State = nil
	}
	b := r.people[record.Who.Conn]
	switch {
	case b == nil && record.State == nil:
		return
	case b == nil:
		b = &being{}
		r.people[record.Who.Conn] = b
	case b.own || record.Seq < b.seq:
		return
	case record.Seq == b.seq && (b.state != nil || record.State == nil): // a beat: they are still there
		b.heard = time.Now()
		return
	}
	b.who, b.state, b.seq, b.heard = record.Who, record.State, record.Seq, time.Now()
	r.note(b)
}

// own returns this replica's people as they are.
func (r *presenceRoom) own() []presenceRecord {
	r.mu.Lock()
	defer r.mu.Unlock()
	records := make([]presenceRecord, 0, len(r.places))
	for _, l := range r.places {
		records = append(records, l.self.record())
	}
	return records
}

// startBeat tells the other replicas now and then who is here, and forgets whom they no longer speak of.
func (r *presenceRoom) startBeat() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beat = time.AfterFunc(presenceBeat, func() {
		r.presence.announce(r)
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.closed {
			return
		}
		r.expire(time.Now().Add(-presenceExpiry))
		r.beat.Reset(presenceBeat)
	})
}

func (r *presenceRoom) expire(before time.Time) {
	for conn, b := range r.people {
		switch {
		case b.own || b.heard.After(before):
		case b.state == nil:
			delete(r.people, conn)
		default: // its number stays: the next word of them, also the same one, is believed
			b.state, b.heard = nil, time.Now()
			r.note(b)
		}
	}
}
