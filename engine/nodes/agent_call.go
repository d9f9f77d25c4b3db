package nodes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/engine"
)

// refusal is what a tool says when it could be called and did not do what was wanted: the model is told, as of any error.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

// callWorkflow makes the call of a tool that is a workflow. Called again with the same key, it gives the first result.
func (a *agent) callWorkflow(t agentTool) func(context.Context, *engine.Call, map[string]any) (string, error) {
	return func(ctx context.Context, c *engine.Call, args map[string]any) (string, error) {
		items, err := c.CallWorkflow(ctx, t.Workflow, []engine.Item{{JSON: args}})
		if err != nil {
			return "", err
		}
		list := make([]any, min(len(items), 100))
		for i := range list {
			list[i] = items[i].JSON
		}
		switch len(items) {
		case 0:
			return "The workflow ended and gave nothing.", nil
		case 1:
			return canonical(list[0]), nil
		}
		return canonical(list), nil
	}
}

// search makes the call of a tool that is a collection.
func (a *agent) search(t agentTool) func(context.Context, *engine.Call, map[string]any) (string, error) {
	return func(ctx context.Context, c *engine.Call, args map[string]any) (string, error) {
		o, err := a.d.collection(ctx, c, t.Collection)
		if err != nil {
			return "", err
		}
		settings := o.Collection.Settings
		settings.Results = cmp.Or(t.Results, 5)
		found, err := o.Search(ctx, text(args["question"]), settings, nil)
		if err != nil {
			return "", err
		}
		if len(found.Hits) == 0 {
			return "Nothing was found.", nil
		}
		var b strings.Builder
		for i := range found.Hits {
			h := &found.Hits[i]
			fmt.Fprintf(&b, "[%d] %s\n%s\n\n", i+1, strings.Join(append([]string{h.Title}, h.Headings...), " › "), h.Text)
		}
		return strings.TrimSpace(b.String()), nil
	}
}

// address puts arguments into the address of a request, and says which it took. With nil it only looks whether the
// address can be used. Arguments never reach scheme, user, host or port, and no folder above.
func (t agentTool) address(args map[string]any) (string, error) {
	raw := strings.TrimSpace(t.URL)
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	scheme, rest, _ := strings.Cut(raw, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if strings.ContainsAny(scheme+rest[:end], "{}") {
		return "", bad("url", "the model cannot fill in the host: braces may stand behind it, as in https://api.example.com/tickets/{id}")
	}
	path, query, hasQuery := strings.Cut(rest[end:], "?")
	path, err := filled(path, args, url.PathEscape)
	if err == nil {
		query, err = filled(query, args, url.QueryEscape)
	}
	if err != nil {
		return "", err
	}
	if climbs(path) {
		return "", refusal{"an argument must not lead to another folder of the address"}
	}
	full := scheme + "://" + rest[:end] + path
	if hasQuery {
		full += "?" + query
	}
	u, err := httpRequest{URL: full}.address()
	if err != nil {
		return "", bad("url", "%s", err)
	}
	return u.String(), nil
}

// climbs tells whether a path leads to a folder above, also for servers that read an escaped slash, or a backslash, as one.
func climbs(path string) bool {
	for range 3 { // some unescape more than once
		for s := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
			if name, _, _ := strings.Cut(s, ";"); name == "." || name == ".." { // a server may take off what stands behind ;
				return true
			}
		}
		plain, err := url.PathUnescape(path)
		if err != nil || plain == path {
			return false
		}
		path = plain
	}
	return false
}

// filled replaces what stands in braces by arguments. With nil it puts a letter there.
func filled(s string, args map[string]any, escape func(string) string) (string, error) {
	var b strings.Builder
	for {
		before, after, open := strings.Cut(s, "{")
		b.WriteString(before)
		if !open {
			return b.String(), nil
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed || name == "" {
			return "", bad("url", "a brace in the address has no name or no end")
		}
		value := "x"
		if args != nil {
			if value = text(args[name]); strings.TrimSpace(value) == "" {
				return "", refusal{fmt.Sprintf("the argument %q is missing, and the address needs it", name)}
			}
		}
		b.WriteString(escape(value))
		s = rest
	}
}

// request makes the call of a tool that is an HTTP request.
func (a *agent) request(t agentTool) func(context.Context, *engine.Call, map[string]any) (string, error) {
	return func(ctx context.Context, c *engine.Call, args map[string]any) (string, error) {
		address, err := t.address(args)
		if err != nil {
			return "", err
		}
		rest := own(args)
		for name := range args {
			if strings.Contains(t.URL, "{"+name+"}") {
				delete(rest, name)
			}
		}
		p := httpRequest{
			Method: cmp.Or(t.Method, "GET"), URL: address, Credential: t.Credential, BodyType: "none", Response: "auto", Into: "data", Full: true, AnyStatus: true,
			Timeout: 60, Retries: 2, Repeat: "key", Paging: "none",
		}
		if p.Method == "GET" || p.Method == "DELETE" {
			p.Query = rest
		} else {
			p.BodyType, p.Body = "json", rest
		}
		out, err := runHTTPRequest(ctx, a.d, p, c)
		if err != nil {
			return "", err
		}
		answer := out[0][0].JSON
		status, _ := number(answer["status"])
		said := fmt.Sprintf("Status %d.", int(status))
		switch body := answer["body"].(type) {
		case nil:
		case string:
			said += "\n" + body
		default:
			said += "\n" + canonical(body)
		}
		if status >= 300 {
			return "", refusal{said}
		}
		return said, nil
	}
}

// shownResult is as much of a result as the model is shown.
func shownResult(s string) (shown string, cut bool) {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\ufffd")
	if len(s) <= maxToolResult {
		return s, false
	}
	s = s[:maxToolResult]
	for len(s) > 0 && !utf8.ValidString(s[len(s)-min(len(s), 4):]) && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return strings.ToValidUTF8(s, "") + "\n… (the rest was left out)", true
}

// isRefusal tells whether a tool's error may be told in its own words alone.
func isRefusal(err error) bool {
	_, ok := errors.AsType[refusal](err)
	return ok
}
