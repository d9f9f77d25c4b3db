package nodes

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "trigger.webhook", Title: "Webhook", Group: "Triggers", Icon: "webhook", Trigger: true,
		Summary: "Starts the workflow when a request arrives at an address.",
		Doc: `While the workflow is published it answers at ` + "`/hooks/<path>`" + `; for trying out, **Listen** in the editor opens ` + "`/hooks-test/<path>`" + ` for two minutes.

The item holds ` + "`body`" + ` (JSON as it came, a form as an object, text as text), ` + "`headers`" + ` (lower case), ` + "`query`, `method` and `path`" + `. Uploaded files travel with the item.

**Respond** says what the caller gets: *at once* an acknowledgement with the run's id as soon as the run is safely stored; *last node* what the last step gave; *respond node* what a Respond node says. A run that ends without an answer gives 204, a failed one 500.

With **authentication** a request without the right name and password, or header, is refused with 401 before a run begins. A request with an ` + "`Idempotency-Key`" + ` header that was seen before starts no second run.`,
		Keywords:    []string{"http", "hook", "endpoint", "api", "request", "post", "callback", "form"},
		Credentials: []string{"http.basic", "http.header"},
		Check:       typed(checkWebhook),
		Claims: func(params any) (string, []string) {
			w, _ := paramsAs[Webhook](params)
			return "path", w.Addresses()
		},
		Examples: []engine.Example{
			{Name: "Orders arrive by POST", Params: params("path", "orders", "method", "POST", "respond", "last_node"),
				Input:  in(obj("method", "POST", "path", "orders", "body", obj("id", 7), "headers", obj(), "query", obj())),
				Output: out(obj("method", "POST", "path", "orders", "body", obj("id", 7), "headers", obj(), "query", obj()))},
			{Name: "Started by hand, an empty request stands for the missing one", Params: params("path", "ping", "method", "GET"),
				Output: out(obj("method", "GET", "path", "ping", "body", nil, "headers", obj(), "query", obj()))},
		},
	}, Webhook{Method: "POST", Respond: "at_once", Status: 200, Content: "first_item", Auth: "none", MaxBodyMB: 10}, runWebhook)
}

// Webhook holds the parameters of trigger.webhook.
type Webhook struct {
	Path    string `json:"path" form:"Path" help:"The end of the address: letters, digits, - _ . and /." placeholder:"orders/new" required:"true" expr:"no"`
	Method  string `json:"method" form:"Method" options:"GET,POST,PUT,PATCH,DELETE,HEAD,*=Any" expr:"no"`
	Respond string `json:"respond" form:"Respond" options:"at_once=At once,last_node=When the last node has finished,respond_node=By a Respond node" expr:"no"`
	// Status, Content and Headers describe the answer.
	Status  int               `json:"status" form:"Status" min:"200" max:"599" show:"respond=at_once|last_node" expr:"no"`
	Content string            `json:"content" form:"Answer with" options:"first_item=First item,all_items=All items,file=First file,none=Nothing" show:"respond=last_node" expr:"no"`
	Headers map[string]string `json:"headers" form:"Headers" help:"Sent with the answer." show:"respond=at_once|last_node" expr:"no"`

	Auth       string `json:"auth" form:"Authentication" options:"none=None,basic=Name and password,header=Header" expr:"no"`
	Credential string `json:"credential" form:"Credential" widget:"credential" show:"auth=basic|header" expr:"no"`
	// MaxBodyMB bounds a request's body, in MiB.
	MaxBodyMB int `json:"max_body_mb" form:"Largest body (MiB)" min:"1" max:"50" expr:"no"`
}

func checkWebhook(w Webhook) []engine.Problem {
	if w.Path != "" {
		if err := checkHookPath(w.Path); err != nil {
			return problem("path", "webhook-path", err)
		}
	}
	if w.Auth != "none" && w.Credential == "" {
		return problem("credential", "no-credential", errors.New("choose the credential that callers must know, or no authentication"))
	}
	return nil
}

func checkHookPath(p string) error {
	if len(p) > 200 {
		return errors.New("the path has more than 200 characters")
	}
	for part := range strings.SplitSeq(strings.Trim(p, "/"), "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("the path %q has an empty part, or one of dots: write for example orders/new", p)
		}
		for _, r := range part {
			if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.~", r)) {
				return fmt.Errorf("the path cannot hold %q: letters, digits, - _ . and / are fine", r)
			}
		}
	}
	return nil
}

// CleanPath returns the path as addresses are looked up: without slashes at its ends.
func (w Webhook) CleanPath() string { return strings.Trim(w.Path, "/") }

// hookMethods are the methods that a webhook for all methods answers.
var hookMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

// Addresses lists what the webhook answers to, as "POST orders/new".
func (w Webhook) Addresses() []string {
	path := w.CleanPath()
	switch {
	case path == "":
		return nil
	case w.Method != "*":
		return []string{w.Method + " " + path}
	}
	list := make([]string, len(hookMethods))
	for i, method := range hookMethods {
		list[i] = method + " " + path
	}
	return list
}

// Admits tells whether a request may start a run. Type and values are those of the webhook's credential. It takes the
// same time for every wrong answer.
func (w Webhook) Admits(typ string, values map[string]string, h http.Header) (bool, error) {
	switch w.Auth {
	case "", "none":
		return true, nil
	case "basic":
		if typ != "http.basic" || values["user"] == "" {
			return false, fmt.Errorf("the webhook's credential %q is not of the type name and password: %w", w.Credential, fs.ErrInvalid)
		}
		user, password, _ := (&http.Request{Header: h}).BasicAuth()
		return equal(user, values["user"])&equal(password, values["password"]) == 1, nil
	case "header":
		if typ != "http.header" || values["name"] == "" || values["value"] == "" {
			return false, fmt.Errorf("the webhook's credential %q is not of the type header: %w", w.Credential, fs.ErrInvalid)
		}
		return equal(h.Get(values["name"]), values["value"]) == 1, nil
	}
	return false, fmt.Errorf("the webhook's authentication %q is unknown: %w", w.Auth, fs.ErrInvalid)
}

// equal compares in constant time, whatever the lengths.
func equal(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}

// Answer makes the response of a run that answers with its last node's items.
func (w Webhook) Answer(items []engine.Item) (engine.Response, error) {
	r, err := answer(w.Content, nil, "", items)
	if err != nil {
		return r, err
	}
	r.Status = w.Status
	for name, value := range w.Headers {
		setHeader(&r, name, value)
	}
	return r, nil
}

func runWebhook(_ context.Context, _ *Deps, w Webhook, c *engine.Call) (engine.Outputs, error) {
	if items := c.Items(); given(items) {
		return engine.One(items), nil
	}
	method := w.Method
	if method == "*" {
		method = "GET"
	}
	return engine.One([]engine.Item{{JSON: map[string]any{
		"method": method, "path": w.CleanPath(), "body": nil, "headers": map[string]any{}, "query": map[string]any{},
	}}}), nil
}
