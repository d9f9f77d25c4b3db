package site

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/rag/read"
)

// Agent is the name under which sites see us, and which their robots.txt may name.
const Agent = "Atelier"

const (
	maxRedirects = 10
	maxAttempts  = 3           // of a page whose server is busy or away
	longestWait  = time.Minute // that a server may ask for before the next attempt
	maxMark      = 300         // characters of an ETag or a Last-Modified
)

// Fetcher fetches pages. The zero value of all but Client is of use.
type Fetcher struct {
	// Client reaches the world. Its dialer must refuse addresses that the studio has no business with: it is asked for
	// every hop of a redirect.
	Client *http.Client
	Now    func() time.Time
	// Gap is the time between two requests to a host, unless its robots.txt asks for more; 0: 500 ms.
	Gap time.Duration
	// Limit is how long one request may take with its answer; 0: a minute.
	Limit time.Duration
	// Again is how long to wait before the second attempt, where the server does not say; 0: 2 s.
	Again time.Duration

	pace  pace
	mu    sync.Mutex
	known map[string]*access // what robots.txt says, by origin

	knownSize int // about how many bytes
}

// got is a fetched page, or the news that it has not changed.
type got struct {
	url            *url.URL // where redirects led to
	unchanged      bool
	data           []byte // text is in UTF-8
	name           string // as a file
	media          string
	etag, modified string
}

// wish is what is to be fetched.
type wish struct {
	url            *url.URL
	etag, modified string                  // of what we have
	within         func(*url.URL) error    // asked for every redirect; nil: anywhere
	raw            bool                    // whatever type it has, as it came: a site map
	most           int64                   // bytes; 0: what the type may have
	free           func(*url.URL) bool     // addresses that robots.txt is not asked for; nil: none
	status         func(int) (answer bool) // other statuses that are an answer and no error; nil: none
	code           int                     // set to the status
}

func (f *Fetcher) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

