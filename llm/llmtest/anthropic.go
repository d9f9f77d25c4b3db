package llmtest

import "net/http"

func (s *Server) messages(w http.ResponseWriter, r *http.Request, a *Asked, f Fault, said Said) {
	if !a.Stream {
		fail(w, a, Fault{Status: 400, Code: "invalid_request_error", Message: "this server only streams"})
		return
	}
	end := said.End
	if end == "" {
		end = "end_turn"
		if len(said.Calls) > 0 {
			end = "tool_use"
		}
	}
	text := func(t string) (string, any) {
		return "content_block_delta", object{"type": "content_block_delta", "index": 0, "delta": object{"type": "text_delta", "text": t}}
	}
	st := &stream{s: s, w: w, r: r, f: f, piece: func() (string, any) { return text("again and again ") }}
	st.begin()
	st.send("message_start", object{"type": "message_start", "message": object{
		"id": "msg_1", "type": "message", "role": "assistant", "model": a.Model, "content": []any{},
		"usage": object{"input_tokens": max(0, said.Input-said.Cached), "cache_read_input_tokens": said.Cached, "cache_creation_input_tokens": 0, "output_tokens": 1}}})
	st.send("ping", object{"type": "ping"})
	index := 0
	if len(said.Pieces) > 0 {
		st.send("content_block_start", object{"type": "content_block_start", "index": 0, "content_block": object{"type": "text", "text": ""}})
		for _, p := range said.Pieces {
			if st.broken() {
				return
			}
			if event, v := text(p); !st.send(event, v) {
				return
			}
		}
		st.send("content_block_stop", object{"type": "content_block_stop", "index": 0})
		index++
	}
	for _, c := range said.Calls {
		half := len(c.Arguments) / 2
		st.send("content_block_start", object{"type": "content_block_start", "index": index, "content_block": object{"type": "tool_use", "id": c.ID, "name": c.Name, "input": object{}}})
		for _, part := range []string{c.Arguments[:half], c.Arguments[half:]} {
			if st.broken() {
				return
			}
			st.send("content_block_delta", object{"type": "content_block_delta", "index": index, "delta": object{"type": "input_json_delta", "partial_json": part}})
		}
		st.send("content_block_stop", object{"type": "content_block_stop", "index": index})
		index++
	}
	if st.broken() {
		return
	}
	st.send("message_delta", object{"type": "message_delta", "delta": object{"stop_reason": end}, "usage": object{"output_tokens": said.Output}})
	st.send("message_stop", object{"type": "message_stop"})
}
