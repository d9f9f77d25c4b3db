package discover

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Addresses as they stand in scripts: a quoted path, or an address of this origin.
var (
	quotedPath = regexp.MustCompile("[\"'`](/[A-Za-z0-9_~!$&()*+,;=:@%./?{}<>#-]{1,300})[\"'`]")
	fullURL    = regexp.MustCompile("[\"'`](https?://[A-Za-z0-9_~!$&()*+,;=:@%./?#\\[\\]-]{4,300})[\"'`]")
	socketURL  = regexp.MustCompile("[\"'`](wss?://[^\"'`\\s]{4,300})[\"'`]")
	relative   = regexp.MustCompile("(?:fetch|open|get|post|put|patch|delete|href\\s*=|location\\s*=)\\s*\\(?\\s*[\"'`]([A-Za-z0-9_-][A-Za-z0-9_~./?=&%-]{1,200})[\"'`]")
	assetName  = regexp.MustCompile(`(?i)\.(?:css|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|eot|mp[34]|webm|map)(?:$|\?)`)
	// What is quoted like a path and is none: a comment, a template, and the end of a regular expression ("/g,").
	noPath = regexp.MustCompile(`^/(?:[/*]|$)|[{}<>$]|\\|^/[dgimsuvy]{0,4}[,;)]|[,;(+*!]$`)
)

// maxScript bounds what is read of a script.
const maxScript = 2 << 20

// script reads addresses in a script: pages are queued, the rest is guessed to be an API's.
func (d *discovery) script(source string, base *url.URL, page, as string, depth int) {
	if len(source) > maxScript {
		source = source[:maxScript]
	}
	found := map[string]bool{}
	for _, pattern := range []*regexp.Regexp{quotedPath, fullURL, relative} {
		for _, match := range pattern.FindAllStringSubmatch(source, 2000) {
			reference := match[1]
			if noPath.MatchString(reference) || assetName.MatchString(reference) || found[reference] {
				continue
			}
			if pattern == relative && !strings.ContainsAny(reference, "/.?") {
				continue
			}
			found[reference] = true
			if address := resolve(base, reference); address != "" {
				d.add(address, as, surface.ByScript, page, depth+1)
			}
		}
	}
	for _, match := range socketURL.FindAllStringSubmatch(source, 50) {
		if u, err := url.Parse(match[1]); err == nil && d.client.Scope().Allows(u) {
			d.socket(match[1], page)
		}
	}
}

func (d *discovery) socket(address, page string) {
	if len(d.s.Sockets) < maxSockets {
		d.s.Sockets = append(d.s.Sockets, &surface.Socket{URL: address, Page: page, Origin: d.s.Elsewhere(page)})
	}
}

// fetchAssets asks for the assets that were not asked yet, and reads the scripts among them.
func (d *discovery) fetchAssets(ctx context.Context) {
	var list []*surface.Asset
	for _, a := range d.s.Assets {
		if a.Inside && a.Answer == nil {
			list = append(list, a)
		}
	}
	inOrder(len(list), d.o.Parallel, func(i int) {
		a := list[i]
		a.Answer = d.client.Send(ctx, wire.Request{URL: a.URL, Follow: true, Header: map[string][]string{"Referer": {a.Page}, "Accept": {"*/*"}}})
	}, func(i int) {
		a := list[i]
		if a.Kind == surface.Script && a.Answer.OK() {
			if base, err := url.Parse(a.Page); err == nil { // what a script asks for is relative to its page
				d.script(string(a.Answer.Body), base, a.Page, "", 1)
			}
		}
		d.keep(a.Answer)
	})
}

// answer keeps an answer in JSON as an operation, with the inputs of its address and of what was sent.
func (d *discovery) answer(method string, x *wire.Exchange, as, page string) {
	u, err := url.Parse(x.URL)
	if err != nil {
		return
	}
	path := surface.ShapeOf(u.Scheme + "://" + u.Host + u.EscapedPath())
	key := (&surface.Operation{Method: method, Path: path, Origin: d.s.Elsewhere(x.URL)}).Key()
	for _, o := range d.s.Operations {
		if o.Key() == key {
			if len(o.Seen) < 5 {
				o.Seen = append(o.Seen, x)
			}
			return
		}
	}
	if len(d.s.Operations) >= maxAnswers {
		d.leaveOut(u, "the campaign looks at 2,000 operations at most")
		return
	}
	d.s.Operations = append(d.s.Operations, &surface.Operation{Method: method, Path: path, URL: x.URL, Seen: []*wire.Exchange{x}, As: as, Page: page, Origin: d.s.Elsewhere(x.URL)})
	carried := Carried(x.Request.Header)
	query := u.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		d.input(&surface.Input{Method: method, URL: x.URL, In: surface.InQuery, Name: name, Known: query.Get(name), Page: page, As: as, Header: carried}, 0)
	}
	segments := strings.Split(u.EscapedPath(), "/")
	for i, part := range strings.Split(path, "/") {
		if strings.HasPrefix(part, "{") && i < len(segments) {
			d.input(&surface.Input{Method: method, URL: x.URL, In: surface.InPath, Name: surface.Segment(i), Known: segments[i], Page: page, As: as, Header: carried}, 0)
		}
	}
	if len(x.Request.Body) > 0 {
		d.sent(method, x.Request, as, page)
	}
}

// sent makes inputs of the fields that were sent in JSON or as a form.
func (d *discovery) sent(method string, r wire.Request, as, page string) {
	values := url.Values{}
	encoding := "application/json"
	var object map[string]any
	if json.Unmarshal(r.Body, &object) == nil {
		flatten(values, "", object, 0)
	} else if form, err := url.ParseQuery(string(r.Body)); err == nil && strings.Contains(r.Header.Get("Content-Type"), "urlencoded") {
		values, encoding = form, "application/x-www-form-urlencoded"
	}
	names, along := slices.Sorted(maps.Keys(values)), sizeOf(values)
	for _, name := range names[:min(len(names), maxFields)] {
		d.input(&surface.Input{Method: method, URL: r.URL, In: surface.InBody, Name: name, Known: values.Get(name), Others: values, Encoding: encoding, Header: Carried(r.Header), Page: page, As: as}, along)
	}
}

// flatten names the fields of an object by their paths; lists and what lies deeper than five are left out.
func flatten(values url.Values, prefix string, object map[string]any, depth int) {
	for name, v := range object {
		path := prefix + name
		switch v := v.(type) {
		case map[string]any:
			if depth < 5 {
				flatten(values, path+".", v, depth+1)
			}
		case string:
			values.Set(path, v)
		case float64, bool:
			text, err := json.Marshal(v)
			if err == nil {
				values.Set(path, string(text))
			}
		}
	}
}
