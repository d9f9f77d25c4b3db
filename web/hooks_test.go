package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

func hookNode(params object) engine.Node {
	return engine.Node{ID: "hook", Kind: "trigger.webhook", Params: params}
}

// hooked makes a studio with an active workflow that answers a webhook with what it got.
func hooked(t *testing.T, params object, more ...engine.Node) (*studio, *browser, engine.Stored) {
	t.Helper()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Hook", append([]engine.Node{hookNode(params)}, more...)...)
	b.api("POST", "/workflows/"+w.ID+"/active", object{"active": true}, nil, http.StatusOK)
	return s, b, w
}

func TestHookBodies(t *testing.T) {
	t.Parallel()
	s, _, _ := hooked(t, object{"path": "echo", "method": "*", "respond": "last_node", "content": "first_item"})
	anyone := s.browser(t)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("note", "={{ 1+1 }}")
	_ = w.WriteField("file", `{"hash":"0000","name":"/etc/passwd"}`)
	part, _ := w.CreateFormFile("photo", "../../cat.png")
	_, _ = part.Write([]byte("PNG"))
	_ = w.Close()
	for _, test := range []struct {
		name, method, query, typ, body string
		want                           string // JSON of the item's body
		status                         int
	}{
		{name: "JSON", method: "POST", typ: "application/json", body: `{"a":[1,2.5,"={{ $json }}"]}`, want: `{"a":[1,2.5,"={{ $json }}"]}`},
		{name: "a JSON dialect", method: "POST", typ: "application/cloudevents+json; charset=utf-8", body: `true`, want: `true`},
		{name: "a form", method: "PUT", typ: "application/x-www-form-urlencoded", body: "a=1&b=x+y&b=z", want: `{"a":"1","b":["x y","z"]}`},
		{name: "text", method: "POST", typ: "text/plain", body: "={{ process.exit() }}", want: `"={{ process.exit() }}"`},
		{name: "no type", method: "POST", body: "hello", want: `"hello"`},
		{name: "no body", method: "GET", query: "?x=1", want: `null`},
		{name: "multipart", method: "POST", typ: w.FormDataContentType(), body: form.String(), want: `{"file":"{\"hash\":\"0000\",\"name\":\"/etc/passwd\"}","note":"={{ 1+1 }}"}`},
		{name: "bytes", method: "POST", typ: "image/png", body: "\x89PNG", want: `null`},
		{name: "JSON that is none", method: "POST", typ: "application/json", body: `{`, status: 422},
		{name: "deep JSON", method: "POST", typ: "application/json", body: strings.Repeat("[", 9999), status: 422},
		{name: "a form with too many fields", method: "POST", typ: "application/x-www-form-urlencoded", body: strings.Repeat("a&", 2000), status: 422},
		{name: "a form without an end", method: "POST", typ: "multipart/form-data; boundary=x", body: "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nv", status: 422},
	} {
		res := anyone.do(test.method, "/hooks/echo"+test.query, test.typ, test.body, "Cookie", "secret=1", "Authorization", "Bearer secret", "X-Mark", "yes")
		if test.status != 0 {
			if res.StatusCode != test.status {
				t.Errorf("%s: %d %s", test.name, res.StatusCode, res.Text)
			}
			continue
		}
		var item struct {
			Body    json.RawMessage
			Headers map[string]string
			Query   map[string]any
			Method  string
		}
		if err := json.Unmarshal([]byte(res.Text), &item); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %v %s", test.name, res.StatusCode, err, res.Text)
			continue
		}
		if string(item.Body) != test.want || item.Method != test.method || item.Headers["x-mark"] != "yes" {
			t.Errorf("%s: %s", test.name, res.Text)
		}
		if strings.Contains(res.Text, "secret") {
			t.Errorf("%s: the caller's secrets are in the item: %s", test.name, res.Text)
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") {
			t.Errorf("%s: policy %q", test.name, csp)
		}
	}
	if res := anyone.do("POST", "/hooks/echo", "application/json", strings.Repeat(" ", 50<<20)); res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(res.Text, "At most") {
		t.Errorf("50 MiB: %d %s", res.StatusCode, res.Text)
	}
	if res := anyone.get("/hooks/other"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an address that nobody listens at: %d", res.StatusCode)
	}
}

func TestPDFsAreShownInFramesOfTheStudio(t *testing.T) {
	t.Parallel()
	s, b, _ := hooked(t, object{"path": "up", "respond": "last_node", "content": "file"})
	res := s.browser(t).do("POST", "/hooks/up", "application/pdf", "%PDF-1.4 pages")
	var step struct{ Outputs [][]engine.Item }
	b.api("GET", "/runs/"+res.Header.Get("Atelier-Run")+"/steps/hook", nil, &step, http.StatusOK)
	res = b.get("/api/v1/files/" + step.Outputs[0][0].Files["body"].Hash + "?name=a.pdf&view=pdf")
	h := res.Header
	if res.Text != "%PDF-1.4 pages" || h.Get("Content-Type") != "application/pdf" || h.Get("Content-Disposition") != "inline; filename=a.pdf" {
		t.Errorf("%d %v %q", res.StatusCode, h, res.Text)
	}
	if policy := h.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'self'") || h.Get("X-Frame-Options") != "SAMEORIGIN" {
		t.Errorf("policy %q, frames %q", policy, h.Get("X-Frame-Options"))
	}
}

