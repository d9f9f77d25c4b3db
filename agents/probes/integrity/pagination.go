package integrity

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func pagination() *agents.Probe {
	return &agents.Probe{
		ID: "pagination", Title: "Pages of a list that overlap or leave something out", Severity: agents.Medium, Needs: agents.NeedsHTTP,
		Decides: "Read page by page, a list gives entries twice, leaves out what one larger page has, or has another number of entries than the total that it tells; or a page with a pager tells a total, and has rows on a further page that its pager does not lead to.",
		Keeps:   "The ids of each page.",
		Advice:  "Order the list by something unique, count offsets from where the last page ended, and count the total with the same filter.",
		Check: agents.Each(paged, func(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
			switch item := item.(type) {
			case *surface.Operation:
				return pages(ctx, lab, item)
			case *surface.Page:
				return pager(ctx, lab, item)
			}
			return agents.Block("%s is no list", item.Key())
		}),
	}
}

var (
	pageName  = regexp.MustCompile(`(?i)^(?:page|page_?number|page_?no|p|offset|skip|_page|_start)$`)
	byEntry   = regexp.MustCompile(`(?i)^(?:offset|skip|_start)$`)
	limitName = regexp.MustCompile(`(?i)^(?:limit|per_?page|page_?size|size|count|take|_limit)$`)
	totalName = []string{"total", "total_count", "totalCount", "count", "total_items", "totalItems", "totalElements"}
)

// paged are the operations that list by pages, and the pages with a pager and a total.
func paged(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, o := range lists(s, pageName) {
		list = append(list, o)
	}
	for _, p := range withPager(s) {
		list = append(list, p)
	}
	return list
}

func pages(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	const most = 15
	l := listOf(lab.Surface, o)
	if l == nil {
		return agents.Block("the list is not there any more")
	}
	name, limit := l.named(pageName), l.named(limitName)
	size := 2
	if limit == "" {
		size = len(objects(l.answer))
	}
	ask := func(from, size int) (*wire.Exchange, []string) {
		pairs := []string{name, strconv.Itoa(from)}
		if limit != "" {
			pairs = append(pairs, limit, strconv.Itoa(size))
		}
		x := lab.Send(ctx, wire.Request{URL: l.with(pairs...), As: o.As})
		var ids []string
		for _, fields := range objects(x) {
			id := reading.ID(fields, "id")
			if id == "" {
				id = resource.Words(fields)
			}
			ids = append(ids, id)
		}
		return x, ids
	}
	step, from := 1, 1
	if byEntry.MatchString(name) {
		step, from = size, 0
	} else if _, zero := ask(0, size); len(zero) > 0 { // some count pages from 0, others give the first for both
		if _, one := ask(1, size); strings.Join(zero, " ") != strings.Join(one, " ") {
			from = 0
		}
	}
	rows := [][]string{{name, "ids"}}
	seen, total := map[string]int{}, -1
	var twice []string
	var first *wire.Exchange
	ended := false
	for range most {
		x, ids := ask(from, size)
		if first == nil {
			first = x
			if !x.OK() {
				return agents.Skip("the list cannot be read by pages: it answers %d", x.Status)
			}
			total = totalOf(x)
			if len(ids) > size { // the bound that was asked for is not kept to
				return agents.Skip("the list gives %d entries where %d are asked for", len(ids), size)
			}
		}
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if !x.OK() || len(ids) == 0 {
			ended = true
			break
		}
		rows = append(rows, []string{strconv.Itoa(from), strings.Join(ids, ", ")})
		for _, id := range ids {
			if seen[id]++; seen[id] == 2 {
				twice = append(twice, id)
			}
		}
		from += step
	}
	if len(rows) < 3 {
		return agents.Skip("the list has a single page")
	}
	var wrong string
	switch {
	case len(twice) > 0 && len(seen) <= size:
		wrong = "every page is the first one, whatever page is asked for"
	case len(twice) > 0:
		wrong = fmt.Sprintf("%d entries stand on more than one page, such as %s", len(twice), twice[0])
	case ended && total >= 0 && total != len(seen):
		wrong = fmt.Sprintf("it tells a total of %d and has %d entries", total, len(seen))
	case limit != "":
		start := 1
		if byEntry.MatchString(name) {
			start = 0
		}
		if _, all := ask(start, 50); ended && len(all) <= 50 {
			for _, id := range all {
				if seen[id] == 0 {
					wrong = fmt.Sprintf("%s is left out when it is read in pages of %d", id, size)
				}
			}
		}
	}
	if wrong == "" {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("Read page by page, %s is not whole: %s.", o.Path, wrong),
		Where: agents.Place{URL: first.URL, Method: o.Method, Parameter: name, As: o.As}, Cause: o.Key(),
		Evidence: []agents.Evidence{agents.Table("pages", agents.ByHTTP, rows...), agents.Exchanged("first page", first)},
	})
}

// totalOf is the number of entries that a list tells; -1 when it tells none.
func totalOf(x *wire.Exchange) int {
	fields, ok := reading.JSON(x.Body).(map[string]any)
	if !ok {
		return -1
	}
	for _, name := range totalName {
		if n, err := strconv.Atoi(resource.Words(fields[name])); err == nil && !(name == "count" && n == len(objects(x))) {
			return n
		}
	}
	return -1
}
