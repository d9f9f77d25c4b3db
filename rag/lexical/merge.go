package lexical

import (
	"bytes"
	"cmp"
	"container/heap"
	"slices"
)

// mergeFactor is how many segments of about one size become one.
const mergeFactor = 8

// tidy merges segments until there are few: fewer than mergeFactor of each size, where sizes are powers of mergeFactor.
func tidy(list []*segment) []*segment {
	list = slices.DeleteFunc(list, func(s *segment) bool { return s.alive() == 0 })
	for {
		tiers := map[int][]*segment{}
		for _, s := range list {
			if s.gone > s.size()/2 { // mostly dead: written anew alone
				tiers[-1-len(tiers)] = []*segment{s}
				continue
			}
			tiers[tier(s.alive())] = append(tiers[tier(s.alive())], s)
		}
		var group []*segment
		for key, t := range tiers {
			if (key < 0 || len(t) >= mergeFactor) && (group == nil || len(t[0].ids) < len(group[0].ids)) {
				group = t
			}
		}
		if group == nil {
			return list
		}
		list = slices.DeleteFunc(list, func(s *segment) bool { return slices.Contains(group, s) })
		list = append(list, merge(group))
	}
}

func tier(n int) (t int) {
	for n >= mergeFactor {
		n /= mergeFactor
		t++
	}
	return t
}

// source is one of the segments that are merged, with the places that its documents have in the new one.
type source struct {
	*segment
	places []uint32
	at     int // the next term
}

const nowhere = ^uint32(0)

// merge makes one segment of several, without what is dead. Of documents with one number only one may be alive.
func merge(list []*segment) *segment {
	type member struct{ id, from, place uint32 }
	var members []member
	for i, s := range list {
		for place, id := range s.ids {
			if !s.dead.has(uint32(place)) {
				members = append(members, member{id, uint32(i), uint32(place)})
			}
		}
	}
	slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.id, b.id) })
	out := segmentWriter{&segment{ids: make([]uint32, len(members)), lengths: make([][fields]uint16, len(members))}}
	sources := make([]*source, len(list))
	for i, s := range list {
		sources[i] = &source{segment: s, places: slices.Repeat([]uint32{nowhere}, s.size())}
	}
	for i, m := range members {
		out.ids[i], out.lengths[i] = m.id, list[m.from].lengths[m.place]
		sources[m.from].places[m.place] = uint32(i)
	}
	next := &byTerm{}
	for _, s := range sources {
		next.offer(s)
	}
	var postings []posting
	for next.Len() > 0 {
		term := next.list[0].term(next.list[0].at)
		postings = postings[:0]
		for next.Len() > 0 && bytes.Equal(next.list[0].term(next.list[0].at), term) {
			s := next.list[0]
			postings = s.take(postings)
			next.moved()
		}
		if len(postings) > 0 {
			slices.SortFunc(postings, func(a, b posting) int { return cmp.Compare(a.place, b.place) })
			out.add(string(term), postings)
		}
	}
	return out.done()
}

// byTerm is a heap of sources, that with the smallest next term first.
type byTerm struct{ list []*source }

func (h *byTerm) Len() int { return len(h.list) }
func (h *byTerm) Less(i, j int) bool {
	a, b := h.list[i], h.list[j]
	return bytes.Compare(a.term(a.at), b.term(b.at)) < 0
}
func (h *byTerm) Swap(i, j int) { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *byTerm) Push(x any)    { h.list = append(h.list, x.(*source)) }
func (h *byTerm) Pop() any {
	last := h.list[len(h.list)-1]
	h.list = h.list[:len(h.list)-1]
	return last
}

// offer takes a source in, unless it has no terms.
func (h *byTerm) offer(s *source) {
	if s.at < len(s.counts) {
		heap.Push(h, s)
	}
}

// moved puts the first source to where its next term belongs, or out when it has no more.
func (h *byTerm) moved() {
	if s := h.list[0]; s.at < len(s.counts) {
		heap.Fix(h, 0)
	} else {
		heap.Pop(h)
	}
}

// take appends the postings of the next term that are alive, at their new places.
func (s *source) take(dst []posting) []posting {
	list := s.list(s.at)
	s.at++
	for {
		p, ok := list.next()
		if !ok {
			return dst
		}
		if p.place = s.places[p.place]; p.place != nowhere {
			dst = append(dst, p)
		}
	}
}
