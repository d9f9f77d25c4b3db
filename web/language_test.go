package web_test

import (
	"net/http"
	"testing"
)

// Whoever chooses a language comes back to where they were, and never to another site.
func TestLanguageComesBackToThisStudio(t *testing.T) {
	t.Parallel()
	b := newStudio(t).browser(t)
	for back, want := range map[string]string{
		"/workflows?q=a": "/workflows?q=a", "/signin": "/signin", "": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/",
		"/\t/evil.example": "/", "/\n/evil.example": "/", "/\r\n/evil.example": "/", "\t//evil.example": "/",
	} {
		res := b.post("/language", "language", "de", "back", back)
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want {
			t.Errorf("%q leads to %d %q", back, res.StatusCode, res.Header.Get("Location"))
		}
	}
}