// get fetches, and tries again what may pass.
func (f *Fetcher) get(ctx context.Context, w *wish) (*got, error) {
	for attempt := 1; ; attempt++ {
		g, wait, err := f.follow(ctx, w)
		if wait == 0 || attempt == maxAttempts || ctx.Err() != nil {
			return g, err
		}
		if wait < 0 { // the server did not say
			wait = cmp.Or(f.Again, 2*time.Second) << (attempt - 1)
		}
		if wait > longestWait {
			return g, err
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// follow makes one attempt, over redirects. A wait that is not 0 says that another attempt may go better, below 0: after a
// time of our choice.
func (f *Fetcher) follow(ctx context.Context, w *wish) (*got, time.Duration, error) {
	at := w.url
	for range maxRedirects + 1 {
		if w.free == nil || !w.free(at) {
			if err := f.allowed(ctx, at); err != nil {
				return nil, 0, err
			}
		}
		g, next, wait, err := f.once(ctx, w, at)
		if err != nil || next == nil {
			return g, wait, err
		}
		if w.within != nil {
			if err := w.within(next); err != nil {
				return nil, 0, err
			}
		}
		at = next
	}
	return nil, 0, invalid(Broken, "it leads from one address to the next, more than %d times", maxRedirects)
}

// once makes one request. next is where the answer leads to.
func (f *Fetcher) once(ctx context.Context, w *wish, at *url.URL) (g *got, next *url.URL, wait time.Duration, err error) {
	if err := f.pace.wait(ctx, f.now, at.Host, f.gap(at)); err != nil {
		return nil, nil, 0, err
	}
	limit := cmp.Or(f.Limit, time.Minute)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(limited, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, nil, 0, invalid(Broken, "%q is no web address", shorten(at.String()))
	}
	request.Header.Set("User-Agent", Agent)
	request.Header.Set("Accept", "text/html, application/xhtml+xml, application/pdf, text/*, application/xml;q=0.9, */*;q=0.5")
	if w.etag != "" {
		request.Header.Set("If-None-Match", w.etag)
	}
	if w.modified != "" {
		request.Header.Set("If-Modified-Since", w.modified)
	}
	client := *f.Client
	client.Jar, client.Timeout = nil, 0
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		return nil, nil, -1, f.unreached(ctx, at, limit, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	w.code = response.StatusCode
	switch code := response.StatusCode; {
	case code == http.StatusNotModified && (w.etag != "" || w.modified != ""):
		return &got{url: at, unchanged: true}, nil, 0, nil
	case code >= 300 && code < 400 && response.Header.Get("Location") != "":
		next, err := leads(at, response.Header.Get("Location"))
		return nil, next, 0, err
	case code >= 200 && code < 300 && code != http.StatusNoContent:
	case w.status != nil && w.status(code):
		return &got{url: at}, nil, 0, nil
	default:
		return nil, nil, f.patience(response), answered(response)
	}
	if g, err = f.body(w, at, response); err != nil {
		if _, ours := errors.AsType[*refusal](err); !ours {
			return nil, nil, -1, f.unreached(ctx, at, limit, err)
		}
	}
	return g, nil, 0, err
}

// body reads an answer as what it is.
func (f *Fetcher) body(w *wish, at *url.URL, response *http.Response) (*got, error) {
	kind := response.Header.Get("Content-Type")
	g := &got{url: at, etag: mark(response.Header.Get("ETag")), modified: mark(response.Header.Get("Last-Modified"))}
	if encoding := response.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, invalid(Broken, "it is packed as %q, which was not asked for", shorten(encoding))
	}
	most := int64(read.MaxFile)
	if !w.raw {
		var err error
		if g.name, g.media, err = asFile(at, kind); err != nil {
			return nil, err
		}
		if isHTML(g.media) {
			most = maxHTML
		}
	}
	if w.most > 0 {
		most = min(most, w.most)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, invalid(Broken, "it has more than %d MiB", most>>20)
	}
	if g.data = data; !w.raw {
		if len(data) == 0 {
			return nil, invalid(Skipped, "the page is empty")
		}
		g.data = utf8Of(data, kind, g.media)
	}
	return g, nil
}

// leads reads where a redirect goes.
func leads(at *url.URL, location string) (*url.URL, error) {
	next, err := at.Parse(location)
	if err != nil {
		return nil, invalid(Broken, "it leads to %q, which is no web address", shorten(location))
	}
	return tidy(next)
}

// answered says what a status means.
func answered(response *http.Response) error {
	switch response.StatusCode {
	case http.StatusNotFound, http.StatusGone:
		return invalid(Gone, "there is no page at this address (%s)", response.Status)
	case http.StatusUnauthorized, http.StatusForbidden:
		return invalid(Broken, "the site lets only certain people in (%s)", response.Status)
	}
	return invalid(Broken, "the site answered %s", shorten(response.Status))
}

// patience says after which time a status may be another; 0: never.
func (f *Fetcher) patience(response *http.Response) time.Duration {
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return 0
	}
	asked := strings.TrimSpace(response.Header.Get("Retry-After"))
	if n, err := strconv.ParseInt(asked, 10, 32); err == nil && n >= 0 {
		return max(time.Duration(n)*time.Second, time.Millisecond)
	}
	if t, err := http.ParseTime(asked); err == nil {
		return max(t.Sub(f.now()), time.Millisecond)
	}
	return -1
}

// unreached says why no answer came.
func (f *Fetcher) unreached(ctx context.Context, at *url.URL, limit time.Duration, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		text := strings.TrimSuffix(err.Error(), ": "+fs.ErrPermission.Error())
		return &refusal{Broken, text}
	case errors.Is(err, context.DeadlineExceeded):
		return invalid(Broken, "%s did not answer within %v", at.Host, limit)
	}
	return invalid(Broken, "%s cannot be reached: %s", at.Host, shorten(err.Error()))
}

// mark keeps an ETag or a date only when it can be sent back.
func mark(value string) string {
	if len(value) > maxMark || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ""
	}
	return value
}

// Page fetches one page for a document. Given the marks of what is there already, it answers nil when that has not changed.
// The error of a page that cannot be fetched wraps fs.ErrInvalid and says why.
func (f *Fetcher) Page(ctx context.Context, address, etag, modified string) (*Document, error) {
	u, err := Parse(address)
	if err != nil {
		return nil, err
	}
	g, err := f.get(ctx, &wish{url: u, etag: etag, modified: modified})
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%s cannot be taken in: %w", shorten(u.String()), err)
	}
	if g.unchanged {
		return nil, nil //nolint:nilnil // nothing new is an answer
	}
	return g.document(canonicalOf(g)), nil
}

func (g *got) document(address *url.URL) *Document {
	return &Document{Address: address.String(), ReadAs: g.name, ETag: g.etag, Modified: g.modified, Data: g.data}
}
