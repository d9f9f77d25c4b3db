package report

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of what a report keeps of a campaign.
const (
	maxEvidenceBody = 64 << 10 // bytes of a body that shows a finding
	maxSurfaceBody  = 32 << 10 // and of one that was only discovered
	maxSurface      = 8 << 20  // bytes of all bodies of a surface
	maxEvidenceText = 16 << 10
	maxRows         = 500
	maxPicture      = 4 << 20
	maxPictures     = 24 << 20 // of all pictures
)

// masked is a copy of a result without secrets and within bounds. Evidence of a case is left out where its finding, with
// the same print, has it.
func masked(r *campaign.Result) *campaign.Result {
	m := maskerOf(r)
	c := *r
	c.Surface = m.ofSurface(r.Surface)
	c.Findings = make([]campaign.Agreed, len(r.Findings))
	shown := map[string]bool{}
	for i, a := range r.Findings {
		a.Finding = m.finding(a.Finding)
		a.Places = m.places(a.Places)
		if a.Explained != nil {
			a.Explained = &campaign.Explanation{Text: m.text(a.Explained.Text), By: a.Explained.By}
		}
		c.Findings[i] = a
		shown[a.ID] = true
	}
	c.Cases = make([]*campaign.Case, len(r.Cases))
	for i, x := range r.Cases {
		one := *x
		one.Outcome.Findings = make([]agents.Finding, len(x.Outcome.Findings))
		for k, f := range x.Outcome.Findings {
			if shown[f.Print()] {
				f.Evidence = nil
			}
			one.Outcome.Findings[k] = m.finding(f)
		}
		c.Cases[i] = &one
	}
	return &c
}

// maskerOf knows the secrets of a campaign's accounts.
func maskerOf(r *campaign.Result) *masker {
	m := &masker{pictures: maxPictures, surface: maxSurface}
	for _, login := range r.Settings.Accounts {
		m.know(login.Password)
		if _, value, ok := strings.Cut(login.Header, ":"); ok {
			m.know(strings.TrimSpace(value))
		}
	}
	for i := range r.Accounts {
		m.know(r.Accounts[i].Password)
	}
	return m
}

// masker knows what must not be told.
type masker struct {
	secrets  []string
	pictures int
	surface  int
}

// know adds a secret, in the forms in which requests carry it. What is very short stands everywhere, and is none.
func (m *masker) know(secret string) {
	if len(secret) < 4 {
		return
	}
	m.secrets = append(m.secrets, secret)
	for _, form := range []string{url.QueryEscape(secret), url.PathEscape(secret), strings.ReplaceAll(url.QueryEscape(secret), "+", "%20")} {
		if form != secret {
			m.secrets = append(m.secrets, form)
		}
	}
}

var (
	jwt = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`)
	// named are values in JSON and forms whose names say that they open doors. A short one opens none.
	named = regexp.MustCompile(`(?i)((?:access|refresh|id|session|auth|api|bearer|csrf)[_-]?(?:token|key|secret|id)"?\s*[:=]\s*"?)([A-Za-z0-9+/_.~=-]{12,})`)
	token = regexp.MustCompile(`^[A-Za-z0-9+/=_.%~:|-]{12,}$`)
)

const mask = "•••"

// hide leaves the beginning of a secret, by which it can be told from others.
func hide(secret string) string { return secret[:min(4, len(secret)/4)] + mask }

func (m *masker) text(s string) string {
	for _, secret := range m.secrets {
		s = strings.ReplaceAll(s, secret, mask)
	}
	s = jwt.ReplaceAllStringFunc(s, hide)
	return named.ReplaceAllStringFunc(s, func(found string) string {
		part := named.FindStringSubmatch(found)
		return part[1] + hide(part[2])
	})
}

func (m *masker) header(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	c := http.Header{}
	for name, values := range h {
		for _, value := range values {
			switch strings.ToLower(name) {
			case "cookie":
				value = m.cookies(value)
			case "set-cookie":
				pair, rest, more := strings.Cut(value, ";")
				value = m.cookies(pair)
				if more {
					value += ";" + rest
				}
			case "authorization", "proxy-authorization", "x-api-key", "x-auth-token":
				scheme, credentials, ok := strings.Cut(value, " ")
				switch {
				case ok && token.MatchString(credentials):
					value = scheme + " " + hide(credentials)
				case token.MatchString(value):
					value = hide(value)
				}
			}
			c[name] = append(c[name], cut(m.text(value), 4<<10))
		}
	}
	return c
}

// cookies masks what looks like a token, and leaves what a probe put there to attack with.
func (m *masker) cookies(line string) string {
	parts := strings.Split(line, ";")
	for i, part := range parts {
		name, value, ok := strings.Cut(part, "=")
		if ok && token.MatchString(strings.Trim(value, `" `)) {
			parts[i] = name + "=" + hide(strings.Trim(value, `" `))
		}
	}
	return strings.Join(parts, ";")
}

