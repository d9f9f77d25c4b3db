package compat

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/atelier-studio/atelier/agents/reading"
)

// mistake is one of a document's tags.
type mistake struct {
	line              int
	words, cause, tag string
}

// opened is an element that was not closed yet.
type opened struct {
	name, tag string
	line      int
}

var (
	void    = set("area base br col embed hr img input link meta param source track wbr")
	mayStay = set("html head body p li dt dd rt rp optgroup option colgroup thead tbody tfoot tr td th caption") // their end may be left out
	foreign = set("svg math")
	// ends are the elements whose beginning ends those before.
	ends = map[string][]string{
		"li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "tr": {"tr", "td", "th"}, "td": {"td", "th"}, "th": {"td", "th"}, "option": {"option"}, "optgroup": {"option", "optgroup"},
		"thead": {"colgroup", "caption"}, "tbody": {"thead", "tbody", "colgroup", "caption", "tr", "td", "th"}, "tfoot": {"thead", "tbody", "colgroup", "caption", "tr", "td", "th"}, "rt": {"rt", "rp"}, "rp": {"rt", "rp"}, "body": {"head"},
	}
	closesP = set("address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul")
	holds   = set("ul ol dl table select template button td th caption svg math object") // what begins in them ends nothing outside
	alone   = set("a button form label")                                                 // none of them may hold itself
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

// reader walks through tags and keeps what is open.
type reader struct {
	open   []opened
	list   []mistake
	ids    map[string]int // line of the first
	popped []string       // closed by another's end: their own end is no second mistake
	inside int            // depth in drawings
	quiet  int            // depth in templates, whose ids count for nothing
}

// mistakes are those of a document, each once.
func mistakes(source []byte) []mistake {
	r := &reader{ids: map[string]int{}}
	line := 1
	const most = 200
	for z := html.NewTokenizer(bytes.NewReader(source)); len(r.list) < most; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := z.Raw()
		at := line
		line += bytes.Count(raw, []byte("\n"))
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := reading.Shorten(strings.Join(strings.Fields(string(raw)), " "), 200)
			r.begin(z.Token(), tag, at, kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			name, _ := z.TagName()
			r.end(string(name), at)
		}
	}
	for i := len(r.open) - 1; i >= 0; i-- {
		if o := r.open[i]; !mayStay[o.name] && r.inside == 0 {
			r.add(o.line, fmt.Sprintf("<%s> is never closed", o.name), "unclosed "+o.tag, o.tag)
		}
	}
	return r.list
}

func (r *reader) add(line int, words, cause, tag string) {
	if !slices.ContainsFunc(r.list, func(m mistake) bool { return m.cause == cause }) {
		r.list = append(r.list, mistake{line, words, cause, tag})
	}
}

func (r *reader) begin(token html.Token, tag string, line int, closed bool) {
	name := token.Data
	if r.inside == 0 {
		r.id(token, tag, line)
		if closesP[name] {
			r.imply("p")
		}
		for _, other := range ends[name] {
			r.imply(other)
		}
		if alone[name] && r.within(name) {
			r.add(line, fmt.Sprintf("<%s> stands in another <%s>", name, name), "nested "+name+" "+tag, tag)
		}
	}
	if void[name] || r.inside > 0 && closed || foreign[name] && closed {
		return
	}
	if foreign[name] {
		r.inside++
	}
	if name == "template" {
		r.quiet++
	}
	r.open = append(r.open, opened{name, tag, line})
}

func (r *reader) id(token html.Token, tag string, line int) {
	for _, a := range token.Attr {
		if a.Key != "id" || strings.TrimSpace(a.Val) == "" || r.quiet > 0 {
			continue
		}
		if first, twice := r.ids[a.Val]; twice {
			r.add(line, fmt.Sprintf("the id %q stands in line %d already", a.Val, first), "id "+a.Val, tag)
		} else {
			r.ids[a.Val] = line
		}
		return
	}
}

// imply closes an element whose end may be left out, when nothing stands between that holds on to it.
func (r *reader) imply(name string) {
	for i := len(r.open) - 1; i >= 0; i-- {
		switch o := r.open[i].name; {
		case o == name:
			r.popped = append(r.popped, namesAbove(r.open[i+1:])...)
			r.open = r.open[:i]
			return
		case holds[o] || !mayStay[o]:
			return
		}
	}
}

func namesAbove(list []opened) (names []string) {
	for _, o := range list {
		names = append(names, o.name)
	}
	return names
}

func (r *reader) within(name string) bool {
	for i := len(r.open) - 1; i >= 0; i-- {
		switch {
		case r.open[i].name == name:
			return true
		case r.open[i].name == "template", r.open[i].name == "object":
			return false
		}
	}
	return false
}

func (r *reader) end(name string, line int) {
	if r.inside > 0 && !foreign[name] {
		return // drawings are XML, and read by others
	}
	for i := len(r.open) - 1; i >= 0; i-- {
		if r.open[i].name != name {
			continue
		}
		for _, o := range r.open[i+1:] {
			if mayStay[o.name] || r.inside > 0 {
				continue
			}
			r.add(o.line, fmt.Sprintf("<%s> is still open where </%s> comes in line %d", o.name, name, line), "crossed "+o.tag, o.tag)
			r.popped = append(r.popped, o.name)
		}
		if foreign[name] {
			r.inside--
		}
		if name == "template" {
			r.quiet--
		}
		r.open = r.open[:i]
		return
	}
	if i := slices.Index(r.popped, name); i >= 0 {
		r.popped = slices.Delete(r.popped, i, i+1)
		return
	}
	if name != "html" && name != "body" && name != "head" {
		tag := "</" + name + ">"
		words := fmt.Sprintf("</%s> closes nothing", name)
		if name == "p" {
			words += ": something before it cannot stand in a paragraph, and has ended it"
		}
		where := ""
		if len(r.open) > 0 {
			where = r.open[len(r.open)-1].tag
		}
		r.add(line, words, "stray "+tag+" in "+where, tag)
	}
}