func TestHookFilesAreStored(t *testing.T) {
	t.Parallel()
	s, b, _ := hooked(t, object{"path": "up", "respond": "last_node", "content": "file"})
	res := s.browser(t).do("POST", "/hooks/up", "image/png", "\x89PNG bytes")
	if res.StatusCode != http.StatusOK || res.Text != "\x89PNG bytes" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Fatalf("%d %q", res.StatusCode, res.Text)
	}
	var step struct{ Outputs [][]engine.Item }
	b.api("GET", "/runs/"+res.Header.Get("Atelier-Run")+"/steps/hook", nil, &step, http.StatusOK)
	hash := step.Outputs[0][0].Files["body"].Hash
	file := b.get("/api/v1/files/" + hash + "?name=" + "..%2F%22x%22%0d%0a.html")
	if file.Text != "\x89PNG bytes" || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(file.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v %q", file.StatusCode, file.Header, file.Text)
	}
	if res := b.get("/api/v1/files/" + hash + "?view=pdf"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("what is no PDF is shown as one: %d %v", res.StatusCode, res.Header)
	}
	eve := s.owner(t, "eve@example.org")
	if res := eve.get("/api/v1/files/" + hash); res.StatusCode != http.StatusNotFound {
		t.Errorf("another workspace reads the file: %d", res.StatusCode)
	}
	if res := b.get("/api/v1/files/..%2f..%2fmaster.key"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a path for a hash: %d", res.StatusCode)
	}
}

func TestHookAtOnceAndIdempotency(t *testing.T) {
	t.Parallel()
	s, b, w := hooked(t, object{"path": "orders/new"})
	anyone := s.browser(t)
	ids := map[string]bool{}
	for range 3 {
		res := anyone.do("POST", "/hooks/orders/new", "application/json", `{"n":1}`, "Idempotency-Key", "order-1")
		if res.StatusCode != http.StatusAccepted {
			t.Fatalf("%d %s", res.StatusCode, res.Text)
		}
		var out struct {
			RunID string `json:"run_id"`
		}
		if err := json.Unmarshal([]byte(res.Text), &out); err != nil {
			t.Fatal(err)
		}
		ids[out.RunID] = true
	}
	if len(ids) != 1 {
		t.Errorf("one key started %d runs", len(ids))
	}
	if res := anyone.get("/hooks/orders/new"); res.StatusCode != http.StatusNotFound {
		t.Errorf("another method: %d", res.StatusCode)
	}
	b.api("POST", "/workflows/"+w.ID+"/active", object{"active": false}, nil, http.StatusOK)
	if res := anyone.do("POST", "/hooks/orders/new", "", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("switched off: %d", res.StatusCode)
	}
}

func TestHookAnswerOfANode(t *testing.T) {
	t.Parallel()
	s, _, _ := hooked(t, object{"path": "page", "method": "GET", "respond": "respond_node"}, engine.Node{ID: "answer", Kind: "http.respond", Params: object{
		"status": 201, "respond_with": "text", "body": "<script>alert(1)</script>",
		"headers": object{"Content-Type": "text/html", "Set-Cookie": "a=b", "Content-Security-Policy": "default-src *", "X-Own": "1", "NEL": "{}", "Alt-Svc": "h3=\":1\"", "X-Accel-Redirect": "/x"},
	}})
	res := s.browser(t).get("/hooks/page")
	if res.StatusCode != http.StatusCreated || res.Header.Get("X-Own") != "1" || !strings.Contains(res.Text, "<script>") {
		t.Errorf("%d %v %s", res.StatusCode, res.Header, res.Text)
	}
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || res.Header.Get("Set-Cookie")+res.Header.Get("NEL")+res.Header.Get("Alt-Svc")+res.Header.Get("X-Accel-Redirect") != "" {
		t.Errorf("the answer left its cage: %v", res.Header)
	}
}

func TestHookOfARunThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		node   engine.Node
		status int
		word   string
	}{
		"it sleeps": {wait(), http.StatusAccepted, `"status":"waiting"`},
		"it fails":  {engine.Node{ID: "stop", Kind: "flow.stop", Params: object{"mode": "error", "message": "the secret reason"}}, http.StatusInternalServerError, "run_id"},
	} {
		for _, respond := range []string{"last_node", "respond_node"} {
			s, _, _ := hooked(t, object{"path": "quiet", "respond": respond}, test.node)
			res := s.browser(t).do("POST", "/hooks/quiet", "", "")
			if res.StatusCode != test.status || !strings.Contains(res.Text, test.word) || strings.Contains(res.Text, "secret") {
				t.Errorf("%s, %s: %d %s", name, respond, res.StatusCode, res.Text)
			}
		}
	}
}

