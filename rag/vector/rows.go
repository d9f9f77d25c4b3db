package vector

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// rows is what Flat and Bits have in common: the segments, and who may see which.
type rows struct {
	space string
	dims  int
	coder *coder // nil: the segments carry no codes

	now atomic.Pointer[state] // what a search sees

	writer sync.Mutex // guards the rest
	where  map[uint32]place
	tail   int // the segment that is filled; -1: none
}

// state is all segments at a moment. A slot may be empty (nil) after its segment was emptied.
type state struct {
	segments []*Segment
	live     int
}

// place is where a vector is.
type place struct {
	slot, row int32
}

func newRows(space string, dims int, c *coder) *rows {
	r := &rows{space: space, dims: dims, coder: c, where: map[uint32]place{}, tail: -1}
	r.now.Store(&state{})
	return r
}

func (r *rows) Space() string { return r.space }

func (r *rows) Dims() int { return r.dims }

func (r *rows) Len() int { return r.now.Load().live }

func (r *rows) Add(ids []uint32, vectors [][]float32) error {
	if err := check(r.dims, ids, vectors); err != nil {
		return err
	}
	r.writer.Lock()
	defer r.writer.Unlock()
	c := r.change()
	row, rest := make([]int8, r.dims), make([]int8, r.dims)
	for i, v := range vectors {
		c.remove(ids[i])
		c.append(ids[i], row, rest, quantise(v, row, rest))
	}
	c.publish()
	return nil
}

func (r *rows) Remove(ids ...uint32) int {
	r.writer.Lock()
	defer r.writer.Unlock()
	c := r.change()
	n := 0
	for _, id := range ids {
		if c.remove(id) {
			n++
		}
	}
	c.publish()
	return n
}

func (r *rows) Restore(s *Segment) error {
	if s.dims != r.dims || s.space != r.space {
		return fmt.Errorf("%w: a part of %q with %d numbers a vector does not belong into the index of %q with %d", fs.ErrInvalid, s.space, s.dims, r.space, r.dims)
	}
	r.writer.Lock()
	defer r.writer.Unlock()
	c := r.change()
	for _, id := range s.IDs() {
		c.remove(id)
	}
	if s.live < SegmentSize/2 || s.dead != nil {
		c.move(s)
	} else {
		whole := s.draft()
		if r.coder != nil && whole.codes == nil {
			whole.codes = r.coder.all(whole)
		}
		slot := c.place(whole)
		for i, id := range whole.ids {
			r.where[id] = place{slot: int32(slot), row: int32(i)}
		}
		c.state.live += whole.live
	}
	c.publish()
	return nil
}

func (r *rows) Segments() []*Segment {
	var out []*Segment
	for _, s := range r.now.Load().segments {
		if s != nil {
			out = append(out, s)
		}
	}
	return out
}

// change is a write under way. It works on copies, which publish makes visible at once.
type change struct {
	r     *rows
	state *state
	own   map[int]bool // slots whose segment is a draft of this change
	dead  map[int]bool // slots whose dead bits are, too

	scratch []int32 // for codes
}

func (r *rows) change() *change {
	old := r.now.Load()
	return &change{r: r, state: &state{segments: slices.Clone(old.segments), live: old.live}, own: map[int]bool{}, dead: map[int]bool{}}
}

// remove marks a vector as removed, if there is one.
func (c *change) remove(id uint32) bool {
	at, ok := c.r.where[id]
	if !ok {
		return false
	}
	slot := int(at.slot)
	s := c.segment(slot)
	if !c.dead[slot] {
		s.dead = append(make([]uint64, 0, words(len(s.ids))), s.dead...)[:words(len(s.ids))]
		c.dead[slot] = true
	}
	s.kill(int(at.row))
	delete(c.r.where, id)
	c.state.live--
	return true
}

// append puts a row behind the others.
func (c *change) append(id uint32, row, rest []int8, scale float32) {
	if c.r.tail < 0 || len(c.state.segments[c.r.tail].ids) >= SegmentSize {
		c.r.tail = c.place(&Segment{space: c.r.space, dims: c.r.dims})
	}
	s := c.segment(c.r.tail)
	s.append(id, row, rest, scale)
	if coder := c.r.coder; coder != nil {
		if c.scratch == nil {
			c.scratch = make([]int32, 2*coder.width)
		}
		s.codes = coder.append(s.codes, row, c.scratch)
	}
	c.r.where[id] = place{slot: int32(c.r.tail), row: int32(len(s.ids) - 1)}
	c.state.live++
}

// segment is the segment of a slot for writing.
func (c *change) segment(slot int) *Segment {
	if !c.own[slot] {
		c.state.segments[slot] = c.state.segments[slot].draft()
		c.own[slot] = true
	}
	return c.state.segments[slot]
}

// place puts a draft into a free slot.
func (c *change) place(s *Segment) int {
	slot := slices.Index(c.state.segments, nil)
	if slot < 0 {
		slot = len(c.state.segments)
		c.state.segments = append(c.state.segments, nil)
	}
	c.state.segments[slot] = s
	c.own[slot], c.dead[slot] = true, false
	return slot
}

// move adds the rows of a segment that are left.
func (c *change) move(s *Segment) {
	for i, id := range s.ids {
		if !s.gone(i) {
			c.append(id, s.row(i), s.remainder(i), s.scales[i])
		}
	}
}

// publish tidies up, so that no segment is more dead than alive, and shows the change to searches.
func (c *change) publish() {
	for _, slot := range slices.Sorted(maps.Keys(c.dead)) {
		s := c.state.segments[slot]
		if s == nil || s.live*2 > len(s.ids) {
			continue
		}
		c.state.segments[slot] = nil
		delete(c.own, slot)
		if c.r.tail == slot {
			c.r.tail = -1
		}
		c.state.live -= s.live
		c.move(s)
	}
	c.r.now.Store(c.state)
}
