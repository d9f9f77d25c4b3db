package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
)

// put writes a file into a folder and returns its name.
func put(t testing.TB, dir, name, content string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// given calls a command with standard input.
func given(t testing.TB, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = run(t.Context(), args, func(string) string { return "" }, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

const greeting = `{"format": "atelier/v1", "name": "Greet", "nodes": [
	{"id": "s", "kind": "trigger.manual", "name": "Start", "at": [0, 0]},
	{"id": "g", "kind": "data.set", "name": "Greet", "at": [220, 0], "params": {"fields": [{"name": "text", "value": "={{ 'Hello ' + $json.name }}"}]}}],
	"edges": [{"from": "s", "out": "main", "to": "g", "in": "main"}]}`

const stopping = `{"format": "atelier/v1", "name": "Stop", "nodes": [
	{"id": "s", "kind": "trigger.manual", "name": "Start", "at": [0, 0]},
	{"id": "w", "kind": "flow.wait", "name": "Sleep", "at": [220, 0], "params": {"amount": "={{ $json.hours || 0 }}", "unit": "hours"}},
	{"id": "x", "kind": "flow.stop", "name": "No more", "at": [440, 0], "params": {"message": "enough"}}],
	"edges": [{"from": "s", "out": "main", "to": "w", "in": "main"}, {"from": "w", "out": "main", "to": "x", "in": "main"}]}`

// Scripts rely on exit codes, on what stands on standard output, and on the three ways to give an input.
func TestRunCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, bad := put(t, dir, "good.json", greeting), put(t, dir, "bad.json", stopping)
	input := put(t, dir, "in.json", `[{"name": "Ada"}, {"name": "Grace"}]`)
	tests := []struct {
		name, stdin string
		args        []string
		code        int
		out, err    string
	}{
		{name: "an object", args: []string{good, "--input", `{"name": "Ada"}`}, out: `{"name":"Ada","text":"Hello Ada"}`, err: "done: 2 steps, 1 items"},
		{name: "a file of a list", args: []string{"--input", "@" + input, good}, out: "Hello Ada\"}\n{\"name\":\"Grace\""},
		{name: "standard input", args: []string{good, "--input", "-"}, stdin: `{"name": "Alan"}`, out: `"text":"Hello Alan"}`},
		{name: "nothing", args: []string{good}, out: `{"text":"Hello `},
		{name: "a run that fails", args: []string{bad}, code: exitFailed, err: "failed at No more"},
		{name: "a run that takes too long", args: []string{bad, "--input", `{"hours": 1}`, "--timeout", "100us"}, code: exitFailed, err: "longer than its limit of 1ms"},
		{name: "no file", code: exitUsage, err: "one workflow file"},
		{name: "two files", args: []string{good, bad}, code: exitUsage, err: "one workflow file"},
		{name: "a file that is not there", args: []string{filepath.Join(dir, "none.json")}, code: exitUsage, err: "none.json"},
		{name: "an option that is not there", args: []string{good, "--colour"}, code: exitUsage, err: "colour"},
		{name: "an input that is no JSON", args: []string{good, "--input", "Ada"}, code: exitUsage, err: "--input"},
		{name: "an input that is a number", args: []string{good, "--input", "7"}, code: exitUsage, err: "object or a list"},
		{name: "an input file that is not there", args: []string{good, "--input", "@none"}, code: exitUsage, err: "none"},
		{name: "a time that has passed", args: []string{good, "--timeout", "-1s"}, code: exitUsage, err: "negative"},
		{name: "credentials that are not there", args: []string{good, "--credentials", filepath.Join(dir, "none")}, code: exitUsage, err: "--credentials"},
		{name: "credentials that are no JSON", args: []string{good, "--credentials", put(t, dir, "c.json", "secret")}, code: exitUsage, err: "c.json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := given(t, tt.stdin, append([]string{"run", "--files", filepath.Join(dir, "files")}, tt.args...)...)
			if code != tt.code || !strings.Contains(stdout, tt.out) || !strings.Contains(stderr, tt.err) {
				t.Errorf("exit %d\n%s\n%s\nwant %d with %q and %q", code, stdout, stderr, tt.code, tt.out, tt.err)
			}
			if code != exitOK && stdout != "" {
				t.Errorf("a command that failed printed %q", stdout)
			}
		})
	}
	t.Run("json", func(t *testing.T) {
		t.Parallel()
		for file, want := range map[string]struct {
			code         int
			status, node string
		}{good: {exitOK, "succeeded", ""}, bad: {exitFailed, "failed", "x"}} {
			code, stdout, stderr := given(t, "", "run", "--files", filepath.Join(dir, "files"), "--json", file)
			var answer struct {
				Status    string        `json:"status"`
				Error     *string       `json:"error"`
				ErrorNode string        `json:"error_node"`
				Steps     int           `json:"steps"`
				Millis    *float64      `json:"milliseconds"`
				Items     []engine.Item `json:"items"`
			}
			if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
				t.Fatalf("%v in %s (%s)", err, stdout, stderr)
			}
			if code != want.code || answer.Status != want.status || answer.ErrorNode != want.node || answer.Steps == 0 || answer.Millis == nil || answer.Items == nil || answer.Error == nil {
				t.Errorf("exit %d with %s; want %+v", code, stdout, want)
			}
		}
	})
}

func TestCheckCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := put(t, dir, "good.json", greeting)
	warned := put(t, dir, "warned.json", strings.Replace(greeting, `"edges": [{"from": "s", "out": "main", "to": "g", "in": "main"}]`, `"edges": []`, 1))
	wrong := put(t, dir, "wrong.json", strings.Replace(greeting, "data.set", "data.sett", 1))
	broken := put(t, dir, "broken.json", "{")
	if code, stdout, stderr := atelier(t, "check", good, warned); code != exitOK || !strings.Contains(stdout, "good.json: nothing") || !strings.Contains(stderr, "warned.json: warning: Greet: ") {
		t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
	}
	if code, _, stderr := atelier(t, "check", good, wrong, broken); code != exitFailed || !strings.Contains(stderr, "wrong.json: error: Greet: ") || !strings.Contains(stderr, "broken.json") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	if code, _, _ := atelier(t, "check"); code != exitUsage {
		t.Errorf("exit %d without a file", code)
	}
	code, stdout, _ := atelier(t, "check", "--json", good, warned, wrong, broken)
	var answer map[string][]engine.Problem
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || code != exitFailed {
		t.Fatalf("exit %d, %v: %s", code, err, stdout)
	}
	for file, want := range map[string]string{warned: "unreachable", wrong: "unknown-kind", broken: "bad-file"} {
		if list := answer[file]; len(list) == 0 || list[0].Code != want {
			t.Errorf("%s: %+v; want %s", filepath.Base(file), list, want)
		}
	}
	if list, ok := answer[good]; !ok || list == nil || len(list) > 0 {
		t.Errorf("a good file has %v, want an empty list", list)
	}
}

const foreign = `{"name": "From n8n", "nodes": [
	{"id": "1", "name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}},
	{"id": "2", "name": "Odd", "type": "acme.unheardOf", "typeVersion": 1, "position": [200, 0], "parameters": {"deep": {"x": 1}}}],
	"connections": {"Start": {"main": [[{"node": "Odd", "type": "main", "index": 0}]]}}}`

