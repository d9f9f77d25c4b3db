package nodes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "http.request", Title: "HTTP request", Group: "Network", Icon: "globe", PerItem: true, Class: engine.IO, World: true,
		Effect: engine.Idempotent, EffectOf: typed(httpRequest.effect), Check: typed(httpRequest.check), Keeps: keepHTTP,
		Summary: "Calls a web address, for every item, and goes on with the answer.",
		Doc: `**Answer.** JSON becomes an item, a JSON list one item an entry; text goes to the field ` + "`data`" + `; anything else is attached as a file. With *full answer* there is one item with ` + "`status`, `headers`, `url` and `body`" + `. An answer with a status of 400 or more fails the step, unless *any status* is on. Text and JSON are read up to 16 MiB, files up to 50 MiB.

**Sending.** A body is sent as JSON unless another form is chosen. JSON written as text is sent as it is, when it is JSON. Files are those of the item.

**Trying again.** Answers 429, 502, 503 and 504, and 500 for requests that only read, are tried again as often as *retries* says, after the time the server asks for, or half a second and then twice as long each time; never longer than a minute. Every request but GET and HEAD carries an ` + "`Idempotency-Key`" + ` that stays the same for each attempt, so that a server that knows the header does the thing only once. If the server does not and the thing must not be done twice, choose **never repeat**: nothing is tried again, and after a crash in the middle a person is asked.

**Credentials** are sent to the address's own host only: a redirect to another host carries neither them nor the headers given here, and paging to another host is refused.

**Paging** collects the items of several pages: by the ` + "`Link`" + ` header, by a field that holds the next address, by counting pages until one has no items, or by a cursor. *Items* names the field that holds a page's list. It ends after *most pages* without an error.`,
		Keywords:    []string{"api", "rest", "fetch", "curl", "get", "post", "webhook", "download", "upload", "json", "url", "call"},
		Credentials: []string{"http.basic", "http.bearer", "http.header", "http.query", "http.oauth2_client"},
		Examples: []engine.Example{
			{Name: "Read a list", Needs: "http", Params: params("url", "https://api.example.com/orders", "query", obj("status", "open")), Input: in(obj()), Output: out(obj("id", 1), obj("id", 2))},
			{Name: "Send JSON", Needs: "http", Params: params("method", "POST", "url", "https://api.example.com/echo", "body", obj("name", "={{ $json.name }}")), Input: in(obj("name", "Ada")), Output: out(obj("name", "Ada"))},
			{Name: "All pages", Needs: "http", Params: params("url", "https://api.example.com/pages", "paging", "field", "next", "next", "items", "items"), Input: in(obj()), Output: out(obj("n", 1), obj("n", 2), obj("n", 3))},
			{Name: "Look at the status yourself", Needs: "http", Params: params("url", "https://api.example.com/missing", "any_status", true, "full", true), Input: in(obj())},
			{Name: "A failure says what came back", Needs: "http", Params: params("url", "https://api.example.com/missing"), Input: in(obj()), Error: "404"},
		},
	}, httpRequest{Method: "GET", BodyType: "json", Response: "auto", Into: "data", Follow: true, Timeout: 30, Retries: 2, Repeat: "key", Paging: "none", PageParam: "page", FirstPage: 1, CursorParam: "cursor", MaxPages: 10}, runHTTPRequest)
}

type httpRequest struct {
	Method     string            `json:"method" form:"Method" options:"GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"`
	URL        string            `json:"url" form:"Address" placeholder:"https://api.example.com/orders" required:"true"`
	Credential string            `json:"credential" form:"Credential" widget:"credential"`
	Query      map[string]any    `json:"query" form:"Query" help:"Added to the address. A list sends the name several times."`
	Headers    map[string]string `json:"headers" form:"Headers"`

	BodyType    string     `json:"body_type" form:"Body as" options:"json=JSON,form=Form fields,raw=Text,file=File of the item,multipart=Form with files,none=None"`
	Body        any        `json:"body" form:"Body" widget:"json" lang:"json" show:"body_type=json|form|raw"`
	ContentType string     `json:"content_type" form:"Content type" placeholder:"text/plain; charset=utf-8" show:"body_type=raw|file"`
	File        string     `json:"file" form:"File" placeholder:"data" show:"body_type=file"`
	Parts       []httpPart `json:"parts" form:"Parts" show:"body_type=multipart"`

	Response  string `json:"response" form:"Read answer as" options:"auto=What it is,json=JSON,text=Text,file=File"`
	Into      string `json:"into" form:"File name in the item" show:"response=auto|file"`
	Full      bool   `json:"full" form:"Full answer" help:"Status, headers and body in one item."`
	AnyStatus bool   `json:"any_status" form:"Any status is fine" help:"Otherwise 400 and above fail the step."`

	Follow  bool    `json:"follow" form:"Follow redirects"`
	Timeout float64 `json:"timeout" form:"Time limit (seconds)" min:"0.1" max:"3600"`
	Retries int     `json:"retries" form:"Retries" min:"0" max:"10"`
	Repeat  string  `json:"repeat" form:"After a failure or crash" options:"key=Send again with the same key,never=Never repeat" help:"For everything but GET and HEAD."`

	Paging      string `json:"paging" form:"Paging" options:"none=None,link=Link header,field=Field with the next address,page=Page number,cursor=Cursor"`
	Items       string `json:"items" form:"Items" placeholder:"data.items" help:"Field that holds a page's list. Empty: the answer is the list." show:"paging=link|field|page|cursor"`
	Next        string `json:"next" form:"Field" placeholder:"paging.next" help:"Holds the next address, or the next cursor." show:"paging=field|cursor"`
	PageParam   string `json:"page_param" form:"Query name of the page" show:"paging=page"`
	FirstPage   int    `json:"first_page" form:"First page" show:"paging=page"`
	CursorParam string `json:"cursor_param" form:"Query name of the cursor" show:"paging=cursor"`
	MaxPages    int    `json:"max_pages" form:"Most pages" min:"1" max:"1000" show:"paging=link|field|page|cursor"`
}

