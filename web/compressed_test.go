package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Pages are sent compressed to whoever takes that; what programs ask for is sent as it is.
func TestPagesAreCompressed(t *testing.T) {
	t.Parallel()
	b := newStudio(t).owner(t, "ada@example.org")
	page := []string{"Accept", "text/html", "Accept-Encoding", "gzip"}
	res := b.do("GET", "/workflows", "", "", page...)
	if res.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(res.Header.Get("Vary"), "Accept-Encoding") {
		t.Fatalf("a page came with %v", res.Header)
	}
	z, err := gzip.NewReader(strings.NewReader(res.Text))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || !strings.HasSuffix(strings.TrimSpace(string(text)), "</html>") {
		t.Errorf("%v, and the page ends with %q", err, text[max(0, len(text)-40):])
	}
	for path, headers := range map[string][]string{
		"/workflows":        {"Accept", "text/html", "Accept-Encoding", "identity"},
		"/api/v1/workflows": {"Accept", "application/json", "Accept-Encoding", "gzip"},
	} {
		res := b.do("GET", path, "", "", headers...)
		if encoding := res.Header.Get("Content-Encoding"); encoding != "" || res.StatusCode != http.StatusOK {
			t.Errorf("%s, asked with %v, came with %q (%d)", path, headers, encoding, res.StatusCode)
		}
	}
}
