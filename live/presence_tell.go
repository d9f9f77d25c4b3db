package live

import (
	"encoding/json"
	"time"
)

// Offer queues a frame that may be left out: it is refused when the queue is half full, so that what must arrive has
// the other half. A connection that has ended takes everything.
func (c *Conn) Offer(frame []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing || c.closed {
		return true
	}
	if len(c.queue) >= QueueMessages/2 || c.bytes+len(frame) > QueueBytes/2 {
		return false
	}
	c.put(frame)
	return true
}

// note remembers that somebody changed, and tells: at once after a time of quiet, else when it is time.
func (r *presenceRoom) note(b *being) {
	b.frame = nil
	if !b.changed {
		b.changed = true
		r.changed = append(r.changed, b)
	}
	r.tellSoon()
}

func (r *presenceRoom) tellSoon() {
	if r.timer != nil || r.closed {
		return
	}
	if wait := r.pace() - time.Since(r.told); wait > 0 {
		r.timer = time.AfterFunc(wait, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.timer = nil
			if !r.closed {
				r.tell()
			}
		})
		return
	}
	r.tell()
}

// pace is slower in a crowd: a thousand cursors a thousand times would be a million frames a tick.
func (r *presenceRoom) pace() time.Duration {
	return min(presencePace*time.Duration(1+len(r.people)/presenceCrowd), slowestPace)
}

// tell hands the newest of everybody who changed to everybody else. The frames are built once and lie one after the
// other, so that a connection takes them in one piece.
func (r *presenceRoom) tell() {
	r.told = time.Now()
	var all []byte
	place := make(map[*being][2]int, len(r.changed))
	for _, b := range r.changed {
		b.changed = false
		from := len(all)
		all = append(all, r.frameOf(b)...)
		place[b] = [2]int{from, len(all)}
	}
	owing := false
	for _, l := range r.places {
		if len(l.owed) == 0 && l.take(all, place) {
			continue
		}
		for _, b := range r.changed {
			if b != l.self {
				l.owed[b] = struct{}{}
			}
		}
		owing = !r.pay(l) || owing
	}
	r.changed = nil
	if owing {
		r.tellSoon()
	}
}

// take hands a connection all frames but its own; false when it took none of them.
func (l *Place) take(all []byte, place map[*being][2]int) bool {
	rest := all
	if own, ok := place[l.self]; ok {
		before, after := all[:own[0]], all[own[1]:]
		switch {
		case len(before) == 0:
			rest = after
		case len(after) == 0:
			rest = before
		default:
			rest = append(before[:len(before):len(before)], after...)
		}
	}
	return len(rest) == 0 || l.conn.Offer(rest)
}

// pay hands a connection what it is owed, as far as it has room; false when some is left.
func (r *presenceRoom) pay(l *Place) bool {
	var some []byte
	var paid []*being
	flush := func() bool {
		if len(some) > 0 && !l.conn.Offer(some) {
			return false
		}
		for _, b := range paid {
			delete(l.owed, b)
		}
		some, paid = nil, nil
		return true
	}
	for b := range l.owed {
		some, paid = append(some, r.frameOf(b)...), append(paid, b)
		if len(some) > writeBytes && !flush() {
			return false
		}
	}
	return flush()
}

// frameOf returns what readers are told of a person.
func (r *presenceRoom) frameOf(b *being) []byte {
	if b.frame == nil {
		data, err := json.Marshal(presenceFrame{"presence", r.workflow, b.who, b.state})
		if err != nil { // a state that is no JSON was never taken in
			return nil
		}
		b.frame = TextFrame(data)
	}
	return b.frame
}
