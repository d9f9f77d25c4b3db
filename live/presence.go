package live

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// How presence keeps up, and for how long someone is believed to be there without a word from their replica.
const (
	presenceBeat   = 10 * time.Second
	presenceExpiry = 30 * time.Second

	presencePace   = 25 * time.Millisecond // between two frames to the same reader, in a small room
	presenceCrowd  = 20                    // people that make the pace slower by itself once more
	slowestPace    = time.Second
	announceAtOnce = 50 // people in one message of the bus
)

// PresenceTopic carries who is at a workflow and what they do there. It is apart from the workflow's own topic because
// nothing of it is kept: what is lost is replaced by what comes next.
func PresenceTopic(workspace, workflow string) string {
	return "presence/" + workspace + "/" + workflow
}

// Person is somebody at a workflow, with one of their pages.
type Person struct {
	Conn  string `json:"conn"` // names the page
	User  string `json:"user"`
	Name  string `json:"name"`
	Color int    `json:"color"`
	Looks bool   `json:"looks,omitempty"` // may look only
}

// Presence tells the people at a workflow of each other: cursors, selections, what is open. Each replica knows its own
// people for certain and tells the others of them on the bus, at every change and again at each beat; whoever is not
// told of for a while has gone. Readers get the newest state of each person, never a row of old ones.
type Presence struct {
	bus    Bus
	log    *slog.Logger
	origin string // names this replica

	mu    sync.Mutex // also held while the bus is (un)subscribed, so that a topic has one subscription
	rooms map[string]*presenceRoom
}

// NewPresence returns an empty presence on a bus.
func NewPresence(bus Bus, log *slog.Logger) *Presence {
	return &Presence{bus: bus, log: log, origin: rand.Text(), rooms: map[string]*presenceRoom{}}
}

// presenceMessage is what replicas tell each other.
type presenceMessage struct {
	From   string           `json:"from"`
	Ask    bool             `json:"ask,omitempty"` // the sender is new and wants to be told of everybody
	People []presenceRecord `json:"people,omitempty"`
}

type presenceRecord struct {
	Seq   int64           `json:"seq"` // numbers the changes of one person
	Who   Person          `json:"who"`
	State json.RawMessage `json:"state"` // null: they have gone
}

// Place is a page's presence at a workflow.
type Place struct {
	room *presenceRoom
	conn *Conn
	self *being
	owed map[*being]struct{} // whose newest state the connection could not take yet
}

// Join puts a person at a workflow, tells the others, and begins to tell them of the others.
func (p *Presence) Join(ctx context.Context, c *Conn, workspace, workflow string, who Person, state json.RawMessage) (*Place, error) {
	topic := PresenceTopic(workspace, workflow)
	p.mu.Lock()
	r := p.rooms[topic]
	fresh := r == nil
	if fresh {
		r = &presenceRoom{presence: p, topic: topic, workflow: workflow, people: map[string]*being{}}
		leave, err := p.bus.Subscribe(topic, r.receive)
		if err != nil {
			p.mu.Unlock()
			return nil, err
		}
		r.leave = leave
		p.rooms[topic] = r
		r.startBeat()
	}
	place := r.enter(c, who, state)
	p.mu.Unlock()
	p.publish(ctx, topic, presenceMessage{Ask: fresh, People: []presenceRecord{place.record()}})
	return place, nil
}

// Set replaces what a person does; it also takes up what changed about them.
func (l *Place) Set(ctx context.Context, who Person, state json.RawMessage) {
	l.room.set(l.self, who, state)
	l.room.presence.publish(ctx, l.room.topic, presenceMessage{People: []presenceRecord{l.record()}})
}

// Leave ends a person's presence.
func (l *Place) Leave(ctx context.Context) {
	p, r := l.room.presence, l.room
	p.mu.Lock()
	if r.part(l) {
		delete(p.rooms, r.topic)
		r.leave() // not under r.mu: a message on its way holds the bus and waits for it
	}
	p.mu.Unlock()
	p.publish(ctx, r.topic, presenceMessage{People: []presenceRecord{l.record()}})
}

func (l *Place) record() presenceRecord {
	l.room.mu.Lock()
	defer l.room.mu.Unlock()
	return l.self.record()
}

// publish tells the other replicas. What is lost is told again at the next beat.
func (p *Presence) publish(ctx context.Context, topic string, m presenceMessage) {
	m.From = p.origin
	data, err := json.Marshal(m)
	if err == nil {
		err = p.bus.Publish(ctx, topic, Message{Data: data})
	}
	if err != nil && ctx.Err() == nil {
		p.log.DebugContext(ctx, "presence could not be published", "topic", topic, "error", err)
	}
}

// announce tells the other replicas of everybody who is here.
func (p *Presence) announce(r *presenceRoom) {
	for some := range slices.Chunk(r.own(), announceAtOnce) {
		p.publish(context.Background(), r.topic, presenceMessage{People: some})
	}
}
