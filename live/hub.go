package live

import (
	"context"
	"hash/maphash"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Hub fans messages of the bus out to connections. It listens to a topic once, however many watch it, and builds each
// frame once.
type Hub struct {
	bus Bus
	log *slog.Logger

	seed   maphash.Seed
	shards [shardCount]shard

	mu    sync.Mutex
	conns map[*Conn]struct{}

	catch  sync.Mutex // apart from mu, because a message on its way may start a catching-up
	closed bool
	wait   sync.WaitGroup
}

// Rooms are spread over shards by topic, so that joining one does not wait until another stands.
const shardCount = 64

type shard struct {
	mu    sync.Mutex // also held while the bus is (un)subscribed, so that a topic has one subscription
	rooms map[string]*room
}

// room is a topic with at least one watch.
type room struct {
	leave   func()
	mu      sync.Mutex
	watches []*Watch

	gathered bundle // in a crowd
	handed   time.Time
	timer    *time.Timer // of the next handing out; nil when none is due
}

// NewHub returns a hub on a bus.
func NewHub(bus Bus, log *slog.Logger) *Hub {
	h := &Hub{bus: bus, log: log, seed: maphash.MakeSeed(), conns: map[*Conn]struct{}{}}
	for i := range h.shards {
		h.shards[i].rooms = map[string]*room{}
	}
	return h
}

// Bus returns the bus that the hub listens to.
func (h *Hub) Bus() Bus { return h.bus }

// Add makes a connection known, so that Close reaches it, until it has ended.
func (h *Hub) Add(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[c] = struct{}{}
}

// Remove forgets a connection.
func (h *Hub) Remove(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// Len returns the number of connections.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns)
}

// Close asks every connection to come back later and waits until they have ended.
func (h *Hub) Close() {
	h.mu.Lock()
	conns := make([]*Conn, 0, len(h.conns))
	for c := range h.conns {
		conns = append(conns, c)
	}
	h.mu.Unlock()
	for _, c := range conns {
		c.Close(CloseRestart, "The studio is restarting.")
	}
	for _, c := range conns {
		<-c.Done()
	}
	h.catch.Lock()
	h.closed = true
	h.catch.Unlock()
	h.wait.Wait()
}

// start runs a watch's catching-up, unless the hub has been closed.
func (h *Hub) start(w *Watch) {
	h.catch.Lock()
	defer h.catch.Unlock()
	if !h.closed {
		h.wait.Go(w.catchUp)
	}
}

// Watch sends the messages of a topic to a connection until it ends or the watch is closed. With a reader, the
// connection gets every message after since exactly once and in order: first what the reader has, then what comes.
// Without one it gets what comes from now on.
func (h *Hub) Watch(ctx context.Context, c *Conn, topic string, since int64, read Reader) (*Watch, error) {
	w := &Watch{hub: h, topic: topic, conn: c, last: since, read: read, catching: read != nil}
	w.ctx, w.cancel = context.WithCancel(ctx)
	if err := h.join(topic, w); err != nil {
		w.cancel()
		return nil, err
	}
	if read != nil {
		h.start(w)
	}
	return w, nil
}

func (h *Hub) shardOf(topic string) *shard {
	return &h.shards[maphash.String(h.seed, topic)%shardCount]
}

func (h *Hub) join(topic string, w *Watch) error {
	s := h.shardOf(topic)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[topic]
	if r == nil {
		r = &room{}
		leave, err := h.bus.Subscribe(topic, r.receive)
		if err != nil {
			return err
		}
		r.leave = leave
		s.rooms[topic] = r
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watches = append(r.watches, w)
	return nil
}

func (h *Hub) part(topic string, w *Watch) {
	s := h.shardOf(topic)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[topic]
	if r == nil {
		return
	}
	r.mu.Lock()
	if i := slices.Index(r.watches, w); i >= 0 {
		r.watches = slices.Delete(r.watches, i, i+1)
	}
	empty := len(r.watches) == 0
	if empty && r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	r.mu.Unlock()
	if empty {
		delete(s.rooms, topic)
		r.leave() // not under r.mu: a message on its way holds the bus and waits for it
	}
}

func (r *room) receive(m Message) {
	p := packet{seq: m.Seq, lost: m.Lost}
	if !m.Lost {
		p.frame = TextFrame(m.Data)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pass(p)
}
