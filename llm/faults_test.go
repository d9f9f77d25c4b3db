package llm_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/llm/llmtest"
)

// secret stands in every question of this suite, and in no error.
const secret = "The merger with Contoso closes on Friday"

// held says what an error shows that it must not.
func held(t *testing.T, err error) {
	t.Helper()
	for _, word := range []string{secret, "Contoso", llmtest.Key, "4f1d0c9e"} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("the error shows %q: %s", word, err)
		}
	}
}

// Every fault of a provider is an error of the right kind, in words, with neither key nor question in it.
func TestFaults(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 33<<20)
	cases := map[string]struct {
		fault  llmtest.Fault
		kind   llm.Kind
		class  error
		words  string
		stream bool // only streams can meet it
	}{
		"wrong key":      {fault: llmtest.Fault{Status: 401, Message: "Incorrect API key provided: " + llmtest.Key}, kind: llm.Unauthorised, class: fs.ErrPermission, words: "check it"},
		"forbidden":      {fault: llmtest.Fault{Status: 403, Message: "Project has no access"}, kind: llm.Unauthorised, class: fs.ErrPermission, words: "Project has no access"},
		"too many":       {fault: llmtest.Fault{Status: 429, RetryAfter: "7"}, kind: llm.RateLimited, words: "too many calls"},
		"no money":       {fault: llmtest.Fault{Status: 429, Code: "insufficient_quota", Message: "You exceeded your current quota"}, kind: llm.RateLimited, words: "money"},
		"broken":         {fault: llmtest.Fault{Status: 500, Message: "boom at " + secret}, kind: llm.Unavailable, words: "status 500"},
		"overloaded":     {fault: llmtest.Fault{Status: 529, Code: "overloaded_error"}, kind: llm.Unavailable, words: "try again"},
		"gateway":        {fault: llmtest.Fault{Status: 504}, kind: llm.TimedOut, class: context.DeadlineExceeded, words: "too long"},
		"filter":         {fault: llmtest.Fault{Status: 400, Code: "content_filter", Message: "The response was filtered: " + secret}, kind: llm.Refused, words: "filter"},
		"too long":       {fault: llmtest.Fault{Status: 400, Code: "context_length_exceeded", Message: "maximum context length is 8192 tokens"}, kind: llm.TooLong, class: fs.ErrInvalid, words: "send less"},
		"too large":      {fault: llmtest.Fault{Status: 413}, kind: llm.TooLong, class: fs.ErrInvalid, words: "send less"},
		"unknown model":  {fault: llmtest.Fault{Status: 404, Code: "model_not_found", Message: "The model does not exist"}, kind: llm.UnknownModel, class: fs.ErrNotExist, words: "name"},
		"not taken":      {fault: llmtest.Fault{Status: 400, Message: "Unknown role at message 3"}, kind: llm.Invalid, class: fs.ErrInvalid, words: "Unknown role at message 3"},
		"repeats":        {fault: llmtest.Fault{Status: 400, Message: "I do not like: " + secret}, kind: llm.Invalid, class: fs.ErrInvalid, words: "does not take"},
		"shows a key":    {fault: llmtest.Fault{Status: 400, Message: "bad header Bearer " + llmtest.Key}, kind: llm.Invalid, class: fs.ErrInvalid, words: "does not take"},
		"redirect":       {fault: llmtest.Fault{Status: 302}, kind: llm.Invalid, words: "redirects"},
		"another server": {fault: llmtest.Fault{Body: "<html>Welcome</html>"}, words: "try again|check"},
		"endless body":   {fault: llmtest.Fault{Body: `{"choices": "` + long}, words: "larger than|too large|no stream"},
		"gone":           {fault: llmtest.Fault{Drop: true}, kind: llm.Unavailable, words: "not reached"},
		"cut":            {fault: llmtest.Fault{Cut: true, After: 1}, kind: llm.Unavailable, words: "middle of the answer", stream: true},
		"no JSON":        {fault: llmtest.Fault{Garbage: true, After: 1}, kind: llm.BadReply, words: "not the JSON", stream: true},
		"fails midway":   {fault: llmtest.Fault{Failing: true, After: 1}, kind: llm.Unavailable, words: "failed in the middle", stream: true},
	}
	each(t, func(t *testing.T, s *llmtest.Server, kind string) {
		m := model(t, s, kind)
		for name, c := range cases {
			r := ask(secret)
			var reply *llm.Reply
			for _, stream := range []bool{false, true} {
				if c.stream && !stream {
					continue
				}
				s.Break(c.fault)
				var err error
				if stream {
					_, _, reply, err = hear(t.Context(), m, r)
				} else {
					_, err = m.Generate(t.Context(), r)
				}
				e, ok := errors.AsType[*llm.Error](err)
				if !ok {
					t.Fatalf("%s: the error is %v", name, err)
				}
				if c.kind != "" && e.Kind != c.kind || c.class != nil && !errors.Is(err, c.class) {
					t.Errorf("%s: the kind is %s: %v", name, e.Kind, err)
				}
				if !strings.HasPrefix(e.Text, kind+"/chat-large: ") || e.Provider != kind || e.Model != "chat-large" {
					t.Errorf("%s: the error does not say where: %+v", name, e)
				}
				says := false
				for word := range strings.SplitSeq(c.words, "|") {
					says = says || strings.Contains(e.Text, word)
				}
				if !says {
					t.Errorf("%s: the error does not say %q: %s", name, c.words, e.Text)
				}
				if c.fault.RetryAfter != "" && e.RetryAfter != 7*time.Second {
					t.Errorf("%s: it asks to wait %v", name, e.RetryAfter)
				}
				held(t, err)
			}
			if c.stream && (reply == nil || reply.End != llm.Broken || reply.Text != secret) {
				t.Errorf("%s: beside the error there is %+v", name, reply)
			}
		}
	})
}