// What is imported comes out again as it was, and nobody's file is written over.
func TestImportAndExport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, out := put(t, dir, "in/flow.json", foreign), filepath.Join(dir, "out")
	report := filepath.Join(dir, "report.json")
	if code, _, stderr := atelier(t, "import", in, "--out", out, "--report", report); code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var summary map[string]any
	data, err := os.ReadFile(report)
	if err == nil {
		err = json.Unmarshal(data, &summary)
	}
	if err != nil || summary["imported"] != 1.0 || summary["files"] != 1.0 {
		t.Errorf("the report is %s, %v", data, err)
	}
	made := filepath.Join(out, "flow.json")
	if code, stdout, stderr := atelier(t, "export", made, "--to", "n8n"); code != exitOK || !sameJSON(t, stdout, foreign) {
		t.Errorf("exit %d: %s\n%s", code, stdout, stderr)
	}
	first, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	if code, stdout, _ := atelier(t, "export", made, "--to", "atelier"); code != exitOK || stdout != string(first) {
		t.Errorf("exit %d: the workflow file does not come out as it is:\n%s", code, stdout)
	}
	talk := put(t, dir, "talk.json", strings.Replace(string(first), `"format":`, `"comments": [{"at": [1, 2], "comments": [{"name": "Ada", "text": "Why?", "created": 1700000000000000}]}], "format":`, 1))
	if code, _, stderr := atelier(t, "export", talk, "--to", "n8n"); code != exitOK || !strings.Contains(stderr, "1 thread of comments is left out") {
		t.Errorf("exit %d: what is lost of comments is not told: %s", code, stderr)
	}
	if code, stdout, stderr := atelier(t, "export", talk, "--to", "atelier"); code != exitOK || stderr != "" || !strings.Contains(stdout, "Why?") {
		t.Errorf("exit %d: the comments did not come along: %s%s", code, stdout, stderr)
	}
	for name, args := range map[string][]string{
		"its own folder":     {"import", in, "--out", filepath.Dir(in)},
		"two of one name":    {"import", in, put(t, dir, "other/flow.json", foreign), "--out", filepath.Join(dir, "new")},
		"no file":            {"import"},
		"an unknown format":  {"import", in, "--from", "excel"},
		"no target":          {"export", made},
		"an unknown target":  {"export", made, "--to", "excel"},
		"a file that is bad": {"export", put(t, dir, "bad.json", "["), "--to", "n8n"},
	} {
		if code, stdout, stderr := atelier(t, args...); code != exitUsage || stderr == "" || stdout != "" {
			t.Errorf("%s: exit %d, %s %s", name, code, stdout, stderr)
		}
	}
	if now, err := os.ReadFile(in); err != nil || string(now) != foreign {
		t.Error("the file to import was written over")
	}
	if code, _, stderr := atelier(t, "import", put(t, dir, "in/bad.json", "no"), in, "--out", out); code != exitUsage || !strings.Contains(stderr, "1 of 2 files imported") {
		t.Errorf("one bad file of two: exit %d, %s", code, stderr)
	}
}

func sameJSON(t testing.TB, a, b string) bool {
	t.Helper()
	var list [2]any
	for i, text := range []string{a, b} {
		if err := json.Unmarshal([]byte(text), &list[i]); err != nil {
			t.Errorf("%v: %s", err, text)
		}
	}
	return fmt.Sprint(list[0]) == fmt.Sprint(list[1])
}

