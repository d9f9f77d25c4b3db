package discover

import (
	"net/url"

	"github.com/atelier-studio/atelier/agents/surface"
)

// Bounds of inputs: of the forms of a page, and of the whole target.
const (
	maxPageInputs = 500
	maxInputs     = 5000
	maxInputBytes = 128 << 20 // of all, with what goes along
)

// input keeps an input, unless it is known or there are too many. So many bytes go along with it.
func (d *discovery) input(in *surface.Input, along int) {
	in.Origin = d.s.Elsewhere(in.URL)
	key := in.Key()
	if d.inputs[key] {
		return
	}
	size := len(in.URL) + len(in.Page) + len(in.Known) + along
	why := ""
	switch {
	case in.Form != "" && d.perPage[in.Page] >= maxPageInputs:
		why = "the campaign tries 500 fields of a page at most"
	case len(d.inputs) >= maxInputs || d.inputBytes+size > maxInputBytes:
		why = "the campaign tries 5,000 inputs at most"
	}
	if why != "" {
		if u, err := url.Parse(in.URL); err == nil {
			d.leaveOut(u, why)
		}
		return
	}
	d.inputs[key] = true
	if in.Form != "" {
		d.perPage[in.Page]++
	}
	d.inputBytes += size
	d.s.Inputs = append(d.s.Inputs, in)
}

// sizeOf is how many bytes values have.
func sizeOf(values url.Values) int {
	n := 0
	for name, list := range values {
		n += len(name)
		for _, v := range list {
			n += len(v)
		}
	}
	return n
}
