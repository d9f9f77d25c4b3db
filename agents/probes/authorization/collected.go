package authorization

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// collection is an operation that lists objects, with the way to turn its pages.
type collection struct {
	list *surface.Operation
	page string // the parameter that chooses the page; "" where there is none
}

var (
	// social are collections of those who use the target, and of where they meet: one that shows only whom somebody knows
	// does not hide the others.
	social   = regexp.MustCompile(`(?i)/(?:users?|members?|people|persons?|profiles?|accounts?|authors?|teams?|groups?|channels?|contacts?|feed|timeline|notifications?)$`)
	pageName = regexp.MustCompile(`(?i)^(?:page|p|page_?(?:no|number|index))$`)
)

// collections are the operations that list objects to accounts, with an operation beside that reads one of them.
func collections(s *surface.Surface) []*drawer {
	pages := map[string]string{}
	for _, i := range s.Inputs {
		if i.In == surface.InQuery && i.Method == http.MethodGet && pageName.MatchString(i.Name) {
			pages[pathOf(i.URL)] = i.Name
		}
	}
	var list []*drawer
	for _, o := range s.Operations {
		if o.Method != http.MethodGet || o.As == "" || o.Origin != "" || strings.Contains(o.Path, "{") || social.MatchString(o.Path) || adminPath.MatchString(o.Path) ||
			!slices.ContainsFunc(o.Seen, func(x *wire.Exchange) bool { return x.OK() }) {
			continue
		}
		if !slices.ContainsFunc(s.Operations, func(one *surface.Operation) bool {
			rest, below := strings.CutPrefix(one.Path, strings.TrimSuffix(o.Path, "/")+"/{")
			return below && one.Method == http.MethodGet && one.Origin == "" && strings.IndexByte(rest, '}') == len(rest)-1
		}) {
			continue
		}
		path := pathOf(o.URL)
		list = append(list, &drawer{shape: strings.TrimSuffix(path, "/") + "/{id}", listings: []string{o.URL}, collection: &collection{o, pages[path]}})
	}
	return list
}

// listed are the addresses of all objects that a collection lists to an account. It is not whole where there are more than
// are looked at, so that what is not among them may be listed all the same.
func (c *collection) listed(ctx context.Context, lab *agents.Lab, as string) (addresses []string, whole bool, fault *wire.Fault) {
	const most = 20
	u, err := url.Parse(c.list.URL)
	if err != nil {
		return nil, false, &wire.Fault{Kind: wire.Unsendable, Text: err.Error()}
	}
	for page := 1; page <= most; page++ {
		at := *u
		if c.page != "" {
			query := at.Query()
			query.Set(c.page, strconv.Itoa(page))
			at.RawQuery = query.Encode()
		}
		x := lab.Send(ctx, wire.Request{URL: at.String(), As: as, Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}})
		if !x.Answered() {
			return nil, false, x.Fault
		}
		if !x.OK() {
			return addresses, page > 1, nil
		}
		answer := reading.JSON(x.Body)
		items := reading.Items(answer)
		grown := false
		for _, item := range items {
			id := reading.ID(item, "id")
			if address := surface.Absolute(u, strings.TrimSuffix(u.EscapedPath(), "/")+"/"+url.PathEscape(id)); id != "" && !slices.Contains(addresses, address) {
				addresses = append(addresses, address)
				grown = true
			}
		}
		switch {
		case c.page == "":
			return addresses, !goesOn(answer, len(items)), nil
		case !grown:
			return addresses, true, nil
		}
	}
	return addresses, false, nil
}

// goesOn tells whether an answer says that there are more than it has.
func goesOn(answer any, items int) bool {
	fields, ok := answer.(map[string]any)
	if !ok {
		return false
	}
	for name, v := range fields {
		switch v := v.(type) {
		case json.Number:
			if n, err := v.Int64(); err == nil && strings.Contains(strings.ToLower(name), "total") && n > int64(items) {
				return true
			}
		case string:
			if strings.HasPrefix(strings.ToLower(name), "next") && v != "" {
				return true
			}
		case bool:
			if v && strings.Contains(strings.ToLower(name), "more") {
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
