package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

// one runs a single node behind a manual start.
func (s *studioProcess) one(kind string, params m) (engine.Run, []engine.Item) {
	s.t.Helper()
	return s.outcome(s.create(chainOf("One", m{"kind": "trigger.manual"}, m{"kind": kind, "params": params})), m{})
}

// Workflows reach no address of this machine or its network, in whatever form it is written, by whichever node, and
// not by a redirect from an address that is allowed.
func TestPrivateAddresses(t *testing.T) {
	t.Parallel()
	reached := false
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inner.Close()
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusTemporaryRedirect))
	defer outer.Close()
	port := inner.URL[strings.LastIndex(inner.URL, ":")+1:]
	s := startStudio(t, "ATELIER_ALLOW_ADDRESSES="+strings.TrimPrefix(outer.URL, "http://"))
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[::ffff:0:7f00:1]", "[64:ff9b::7f00:1]", "2130706433", "0x7f000001", "0177.0.0.1",
		"127.1", "0", "0.0.0.0", "[::]", "169.254.169.254", "10.0.0.1", "192.168.0.1", "[fd00::1]", "[fe80::1]", "①②⑦.⓪.⓪.①", "user:password@127.0.0.1",
	} {
		if run, _ := s.one("http.request", m{"url": "http://" + host + ":" + port + "/", "method": "POST", "body": "x", "timeout": 3}); run.Status != engine.Failed {
			t.Errorf("a request to %s is %s", host, run.Status)
		}
		plain := strings.Trim(strings.TrimPrefix(host, "user:password@"), "[]")
		name := "to " + host
		s.call("POST", "/credentials", m{"name": name, "type": "sql.postgres", "values": m{"host": plain, "port": port, "user": "u", "password": "hunter2hunter2", "database": "d", "sslmode": "disable"}}, nil)
		if run, _ := s.one("sql.query", m{"credential": name, "query": "select 1"}); run.Status != engine.Failed || strings.Contains(run.Error, "hunter2") {
			t.Errorf("a query to %s is %s: %s", host, run.Status, run.Error)
		}
		s.call("POST", "/credentials", m{"name": "mail " + host, "type": "smtp", "values": m{"host": plain, "port": port, "tls": "none", "from": "a@example.org"}}, nil)
		if run, _ := s.one("mail.send", m{"credential": "mail " + host, "to": "b@example.org", "subject": "s", "text": "t"}); run.Status != engine.Failed {
			t.Errorf("a mail to %s is %s", host, run.Status)
		}
	}
	if run, _ := s.one("http.request", m{"url": outer.URL, "method": "POST", "body": "x"}); run.Status != engine.Failed || !says(run.Error, "may not reach") {
		t.Errorf("a redirect inward is %s: %s", run.Status, run.Error)
	}
	if reached {
		t.Error("the address inside was reached")
	}
	for _, dsn := range []string{"postgres://u:p@%2Ftmp/d", "postgres://u:p@/d?host=/tmp", "postgres://u:p@example.org/d?sslrootcert=/etc/passwd", "postgres://u:p@example.org/d?service=x", "host=/tmp user=u"} {
		s.call("POST", "/credentials", m{"name": dsn, "type": "sql.postgres", "values": m{"dsn": dsn}}, nil)
		if run, _ := s.one("sql.query", m{"credential": dsn, "query": "select 1"}); run.Status != engine.Failed || !says(run.Error, "address") {
			t.Errorf("%s is %s: %s", dsn, run.Status, run.Error)
		}
	}
}

