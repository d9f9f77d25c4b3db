package nodes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"github.com/atelier-studio/atelier/engine"
)

// Limits of an answer, in bytes, and of the waits between attempts.
const (
	maxAnswerText = 16 << 20
	maxAnswerFile = 50 << 20
	longestRetry  = time.Minute
)

// answered is a read answer.
type answered struct {
	status int
	header http.Header
	url    *url.URL
	body   any          // JSON value or text; nil with a file or without a body
	file   *engine.File // instead of body
}

// send makes a request, again and again as the node allows, and reads the answer.
func (x *exchange) send(ctx context.Context, u *url.URL, page int) (*answered, error) {
	renewed := false
	for attempt := 0; ; attempt++ {
		a, wait, err := x.once(ctx, u, page, attempt)
		switch {
		case err == nil && a != nil:
			return a, nil
		case errors.Is(err, errUnauthorized) && x.auth.renewable && !renewed:
			renewed = true
			if err := x.authorize(ctx, true); err != nil {
				return nil, err
			}
			continue
		case err != nil:
			return nil, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}

var errUnauthorized = errors.New("401")

// once makes one request. It returns the answer, or how long to wait before the next attempt, or an error.
func (x *exchange) once(ctx context.Context, u *url.URL, page, attempt int) (*answered, time.Duration, error) {
	limited, cancel := context.WithTimeoutCause(ctx, x.timeout(), fmt.Errorf("%s %s did not answer within %v: %w", x.p.method(), shown(u), x.timeout(), context.DeadlineExceeded))
	defer cancel()
	r, err := x.request(limited, u, page)
	if err != nil {
		return nil, 0, err
	}
	response, err := x.client().Do(r)
	if err != nil {
		return nil, 0, x.failed(limited, u, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	if response.StatusCode == http.StatusUnauthorized && x.auth.renewable {
		return nil, 0, fmt.Errorf("%s %s answered %w: the token was refused", x.p.method(), shown(u), errUnauthorized)
	}
	if wait, again := x.again(response, attempt); again {
		return nil, wait, nil
	}
	if response.StatusCode >= 400 && !x.p.AnyStatus {
		head, _ := io.ReadAll(io.LimitReader(response.Body, 2048)) //nolint:errcheck // what came is shown
		said := excerpt(strings.ToValidUTF8(string(head), "\ufffd"), 300)
		if said != "" {
			said = ": " + said
		}
		return nil, 0, fmt.Errorf("%s %s answered %s%s", x.p.method(), shown(u), response.Status, said)
	}
	a, err := x.read(limited, response)
	if err != nil {
		return nil, 0, fmt.Errorf("the answer of %s cannot be read: %w", shown(u), context.Cause(orErr(limited, err)))
	}
	return a, 0, nil
}

// orErr gives a context whose cause is the limit that passed, or err.
func orErr(ctx context.Context, err error) context.Context {
	if ctx.Err() != nil {
		return ctx
	}
	failed, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	cancel(err)
	return failed
}

// failed says why no answer came, without the query of the address.
func (x *exchange) failed(ctx context.Context, u *url.URL, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	return fmt.Errorf("%s %s failed: %w", x.p.method(), shown(u), err)
}

func (x *exchange) request(ctx context.Context, u *url.URL, page int) (*http.Request, error) {
	body, err := x.body(ctx)
	if err != nil {
		return nil, err
	}
	target := *u
	if len(x.auth.query) > 0 {
		q := target.Query()
		maps.Copy(q, x.auth.query)
		target.RawQuery = q.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, x.p.method(), target.String(), nil)
	if err != nil {
		return nil, bad("url", "%s cannot be called: %s", shown(u), err)
	}
	if body != nil {
		if r.Body, err = body.open(); err != nil {
			return nil, err
		}
		r.ContentLength, r.GetBody = body.size, body.open
		r.Header.Set("Content-Type", body.contentType)
	}
	r.Header.Set("User-Agent", "Atelier")
	r.Header.Set("Accept", "application/json, text/*;q=0.9, */*;q=0.8")
	if !x.p.reads() {
		r.Header.Set("Idempotency-Key", x.key(page))
	}
	for name, value := range x.p.Headers {
		if strings.EqualFold(name, "Host") {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	maps.Copy(r.Header, x.auth.header)
	return r, nil
}

// again tells whether an answer is to be tried again, and after which time.
func (x *exchange) again(response *http.Response, attempt int) (time.Duration, bool) {
	if attempt >= x.p.Retries || !x.p.reads() && x.p.Repeat == "never" {
		return 0, false
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	case http.StatusInternalServerError:
		if !x.p.reads() {
			return 0, false
		}
	default:
		return 0, false
	}
	wait, asked := retryAfter(response.Header.Get("Retry-After"), x.d.now())
	if !asked {
		wait = 500 * time.Millisecond << min(attempt, 10)
	}
	return wait, wait <= longestRetry // longer waits are the workflow's business: the step fails with the status
}

// retryAfter reads the header: seconds, or a date.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseInt(value, 10, 32); err == nil && n >= 0 {
		return time.Duration(n) * time.Second, true
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(t.Sub(now), 0), true
	}
	return 0, false
}

// read reads an answer's body as the node says.
func (x *exchange) read(ctx context.Context, response *http.Response) (*answered, error) {
	a := &answered{status: response.StatusCode, header: response.Header, url: response.Request.URL}
	contentType := response.Header.Get("Content-Type")
	mediaType, _, _ := mime.ParseMediaType(contentType) //nolint:errcheck // an odd type is an unknown one
	as := x.p.Response
	if as == "auto" || as == "" {
		switch {
		case mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") || mediaType == "text/json":
			as = "json"
		case strings.HasPrefix(mediaType, "text/") || mediaType == "application/xml" || strings.HasSuffix(mediaType, "+xml") || mediaType == "application/javascript" || mediaType == "application/x-www-form-urlencoded" || mediaType == "application/x-ndjson":
			as = "text"
		case response.ContentLength == 0 || response.StatusCode == http.StatusNoContent || x.p.method() == "HEAD":
			return a, nil
		default:
			as = "file"
		}
	}
	if as == "file" {
		f, err := x.d.storeFile(ctx, x.c, response.Body, fileName(response), mediaType, maxAnswerFile)
		a.file = &f
		return a, err
	}
	data, err := readAll(response.Body, maxAnswerText)
	if err != nil {
		return nil, err
	}
	switch {
	case as == "json" && len(strings.TrimSpace(string(data))) == 0:
		return a, nil
	case as == "json":
		a.body, err = parseJSON(data)
		return a, err
	}
	r, err := charset.NewReader(strings.NewReader(string(data)), contentType)
	if err != nil {
		return nil, err
	}
	decoded, err := io.ReadAll(io.LimitReader(r, 3*maxAnswerText))
	a.body = strings.ToValidUTF8(string(decoded), "\ufffd")
	return a, err
}

// fileName takes the name from the header, else from the address, and never a path.
func fileName(response *http.Response) string {
	name := ""
	if _, params, err := mime.ParseMediaType(response.Header.Get("Content-Disposition")); err == nil {
		name = params["filename"]
	}
	if name == "" {
		name = path.Base(response.Request.URL.Path)
	}
	name = path.Base(strings.ReplaceAll(strings.ReplaceAll(name, "\\", "/"), "\x00", ""))
	if name == "." || name == "/" || name == ".." || len(name) > 200 {
		return "file"
	}
	return name
}

// items makes items of an answer.
func (x *exchange) items(a *answered) ([]engine.Item, error) {
	it := x.c.Item()
	if x.p.Full {
		full := engine.Item{JSON: map[string]any{"status": float64(a.status), "headers": headerObject(a.header), "url": shown(a.url), "body": a.body}}
		if a.file != nil {
			full.JSON["body"] = fileObject(*a.file)
			full.Files = withFile(it.Files, x.intoName(), *a.file)
		}
		return []engine.Item{full}, nil
	}
	if a.file != nil {
		return []engine.Item{{JSON: fileObject(*a.file), Files: withFile(it.Files, x.intoName(), *a.file)}}, nil
	}
	switch body := a.body.(type) {
	case nil:
		return []engine.Item{{JSON: map[string]any{"status": float64(a.status)}}}, nil
	case string:
		return []engine.Item{{JSON: map[string]any{"data": body}}}, nil
	case []any:
		if len(body) > maxItems {
			return nil, tooMany("the answer")
		}
		if len(body) == 0 {
			return nil, nil
		}
		return itemsOf(body), nil
	default:
		return itemsOf(body), nil
	}
}

func (x *exchange) intoName() string {
	if x.p.Into == "" {
		return "data"
	}
	return x.p.Into
}

func fileObject(f engine.File) map[string]any {
	return map[string]any{"name": f.Name, "type": f.Type, "size": float64(f.Size)}
}

// headerObject writes headers in lower case, repeated ones with commas. Cookies are left out: they are secrets that
// would stay in the run's history.
func headerObject(h http.Header) map[string]any {
	m := make(map[string]any, len(h))
	for name, values := range h {
		if !strings.EqualFold(name, "Set-Cookie") {
			m[strings.ToLower(name)] = strings.Join(values, ", ")
		}
	}
	return m
}
