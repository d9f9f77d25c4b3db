package contract

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/wire"
)

func idempotency() *agents.Probe {
	return &agents.Probe{
		ID: "idempotency", Title: "PUT that does something else the second time", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"RFC 9110"},
		Decides: "The same PUT, sent twice with success, leaves another state the second time: other fields than those of time and version differ, or there are more objects.",
		Keeps:   "The difference.",
		Advice:  "Let PUT replace what is there with what is sent, and use POST for what adds to it.",
		Check:   agents.Each(apisWith(resource.Read, resource.Update), twice),
	}
}

func twice(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	o, err := s.Make(ctx, 0, nil)
	if err != nil {
		return agents.Skip("no object could be made of it: %v", err)
	}
	put := func() (*wire.Exchange, map[string]string, int) {
		x := s.Change(ctx, o, s.Texts(1))
		state := map[string]string{}
		if x != nil && x.OK() {
			flatten(state, "", reading.JSON(s.Read(ctx, o).Body), 0)
		}
		count := -1
		if list := s.List(ctx); list != nil && list.OK() {
			count = len(reading.Items(reading.JSON(list.Body)))
		}
		return x, state, count
	}
	first, one, before := put()
	if first == nil || !first.OK() {
		return agents.Skip("an object cannot be changed as it is described")
	}
	if first.Request.Method != "PUT" {
		return agents.Pass() // PATCH need not be idempotent
	}
	second, two, after := put()
	if second == nil || !second.OK() {
		return agents.Pass() // what says that it is not done twice is not
	}
	rows := [][]string{{"field", "after the first", "after the second"}}
	for _, name := range slices.Sorted(maps.Keys(two)) {
		if one[name] != two[name] && !moving.MatchString(name) {
			rows = append(rows, []string{name, one[name], two[name]})
		}
	}
	if before >= 0 && after > before {
		rows = append(rows, []string{"objects in the list", strconv.Itoa(before), strconv.Itoa(after)})
	}
	if len(rows) == 1 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("The same PUT, sent twice, changes an object of %s the second time too (%s): a client that repeats it after a time-out does harm.", r.Path, rows[1][0]),
		Where: agents.Place{URL: second.URL, Method: "PUT", Parameter: rows[1][0], As: s.As}, Cause: r.Key(),
		Evidence: append([]agents.Evidence{agents.Table("what differs", agents.ByHTTP, rows...)}, sequence("first", first, "second", second)...),
	})
}

// moving are fields that may differ by themselves.
var moving = regexp.MustCompile(`(?i)updated|modified|changed|edited|time|date|_at$|At$|version|revision|etag|rev$|request|trace|nonce|token|seq|views?|last`)

// flatten writes what an object holds, by the path to each value.
func flatten(into map[string]string, path string, v any, depth int) {
	const deepest, most = 6, 300
	if depth > deepest || len(into) > most {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			flatten(into, path+"/"+name, inner, depth+1)
		}
	case []any:
		into[path+" (entries)"] = strconv.Itoa(len(v))
		for i, inner := range v {
			flatten(into, path+"/"+strconv.Itoa(i), inner, depth+1)
		}
	default:
		into[path] = resource.Words(v)
	}
}

// pause waits some milliseconds; false when ctx ended before.
func pause(ctx context.Context, milliseconds int) bool {
	select {
	case <-time.After(time.Duration(milliseconds) * time.Millisecond):
		return true
	case <-ctx.Done():
		return false
	}
}