// Without anything listening the error says so, and a caller that stops gets its own reason.
func TestNobody(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		s := start(t)
		m := model(t, s, kind)
		reason := errors.New("the person pressed stop")
		ctx, stop := context.WithCancelCause(t.Context())
		s.Break(llmtest.Fault{Hang: true})
		go stop(reason)
		if _, err := m.Generate(ctx, ask("Hello")); !errors.Is(err, reason) {
			t.Errorf("%s: stopped with %v", kind, err)
		}
		gone := llm.Config{Kind: kind, BaseURL: "http://127.0.0.1:1", Model: "chat-large"}
		p, err := llm.Open(gone, &http.Client{Transport: &http.Transport{}}, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Model.Generate(t.Context(), ask("Hello")); llm.KindOf(err) != llm.Unavailable || !strings.Contains(err.Error(), "that the service runs") {
			t.Errorf("%s: nobody there is %v", kind, err)
		}
	}
}

// Calls that would not end are ended, and say by which limit.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault llmtest.Fault
		kind  llm.Kind
		words string
		after time.Duration
	}{
		"hangs":           {fault: llmtest.Fault{Hang: true}, kind: llm.TimedOut, words: "silent for 30s", after: 30 * time.Second},
		"falls silent":    {fault: llmtest.Fault{Silent: true, After: 1}, kind: llm.TimedOut, words: "silent for 10s", after: 10 * time.Second},
		"says too much":   {fault: llmtest.Fault{Endless: true, After: 1}, kind: llm.BadReply, words: "longer than 64 KB"},
		"endless comment": {fault: llmtest.Fault{Pings: true, After: 1}, kind: llm.BadReply, words: "larger than 32 MB"},
	} {
		for _, kind := range kinds {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := llmtest.Pipe()
					defer s.Close()
					cfg := config(s, kind)
					cfg.Limits = llm.Limits{Time: 2 * time.Minute, Start: 30 * time.Second, Idle: 10 * time.Second, Bytes: 64 << 10}
					s.Break(c.fault)
					begin := time.Now()
					_, _, _, err := hear(t.Context(), open(t, s, cfg).Model, ask(secret))
					if llm.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.words) {
						t.Errorf("got %v", err)
					}
					if took := time.Since(begin); took != c.after {
						t.Errorf("it took %v", took)
					}
					held(t, err)
				})
			})
		}
	}
	t.Run("whole answer", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := llmtest.Pipe()
			defer s.Close()
			s.Break(llmtest.Fault{Hang: true})
			_, err := model(t, s, llm.OpenAI).Generate(t.Context(), ask(secret))
			if llm.KindOf(err) != llm.TimedOut || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no whole answer within 5m") {
				t.Errorf("got %v", err)
			}
		})
	})
}
