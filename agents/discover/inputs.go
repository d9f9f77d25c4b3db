package discover

import (
	"maps"
	"mime"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
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

// linkedInputs makes inputs of the queries of links to what is no page: a download, a feed, what redirects. Whoever was given it
// first asks for it; where all are redirected, nobody does.
func (d *discovery) linkedInputs() {
	for _, redirected := range []bool{false, true} {
		for _, l := range d.s.Links {
			u, err := url.Parse(l.URL)
			if err != nil || !l.Inside || u.RawQuery == "" || d.asset[l.URL] {
				continue
			}
			clean(u)
			for _, as := range append([]string{""}, d.o.Accounts...) {
				x := d.asked[as+" "+u.String()]
				if x == nil || x.Status >= 400 || len(x.Hops) > 0 != redirected || IsMissing(d.s, x, u.EscapedPath()) || isPart(x) || d.atSignIn(x) {
					continue
				}
				query := u.Query()
				for _, name := range slices.Sorted(maps.Keys(query)) {
					if versionName.MatchString(name) && path.Ext(u.Path) != "" {
						continue
					}
					d.input(&surface.Input{Method: "GET", URL: u.String(), In: surface.InQuery, Name: name, Known: query.Get(name), Page: l.Page, As: as}, 0)
				}
				break
			}
		}
	}
}

// versionName is what parameters are called that tell the versions of a file apart, and that no program reads.
var versionName = regexp.MustCompile(`(?i)^(?:v|ver|version|rev|hash|cb|ts?|_)$`)

// isPart tells whether an answer is what pages are made of.
func isPart(x *wire.Exchange) bool {
	kind, _, _ := mime.ParseMediaType(x.Header.Get("Content-Type")) //nolint:errcheck // a kind that cannot be read is none
	return kind == "text/css" || strings.Contains(kind, "javascript") || strings.Contains(kind, "font")
}

// atSignIn tells whether somebody was led to the page to sign in on.
func (d *discovery) atSignIn(x *wire.Exchange) bool {
	return len(x.Hops) > 0 && d.s.SignIn != nil && pathOf(x.URL) == pathOf(d.s.SignIn.Page)
}
