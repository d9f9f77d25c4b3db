package lexical

import (
	"bytes"
	"cmp"
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
	var postings []posting
	for {
		term := smallest(sources)
		if term == nil {
			return out.done()
		}
		postings = postings[:0]
		for _, s := range sources {
			if s.at < len(s.counts) && bytes.Equal(s.term(s.at), term) {
				postings = s.take(postings)
			}
		}
		if len(postings) > 0 {
			slices.SortFunc(postings, func(a, b posting) int { return cmp.Compare(a.place, b.place) })
			out.add(string(term), postings)
		}
	}
}

func smallest(sources []*source) (term []byte) {
	for _, s := range sources {
		if s.at < len(s.counts) && (term == nil || bytes.Compare(s.term(s.at), term) < 0) {
			term = s.term(s.at)
		}
	}
	return term
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
