package llmtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// stream writes events, with what a fault says.
type stream struct {
	s *Server
	w http.ResponseWriter
	r *http.Request
	f Fault
	n int
	// piece is an event with a piece of text, for streams that do not end.
	piece func() (event string, v any)
}

func (st *stream) begin() {
	st.w.Header().Set("Content-Type", "text/event-stream")
	st.w.WriteHeader(http.StatusOK)
}

func (st *stream) line(text string) bool {
	if _, err := fmt.Fprint(st.w, text); err != nil {
		return false
	}
	return http.NewResponseController(st.w).Flush() == nil
}

// send writes an event. It returns false when the stream is over.
func (st *stream) send(event string, v any) bool {
	data, err := json.Marshal(v)
	if err != nil {
		return false
	}
	text := "data: " + string(data) + "\n\n"
	if event != "" {
		text = "event: " + event + "\n" + text
	}
	return st.line(text)
}

// broken counts a piece, and once there are enough of them does what the fault says. It tells whether it did.
func (st *stream) broken() bool {
	if !st.f.streams() || st.n < st.f.After {
		st.n++
		return false
	}
	switch {
	case st.f.Cut:
		panic(http.ErrAbortHandler)
	case st.f.Silent:
		st.s.wait(st.r)
	case st.f.Garbage:
		event, _ := st.piece()
		if event != "" {
			event = "event: " + event + "\n"
		}
		st.line(event + "data: {\"choices\": [{\n\n")
	case st.f.Failing:
		event := ""
		if st.r.URL.Path == "/v1/messages" {
			event = "error"
		}
		st.send(event, map[string]any{"type": "error", "error": map[string]any{"type": "overloaded_error", "message": "The server is overloaded"}})
	default:
		st.forever()
	}
	return true
}

// forever writes until nobody reads.
func (st *stream) forever() {
	for st.r.Context().Err() == nil {
		select {
		case <-st.s.done:
			return
		default:
		}
		if st.f.Pings {
			if !st.line(strings.Repeat(": ping\n\n", 4096)) {
				return
			}
			continue
		}
		if event, v := st.piece(); !st.send(event, v) {
			return
		}
	}
}
