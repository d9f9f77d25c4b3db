package report

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// retold is a copy of something without the secrets that are known, and else as it is: what is tried again from it has to
// stay the same.
func retold[T any](m *masker, v *T) *T {
	if v == nil {
		return nil
	}
	data, err := json.Marshal(v)
	c := new(T)
	if err != nil || json.Unmarshal([]byte(m.secrets.Replace(string(data))), c) != nil {
		return nil
	}
	return c
}

// settings are a campaign's without what its journeys write into fields: some of it are passwords, and nobody can tell which.
func (m *masker) settings(s campaign.Settings) campaign.Settings {
	s.More, s.Specification, s.Claims = m.list(s.More), m.text(s.Specification), retold(m, s.Claims)
	journeys := s.Journeys
	s.Journeys = nil
	for _, j := range journeys {
		steps := j.Steps
		j.Steps = nil
		for _, step := range steps {
			step.Go = m.text(step.Go)
			if step.Fill != nil {
				fill := *step.Fill
				if fill.With != "" {
					fill.With = mask
				}
				step.Fill = &fill
			}
			j.Steps = append(j.Steps, step)
		}
		s.Journeys = append(s.Journeys, j)
	}
	return s
}

func (m *masker) list(texts []string) []string {
	var list []string
	for _, text := range texts {
		list = append(list, m.text(text))
	}
	return list
}

// value is that of a parameter or a field.
func (m *masker) value(name, value string) string {
	if surface.Opens(name, value) {
		return surface.Veil
	}
	return m.text(value)
}

func (m *masker) values(all url.Values) url.Values {
	if all == nil {
		return nil
	}
	c := url.Values{}
	for name, values := range all {
		for _, value := range values {
			c[name] = append(c[name], m.value(name, value))
		}
	}
	return c
}

// each copies what a list points to, and changes the copies.
func each[T any](list []*T, change func(*T)) []*T {
	if list == nil {
		return nil
	}
	c := make([]*T, len(list))
	for i, v := range list {
		one := *v
		change(&one)
		c[i] = &one
	}
	return c
}

// ofSurface copies what was discovered.
func (m *masker) ofSurface(s *surface.Surface) *surface.Surface {
	if s == nil {
		return nil
	}
	c := *s
	c.Pages = each(s.Pages, func(p *surface.Page) {
		p.URL, p.From, p.Title, p.Answer = m.address(p.URL), m.address(p.From), m.secrets.Replace(p.Title), m.discovered(p.Answer)
	})
	c.Forms = each(s.Forms, m.form)
	c.Inputs = each(s.Inputs, func(i *surface.Input) {
		i.URL, i.Page, i.Form, i.Known, i.Others = m.address(i.URL), m.address(i.Page), m.address(i.Form), m.value(i.Name, i.Known), m.values(i.Others)
		i.Header = m.header(i.Header)
	})
	c.Assets = each(s.Assets, func(a *surface.Asset) {
		a.URL, a.Page, a.Tag, a.Answer = m.address(a.URL), m.address(a.Page), m.text(a.Tag), m.discovered(a.Answer)
	})
	c.Links = each(s.Links, func(l *surface.Link) {
		l.URL, l.Page, l.Text, l.Tag, l.Fault, l.Hops = m.address(l.URL), m.address(l.Page), m.text(l.Text), m.text(l.Tag), m.text(l.Fault), m.hops(l.Hops)
	})
	c.Cookies = each(s.Cookies, func(c *surface.Cookie) { c.URL, c.Line, c.Others = m.address(c.URL), m.text(c.Line), m.list(c.Others) })
	c.Operations = each(s.Operations, func(o *surface.Operation) {
		seen := o.Seen
		o.URL, o.Page, o.Words, o.Seen = m.address(o.URL), m.address(o.Page), m.text(o.Words), nil
		for _, x := range seen {
			o.Seen = append(o.Seen, m.discovered(x))
		}
	})
	c.Sockets = each(s.Sockets, func(s *surface.Socket) { s.URL, s.Page = m.address(s.URL), m.address(s.Page) })
	c.Journeys = each(s.Journeys, func(j *surface.Journey) { j.Start = m.address(j.Start) })
	c.Permissions = each(s.Permissions, func(p *surface.Permission) { p.URL = m.address(p.URL) })
	c.Claims = each(s.Claims, func(c *surface.Claim) { c.Start = m.address(c.Start) })
	c.Spec, c.Robots, c.SiteMaps = m.document(s.Spec), m.document(s.Robots), nil
	for _, d := range s.SiteMaps {
		c.SiteMaps = append(c.SiteMaps, m.document(d))
	}
	c.GraphQL, c.Missing.Text = m.address(s.GraphQL), m.text(s.Missing.Text)
	if s.SignIn != nil {
		in := *s.SignIn
		in.Page, in.Form = m.address(in.Page), m.address(in.Form)
		c.SignIn = &in
	}
	c.Unseen = nil
	for _, u := range s.Unseen {
		u.URL, u.Reason = m.address(u.URL), m.text(u.Reason)
		c.Unseen = append(c.Unseen, u)
	}
	return &c
}

// form masks the values of a form's fields, and where they stand in its HTML.
func (m *masker) form(f *surface.Form) {
	fields := f.Fields
	f.Page, f.Action, f.Fields = m.address(f.Page), m.address(f.Action), nil
	for _, field := range fields {
		value := m.value(field.Name, field.Value)
		if field.Type == "password" && field.Value != "" {
			value = mask
		}
		if value != field.Value {
			f.HTML = strings.NewReplacer(`"`+html.EscapeString(field.Value)+`"`, `"`+value+`"`, `"`+field.Value+`"`, `"`+value+`"`).Replace(f.HTML)
		}
		field.Value = value
		f.Fields = append(f.Fields, field)
	}
	f.HTML = m.text(f.HTML)
}

func (m *masker) hops(list []wire.Hop) []wire.Hop {
	var c []wire.Hop
	for _, hop := range list {
		c = append(c, wire.Hop{URL: m.text(hop.URL), Status: hop.Status, To: m.text(hop.To)})
	}
	return c
}

// document is a file as it was served, but for the secrets that are known: descriptions of APIs are compared.
func (m *masker) document(d *surface.Document) *surface.Document {
	if d == nil {
		return nil
	}
	return &surface.Document{URL: m.text(d.URL), Data: []byte(m.secrets.Replace(string(d.Data)))}
}

func (m *masker) discovered(x *wire.Exchange) *wire.Exchange {
	c := m.exchange(x, min(maxSurfaceBody, max(0, m.surface)))
	if c != nil {
		m.surface -= len(c.Body) + len(c.Request.Body)
	}
	return c
}