func TestSmallCommands(t *testing.T) {
	t.Parallel()
	if code, stdout, _ := atelier(t, "version"); code != exitOK || !strings.HasPrefix(stdout, "atelier ") {
		t.Errorf("version: %d %s", code, stdout)
	}
	code, stdout, _ := atelier(t, "nodes", "--json")
	var kinds []engine.Kind
	if err := json.Unmarshal([]byte(stdout), &kinds); err != nil || code != exitOK || len(kinds) != len(nodes.Catalogue(&nodes.Deps{}).Kinds()) {
		t.Errorf("nodes --json: %d, %v, %d kinds", code, err, len(kinds))
	}
	for _, k := range kinds {
		if k.Name == "" || k.Summary == "" || k.Icon == "" || k.Group == "" || k.Params == nil && k.Name == "http.request" {
			t.Errorf("the kind %q is described by %+v", k.Name, k)
		}
	}
	if code, stdout, _ = atelier(t, "nodes"); code != exitOK || !strings.Contains(stdout, "data.summarize") {
		t.Errorf("nodes: %d %s", code, stdout)
	}
	if code, stdout, _ = atelier(t, "help"); code != exitOK || !strings.Contains(stdout, "atelier restore FILE") || strings.Contains(stdout, "sandbox") {
		t.Errorf("help: %d %s", code, stdout)
	}
	if code, _, stderr := atelier(t, "dance"); code != exitUsage || !strings.Contains(stderr, `"dance"`) {
		t.Errorf("an unknown command: %d %s", code, stderr)
	}
	if code, _, stderr := atelier(t, "serve", "now"); code != exitUsage || !strings.Contains(stderr, `"now"`) {
		t.Errorf("serve with a word: %d %s", code, stderr)
	}
	for _, args := range [][]string{{"backup"}, {"restore"}, {"user", "forget"}, {"run", "--help", "x", "y"}} {
		want := exitUsage
		if args[0] == "run" {
			want = exitOK
		}
		if code, _, _ := atelier(t, args...); code != want {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	if code, _, stderr := atelier(t, "backup", filepath.Join(t.TempDir(), "b"), "--data", t.TempDir()); code != exitFailed || !strings.Contains(stderr, "not a data folder") {
		t.Errorf("backup of nothing: %d %s", code, stderr)
	}
}

// The log digest, from the file of lines to the rows in the table and the summary at a webhook, without a server.
func TestLogDigestHeadless(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var posted []map[string]any
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body map[string]any
		data, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(data, &body); err != nil {
			t.Errorf("%v: %s", err, data)
		}
		mu.Lock()
		defer mu.Unlock()
		posted = append(posted, body)
	}))
	defer hook.Close()
	dir := t.TempDir()
	files := filepath.Join(dir, "files")
	for _, template := range nodes.Templates() {
		if template.Name != "log_digest" && template.Name != "sample_logs" {
			continue
		}
		if i := template.Doc.NodeByID("post"); i >= 0 {
			post := &template.Doc.Nodes[i] // as it comes, it is switched off: nobody has an address for it yet
			post.Params["url"], post.Disabled = hook.URL, false
		}
		data, err := template.Doc.Encode()
		if err != nil {
			t.Fatal(err)
		}
		put(t, dir, template.Name+".json", string(data))
	}
	credentials := put(t, dir, "credentials.json", `{"Reports": {"type": "sql.sqlite", "values": {"file": "reports.db"}}}`)
	options := []string{"--files", files, "--credentials", credentials, "--allow-address", "127.0.0.1"}
	if code, _, stderr := atelier(t, append([]string{"run", filepath.Join(dir, "sample_logs.json")}, options...)...); code != exitOK {
		t.Fatalf("the sample: exit %d, %s", code, stderr)
	}
	for range 2 { // the second time of a day changes the rows of the first
		if code, _, stderr := atelier(t, append([]string{"run", filepath.Join(dir, "log_digest.json")}, options...)...); code != exitOK {
			t.Fatalf("the digest: exit %d, %s", code, stderr)
		}
	}
	if len(posted) != 2 {
		t.Fatalf("%d summaries were posted", len(posted))
	}
	patterns, _ := json.Marshal(posted[1]["patterns"])
	for _, want := range []string{"order N failed: no stock", "time-out after N s calling payments", "session ID expired"} {
		if !strings.Contains(string(patterns), want) {
			t.Errorf("the summary %s has no %q", patterns, want)
		}
	}
	read := put(t, dir, "read.json", `{"format": "atelier/v1", "name": "Read", "nodes": [
		{"id": "s", "kind": "trigger.manual", "name": "Start", "at": [0, 0]},
		{"id": "q", "kind": "sql.query", "name": "Rows", "at": [220, 0], "params": {"credential": "Reports", "query": "select message, count from log_patterns order by count desc"}}],
		"edges": [{"from": "s", "out": "main", "to": "q", "in": "main"}]}`)
	code, stdout, stderr := atelier(t, append([]string{"run", read}, options...)...)
	if rows := strings.Count(stdout, "\n"); code != exitOK || rows == 0 || rows > 10 || !strings.Contains(stdout, `{"count":40,"message":"order N failed: no stock"}`) {
		t.Errorf("exit %d, the table has\n%s%s", code, stdout, stderr)
	}
}
