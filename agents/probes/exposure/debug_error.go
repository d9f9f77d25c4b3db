package exposure

import (
	"context"
	"fmt"
	"net/http"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func debugError() *agents.Probe {
	return &agents.Probe{
		ID: "debug-error", Title: "Malformed input is answered with a stack trace",
		Decides:  "A value that is malformed makes the target answer with a stack trace, which it does not show for a value that it is known to take.",
		Keeps:    "The request, and the trace.",
		Advice:   "Turn the mode for development off, catch errors at the edge, and answer with a page that says that something went wrong.",
		Needs:    agents.NeedsHTTP | agents.NeedsIntrusive,
		Severity: agents.Medium, References: []string{"CWE-209"}, Skills: []string{"leak detection"},
		Check: agents.Each(malformable, runDebugError),
	}
}

var (
	token  = regexp.MustCompile(`(?i)csrf|xsrf|^_?token$|authenticity|requestverification|^_method$|captcha`)
	broken = []string{"\x00", "%", "9999999999999999999999", "-1", "{\"a\":[", "'\"<>"}
)

// malformable are the inputs and the operations that take a body. Forms that delete, end a session or change a password
// are left alone.
func malformable(s *surface.Surface) []surface.Item {
	forms := map[string]*surface.Form{}
	for _, f := range s.Forms {
		forms[f.Key()] = f
	}
	var list []surface.Item
	for _, in := range s.Inputs {
		f := forms[in.Form]
		if in.Method == http.MethodDelete || token.MatchString(in.Name) || f != nil && (f.Purpose == surface.ForDelete || f.Purpose == surface.ForSignOut || f.Purpose == surface.ForReset || f.As != "" && hasPassword(f)) {
			continue
		}
		list = append(list, in)
	}
	for _, o := range s.Operations {
		if o.Method == http.MethodPost || o.Method == http.MethodPut || o.Method == http.MethodPatch {
			list = append(list, o)
		}
	}
	return list
}

func hasPassword(f *surface.Form) bool {
	for i := range f.Fields {
		if f.Fields[i].Type == "password" {
			return true
		}
	}
	return false
}

func runDebugError(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
	requests, where, cause := malformed(item)
	for i, r := range requests {
		r.Follow = true
		x := lab.Send(ctx, r)
		if !x.Answered() {
			if ctx.Err() != nil || i == 0 {
				return agents.BlockOn(x.Fault)
			}
			continue
		}
		runtime, line := traceIn(x)
		if i == 0 && line != "" {
			return agents.Pass() // it shows one anyway, which is another probe's
		}
		if line != "" {
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("Malformed input is answered with a stack trace of %s.", runtime),
				Where: where, Cause: cause, Evidence: []agents.Evidence{agents.Excerpt("the first line of it", line), agents.Exchanged("the request and its answer", x)},
			})
		}
	}
	return agents.Pass()
}

// malformed are the requests for an item: the first is well-formed.
func malformed(item surface.Item) (list []wire.Request, where agents.Place, cause string) {
	switch item := item.(type) {
	case *surface.Input:
		for _, value := range append([]string{item.Known}, broken...) {
			if r, err := item.Request(value); err == nil {
				list = append(list, r)
			}
		}
		// A list where a text is meant.
		several := *item
		several.Name += "[]"
		if r, err := several.Request(item.Known); err == nil && item.In != surface.InPath {
			list = append(list, r)
		}
		return list, agents.Place{URL: item.URL, Method: item.Method, Parameter: item.Name, As: item.As}, "input " + item.Method + " " + surface.ShapeOf(item.URL)
	case *surface.Operation:
		for _, body := range []string{"{}", `{"a":`, "[]", "null", `"`, "\x00"} {
			list = append(list, wire.Request{Method: item.Method, URL: item.URL, As: item.As, Body: []byte(body), Header: http.Header{"Content-Type": {"application/json"}}})
		}
		return list, agents.Place{URL: item.URL, Method: item.Method, As: item.As}, "body " + item.Method + " " + item.Path
	}
	return nil, where, ""
}
