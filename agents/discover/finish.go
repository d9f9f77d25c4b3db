package discover

import (
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/surface"
)

// finish tells the links what became of what they lead to, and puts everything into order.
func (d *discovery) finish() {
	for _, l := range d.s.Links {
		u, err := url.Parse(l.URL)
		if err != nil || !l.Inside {
			continue
		}
		clean(u)
		if x := d.asked[u.String()]; x != nil {
			l.Status, l.Hops = x.Status, x.Hops
			if x.Fault != nil {
				l.Fault = x.Fault.Text
			}
		}
	}
	d.cookies()
	for _, u := range d.unseen {
		d.s.Unseen = append(d.s.Unseen, *u)
	}
	slices.SortFunc(d.s.Unseen, func(a, b surface.Unseen) int { return strings.Compare(a.URL+a.Reason, b.URL+b.Reason) })
	d.s.Sort()
}
