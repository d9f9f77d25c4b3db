package llmtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Fault is what goes wrong with a call. The zero value is none.
type Fault struct {
	// Status is an error status, with Code and Message in the protocol's form, and the header Retry-After.
	Status        int
	Code, Message string
	RetryAfter    string
	// Body is sent instead of an answer, with the status 200.
	Body string
	// Hang answers nothing until the caller goes.
	Hang bool
	// Drop cuts the connection before the answer.
	Drop bool
	// After is how many pieces of a stream come before the stream is what the next fields say.
	After int
	// Cut ends the stream there, Silent stops it there, Endless goes on with pieces for ever, Pings with comments, Garbage
	// sends what is no JSON, Failing says in the stream that something failed.
	Cut, Silent, Endless, Pings, Garbage, Failing bool
	// Dims is a wrong length of vectors, Fewer leaves the last one out.
	Dims  int
	Fewer bool
	// Poison refuses calls with a text that has this in it. It lasts: it is put back behind every call.
	Poison string
	// Slow is how long an answer waits.
	Slow time.Duration
}

func (f *Fault) streams() bool {
	return f.Cut || f.Silent || f.Endless || f.Pings || f.Garbage || f.Failing
}

// broken does what a fault says in place of an answer, and tells whether it did.
func (s *Server) broken(w http.ResponseWriter, r *http.Request, a *Asked, f Fault) bool {
	if f.Slow > 0 {
		timer := time.NewTimer(f.Slow)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		case <-s.done:
		}
	}
	switch {
	case f.Hang:
		s.wait(r)
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		fail(w, a, f)
	case f.Body != "":
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(f.Body))
	case f.Poison != "":
		s.Break(f)
		if !strings.Contains(strings.Join(a.Texts, "\n")+a.Last, f.Poison) {
			return false
		}
		fail(w, a, Fault{Status: 400, Code: "context_length_exceeded", Message: "This model's maximum context length is 8192 tokens, but you sent: " + f.Poison})
	default:
		return false
	}
	return true
}

// wait hangs until the caller goes or the server ends.
func (s *Server) wait(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.done:
	}
}

// fail answers with an error in the form of the protocol.
func fail(w http.ResponseWriter, a *Asked, f Fault) {
	w.Header().Set("Content-Type", "application/json")
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.WriteHeader(f.Status)
	e := map[string]any{"message": f.Message, "code": f.Code, "type": f.Code}
	body := map[string]any{"error": e}
	if a.Path == "/v1/messages" {
		body["type"] = "error"
	}
	json.NewEncoder(w).Encode(body) //nolint:errcheck // the caller may have gone
}
