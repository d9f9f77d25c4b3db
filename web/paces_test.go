package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/web"
)

// Whoever asks too much is told when to come back; others are not held up by it, and nothing that was refused counts.
func TestRequestsArePaced(t *testing.T) {
	t.Parallel()
	s := newStudio(t, func(o *web.Options) { o.RequestRate = 5 })
	ada := s.owner(t, "ada@example.org")
	bob := s.member(t, ada, "bob@example.org", auth.Editor)
	var refused answer
	passed := 0
	for ; passed < 100; passed++ {
		if refused = ada.get("/api/v1/kinds"); refused.StatusCode != http.StatusOK {
			break
		}
	}
	if passed != 20 {
		t.Errorf("%d requests passed at once; want four seconds' worth, 20", passed)
	}
	if refused.StatusCode != http.StatusTooManyRequests || refused.Header.Get("Retry-After") != "1" ||
		!strings.HasPrefix(refused.Header.Get("Content-Type"), "application/problem+json") || !strings.Contains(refused.Text, "Wait a moment and try again") {
		t.Errorf("refused by %d, %v: %s", refused.StatusCode, refused.Header, refused.Text)
	}
	wantPage(t, ada.get("/workflows"), http.StatusTooManyRequests, "Wait a moment and try again")
	bob.api("GET", "/kinds", nil, nil, http.StatusOK)
	ada.api("POST", "/workflows/none/runs", map[string]any{}, nil, http.StatusNotFound) // the queue of runs bounds these
	if res := ada.get("/health"); res.StatusCode != http.StatusOK {
		t.Errorf("health answers %d", res.StatusCode)
	}

	s.Advance(time.Second)
	for i := range 5 {
		if res := ada.get("/api/v1/kinds"); res.StatusCode != http.StatusOK {
			t.Errorf("request %d of the next second: %d", i+1, res.StatusCode)
		}
	}
	if res := ada.get("/api/v1/kinds"); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the sixth of the next second: %d", res.StatusCode)
	}

	// What is dear takes more, and never more than there can be.
	s.Advance(4 * time.Second)
	ada.api("POST", "/workflows/convert", map[string]any{"format": "atelier/v1", "name": "A", "nodes": []any{}, "edges": []any{}}, nil, http.StatusOK)
	ada.api("POST", "/workflows/convert", map[string]any{"format": "atelier/v1", "name": "A", "nodes": []any{}, "edges": []any{}}, nil, http.StatusOK)
	ada.api("GET", "/kinds", nil, nil, http.StatusTooManyRequests)
	s.Advance(4 * time.Second)
	ada.api("POST", "/workflows/none/tests/run", map[string]any{}, nil, http.StatusNotFound)
	ada.api("GET", "/kinds", nil, nil, http.StatusTooManyRequests)
}
