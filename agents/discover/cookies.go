package discover

import (
	"cmp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// cookies keeps what the target has set on any answer until now: that of signing in, of redirects and of assets too. A
// cookie that is set in several ways is told by the line that an account got, which is what a sign-in rests on.
func (d *discovery) cookies() {
	byName := map[string]*surface.Cookie{}
	written := d.client.Written()
	slices.SortStableFunc(written, func(a, b wire.Written) int { return cmp.Compare(len(b.As), len(a.As)) })
	for _, w := range written {
		c, ok := reading.ParseCookie(w.Line)
		if !ok || c.Value == "" {
			continue
		}
		known := byName[c.Name]
		if known == nil {
			known = &surface.Cookie{Name: c.Name, Line: c.Masked(), URL: w.URL, As: w.As}
			byName[c.Name] = known
			d.s.Cookies = append(d.s.Cookies, known)
		} else if line := c.Masked(); attributes(line) != attributes(known.Line) {
			known.Others = append(known.Others, line)
		}
		known.Session = known.Session || c.IsSession()
	}
	d.s.Cookies = slices.DeleteFunc(d.s.Cookies, func(c *surface.Cookie) bool { return c.Line == "" && byName[c.Name] != nil })
}

func attributes(line string) string {
	_, rest, _ := strings.Cut(line, ";")
	return rest
}

// jar keeps what scripts have set on a page; what an answer has set too is told by that.
func (d *discovery) jar(p *surface.Page, cookies []browser.Cookie) {
	for _, c := range cookies {
		if !c.HTTPOnly {
			d.s.Cookies = append(d.s.Cookies, &surface.Cookie{Name: c.Name, URL: p.URL, As: p.As, Session: reading.NamesSession(c.Name)})
		}
	}
}
