package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
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
	c.Settings = m.settings(r.Settings)
	c.Surface = m.ofSurface(r.Surface)
	c.Claims = retold(m, r.Claims)
	c.Stopped, c.Browser = m.text(r.Stopped), m.text(r.Browser)
	c.Counts, c.ByProbe = counts(m, r.Counts), counts(m, r.ByProbe)
	c.Accounts = slices.Clone(r.Accounts)
	for i := range c.Accounts {
		c.Accounts[i].Why = m.text(c.Accounts[i].Why)
	}
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
		one.Address = m.address(x.Address) // by its id it is made again, and that carries no session by itself
		one.Outcome.Reason, one.Outcome.Saw = m.text(x.Outcome.Reason), m.text(x.Outcome.Saw)
		one.Facts = slices.Clone(x.Facts)
		for k := range one.Facts {
			one.Facts[k].Text, one.Facts[k].URL = m.text(one.Facts[k].Text), m.text(one.Facts[k].URL)
		}
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

// counts are copied for the reasons in them, which may name addresses.
func counts[K comparable](m *masker, of map[K]*agents.Count) map[K]*agents.Count {
	if of == nil {
		return nil
	}
	c := make(map[K]*agents.Count, len(of))
	for key, count := range of {
		one := *count
		if count.Reasons != nil {
			one.Reasons = make(map[string]int, len(count.Reasons))
			for reason, n := range count.Reasons {
				one.Reasons[m.text(reason)] += n
			}
		}
		c[key] = &one
	}
	return c
}

// CaseMask takes secrets out of cases that are kept before a campaign ends, and bounds their evidence. By what it leaves they
// are known again: ids and prints, and what language models claimed.
func CaseMask(s campaign.Settings) func(campaign.Case) campaign.Case {
	known := maskerOf(&campaign.Result{Settings: s})
	return func(x campaign.Case) campaign.Case {
		m := *known // its bounds are of one case
		findings := make([]agents.Finding, len(x.Outcome.Findings))
		for i, f := range x.Outcome.Findings {
			findings[i] = m.finding(f)
		}
		x.Outcome.Findings = findings
		x.Outcome.Reason, x.Outcome.Saw = m.text(x.Outcome.Reason), m.text(x.Outcome.Saw)
		return x
	}
}

// masker knows what must not be told.
type masker struct {
	secrets  *strings.Replacer
	long     *strings.Replacer // those alone that are no word of an address
	pictures int
	surface  int
}

// maskerOf knows the secrets of a campaign's accounts: what they sign in with, the sessions that they got for it, and what
// journeys write into fields for it.
func maskerOf(r *campaign.Result) *masker {
	known := map[string]bool{}
	know := func(secret string) {
		const shortest = 4 // what is shorter stands everywhere, and is none
		if len(secret) >= shortest {
			known[secret] = true
		}
	}
	for _, login := range r.Settings.Accounts {
		know(login.Password)
		name, value, _ := strings.Cut(login.Header, ":")
		value = strings.TrimSpace(value)
		know(value)
		if strings.EqualFold(strings.TrimSpace(name), "Cookie") {
			for pair := range strings.SplitSeq(value, ";") {
				if _, of, ok := strings.Cut(pair, "="); ok && token.MatchString(of) {
					know(of)
				}
			}
		} else if _, credentials, ok := strings.Cut(value, " "); ok {
			know(credentials)
		}
	}
	for i := range r.Accounts {
		know(r.Accounts[i].Password)
	}
	for i := range r.Settings.Journeys {
		for _, step := range r.Settings.Journeys[i].Steps {
			if step.Fill != nil && secretField.MatchString(step.Fill.Field) {
				know(step.Fill.With)
			}
		}
	}
	for _, value := range r.Sessions {
		if !slices.ContainsFunc(r.Settings.Accounts, func(l campaign.Login) bool { return l.User == value }) {
			know(value)
		}
	}
	m := &masker{pictures: maxPictures, surface: maxSurface}
	var list []string
	for secret := range known {
		list = append(list, forms(secret)...)
	}
	// The longest first, so that none is taken for the beginning of another.
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	var pairs, long []string
	for _, form := range slices.Compact(list) {
		pairs = append(pairs, form, mask)
		if len(form) >= 8 {
			long = append(long, form, mask)
		}
	}
	m.secrets, m.long = strings.NewReplacer(pairs...), strings.NewReplacer(long...)
	return m
}

