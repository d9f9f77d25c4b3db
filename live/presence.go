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

	presenceGather = 250 * time.Millisecond // after a loss, for further ones, before the others are asked
	presenceAnswer = 8 * time.Second        // for an answer; longer than a replica takes to find Redis again

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

	mu    sync.Mutex // never held while the bus is used
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
	r, fresh := p.hold(PresenceTopic(workspace, workflow), workflow)
	if fresh {
		r.open()
	}
	select {
	case <-r.opened:
	case <-ctx.Done():
		p.release(r)
		return nil, ctx.Err()
	}
	if r.failed != nil {
		p.release(r)
		return nil, r.failed
	}
	place, first := r.enter(c, who, state)
	p.publish(ctx, r.topic, presenceMessage{Ask: first, People: []presenceRecord{place.record()}})
	return place, nil
}

// hold returns the room of a topic, which stays until it is released. Who is the first to hold it opens it.
func (p *Presence) hold(topic, workflow string) (r *presenceRoom, fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r = p.rooms[topic]
	if fresh = r == nil; fresh {
		r = &presenceRoom{presence: p, topic: topic, workflow: workflow, people: map[string]*being{}, opened: make(chan struct{})}
		p.rooms[topic] = r
	}
	r.holders++
	return r, fresh
}

func (p *Presence) release(r *presenceRoom) {
	p.mu.Lock()
	r.holders--
	last := r.holders == 0
	if last {
		delete(p.rooms, r.topic)
	}
	p.mu.Unlock()
	if last {
		r.close()
	}
}

// Set replaces what a person does; it also takes up what changed about them.
func (l *Place) Set(ctx context.Context, who Person, state json.RawMessage) {
	l.room.set(l.self, who, state)
	l.room.presence.publish(ctx, l.room.topic, presenceMessage{People: []presenceRecord{l.record()}})
}

// Leave ends a person's presence.
func (l *Place) Leave(ctx context.Context) {
	p, r := l.room.presence, l.room
	if !r.part(l) {
		return
	}
	p.release(r)
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

// ask tells the other replicas of everybody who is here, and has them do the same.
func (p *Presence) ask(r *presenceRoom) {
	p.announce(r)
	p.publish(context.Background(), r.topic, presenceMessage{Ask: true})
}