func (m *masker) body(data []byte, limit int) (body []byte, wasCut bool) {
	if len(data) > limit {
		data, wasCut = data[:limit], true
	}
	return []byte(m.text(string(data))), wasCut
}

func (m *masker) exchange(x *wire.Exchange, limit int) *wire.Exchange {
	if x == nil {
		return nil
	}
	c := &wire.Exchange{Request: x.Request, URL: m.text(x.URL), Status: x.Status, Proto: x.Proto, Header: m.header(x.Header), Fault: x.Fault, First: x.First, Took: x.Took, At: x.At}
	c.Request.URL, c.Request.Header = m.text(x.Request.URL), m.header(x.Request.Header)
	c.Request.Body, _ = m.body(x.Request.Body, limit)
	var wasCut bool
	c.Body, wasCut = m.body(x.Body, limit)
	c.Cut = x.Cut || wasCut
	for _, hop := range x.Hops {
		c.Hops = append(c.Hops, wire.Hop{URL: m.text(hop.URL), Status: hop.Status, To: m.text(hop.To)})
	}
	return c
}

func (m *masker) finding(f agents.Finding) agents.Finding {
	f.Text = cut(m.text(f.Text), maxEvidenceText)
	f.Where = m.place(f.Where)
	list := make([]agents.Evidence, 0, len(f.Evidence))
	for _, e := range f.Evidence {
		e.Exchange = m.exchange(e.Exchange, maxEvidenceBody)
		e.Text = cut(m.text(e.Text), maxEvidenceText)
		e.Rows = m.rows(e.Rows)
		if len(e.Picture) > 0 && (len(e.Picture) > maxPicture || len(e.Picture) > m.pictures) {
			e.Picture, e.Text = nil, "the picture is too large for this report"
		}
		m.pictures -= len(e.Picture)
		list = append(list, e)
	}
	f.Evidence = list
	return f
}

func (m *masker) rows(rows [][]string) [][]string {
	if rows == nil {
		return nil
	}
	c := make([][]string, 0, min(len(rows), maxRows))
	for _, row := range rows[:min(len(rows), maxRows)] {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = cut(m.text(cell), 2<<10)
		}
		c = append(c, cells)
	}
	return c
}

func (m *masker) place(p agents.Place) agents.Place {
	p.URL, p.Element = m.text(p.URL), cut(p.Element, 1<<10)
	return p
}

func (m *masker) places(list []agents.Place) []agents.Place {
	c := make([]agents.Place, len(list))
	for i, p := range list {
		c[i] = m.place(p)
	}
	return c
}

// ofSurface copies what holds exchanges; the rest of a surface is not written to by anybody any more.
func (m *masker) ofSurface(s *surface.Surface) *surface.Surface {
	if s == nil {
		return nil
	}
	c := *s
	c.Pages = make([]*surface.Page, len(s.Pages))
	for i, p := range s.Pages {
		one := *p
		one.URL, one.Answer = m.text(p.URL), m.discovered(p.Answer)
		c.Pages[i] = &one
	}
	c.Assets = make([]*surface.Asset, len(s.Assets))
	for i, a := range s.Assets {
		one := *a
		one.Answer = m.discovered(a.Answer)
		c.Assets[i] = &one
	}
	c.Operations = make([]*surface.Operation, len(s.Operations))
	for i, o := range s.Operations {
		one := *o
		one.Seen = nil
		for _, x := range o.Seen {
			one.Seen = append(one.Seen, m.discovered(x))
		}
		c.Operations[i] = &one
	}
	return &c
}

func (m *masker) discovered(x *wire.Exchange) *wire.Exchange {
	c := m.exchange(x, min(maxSurfaceBody, max(0, m.surface)))
	if c != nil {
		m.surface -= len(c.Body) + len(c.Request.Body)
	}
	return c
}
