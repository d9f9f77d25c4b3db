package surface

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Queries are the parameters of all addresses that were seen: of pages, of forms that are sent in the address, of what
// scripts ask, of links and of redirects.
func (s *Surface) Queries() []*Input {
	var list []*Input
	known := map[string]bool{}
	add := func(i *Input) {
		if key := i.Key(); i.In == InQuery && !known[key] {
			known[key] = true
			list = append(list, i)
		}
	}
	for _, i := range s.Inputs {
		add(i)
	}
	from := func(address, page, as string) {
		u, err := url.Parse(address)
		if err != nil {
			return
		}
		for name, values := range u.Query() {
			add(&Input{Method: http.MethodGet, URL: address, In: InQuery, Name: name, Known: values[0], Page: page, As: as, Origin: s.Elsewhere(address)})
		}
	}
	for _, l := range s.Links {
		if l.Inside {
			from(l.URL, l.Page, s.seenAs(l.Page))
		}
	}
	for _, p := range s.Pages {
		if p.Answer == nil {
			continue
		}
		for _, hop := range p.Answer.Hops {
			from(hop.URL, p.From, p.As)
		}
	}
	slices.SortStableFunc(list, func(a, b *Input) int { return strings.Compare(a.Key(), b.Key()) })
	return list
}

// seenAs is the account that sees a page; "" when everybody does.
func (s *Surface) seenAs(address string) string {
	if p := s.Page(address); p != nil {
		return p.As
	}
	return ""
}