// A SQLite statement reaches its own file only and says nothing of the machine.
func TestSQLiteStaysInItsFile(t *testing.T) {
	t.Parallel()
	s := startStudio(t)
	s.call("POST", "/credentials", m{"name": "DB", "type": "sql.sqlite", "values": m{"file": "x.db"}}, nil)
	stolen := filepath.Join(s.dir, "stolen.db")
	for _, query := range []string{
		"vacuum into '" + stolen + "'", "attach '" + filepath.Join(s.dir, "studio.db") + "' as s", "select 1; attach '" + stolen + "' as s; select 1",
		"select readfile('/etc/passwd')", "select writefile('" + stolen + "', 'x')", "select load_extension('x')", "pragma temp_store_directory = '/tmp'",
		"select * from pragma_database_list", "create virtual table t using fts5(x)", "select hex(zeroblob(1000000000))", "pragma journal_mode = off",
	} {
		if run, items := s.one("sql.query", m{"credential": "DB", "query": query}); run.Status != engine.Failed || strings.Contains(fmt.Sprint(run.Error, items), s.dir) {
			t.Errorf("%s is %s: %s %v", query, run.Status, run.Error, items)
		}
	}
	if _, err := os.Stat(stolen); err == nil {
		t.Error("a statement wrote a file of its own")
	}
	for _, file := range []string{"../studio.db", "/etc/x.db", "a/../../studio.db", "x.db?mode=memory", "studio"} {
		s.call("POST", "/credentials", m{"name": file, "type": "sql.sqlite", "values": m{"file": file}}, nil)
		if run, _ := s.one("sql.query", m{"credential": file, "query": "select 1"}); run.Status != engine.Failed {
			t.Errorf("the file %s is opened", file)
		}
	}
}

// What one workspace has, another cannot see: workflows, runs, files, databases, credentials.
func TestWorkspacesApart(t *testing.T) {
	t.Parallel()
	s := startStudio(t)
	s.call("POST", "/credentials", m{"name": "DB", "type": "sql.sqlite", "values": m{"file": "x.db"}}, nil)
	s.call("POST", "/credentials", m{"name": "Key", "type": "http.bearer", "values": m{"token": "of the first"}}, nil)
	if run, _ := s.one("file.write", m{"path": "logs/mine.txt", "content": "of the first"}); run.Status != engine.Succeeded {
		t.Fatal(run.Error)
	}
	if run, _ := s.one("sql.query", m{"credential": "DB", "query": "create table first (x)"}); run.Status != engine.Succeeded {
		t.Fatal(run.Error)
	}
	if _, err := os.Stat(filepath.Join(s.dir, ownFolder, "logs", "mine.txt")); err != nil {
		t.Error("the first workspace's files are not in the folder itself:", err)
	}
	id := s.create(chainOf("First's", m{"kind": "trigger.manual"}, m{"kind": "data.set"}))
	run, _ := s.outcome(id, m{})

	if status, _ := s.upload("/workspaces", "application/x-www-form-urlencoded", []byte(url.Values{"name": {"Second"}}.Encode())); status != http.StatusSeeOther {
		t.Fatalf("a second workspace: %d", status)
	}
	s.call("POST", "/credentials", m{"name": "DB", "type": "sql.sqlite", "values": m{"file": "x.db"}}, nil)
	if run, _ := s.one("sql.query", m{"credential": "DB", "query": "select * from first"}); !says(run.Error, "no such table") {
		t.Errorf("the second workspace reads the first's database: %s %s", run.Status, run.Error)
	}
	for _, path := range []string{"logs/mine.txt", "../../logs/mine.txt", ".workspaces"} {
		if run, items := s.one("file.read", m{"path": path}); run.Status == engine.Succeeded {
			t.Errorf("the second workspace reads %s: %v", path, items)
		}
	}
	if run, _ := s.one("file.write", m{"path": "logs/theirs.txt", "content": "of the second"}); run.Status != engine.Succeeded {
		t.Error(run.Error)
	}
	if _, items := s.one("file.list", m{"recursive": true}); len(items) != 1 || items[0].JSON["path"] != "logs/theirs.txt" {
		t.Errorf("the second workspace lists %v", items)
	}
	mine := s.create(chainOf("Second's", m{"kind": "trigger.manual"}, m{"kind": "data.set"}))
	for _, ask := range []struct {
		method, path string
		body         m
	}{
		{"GET", "/workflows/" + id, nil}, {"GET", "/workflows/" + id + "/export", nil}, {"GET", "/workflows/" + id + "/revisions", nil}, {"DELETE", "/workflows/" + id, nil},
		{"POST", "/workflows/" + id + "/runs", m{}}, {"POST", "/workflows/" + id + "/check", m{}}, {"POST", "/workflows/" + id + "/active", m{"active": true}},
		{"POST", "/workflows/" + id + "/ops", m{"base": 1, "client": "c", "seq": 1, "ops": []m{{"op": "settings.set", "path": "name", "value": "Mine now"}}}},
		{"GET", "/runs/" + run.ID, nil}, {"GET", "/runs/" + run.ID + "/events", nil}, {"GET", "/runs/" + run.ID + "/steps/n0", nil}, {"POST", "/runs/" + run.ID + "/cancel", m{}},
		{"POST", "/runs/" + run.ID + "/retry", m{}}, {"POST", "/workflows/" + mine + "/runs", m{"from": "n1", "seed": run.ID}},
		{"POST", "/preview", m{"workflow": id, "node": "n1", "text": "={{ $json }}"}},
	} {
		if status, body := s.send(ask.method, ask.path, ask.body); status != http.StatusNotFound {
			t.Errorf("%s %s of another workspace gave %d %s", ask.method, ask.path, status, body)
		}
	}
	if run, _ := s.one("http.request", m{"url": "https://example.org", "credential": "Key"}); !says(run.Error, "no credential") {
		t.Errorf("the first's credential: %s", run.Error)
	}
	if run, _ := s.one("flow.call", m{"workflow": id}); run.Status != engine.Failed || !says(run.Error, "no workflow") {
		t.Errorf("calling the first's workflow: %s %s", run.Status, run.Error)
	}
}

