package nodes

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// pages collects the items of page after page.
func (x *exchange) pages(ctx context.Context) ([]engine.Item, error) {
	if (x.p.Paging == "field" || x.p.Paging == "cursor") && x.p.Next == "" {
		return nil, bad("next", "name the field that leads to the next page")
	}
	var all []engine.Item
	at := x.first
	if x.p.Paging == "page" {
		at = withQuery(at, x.p.PageParam, strconv.Itoa(x.p.FirstPage))
	}
	seen := map[string]bool{}
	for page := range min(max(x.p.MaxPages, 1), 1000) {
		if seen[at.String()] {
			return nil, bad("paging", "page %d leads back to %s, which was read before", page, shown(at))
		}
		seen[at.String()] = true
		if !sameOrigin(at, x.first) {
			return nil, bad("paging", "page %d is at another host, %s: credentials and headers are not sent there", page+1, at.Host)
		}
		a, err := x.send(ctx, at, page)
		if err != nil {
			return nil, err
		}
		items, err := x.pageItems(a)
		if err != nil {
			return nil, err
		}
		if all = append(all, items...); len(all) > maxItems {
			return nil, tooMany("paging")
		}
		next, err := x.next(a, at, page, len(items))
		if err != nil {
			return nil, err
		}
		if next == nil {
			break
		}
		at = next
	}
	return all, nil
}

// pageItems takes the list out of a page.
func (x *exchange) pageItems(a *answered) ([]engine.Item, error) {
	if x.p.Items == "" || x.p.Full {
		return x.items(a)
	}
	m, ok := a.body.(map[string]any)
	if !ok {
		return nil, bad("items", "the answer is no object, so it has no field %q", x.p.Items)
	}
	v, ok := field(m, x.p.Items)
	if !ok || v == nil {
		return nil, nil
	}
	return itemsOf(v), nil
}

// next returns the address of the next page, or nil after the last.
func (x *exchange) next(a *answered, at *url.URL, page, items int) (*url.URL, error) {
	switch x.p.Paging {
	case "link":
		return relative(a.url, linkNext(a.header.Values("Link")))
	case "field":
		return relative(a.url, text(fieldOf(a.body, x.p.Next)))
	case "page":
		if items == 0 {
			return nil, nil //nolint:nilnil // an empty page is the last
		}
		return withQuery(at, x.p.PageParam, strconv.Itoa(x.p.FirstPage+page+1)), nil
	case "cursor":
		if cursor := text(fieldOf(a.body, x.p.Next)); cursor != "" && cursor != "false" {
			return withQuery(at, x.p.CursorParam, cursor), nil
		}
		return nil, nil //nolint:nilnil // no cursor: the last page
	}
	return nil, bad("paging", "there is no paging %q", x.p.Paging)
}

func fieldOf(body any, name string) any {
	m, _ := body.(map[string]any)
	v, _ := field(m, name)
	return v
}

func relative(base *url.URL, ref string) (*url.URL, error) {
	if ref == "" {
		return nil, nil //nolint:nilnil // no next page
	}
	u, err := base.Parse(ref)
	if err != nil {
		return nil, bad("paging", "the next page's address %q cannot be read", excerpt(ref, 80))
	}
	return u, nil
}

func withQuery(u *url.URL, name, value string) *url.URL {
	next := *u
	q := next.Query()
	q.Set(name, value)
	next.RawQuery = q.Encode()
	return &next
}

// linkNext finds the target of rel="next" in Link headers (RFC 8288).
func linkNext(headers []string) string {
	for _, header := range headers {
		for header != "" {
			_, rest, ok := strings.Cut(header, "<")
			if !ok {
				break
			}
			target, rest, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			attributes, following, _ := strings.Cut(rest, "<")
			for attribute := range strings.SplitSeq(strings.TrimRight(attributes, ", "), ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(attribute), "=")
				for rel := range strings.FieldsSeq(strings.Trim(value, `"`)) {
					if strings.EqualFold(name, "rel") && strings.EqualFold(rel, "next") {
						return target
					}
				}
			}
			header = ""
			if following != "" {
				header = "<" + following
			}
		}
	}
	return ""
}