func TestHookCredential(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	b.api("POST", "/credentials", object{"name": "Callers", "type": "http.basic", "values": object{"user": "shop", "password": "open sesame"}}, nil, http.StatusOK)
	w := b.draw("Guarded", hookNode(object{"path": "guarded", "auth": "basic", "credential": "Callers"}))
	b.api("POST", "/workflows/"+w.ID+"/active", object{"active": true}, nil, http.StatusOK)
	for _, test := range []struct {
		user, password string
		status         int
	}{{"", "", 401}, {"shop", "wrong", 401}, {"shop", "", 401}, {"", "open sesame", 401}, {"shop", "open sesame", 202}} {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/hooks/guarded", nil)
		if test.user+test.password != "" {
			req.SetBasicAuth(test.user, test.password)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != test.status || (test.status == 401) != (res.Header.Get("WWW-Authenticate") != "") {
			t.Errorf("%q %q: %d", test.user, test.password, res.StatusCode)
		}
	}
	var list struct{ Runs []engine.Run }
	b.api("GET", "/runs", nil, &list, http.StatusOK)
	if len(list.Runs) != 1 {
		t.Errorf("%d runs began", len(list.Runs))
	}
}

func TestTestHookListensForTwoMinutes(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Draft", hookNode(object{"path": "draft"}))
	anyone := s.browser(t)
	if res := anyone.do("POST", "/hooks-test/draft", "", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("before listening: %d", res.StatusCode)
	}
	var out struct{ Path string }
	b.api("POST", "/workflows/"+w.ID+"/listen", object{"node": "hook"}, &out, http.StatusOK)
	if res := anyone.do("POST", out.Path, "", ""); res.StatusCode != http.StatusAccepted {
		t.Errorf("%s: %d %s", out.Path, res.StatusCode, res.Text)
	}
	if res := anyone.do("POST", "/hooks/draft", "", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("the real address of a workflow that is off: %d", res.StatusCode)
	}
	s.Advance(2*time.Minute + time.Second)
	if res := anyone.do("POST", out.Path, "", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("after two minutes: %d", res.StatusCode)
	}
}

// What is drawn changes nothing outside until it is published.
func TestTriggersRunWhatIsPublished(t *testing.T) {
	t.Parallel()
	s, b, w := hooked(t, object{"path": "old"})
	anyone := s.browser(t)
	b.api("POST", "/workflows/"+w.ID+"/ops", object{"base": w.Revision, "ops": []object{{"op": "node.set", "id": "hook", "path": "params.path", "value": "new"}}}, nil, http.StatusOK)
	listen := func(when string, old, fresh int) {
		t.Helper()
		for path, status := range map[string]int{"old": old, "new": fresh} {
			if res := anyone.do("POST", "/hooks/"+path, "", ""); res.StatusCode != status {
				t.Errorf("%s, %s: %d", when, path, res.StatusCode)
			}
		}
	}
	listen("drawn", 202, 404)
	b.api("POST", "/workflows/"+w.ID+"/publish", object{"note": "Another path"}, nil, http.StatusOK)
	listen("published", 404, 202)
	b.api("POST", "/workflows/"+w.ID+"/publish", object{"revision": w.Revision}, nil, http.StatusOK)
	listen("rolled back", 202, 404)
	b.api("POST", "/workflows/"+w.ID+"/unpublish", object{}, nil, http.StatusNoContent)
	listen("taken back", 404, 404)
	b.api("POST", "/workflows/"+w.ID+"/active", object{"active": true}, nil, http.StatusOK)
	listen("switched on", 404, 202)
	second := b.draw("Second", hookNode(object{"path": "new"}))
	res := b.api("POST", "/workflows/"+second.ID+"/active", object{"active": true}, nil, http.StatusConflict)
	if !strings.Contains(res.Text, "Hook") {
		t.Errorf("a path that is taken: %s", res.Text)
	}
	for name, test := range map[string]struct {
		node engine.Node
		word string
	}{
		"a cron line that never fires": {engine.Node{ID: "s", Kind: "trigger.schedule", Params: object{"cron": "0 0 30 2 *"}}, "never"},
		"no trigger":                   {start(), "webhook or a schedule"},
		"a path with dots":             {hookNode(object{"path": "a/../b"}), "path"},
	} {
		bad := b.draw(name, test.node)
		res := b.api("POST", "/workflows/"+bad.ID+"/active", object{"active": true}, nil, http.StatusUnprocessableEntity)
		if !strings.Contains(res.Text, test.word) {
			t.Errorf("%s: %s", name, res.Text)
		}
	}
	var next struct {
		Next  []string
		Error string
	}
	b.api("POST", "/schedule/preview", object{"cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"}, &next, http.StatusOK)
	if len(next.Next) != 5 || next.Next[0] != "2026-03-02T09:00:00+01:00" {
		t.Errorf("the next times: %s", fmt.Sprint(next))
	}
	b.api("POST", "/schedule/preview", object{"cron": "every day"}, &next, http.StatusOK)
	if next.Error == "" {
		t.Error("a line that is no cron line has no error")
	}
}
