package apisecurity

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func pageSize() *agents.Probe {
	return &agents.Probe{
		ID: "page-size", Title: "API that gives as much at once as is asked for", Severity: agents.Medium, Needs: agents.NeedsHTTP, References: []string{"CWE-770", "API4"},
		Decides: "A list that is cut to a page gives at least ten times as much when it is asked for 100,000 entries.",
		Keeps:   "The number of entries and bytes of both answers.",
		Advice:  "Cut what is asked for to a largest page, or refuse it, whatever the request says.",
		Check:   agents.Each(paged, unpaged),
	}
}

var limitName = regexp.MustCompile(`(?i)^(?:limit|per_?page|page_?size|size|count|take|top|first|max_?results|rows|_limit|n|num)$`)

// paged are the lists whose length can be asked for.
func paged(s *surface.Surface) []*surface.Operation {
	var list []*surface.Operation
	for _, o := range readers(s) {
		if limitOf(s, o) != "" && reading.Items(reading.JSON(asked(o).Body)) != nil {
			list = append(list, o)
		}
	}
	return list
}

// limitOf is the parameter of an operation that bounds a page: in its description, or in the address that was seen.
func limitOf(s *surface.Surface, o *surface.Operation) string {
	if u, err := url.Parse(asked(o).Request.URL); err == nil {
		for name := range u.Query() {
			if limitName.MatchString(name) {
				return name
			}
		}
	}
	if s.Spec == nil || !o.Described {
		return ""
	}
	api, err := openapi.Read(s.Spec.Data, s.Spec.URL)
	if err != nil {
		return ""
	}
	for _, op := range api.Operations() {
		if op.Method != o.Method || api.Base.Path+op.Path != o.Path {
			continue
		}
		for _, p := range op.Parameters {
			if p.Value != nil && p.Value.In == "query" && limitName.MatchString(p.Value.Name) {
				return p.Value.Name
			}
		}
	}
	return ""
}

func unpaged(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	const (
		few     = 2
		many    = 100000
		least   = 200 // entries that a page of a list may have
		growing = 10
	)
	name := limitOf(lab.Surface, o)
	ask := func(n int) (*wire.Exchange, int) {
		x := lab.Send(ctx, wire.Request{URL: with(asked(o).Request.URL, name, strconv.Itoa(n)), As: o.As})
		return x, len(reading.Items(reading.JSON(x.Body)))
	}
	small, short := ask(few)
	large, long := ask(many)
	switch {
	case !small.Answered():
		return agents.BlockOn(small.Fault)
	case !large.Answered():
		return agents.BlockOn(large.Fault)
	case large.Status >= 400 && large.Status < 500:
		return agents.Pass() // refused
	case !large.OK() || !small.OK():
		return agents.Block("the list answers %d and %d", small.Status, large.Status)
	case large.Cut && len(large.Body) > growing*len(small.Body), short > 0 && short <= few && long >= least && len(large.Body) >= growing*len(small.Body):
	case long <= few && short <= few:
		return agents.Skip("the list has %d entries: too few to see whether a page is bounded", long)
	default:
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("Asked for %s=%d, %s gives %d entries in %d bytes: whoever wants to can make it read and send all that there is.", name, many, o.Path, long, len(large.Body)),
		Where: agents.Place{URL: large.URL, Method: http.MethodGet, Parameter: name, As: o.As}, Cause: o.Key() + " " + name,
		Evidence: []agents.Evidence{agents.Table("sizes", agents.ByHTTP, []string{name, "entries", "bytes"},
			[]string{strconv.Itoa(few), strconv.Itoa(short), strconv.Itoa(len(small.Body))}, []string{strconv.Itoa(many), strconv.Itoa(long), strconv.Itoa(len(large.Body))})},
	})
}
