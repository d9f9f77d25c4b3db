package authorization

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// collection is an operation that lists objects, with the way to turn its pages.
type collection struct {
	list *surface.Operation
	item string // the path of one, with the name of its id
	page string // the parameter that chooses the page; "" where there is none
	part bool   // it has another way to give a part
}

var (
	// social are collections of those who use the target, and of where they meet: one that shows only whom somebody knows
	// does not hide the others.
	social   = regexp.MustCompile(`(?i)/(?:users?|members?|people|persons?|profiles?|accounts?|authors?|teams?|groups?|channels?|contacts?|feed|timeline|notifications?)$`)
	pageName = regexp.MustCompile(`(?i)^(?:page|p|page_?(?:no|number|index)|page\[number\])$`)
	partName = regexp.MustCompile(`(?i)^(?:offset|skip|start|cursor|after|before|page_?token|next|from)$`)
)

// collections are the operations that list objects to accounts, with an operation beside that reads one of them.
func collections(s *surface.Surface) []*drawer {
	pages, parts := map[string]string{}, map[string]bool{}
	for _, i := range s.Inputs {
		if i.In != surface.InQuery || i.Method != http.MethodGet {
			continue
		}
		if pageName.MatchString(i.Name) {
			pages[pathOf(i.URL)] = i.Name
		}
		parts[pathOf(i.URL)] = parts[pathOf(i.URL)] || partName.MatchString(i.Name)
	}
	var list []*drawer
	for _, o := range s.Operations {
		if !discover.Reads(o) || o.As == "" || o.Origin != "" || strings.Contains(o.Path, "{") || social.MatchString(o.Path) || adminPath.MatchString(o.Path) || !slices.ContainsFunc(o.Seen, (*wire.Exchange).OK) {
			continue
		}
		path := pathOf(o.URL)
		if item := itemOf(s, path); item != "" {
			list = append(list, &drawer{shape: strings.TrimSuffix(path, "/") + "/{id}", listings: []string{o.URL}, collection: &collection{o, item, pages[path], parts[path]}})
		}
	}
	return list
}

// itemOf is the path of one object of a collection that can be read; "" where there is none.
func itemOf(s *surface.Surface, path string) string {
	for _, o := range s.Operations {
		rest, below := strings.CutPrefix(o.Path, strings.TrimSuffix(path, "/")+"/{")
		if below && o.Method == http.MethodGet && o.Origin == "" && strings.IndexByte(rest, '}') == len(rest)-1 {
			return o.Path
		}
	}
	return ""
}

// address is where an object is read.
func (c *collection) address(id string) string {
	u, err := url.Parse(c.list.URL)
	if err != nil {
		return ""
	}
	return wire.Origin(u) + strings.TrimSuffix(u.EscapedPath(), "/") + "/" + url.PathEscape(id)
}

// listed are the ids of all objects that a collection lists to an account. It is not whole where there may be more: what is
// not among them may be listed all the same.
func (c *collection) listed(ctx context.Context, lab *agents.Lab, as string) (ids []string, whole bool, fault *wire.Fault) {
	const most = 40
	parameter := strings.TrimSuffix(c.item[strings.LastIndex(c.item, "{")+1:], "}")
	r, err := discover.RequestOf(lab.Surface, c.list)
	if err != nil {
		return nil, false, &wire.Fault{Kind: wire.Unsendable, Text: err.Error()}
	}
	u, err := url.Parse(c.list.URL)
	if err != nil {
		return nil, false, &wire.Fault{Kind: wire.Unsendable, Text: err.Error()}
	}
	for page := range most { // as it stands first
		at := *u
		if page > 0 {
			query := at.Query()
			query.Set(c.page, strconv.Itoa(page))
			at.RawQuery = query.Encode()
		}
		x := lab.Send(ctx, wire.Request{URL: at.String(), As: as, Header: r.Header.Clone()})
		if !x.Answered() {
			return nil, false, x.Fault
		}
		if x.Status >= http.StatusMultipleChoices {
			return ids, page > 1 && (x.Status == http.StatusNotFound || x.Status == http.StatusRequestedRangeNotSatisfiable), nil
		}
		grown := false
		items := reading.Items(reading.JSON(x.Body))
		for _, item := range items {
			if id := reading.ID(item, parameter); id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
				grown = true
			}
		}
		switch {
		case c.page == "":
			return ids, !c.part && !goesOn(x, len(items)), nil
		case !grown && page > 1: // the first page may be the one that was asked for as it stands
			return ids, true, nil
		}
	}
	return ids, false, nil
}

// goesOn tells whether an answer says that there are more than it has.
func goesOn(x *wire.Exchange, items int) bool {
	if strings.Contains(strings.ToLower(strings.Join(x.Header.Values("Link"), ",")), "next") {
		return true
	}
	if n, err := strconv.Atoi(x.Header.Get("X-Total-Count")); err == nil && n > items {
		return true
	}
	return saysMore(reading.JSON(x.Body), items, 0)
}

var (
	countName = regexp.MustCompile(`(?i)total|count`)
	moreName  = regexp.MustCompile(`(?i)^next|more|hasnext|has_next|cursor|token$`)
)

func saysMore(v any, items, depth int) bool {
	const deepest = 2
	fields, ok := v.(map[string]any)
	if !ok || depth > deepest {
		return false
	}
	for name, v := range fields {
		switch v := v.(type) {
		case json.Number:
			if n, err := v.Int64(); err == nil && countName.MatchString(name) && n > int64(items) {
				return true
			}
		case string:
			if v != "" && moreName.MatchString(name) {
				return true
			}
		case bool:
			if v && moreName.MatchString(name) || !v && strings.EqualFold(name, "last") {
				return true
			}
		case map[string]any:
			if saysMore(v, items, depth+1) {
				return true
			}
		}
	}
	return false
}

// inClosed tells whether an object is in something that its reader is refused, and its owner is not: a task that another reads
// though it is in a project that is closed to it.
func inClosed(ctx context.Context, lab *agents.Lab, foreign *wire.Exchange, owner string) bool {
	fields, ok := reading.JSON(foreign.Body).(map[string]any)
	if !ok {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		id := reading.ID(map[string]any{"id": fields[name]}, "id")
		base, refers := strings.CutSuffix(strings.ToLower(strings.ReplaceAll(name, "_", "")), "id")
		if !refers || base == "" || id == "" {
			continue
		}
		for _, d := range collections(lab.Surface) {
			if last := strings.ToLower(d.collection.list.Path[strings.LastIndex(d.collection.list.Path, "/")+1:]); last != base && last != base+"s" {
				continue
			}
			right := lab.Send(ctx, wire.Request{URL: d.collection.address(id), As: owner})
			refused := lab.Send(ctx, wire.Request{URL: d.collection.address(id), As: foreign.Request.As})
			if right.Status == http.StatusOK && (refused.Status == http.StatusForbidden || refused.Status == http.StatusNotFound) {
				return true
			}
		}
	}
	return false
}

// without are the addresses of a that b does not have.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(address string) bool { return slices.Contains(b, address) })
}
