package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/llm/llmtest"
)

// smallSite is a small web application: one page lacks what the policy tester asks for, and one never answers.
func smallSite(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, `<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1><a href="/missing">broken</a>`)
		case "/slow":
			<-r.Context().Done()
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// Pipelines rely on exit codes and on the files of a report.
func TestQACommand(t *testing.T) {
	t.Parallel()
	server, dead := smallSite(t), httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	dir := t.TempDir()
	out := filepath.Join(dir, "report")
	password, empty := put(t, dir, "password", "s3cret-s3cret\n"), put(t, dir, "empty", "\n")
	personas := put(t, dir, "mine.yaml", "personas:\n  - {id: mine, name: Mine, area: functional, probes: [broken-link]}\n")
	doorman := put(t, dir, "doorman.yaml", "personas:\n  - {id: doorman, name: Doorman, area: security, probes: [access-table]}\n")
	roles := put(t, dir, "roles.yaml", "roles: [{name: guest, nobody: true}, {name: admin, user: ada, password_from: "+password+"}]\nrules: [{path: /, deny: [guest]}]\n")
	open := put(t, dir, "open.yaml", "roles: [{name: admin, user: ada, password: s3cret-s3cret}]\n")
	for _, tt := range []struct {
		name, args string
		code       int
		want       string
	}{
		{"no target", "", exitUsage, "one web application"},
		{"two targets", server.URL + " " + server.URL, exitUsage, "one web application"},
		{"no address", "shop", exitUsage, "no scheme"},
		{"a password in the address", "http://a:b@127.0.0.1", exitUsage, "account"},
		{"a dead port", dead.URL, exitUsage, "nothing could be tested"},
		{"an area that there is not", server.URL + " --areas beauty", exitUsage, "beauty"},
		{"a requirement that is none", server.URL + " --require security=2", exitUsage, "--require"},
		{"a severity that there is not", server.URL + " --fail-on dreadful", exitUsage, "--fail-on"},
		{"a budget of nothing", server.URL + " --time 0s", exitUsage, "more than 0"},
		{"an account without a password", server.URL + " --account admin:ada:" + empty, exitUsage, "nothing in"},
		{"an account that is none", server.URL + " --account ada", exitUsage, "ROLE:USER"},
		{"a persona that there is not", server.URL + " --personas nobody", exitUsage, "nobody"},
		{"a file of personas that is none", server.URL + " --personas " + empty, exitUsage, "--personas"},
		{"roles to begin with", "roles", exitOK, "suspended user"},
		{"a file of roles that is not there", server.URL + " --roles " + filepath.Join(dir, "none"), exitUsage, "--roles"},
		{"a file of roles with a password", server.URL + " --roles " + open, exitUsage, "password_from"},
		{"a role whose password is nowhere", server.URL + " --roles " + put(t, dir, "nowhere.yaml", "roles: [{name: admin, user: ada, password_from: 'env:NOWHERE'}]"), exitUsage, "NOWHERE"},
		{"a file of journeys that is none", server.URL + " --journeys " + personas, exitUsage, "--journeys"},
		{"a baseline that is none", server.URL + " --baseline " + personas, exitUsage, "--baseline"},
		{"roles that the table is wrong about", server.URL + " --browser none --personas " + doorman + " --roles " + roles, exitFailed, "let in where the table"},
		{"a model that is none", server.URL + " --model gpt", exitUsage, "openai/NAME"},
		{"a model's address without a model", server.URL + " --model-url http://127.0.0.1:9/v1", exitUsage, "--model"},
		{"a model's key that is nowhere", server.URL + " --model openai/x --model-key env:NOWHERE", exitUsage, "NOWHERE"},
		{"a model's address that is none", server.URL + " --model ollama/x --model-url ftp://127.0.0.1", exitUsage, "http://"},
		{"a browser that is not there", server.URL + " --browser /none", exitUsage, "--browser"},
		{"another machine without a token", "http://192.0.2.1:9 --time 3s --data " + dir, exitUsage, "atelier-target="},
		{"faults", server.URL + " --browser none --personas " + personas + " --account admin:ada:" + password + " --out " + out, exitFailed, "Broken"},
		{"a folder that takes no files", dead.URL + " --out /proc/self", exitUsage, "--out"},
		{"faults below what counts", server.URL + " --browser none --personas " + personas + " --fail-on critical", exitOK, "functional"},
		{"less than required", server.URL + " --browser none --personas " + personas + " --fail-on critical --require security=0.5", exitFailed, "security: 0.000 tested, 0.500 required"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, errs := atelier(t, append([]string{"qa"}, strings.Fields(tt.args)...)...)
			if code != tt.code || !strings.Contains(strings.ToLower(stdout+errs), strings.ToLower(tt.want)) || strings.Contains(stdout+errs, "s3cret") {
				t.Errorf("%d %s %s", code, stdout, errs)
			}
		})
	}
	t.Cleanup(func() { // when all have ended
		for name, want := range map[string]string{"report.html": "<html", "report.json": `"schema"`, "junit.xml": "<testsuites", "findings.sarif": `"2.1.0"`} {
			data, err := os.ReadFile(filepath.Join(out, name))
			if err != nil || !strings.Contains(string(data), want) || strings.Contains(string(data), "s3cret") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// What a campaign left is what the next one on its target is compared with, in each of its forms.
func TestQABaseline(t *testing.T) {
	t.Parallel()
	var title atomic.Value
	title.Store("Shop")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang=en><title>%s</title><h1>%[1]s</h1>`, title.Load())
	}))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	keeper := put(t, dir, "keeper.yaml", "personas:\n  - {id: keeper, name: Keeper, area: functional, probes: [text-diff]}\n")
	qa := func(address string, more ...string) (int, string) {
		code, out, errs := atelier(t, append([]string{"qa", address, "--browser", "none", "--personas", keeper, "--fail-on", "info"}, more...)...)
		return code, out + errs
	}
	if code, said := qa(server.URL, "--out", dir); code != exitUsage || !strings.Contains(said, "nothing was tested") {
		t.Fatalf("without a campaign before: %d %s", code, said)
	}
	for _, was := range []string{dir, filepath.Join(dir, "baseline.json"), filepath.Join(dir, "report.json")} {
		title.Store("Shop")
		if code, said := qa(server.URL, "--baseline", was); code != exitOK {
			t.Errorf("%s, unchanged: %d %s", was, code, said)
		}
		title.Store("Store")
		if code, said := qa(server.URL, "--baseline", was); code != exitFailed || !strings.Contains(said, "text-diff") {
			t.Errorf("%s: %d %s", was, code, said)
		}
	}
	if code, said := qa("http://127.0.0.1:1", "--baseline", dir); code != exitUsage || !strings.Contains(said, "is of a campaign on") {
		t.Errorf("of another target: %d %s", code, said)
	}
}

// Ctrl+C ends a campaign within a second, and what was tested until then is told.
func TestQAIsStopped(t *testing.T) {
	t.Parallel()
	server := smallSite(t)
	ctx, stop := context.WithCancel(t.Context())
	var told stopsAt
	told.word, told.stop = "testing", stop
	var out strings.Builder
	ended := make(chan int)
	dir := t.TempDir()
	go func() {
		ended <- run(ctx, []string{"qa", server.URL, "--browser", "none", "--rate", "3", "--areas", "functional", "--out", dir}, func(string) string { return "" }, strings.NewReader(""), &out, &told)
	}()
	<-ctx.Done()
	begun := time.Now()
	if code := <-ended; code == exitOK || time.Since(begun) > 3*time.Second { // it is a second; the machine of the tests may be busy
		t.Errorf("%d after %v", code, time.Since(begun))
	}
	if _, err := os.Stat(filepath.Join(dir, "report.json")); err != nil || !strings.Contains(out.String(), "stopped") {
		t.Errorf("%v %s", err, out.String())
	}
}

// stopsAt stops when a word is written.
type stopsAt struct {
	word string
	stop func()
}

func (s *stopsAt) Write(data []byte) (int, error) {
	if strings.Contains(string(data), s.word) {
		s.stop()
	}
	return len(data), nil
}

// A language model on this machine is asked, with its key, and what it claims without ground is dropped and told.
func TestQAModel(t *testing.T) {
	t.Parallel()
	mind, err := llmtest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mind.Close)
	mind.Answer(func(a llmtest.Asked) llmtest.Said {
		text := `{"explanations": [{"number": 1, "means": "People come to a dead end.", "mend": "Mend the link."}]}`
		if strings.Contains(a.System, "Propose requests") {
			text = `{"requests": [{"method": "GET", "path": "/missing", "body": "", "want": 2, "quote": "There is always a way.", "why": "broken"}]}`
		}
		return llmtest.Said{Pieces: []string{text}, Input: 50, Output: 5}
	})
	dir := t.TempDir()
	personas := put(t, dir, "mine.yaml", "personas:\n  - {id: mine, name: Mine, area: functional, probes: [broken-link]}\n")
	args := []string{"qa", smallSite(t).URL, "--browser", "none", "--personas", personas, "--fail-on", "critical", "--model", "openai/mind", "--model-url", mind.URL + "/v1",
		"--model-key", put(t, dir, "key", llmtest.Key+"\n"), "--specification", put(t, dir, "spec.txt", "Every link leads somewhere.\n")}
	code, stdout, errs := atelier(t, args...)
	for _, want := range []string{"openai/mind was asked 2 times (110 tokens)", "claims: 1, tried and held: 0", "openai/mind says: People come to a dead end. Mend the link."} {
		if !strings.Contains(stdout, want) {
			t.Errorf("nobody says %q", want)
		}
	}
	if code != exitOK || strings.Contains(stdout+errs, llmtest.Key) {
		t.Errorf("exit code %d:\n%s%s", code, stdout, errs)
	}
}
