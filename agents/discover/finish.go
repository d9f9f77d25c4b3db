package discover

import (
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/surface"
)

// finish tells the links what became of what they lead to, and puts everything into order.
func (d *discovery) finish() {
	as := map[string]string{} // who saw a page first
	for _, p := range d.s.Pages {
		if _, ok := as[p.URL]; !ok {
			as[p.URL] = p.As
		}
	}
	for _, l := range d.s.Links {
		u, err := url.Parse(l.URL)
		if err != nil || !l.Inside {
			continue
		}
		clean(u)
		if x := d.asked[as[l.Page]+" "+u.String()]; x != nil {
			l.Status, l.Hops = x.Status, x.Hops
			if x.Fault != nil {
				l.Fault, l.FaultKind = x.Fault.Text, x.Fault.Kind
			}
		}
	}
	d.linkedInputs()
	d.cookies()
	for _, u := range d.unseen {
		d.s.Unseen = append(d.s.Unseen, *u)
	}
	slices.SortFunc(d.s.Unseen, func(a, b surface.Unseen) int { return strings.Compare(a.URL+a.Reason, b.URL+b.Reason) })
	d.s.Sort()
}
