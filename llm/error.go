package llm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Kind is the class of an error: what there is to do about it.
type Kind string

// The kinds of errors.
const (
	Unauthorised Kind = "unauthorised"  // the key is missing, wrong or not enough
	RateLimited  Kind = "rate-limited"  // too many calls, or no money left at the provider
	TooLong      Kind = "too-long"      // more than the model takes
	Refused      Kind = "refused"       // a filter of the provider
	Unavailable  Kind = "unavailable"   // not reached, overloaded or broken
	TimedOut     Kind = "timed-out"     // too slow, or silent
	BadReply     Kind = "bad-reply"     // an answer that cannot be used
	UnknownModel Kind = "unknown-model" // the endpoint has no such model
	Invalid      Kind = "invalid"       // the provider does not take the request
	Spent        Kind = "spent"         // the workspace's budget is used up
)

// Error is why a model did not answer. Its text is for people: what happened, where, and what to do. It holds neither
// the key nor anything of what was asked. It wraps fs.ErrPermission, fs.ErrNotExist, fs.ErrInvalid or
// context.DeadlineExceeded where its kind is such.
type Error struct {
	// Provider is the name of the provider, Model the one of the model, which may be empty.
	Provider, Model string
	Kind            Kind
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// RetryAfter is how long the provider asked to wait; 0 when it did not.
	RetryAfter time.Duration
	Text       string
	// Cause is the error below, nil when there is none.
	Cause error

	refusal string // what the provider said, in small letters and unredacted, to learn from; it is shown nowhere
}

func (e *Error) Error() string { return e.Text }

// Unwrap returns the class of the error and its cause.
func (e *Error) Unwrap() []error {
	var class error
	switch e.Kind {
	case Unauthorised, Spent:
		class = fs.ErrPermission
	case UnknownModel:
		class = fs.ErrNotExist
	case TooLong, Invalid:
		class = fs.ErrInvalid
	case TimedOut:
		class = context.DeadlineExceeded
	case RateLimited, Refused, Unavailable, BadReply:
	}
	var all []error
	for _, err := range []error{class, e.Cause} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

// Again tells whether the same call may succeed a little later.
func (e *Error) Again() bool {
	switch e.Kind {
	case RateLimited, Unavailable, TimedOut, BadReply:
		return true
	case Unauthorised, TooLong, Refused, UnknownModel, Invalid, Spent:
	}
	return false
}

// KindOf is the kind of an error, and "" of one that is not this package's, such as a caller's wish to stop.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// endpoint is what errors say of where they happened.
type endpoint struct {
	provider, model string
	key             string // to be kept out of texts
}

func (p endpoint) name() string { return p.provider + "/" + p.model }

func (p endpoint) fail(kind Kind, cause error, format string, args ...any) *Error {
	return &Error{Provider: p.provider, Model: p.model, Kind: kind, Cause: cause, Text: p.name() + ": " + fmt.Sprintf(format, args...)}
}

// answer is a provider's answer that is not what was wanted.
type answer struct {
	status     int
	retryAfter time.Duration
	code       string // the provider's word for the error
	said       string // its text, which may repeat anything
}

// refuse makes the error of an answer with an error status. Asked are the texts of the request, of which nothing may
// show.
func (p endpoint) refuse(a answer, asked []string) *Error {
	code, low := strings.ToLower(a.code), strings.ToLower(a.said)
	has := func(words ...string) bool { return mentions(code+" "+low, words...) }
	say := func(kind Kind, format string, args ...any) *Error { return p.fail(kind, nil, format, args...) }
	said, s := p.quote(a.said, asked), a.status
	var e *Error
	switch {
	case s == http.StatusUnauthorized:
		e = say(Unauthorised, "the provider refused the key (status %d): check it, or make a new one", s)
	case s == http.StatusPaymentRequired || s == http.StatusTooManyRequests && has("insufficient_quota", "billing"):
		e = say(RateLimited, "the provider's account has no money or quota left (status %d): top it up there, or choose another model", s)
	case s == http.StatusTooManyRequests:
		e = say(RateLimited, "too many calls for the provider now (status %d): try again later, or with fewer at once", s)
	case has("content_filter", "content_policy", "responsibleai", "content management policy"):
		e = say(Refused, "a filter of the provider refused the question: say it in other words, or choose another model")
	case s == http.StatusForbidden:
		e = say(Unauthorised, "the key may not use this model (status %d%s): give it the right to, or choose another one", s, said)
	case s == http.StatusRequestEntityTooLarge || has("context_length", "context length", "too long", "maximum context", "context window", "too many tokens", "exceeds the context"):
		e = say(TooLong, "the question is longer than the model takes: send less, or choose a model with a larger context")
	case s == http.StatusNotFound && p.model != "" && (has("model") || a.said == ""):
		e = say(UnknownModel, "the endpoint has no such model (status %d): check its name, and the address", s)
	case s == http.StatusNotFound:
		e = say(Unavailable, "the address does not know this call (status %d%s): check the base address", s, said)
	case s == http.StatusRequestTimeout || s == http.StatusGatewayTimeout:
		e = say(TimedOut, "the provider took too long (status %d): try again, or choose another model", s)
	case s == 0: // said in the middle of a stream
		e = say(Unavailable, "the provider failed in the middle of the answer: try again, or choose another model")
	case s >= 500:
		e = say(Unavailable, "the provider has a problem now (status %d): try again later, or choose another model", s)
	default:
		e = say(Invalid, "the provider does not take the request (status %d%s)", s, said)
	}
	e.Status, e.RetryAfter, e.refusal = a.status, a.retryAfter, code+" "+low
	return e
}

func mentions(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}
