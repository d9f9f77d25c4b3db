package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The tests of this package run the real program: the test binary starts itself as atelier.
func TestMain(m *testing.M) {
	if os.Getenv("ATELIER_TEST_PROGRAM") != "" || len(os.Args) > 1 && (os.Args[1] == "sandbox" || os.Args[1] == "read-file") {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	ownerEmail    = "ada@example.org"
	ownerPassword = "correct horse battery staple"
)

// studioProcess is a running server.
type studioProcess struct {
	t       testing.TB
	dir     string
	address string
	env     []string
	cmd     *exec.Cmd
	log     bytes.Buffer
	client  *http.Client
}

// startStudio starts a server on an empty folder with an owner, and signs in.
func startStudio(t testing.TB, env ...string) *studioProcess {
	t.Helper()
	return startStudioIn(t, filepath.Join(t.TempDir(), "data"), env...)
}

func startStudioIn(t testing.TB, dir string, env ...string) *studioProcess {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &studioProcess{
		t: t, dir: dir, address: "127.0.0.1:0",
		env:    append([]string{"ATELIER_ADMIN_EMAIL=" + ownerEmail, "ATELIER_ADMIN_PASSWORD=" + ownerPassword}, env...),
		client: &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the studio's log:\n%s", s.log.String()[max(0, s.log.Len()-8000):])
		}
	})
	s.start()
	res, err := s.client.PostForm(s.url("/signin"), url.Values{"email": {ownerEmail}, "password": {ownerPassword}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in gave %s", res.Status)
	}
	return s
}

var ready = regexp.MustCompile(`http://([0-9.]+:\d+)`)

// start starts the program and returns when it has printed its address.
func (s *studioProcess) start() {
	s.t.Helper()
	s.cmd = exec.Command(os.Args[0], "serve", "--data", s.dir, "--listen", s.address)
	s.cmd.Env = append(append(os.Environ(), "ATELIER_TEST_PROGRAM=1", "ATELIER_REQUEST_RATE=0"), s.env...) // tests ask faster than people
	s.cmd.Stderr = &s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	m := ready.FindStringSubmatch(line)
	if m == nil {
		s.kill()
		s.t.Fatalf("the studio did not start: %v %q\n%s", err, line, s.log.String())
	}
	s.address = m[1]
}

// kill ends the process at once, as a loss of power would.
func (s *studioProcess) kill() {
	if s.cmd != nil && s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

func (s *studioProcess) url(path string) string { return "http://" + s.address + path }

// call asks the API; out may be nil.
func (s *studioProcess) call(method, path string, in, out any) {
	s.t.Helper()
	status, body := s.send(method, path, in)
	if status >= 300 {
		s.t.Fatalf("%s %s gave %d: %s", method, path, status, body)
	}
	if out != nil {
		s.decode(string(body), out)
	}
}

func (s *studioProcess) decode(text string, into any) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		s.t.Fatalf("%v in %s", err, text)
	}
}

func (s *studioProcess) send(method, path string, in any) (int, []byte) {
	s.t.Helper()
	data, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url("/api/v1"+path), bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, body
}

// until waits for something that the studio does by itself.
func (s *studioProcess) until(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(90 * time.Second); !is(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// create stores a workflow and returns its id.
func (s *studioProcess) create(doc map[string]any) string {
	s.t.Helper()
	var made struct{ ID string }
	s.call("POST", "/workflows", map[string]any{"doc": doc}, &made)
	return cmp.Or(made.ID, "?")
}

type m = map[string]any

// chainOf draws nodes one behind the other.
func chainOf(name string, nodes ...m) m {
	var edges []m
	for i, n := range nodes {
		n["id"] = fmt.Sprintf("n%d", i)
		if n["name"] == nil {
			n["name"] = fmt.Sprintf("%s %d", n["kind"], i)
		}
		n["at"] = []int{i * 220, 0}
		if i > 0 {
			edges = append(edges, m{"from": fmt.Sprintf("n%d", i-1), "out": "main", "to": fmt.Sprintf("n%d", i), "in": "main"})
		}
	}
	return m{"format": "atelier/v1", "name": name, "nodes": nodes, "edges": edges}
}

func atelier(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = run(t.Context(), args, func(string) string { return "" }, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}
