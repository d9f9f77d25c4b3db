package live

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// In a room of more than crowd watches, a message is work for milliseconds: it is handed out by several workers, and
// what follows within the time of that work is gathered and handed out together, each connection getting it in one
// piece. The first message after a time of quiet does not wait.
const (
	crowd       = 200
	crowdPace   = 20 * time.Microsecond // for each watch
	slowestHand = 40 * time.Millisecond
	crowdBytes  = writeBytes // gathered at most
)

// bundle is what is handed out together: packets in order, and their frames one after the other.
type bundle struct {
	packets     []packet
	frames      []byte
	first, last int64 // of those that are numbered
	broken      bool  // the numbers do not follow each other, or something was lost
}

func (b *bundle) add(p packet) {
	b.packets = append(b.packets, p)
	b.frames = append(b.frames, p.frame...)
	switch {
	case p.lost:
		b.broken = true
	case p.seq == 0:
	case b.first == 0:
		b.first, b.last = p.seq, p.seq
	case p.seq == b.last+1:
		b.last = p.seq
	default:
		b.broken = true
	}
}

// pass hands a packet out, or has it wait for its companions. The room is locked.
func (r *room) pass(p packet) {
	if len(r.watches) <= crowd && r.timer == nil {
		for _, w := range r.watches {
			w.deliver(p)
		}
		return
	}
	r.gathered.add(p)
	if r.timer != nil && len(r.gathered.frames) < crowdBytes {
		return
	}
	wait := min(time.Duration(len(r.watches))*crowdPace, slowestHand) - time.Since(r.handed)
	if wait <= 0 || len(r.gathered.frames) >= crowdBytes {
		r.handOut()
		return
	}
	r.timer = time.AfterFunc(wait, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.handOut()
	})
}

// handOut gives everyone what was gathered. All have it before the next message comes, so that each watch sees one
// order. The room is locked.
func (r *room) handOut() {
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	b := r.gathered
	r.gathered = bundle{}
	if len(b.packets) == 0 {
		return
	}
	r.handed = time.Now()
	workers := runtime.GOMAXPROCS(0)
	var group sync.WaitGroup
	defer group.Wait()
	for part := range slices.Chunk(r.watches, max(1, (len(r.watches)+workers-1)/workers)) {
		group.Go(func() {
			for _, w := range part {
				w.deliverAll(&b)
			}
		})
	}
}

// deliverAll hands a bundle over in one piece where nothing of it has to be held back.
func (w *Watch) deliverAll(b *bundle) {
	w.mu.Lock()
	if !w.closed && !b.broken && w.conn.retell == nil && (w.read == nil || b.first == 0 || !w.catching && b.first == w.last+1) {
		if b.first != 0 {
			w.last = b.last
		}
		w.conn.Send(b.frames)
		w.mu.Unlock()
		return
	}
	w.mu.Unlock()
	for _, p := range b.packets {
		w.deliver(p)
	}
}