type httpPart struct {
	Name  string `json:"name" form:"Name" required:"true"`
	Value any    `json:"value" form:"Value"`
	File  string `json:"file" form:"Or file" help:"Name of a file of the item."`
}

func (p httpRequest) method() string {
	return strings.ToUpper(cmp.Or(strings.TrimSpace(p.Method), "GET"))
}

// reads tells whether the method only reads, by the standard's word "safe".
func (p httpRequest) reads() bool {
	switch p.method() {
	case "GET", "HEAD", "OPTIONS":
		return true
	}
	return false
}

func (p httpRequest) effect() engine.Effect {
	switch {
	case p.reads():
		return engine.NoEffect
	case p.Repeat == "never":
		return engine.AtMostOnce
	}
	return engine.Idempotent
}

func (p httpRequest) check() []engine.Problem {
	if p.URL == "" || strings.HasPrefix(p.URL, "=") {
		return nil
	}
	_, err := p.address()
	return problem("url", "url", err)
}

// address reads the URL; an address without scheme is taken for https.
func (p httpRequest) address() (*url.URL, error) {
	s := strings.TrimSpace(p.URL)
	if s == "" {
		return nil, errors.New("the address is missing")
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("%q is no web address", excerpt(p.URL, 80))
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("only http and https can be called, not %q", u.Scheme)
	}
	if u.Hostname() == "" {
		return nil, fmt.Errorf("the address %q names no host", excerpt(p.URL, 80))
	}
	return u, nil
}

func runHTTPRequest(ctx context.Context, d *Deps, p httpRequest, c *engine.Call) (engine.Outputs, error) {
	if d.HTTP == nil {
		return nil, fmt.Errorf("this studio makes no requests: %w", errors.ErrUnsupported)
	}
	u, err := p.address()
	if err != nil {
		return nil, bad("url", "%s", err)
	}
	if !p.reads() && !knownMethod(p.method()) {
		return nil, bad("method", "there is no method %q", p.Method)
	}
	query := u.Query()
	for name, v := range p.Query {
		if values, ok := v.([]any); ok {
			for _, e := range values {
				query.Add(name, text(e))
			}
		} else if v != nil {
			query.Set(name, text(v))
		}
	}
	if len(p.Query) > 0 {
		u.RawQuery = query.Encode()
	}
	x := &exchange{d: d, p: p, c: c, first: u}
	if err := x.authorize(ctx, false); err != nil {
		return nil, err
	}
	if p.Paging != "none" && p.Paging != "" {
		items, err := x.pages(ctx)
		return engine.One(items), err
	}
	answered, err := x.send(ctx, u, 0)
	if err != nil {
		return nil, err
	}
	items, err := x.items(answered)
	if err != nil {
		return nil, err
	}
	return engine.One(items), nil
}

func knownMethod(m string) bool {
	switch m {
	case "POST", "PUT", "PATCH", "DELETE":
		return true
	}
	return false
}

// exchange is one item's requests.
type exchange struct {
	d     *Deps
	p     httpRequest
	c     *engine.Call
	first *url.URL
	auth  authorization
}

// key is the idempotency key of a request: one for every item and page.
func (x *exchange) key(page int) string {
	key := fmt.Sprintf("%s-%d", x.c.Key, x.c.Index)
	if page > 0 {
		key += fmt.Sprintf("-%d", page)
	}
	return key
}

func (x *exchange) timeout() time.Duration {
	return time.Duration(cmp.Or(max(x.p.Timeout, 0), 30) * float64(time.Second))
}

// client returns a client that follows redirects as the node says.
func (x *exchange) client() *http.Client {
	client := *x.d.HTTP
	client.Timeout = 0 // the context has the limit
	client.Jar = nil
	if !x.p.Follow {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		return &client
	}
	outer := client.CheckRedirect
	client.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if len(via) >= 10 {
			return errors.New("more than 10 redirects")
		}
		if !sameOrigin(r.URL, x.first) {
			foreign := http.Header{}
			for _, name := range []string{"Accept", "Accept-Language", "Content-Type", "User-Agent"} {
				if v := r.Header.Values(name); v != nil {
					foreign[name] = v
				}
			}
			r.Header = foreign
		}
		r.Header.Del("Referer") // it would carry a key in the address's query
		if outer != nil {
			return outer(r, via)
		}
		return nil
	}
	return &client
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	if u.Scheme == "https" {
		return cmp.Or(u.Port(), "443")
	}
	return cmp.Or(u.Port(), "80")
}

// shown is an address as errors may show it: without user, password and query, which may hold keys.
func shown(u *url.URL) string { return u.Scheme + "://" + u.Host + u.EscapedPath() }
