package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Bounds of what an endpoint may send.
const (
	maxReply      = 32 << 20 // a whole answer, or all of a stream with its wrapping
	maxErrorReply = 64 << 10
)

// guard returns the client with bounds on what it reads: redirects, along which a key would travel, are errors, and so is
// what an endpoint sends beyond the bounds.
func guard(client *http.Client) *http.Client {
	c := *client
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport //nolint:forbidigo // what a client without a transport uses
	}
	c.Transport = bounded{next}
	c.Timeout = 0 // it would cut streams; Limit has the times
	c.Jar = nil
	return &c
}

// bounded is a transport whose answers end.
type bounded struct{ next http.RoundTripper }

var (
	errTooBig   = errors.New("the answer is larger than any answer should be")
	errRedirect = errors.New("redirected")
)

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		response.Body.Close()
		return nil, errRedirect
	}
	most := int64(maxReply)
	if response.StatusCode >= 300 {
		most = maxErrorReply
	}
	response.Body = &boundedBody{response.Body, most}
	return response, nil
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooBig
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// post sends a JSON body and returns the answer, whose status is 200. The caller closes its body. Asked are the texts
// that may not stand in an error.
func (p endpoint) post(ctx context.Context, client *http.Client, address string, header http.Header, body any, asked []string) (*http.Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, p.fail(Invalid, nil, "the request cannot be written as JSON")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(data))
	if err != nil {
		return nil, p.fail(Invalid, nil, "the address cannot be called")
	}
	r.Header = header.Clone()
	r.Header.Set("Content-Type", "application/json")
	return p.do(client, r, asked)
}

func (p endpoint) get(ctx context.Context, client *http.Client, address string, header http.Header) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, p.fail(Invalid, nil, "the address cannot be called")
	}
	r.Header = header.Clone()
	return p.do(client, r, nil)
}

func (p endpoint) do(client *http.Client, r *http.Request, asked []string) (*http.Response, error) {
	r.Header.Set("User-Agent", "Atelier")
	response, err := client.Do(r)
	if err != nil {
		return nil, p.unreached(r.Context(), err)
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil && len(data) == 0 {
		return nil, p.unreached(r.Context(), err)
	}
	a := answerOf(data)
	a.status, a.retryAfter = response.StatusCode, retryAfter(response.Header, time.Now())
	return nil, p.refuse(a, asked)
}

// answerOf reads the error forms of OpenAI, Azure, Anthropic, Ollama, vLLM, Cohere and TEI.
func answerOf(data []byte) answer {
	var e struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
		Detail  any             `json:"detail"`
		Code    any             `json:"code"`
	}
	if json.Unmarshal(data, &e) != nil {
		return answer{}
	}
	a := answer{said: e.Message}
	if text, ok := e.Detail.(string); ok && a.said == "" {
		a.said = text
	}
	var inner struct {
		Message string `json:"message"`
		Type    any    `json:"type"`
		Code    any    `json:"code"`
		Param   any    `json:"param"`
	}
	var text string
	switch {
	case json.Unmarshal(e.Error, &inner) == nil:
		a.said = inner.Message
		for _, v := range []any{inner.Code, inner.Type, inner.Param} {
			if s, ok := v.(string); ok {
				a.code += s + " "
			}
		}
	case json.Unmarshal(e.Error, &text) == nil && a.said == "":
		a.said = text
	}
	return a
}

// unreached makes the error of a call without an answer.
func (p endpoint) unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err // without the address, which may have a secret in its query
	}
	timeout, isNet := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, fs.ErrPermission): // the studio's own rule for addresses: asking again changes nothing
		return p.fail(Invalid, err, "not called: %v", err)
	case errors.Is(err, errRedirect):
		return p.fail(Invalid, nil, "the address redirects elsewhere, which is not followed with a key: write the address that it redirects to")
	case errors.Is(err, errTooBig):
		return p.fail(BadReply, nil, "the answer is larger than %d MB, and was cut: the address may be another service's", maxReply>>20)
	case isNet && timeout.Timeout():
		return p.fail(TimedOut, err, "no answer in time: check the address, or try again later")
	}
	return p.fail(Unavailable, err, "not reached (%v): check the address and that the service runs", err)
}

// readJSON reads an answer's whole body into v.
func (p endpoint) readJSON(ctx context.Context, response *http.Response, v any) error {
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		if e, ok := errors.AsType[*Error](p.unreached(ctx, err)); ok && e.Kind == Unavailable {
			return p.fail(Unavailable, nil, "the answer ended in the middle: try again")
		}
		return p.unreached(ctx, err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return p.fail(BadReply, nil, "the answer is not the JSON of this protocol: check that the address is the one of its API")
	}
	return nil
}

// retryAfter reads how long a provider asks to wait: Retry-After with seconds or a date, and retry-after-ms.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if n, err := strconv.ParseFloat(strings.TrimSpace(h.Get("Retry-After-Ms")), 64); err == nil && n > 0 && n < 1e9 {
		return time.Duration(n * float64(time.Millisecond))
	}
	value := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseFloat(value, 64); err == nil && n > 0 && n < 1e7 {
		return time.Duration(n * float64(time.Second))
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// join appends a path to a base address and keeps the base's query, as Azure's api-version.
func join(base, path string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("the address cannot be read")
	}
	u.Path = strings.TrimRight(u.Path, "/") + path
	u.RawPath = ""
	return u.String(), nil
}
