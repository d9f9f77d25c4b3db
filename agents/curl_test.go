package agents_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/wire"
)

// What sh and curl make of the line is what was sent, however wild it is.
func TestCurl(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("without %s", tool)
		}
	}
	type sent struct {
		method, path, body string
		header             http.Header
	}
	arrived := make(chan sent, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		arrived <- sent{r.Method, r.RequestURI, string(body), r.Header}
	}))
	defer server.Close()
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, r := range map[string]wire.Request{
		"plain":        {Method: "GET", URL: server.URL + "/a?b=c"},
		"quotes":       {Method: "POST", URL: server.URL + "/it's?$(id)=`id`", Body: []byte(`x' OR "1"='1'; $(reboot) !! \n %s`), Header: http.Header{"X-Odd": {`a'b"c\d$(id)`}, "X-None": {""}}},
		"a file's @":   {Method: "PUT", URL: server.URL + "/", Body: []byte("@/etc/passwd"), Header: http.Header{"Content-Type": {"text/plain"}}},
		"all bytes":    {Method: "POST", URL: server.URL + "/", Body: all},
		"lines":        {Method: "POST", URL: server.URL + "/", Body: []byte("a\nb\n")},
		"a method":     {Method: "X|REBOOT&$HOME'`!*#~", URL: server.URL + "/", Body: []byte("x")},
		"dots, braces": {Method: "GET", URL: server.URL + "/../x/{a,b}[1-3]"},
		"ümlaut":       {Method: "PATCH", URL: server.URL + "/%C3%BC", Body: []byte("ü – 日本 \u202e x")},
	} {
		f := agents.Finding{Evidence: []agents.Evidence{agents.Excerpt("x", "y"), agents.Exchanged("request", &wire.Exchange{Request: r})}}
		line := f.Curl()
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(line, "curl -i", "curl -sS -i --noproxy '*'", 1)).CombinedOutput(); err != nil { //nolint:gosec // this is what is tested
			t.Fatalf("%s: %v\n%s\n%s", name, err, line, out)
		}
		got := <-arrived // it has been answered, so it has arrived
		if got.method != r.Method || server.URL+got.path != r.URL || got.body != string(r.Body) {
			t.Errorf("%s: %+v came of\n%s", name, got, line)
		}
		for header, values := range r.Header {
			if got.header.Get(header) != values[0] || got.header[header] == nil {
				t.Errorf("%s: %s is %q", name, header, got.header[header])
			}
		}
		if r.Header.Get("Content-Type") == "" && got.header.Get("Content-Type") != "" {
			t.Errorf("%s: it came with Content-Type %q", name, got.header.Get("Content-Type"))
		}
	}
	for name, f := range map[string]agents.Finding{
		"a file":     {Where: agents.Place{URL: "file:///etc/passwd"}},
		"an option":  {Where: agents.Place{URL: "--output /etc/passwd"}},
		"no address": {},
		"too much":   {Evidence: []agents.Evidence{agents.Exchanged("", &wire.Exchange{Request: wire.Request{URL: "http://a/", Body: make([]byte, 1<<20)}})}},
	} {
		if line := f.Curl(); line != "" {
			t.Errorf("%s: %s", name, line)
		}
	}
	escape := wire.Request{URL: "http://a/\u009b201~;id", Method: "POST", As: "ada", Header: http.Header{"X": {"\x1b[201~;id"}}, Body: []byte("\x1b[201~;id")}
	line := (&agents.Finding{Evidence: []agents.Evidence{agents.Exchanged("", &wire.Exchange{Request: escape})}}).Curl()
	if strings.ContainsAny(line, "\x1b\u009b") || !strings.Contains(line, `-b "$COOKIE"`) {
		t.Errorf("%q", line)
	}
}