// forms are those in which requests carry a secret, and pages, scripts and data show it.
func forms(secret string) []string {
	escaped := url.QueryEscape(secret)
	list := []string{secret, escaped, url.PathEscape(secret), strings.ReplaceAll(escaped, "+", "%20"), html.EscapeString(secret), htmlNamed.Replace(secret)}
	if decoded, err := url.QueryUnescape(secret); err == nil && len(decoded) >= 4 { // a cookie is shown as it is and as it is meant
		list = append(list, decoded, html.EscapeString(decoded))
	}
	for _, safe := range []bool{true, false} {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(safe)
		if encoder.Encode(secret) == nil {
			text := strings.TrimSpace(b.String())
			text = text[1 : len(text)-1]
			list = append(list, text, strings.ReplaceAll(text, "/", `\/`), strings.ReplaceAll(text, "'", `\u0027`))
		}
	}
	for _, form := range list[1:4] {
		list = append(list, escapes.ReplaceAllStringFunc(form, strings.ToLower))
	}
	return list
}

var (
	htmlNamed = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#x27;")
	escapes   = regexp.MustCompile(`%[0-9A-F]{2}`)

	jwt = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`)
	// named are values in JSON and forms whose names say that they open doors. A short one opens none.
	named = regexp.MustCompile(`(?i)((?:access|refresh|id|session|auth|api|bearer|csrf)[_-]?(?:token|key|secret|id)"?\s*[:=]\s*"?)([A-Za-z0-9+/_.~=-]{12,})`)
	token = regexp.MustCompile(`^[A-Za-z0-9+/=_.%~:|-]{12,}$`)
	// secretField are fields of a journey that are filled with what nobody else should know.
	secretField = regexp.MustCompile(`(?i)pass(?:w|phrase|code|$)|secret|token|\bpin\b|one.?time|contrase|kennwort|mot de passe|密码`)
)

const mask = "•••"

// address is a text that addresses are compared by. A short password may be a word that stands in a path.
func (m *masker) address(s string) string { return surface.Veiled(m.long.Replace(s)) }

// hide leaves the beginning of a secret, by which it can be told from others.
func hide(secret string) string { return secret[:min(4, len(secret)/4)] + mask }

func (m *masker) text(s string) string {
	s = surface.Veiled(m.secrets.Replace(s))
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
	if x.Fault != nil {
		c.Fault = &wire.Fault{Kind: x.Fault.Kind, Text: m.text(x.Fault.Text)}
	}
	c.Request.URL, c.Request.Header = m.text(x.Request.URL), m.header(x.Request.Header)
	c.Request.Body, _ = m.body(x.Request.Body, limit)
	var wasCut bool
	c.Body, wasCut = m.body(x.Body, limit)
	c.Cut = x.Cut || wasCut
	c.Hops = m.hops(x.Hops)
	return c
}

func (m *masker) finding(f agents.Finding) agents.Finding {
	was := f.Print()
	f.Title, f.Text, f.Cause = m.text(f.Title), cut(m.text(f.Text), maxEvidenceText), m.text(f.Cause)
	f.Where = m.place(f.Where)
	if f.Print() != was {
		f.Printed = was
	}
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
	p.URL, p.Element = m.text(p.URL), cut(m.text(p.Element), 1<<10)
	return p
}

func (m *masker) places(list []agents.Place) []agents.Place {
	c := make([]agents.Place, len(list))
	for i, p := range list {
		c[i] = m.place(p)
	}
	return c
}
