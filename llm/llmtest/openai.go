package llmtest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// read finds in a body what tests ask for.
func (a *Asked) read() {
	a.Model, _ = a.Body["model"].(string)
	a.Stream, _ = a.Body["stream"].(bool)
	_, a.Schema = a.Body["response_format"]
	if config, ok := a.Body["output_config"].(map[string]any); ok {
		_, a.Schema = config["format"]
	}
	a.System = textOf(a.Body["system"])
	messages, _ := a.Body["messages"].([]any)
	for _, m := range messages {
		message, _ := m.(map[string]any)
		if message["role"] == "system" {
			a.System = textOf(message["content"])
		}
		a.Last = textOf(message["content"])
	}
	for _, name := range []string{"input", "documents", "texts"} {
		list, _ := a.Body[name].([]any)
		for _, t := range list {
			text, _ := t.(string)
			a.Texts = append(a.Texts, text)
		}
	}
}

// textOf is the text of a content in any of its forms.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var texts []string
		for _, p := range v {
			part, _ := p.(map[string]any)
			if t, ok := part["text"].(string); ok {
				texts = append(texts, t)
			} else if inner := textOf(part["content"]); inner != "" {
				texts = append(texts, inner)
			}
		}
		return strings.Join(texts, "\n")
	}
	return ""
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) //nolint:errcheck // the caller may have gone
}

type object = map[string]any

func (s *Server) chat(w http.ResponseWriter, r *http.Request, a *Asked, f Fault, said Said) {
	end := said.End
	if end == "" {
		end = "stop"
		if len(said.Calls) > 0 {
			end = "tool_calls"
		}
	}
	usage := object{"prompt_tokens": said.Input, "completion_tokens": said.Output, "prompt_tokens_details": object{"cached_tokens": said.Cached}}
	if !a.Stream {
		message := object{"role": "assistant", "content": strings.Join(said.Pieces, "")}
		if said.Refusal != "" {
			message["refusal"] = said.Refusal
		}
		var calls []object
		for _, c := range said.Calls {
			calls = append(calls, object{"id": c.ID, "type": "function", "function": object{"name": c.Name, "arguments": c.Arguments}})
		}
		if calls != nil {
			message["tool_calls"], message["content"] = calls, nil
		}
		body := object{"choices": []object{{"index": 0, "message": message, "finish_reason": end}}}
		if said.Input > 0 {
			body["usage"] = usage
		}
		write(w, body)
		return
	}
	chunk := func(delta object) object { return object{"choices": []object{{"index": 0, "delta": delta}}} }
	st := &stream{s: s, w: w, r: r, f: f, piece: func() (string, any) { return "", chunk(object{"content": "again and again "}) }}
	st.begin()
	st.send("", chunk(object{"role": "assistant", "content": ""}))
	for _, p := range said.Pieces {
		if st.broken() || !st.send("", chunk(object{"content": p})) {
			return
		}
	}
	for i, c := range said.Calls {
		half := len(c.Arguments) / 2
		st.send("", chunk(object{"tool_calls": []object{{"index": i, "id": c.ID, "type": "function", "function": object{"name": c.Name, "arguments": c.Arguments[:half]}}}}))
		if st.broken() {
			return
		}
		st.send("", chunk(object{"tool_calls": []object{{"index": i, "function": object{"arguments": c.Arguments[half:]}}}}))
	}
	if st.broken() {
		return
	}
	st.send("", object{"choices": []object{{"index": 0, "delta": object{}, "finish_reason": end}}})
	if options, _ := a.Body["stream_options"].(object); said.Input > 0 && options["include_usage"] == true {
		st.send("", object{"choices": []object{}, "usage": usage})
	}
	st.line("data: [DONE]\n\n")
}
