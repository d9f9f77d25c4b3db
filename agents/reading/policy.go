package reading

import (
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Policy is one Content Security Policy. An answer may set several: each of them holds, so that what one allows another
// may still forbid.
type Policy struct {
	Directives []Directive
	// Meta tells that a meta element sets it, which cannot say frame-ancestors, sandbox or report-uri. Report tells that it
	// is only reported against, and forbids nothing.
	Meta, Report bool
	Text         string // as it was written
}

// Directive is a directive of a policy: script-src 'self' https://cdn.example.
type Directive struct {
	Name   string // in small letters
	Values []string
}

// Policies are those of an answer: of all its headers, then of its meta elements.
func Policies(x *wire.Exchange) []Policy {
	if x == nil {
		return nil
	}
	var list []Policy
	for _, header := range []string{"Content-Security-Policy", "Content-Security-Policy-Report-Only"} {
		for _, text := range List(x.Header, header) {
			list = append(list, Policy{Directives: directives(text), Report: header != "Content-Security-Policy", Text: text})
		}
	}
	if doc := HTML(x); doc != nil {
		doc.Find("head meta[http-equiv][content]").Each(func(_ int, e *goquery.Selection) {
			if !strings.EqualFold(strings.TrimSpace(e.AttrOr("http-equiv", "")), "Content-Security-Policy") {
				return
			}
			p := Policy{Directives: directives(e.AttrOr("content", "")), Meta: true, Text: e.AttrOr("content", "")}
			p.Directives = slices.DeleteFunc(p.Directives, func(d Directive) bool {
				return d.Name == "frame-ancestors" || d.Name == "sandbox" || d.Name == "report-uri"
			})
			list = append(list, p)
		})
	}
	return slices.DeleteFunc(list, func(p Policy) bool { return len(p.Directives) == 0 })
}

// Enforced are those of an answer that forbid something: no report-only ones.
func Enforced(x *wire.Exchange) []Policy {
	return slices.DeleteFunc(Policies(x), func(p Policy) bool { return p.Report })
}

// directives reads a policy; the first directive of a name counts, as in browsers.
func directives(text string) []Directive {
	const most = 200
	var list []Directive
	for part := range strings.SplitSeq(text, ";") {
		fields := strings.Fields(part)
		if len(fields) == 0 || len(list) >= most {
			continue
		}
		name := strings.ToLower(fields[0])
		if !slices.ContainsFunc(list, func(d Directive) bool { return d.Name == name }) {
			list = append(list, Directive{name, fields[1:]})
		}
	}
	return list
}

// Get finds a directive by its name; ok tells whether the policy has it.
func (p *Policy) Get(name string) (values []string, ok bool) {
	for _, d := range p.Directives {
		if d.Name == name {
			return d.Values, true
		}
	}
	return nil, false
}

// fallbacks are where browsers look when a directive for sources is not there.
var fallbacks = map[string][]string{
	"script-src-elem": {"script-src", "default-src"}, "script-src-attr": {"script-src", "default-src"},
	"style-src-elem": {"style-src", "default-src"}, "style-src-attr": {"style-src", "default-src"},
	"worker-src": {"child-src", "script-src", "default-src"}, "frame-src": {"child-src", "default-src"},
	// These stand alone.
	"base-uri": nil, "form-action": nil, "frame-ancestors": nil, "sandbox": nil,
}

// Sources is what holds for a directive: its own values or those that it falls back to, and which directive says so. From
// is "" when the policy sets no bound at all.
func (p *Policy) Sources(name string) (values []string, from string) {
	next, listed := fallbacks[name]
	if !listed {
		next = []string{"default-src"}
	}
	for _, at := range append([]string{name}, next...) {
		if values, ok := p.Get(at); ok {
			return values, at
		}
	}
	return nil, ""
}
