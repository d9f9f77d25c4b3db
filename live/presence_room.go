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
	holders  int           // places, and people on their way to one; of presence.mu
	opened   chan struct{} // closed when the bus has been asked for the topic
	failed   error         // why it cannot be had; set before opened is closed
	leave    func()

	mu      sync.Mutex
	people  map[string]*being // by page, those of other replicas too
	places  []*Place
	changed []*being // since the last telling
	told    time.Time
	timer   *time.Timer // of the next telling; nil when none is due
	beat    *time.Timer
	asks    *time.Timer // of the next question after a loss; nil when none is due
	stale   *time.Timer // of forgetting those who gave no answer to it
	entered bool        // somebody has had a place
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

// enter gives a person a place; first says that nobody of this replica has been here yet.
func (r *presenceRoom) enter(c *Conn, who Person, state json.RawMessage) (l *Place, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := &being{who: who, state: state, seq: 1, heard: time.Now(), own: true}
	first, r.entered = !r.entered, true
	l = &Place{room: r, conn: c, self: b, owed: map[*being]struct{}{}}
	for _, other := range r.people {
		if other.state != nil {
			l.owed[other] = struct{}{}
		}
	}
	r.people[who.Conn] = b
	r.places = append(r.places, l)
	r.note(b)
	return l, first
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

// part takes a place out; false when it was out already.
func (r *presenceRoom) part(l *Place) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.places, l)
	if i < 0 {
		return false
	}
	r.places = slices.Delete(r.places, i, i+1)
	l.self.state, l.self.own, l.self.heard, l.self.seq = nil, false, time.Now(), l.self.seq+1
	r.note(l.self)
	return true
}

// open begins to listen to the other replicas.
func (r *presenceRoom) open() {
	defer close(r.opened)
	if r.leave, r.failed = r.presence.bus.Subscribe(r.topic, r.receive); r.failed == nil {
		r.startBeat()
	}
}

// close ends a room that nobody holds any more.
func (r *presenceRoom) close() {
	r.mu.Lock()
	r.closed = true
	for _, t := range []*time.Timer{r.beat, r.timer, r.asks, r.stale} {
		if t != nil {
			t.Stop()
		}
	}
	r.mu.Unlock()
	if r.leave != nil {
		r.leave() // not under r.mu: a message on its way holds the bus and waits for it
	}
}

// receive takes in what another replica says.
func (r *presenceRoom) receive(m Message) {
	if m.Lost {
		r.lost()
		return
	}
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

// lost takes up that words of other replicas may be missing: they are asked for everybody again, and who is not spoken
// of then has gone.
func (r *presenceRoom) lost() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.asks != nil {
		return
	}
	r.asks = time.AfterFunc(presenceGather, func() {
		if r.expectAnswers() {
			r.presence.ask(r)
		}
	})
}

// expectAnswers is called before the others are asked; false when the room has ended.
func (r *presenceRoom) expectAnswers() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asks = nil
	if r.closed {
		return false
	}
	asked := time.Now()
	if r.stale != nil {
		r.stale.Stop()
	}
	r.stale = time.AfterFunc(presenceAnswer, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.closed {
			r.expire(asked)
		}
	})
	return true
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
		case b.own || !b.heard.Before(before):
		case b.state == nil:
			delete(r.people, conn)
		default: // its number stays: the next word of them, also the same one, is believed
			b.state, b.heard = nil, time.Now()
			r.note(b)
		}
	}
}