const script = `"><script>alert(1)</script><img src=x onerror=alert(2)>'</script><!--`

// Names and texts with script in them stay text on every page, also when they come in an n8n file, and importing one
// runs nothing.
func TestNamesStayText(t *testing.T) {
	t.Parallel()
	s := startStudio(t)
	touched := filepath.Join(t.TempDir(), "touched")
	doc := chainOf(script, m{"kind": "trigger.manual", "name": script}, m{"kind": "data.set", "name": script + "2", "notes": script, "params": m{"fields": []m{{"name": script, "value": script}}}},
		m{"kind": "flow.stop", "params": m{"failed": true, "message": script}})
	doc["notes"] = []m{{"id": "t", "text": script + "[a](javascript:alert(1))", "at": []int{0, 0}, "size": []int{100, 100}}}
	id := s.create(doc)
	run, _ := s.outcome(id, m{"input": m{script: script}})
	s.call("POST", "/credentials", m{"name": script, "type": "http.bearer", "values": m{"token": "t"}}, nil)
	s.call("POST", "/variables", m{"name": "v", "value": script}, nil)
	n8n, err := json.Marshal(m{"name": script, "nodes": []m{
		{"id": "1", "name": script, "type": "n8n-nodes-base.executeCommand", "typeVersion": 1, "position": []int{0, 0}, "parameters": m{"command": "touch " + touched}},
		{"id": "2", "name": "Code", "type": "n8n-nodes-base.code", "typeVersion": 2, "position": []int{0, 0}, "parameters": m{"jsCode": "require('fs').writeFileSync('" + touched + "', '')"}},
		{"id": "3", "name": "Note", "type": "n8n-nodes-base.stickyNote", "typeVersion": 1, "position": []int{0, 0}, "parameters": m{"content": script}},
	}, "connections": m{script: m{"main": []any{[]m{{"node": "Code", "type": "main", "index": 0}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	status, body := s.upload("/api/v1/workflows/import", "application/json", n8n)
	var made struct{ Workflow struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusCreated {
		t.Fatalf("the import: %d %s", status, body)
	}
	odd := url.QueryEscape(script)
	for _, path := range []string{
		"/workflows", "/workflows?query=" + odd, "/workflows?folder=" + odd, "/workflows/" + id, "/workflows/" + id + "/details", "/workflows/" + made.Workflow.ID, "/runs", "/runs?status=" + odd,
		"/runs/" + run.ID, "/credentials", "/variables", "/nowhere/" + url.PathEscape(script),
	} {
		res, err := s.client.Get(s.url(path))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode >= 500 {
			t.Fatalf("%s: %s %v", path, res.Status, err)
		}
		for _, live := range []string{"<script>alert", "<img src=x", `href="javascript`} {
			if bytes.Contains(page, []byte(live)) {
				t.Errorf("%s has %s in it", path, live)
			}
		}
		if policy := res.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "script-src 'self' 'nonce-") {
			t.Errorf("%s has the policy %q", path, policy)
		}
	}
	if _, err := os.Stat(touched); err == nil {
		t.Error("importing ran something")
	}
}

// What comes in by a webhook is data: never evaluated, never a drawing, never a header of the studio.
func TestWebhooksTakeData(t *testing.T) {
	t.Parallel()
	s := startStudio(t)
	id := s.create(chainOf("Hook", m{"kind": "trigger.webhook", "params": m{"path": "in", "method": "POST", "respond": "last_node"}},
		m{"kind": "data.set", "params": m{"keep_others": false, "fields": []m{{"name": "a", "value": "={{ $json.body.x }}"}, {"name": "b", "value": "={{ $json.body.x }} {{ 1 + 1 }}"}}}},
		m{"kind": "data.template", "params": m{"template": "={{ $json.a }}"}}))
	s.call("POST", "/workflows/"+id+"/active", m{"active": true}, nil)
	_, body := s.upload("/hooks/in", "application/json", []byte(`{"x": "={{ 6 * 7 }}", "doc": {"nodes": []}, "nodes": [], "__proto__": {"x": 1}}`))
	if !strings.Contains(body, `"a":"={{ 6 * 7 }}"`) || !strings.Contains(body, `"b":"={{ 6 * 7 }} 2"`) || !strings.Contains(body, `"text":"={{ 6 * 7 }}"`) {
		t.Errorf("the webhook answers %s", body)
	}
	for name, value := range map[string]any{"doc": m{"nodes": []m{}}, "workspace": "x", "by": "x", "revision": 1} {
		if status, body := s.send("POST", "/workflows/"+id+"/runs", m{"input": m{}, name: value}); status != http.StatusUnprocessableEntity {
			t.Errorf("a run with %s of its own: %d %s", name, status, body)
		}
		if status, body := s.send("POST", "/workflows", m{"name": "x", "id": "chosen", name: value}); status != http.StatusUnprocessableEntity {
			t.Errorf("a workflow with %s of its own: %d %s", name, status, body)
		}
	}
	stranger := &studioProcess{t: t, address: s.address, client: &http.Client{}}
	stranger.client.Jar, _ = cookiejar.New(nil)
	if status, body := stranger.send("POST", "/preview", m{"workflow": id, "node": "n1", "text": "={{ 1 }}"}); status != http.StatusUnauthorized {
		t.Errorf("a stranger's preview: %d %s", status, body)
	}
}

// A secret is nowhere but in the request that needs it: not in exports, runs, events, steps, pages, errors, the log.
func TestSecretsStay(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-t0ken-of-many-letters"
	got := make(chan string, 1)
	world := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r.Header.Get("Authorization")
		w.WriteHeader(http.StatusTeapot)
	}))
	defer world.Close()
	s := startStudio(t, "ATELIER_ALLOW_ADDRESSES=127.0.0.1", "ATELIER_LOG_LEVEL=debug")
	s.call("POST", "/credentials", m{"name": "Key", "type": "http.bearer", "values": m{"token": secret}}, nil)
	id := s.create(chainOf("Secret", m{"kind": "trigger.manual"}, m{"kind": "http.request", "params": m{"url": world.URL, "credential": "Key"}}))
	run, _ := s.outcome(id, m{})
	if auth := <-got; auth != "Bearer "+secret || run.Status != engine.Failed {
		t.Fatalf("the request had %q, the run is %s", auth, run.Status)
	}
	var seen strings.Builder
	for _, path := range []string{
		"/api/v1/credentials", "/api/v1/workflows/" + id + "/export", "/api/v1/workflows/" + id + "/export?format=n8n", "/api/v1/runs/" + run.ID, "/api/v1/runs/" + run.ID + "/events",
		"/api/v1/runs/" + run.ID + "/steps/n1", "/credentials", "/workflows/" + id, "/runs/" + run.ID, "/metrics",
	} {
		res, err := s.client.Get(s.url(path))
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(&seen, res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.kill()
	seen.WriteString(s.log.String())
	for _, name := range []string{"studio.db", "studio.db-wal", "runs.db", "runs.db-wal"} {
		data, err := os.ReadFile(filepath.Join(s.dir, name))
		if err == nil {
			seen.Write(data)
		}
	}
	if strings.Contains(seen.String(), secret) || strings.Contains(seen.String(), ownerPassword) {
		t.Error("a secret can be read where it does not belong")
	}
}
