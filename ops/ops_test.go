package ops_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/ops"
)

const canary = "hunter2canary"

func TestLogKeepsSecrets(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*slog.Logger){
		"attribute":  func(l *slog.Logger) { l.Info("x", "password", canary) },
		"in a group": func(l *slog.Logger) { l.Info("x", slog.Group("smtp", slog.String("auth_token", canary))) },
		"address":    func(l *slog.Logger) { l.Info("x", "url", "postgres://ada:"+canary+"@db:5432/x") },
		"error":      func(l *slog.Logger) { l.Info("x", "err", errors.New("GET: Authorization: Bearer "+canary)) },
		"query":      func(l *slog.Logger) { l.Info("x", "path", "/a?api_key="+canary+"&b=1") },
	} {
		for _, terminal := range []bool{true, false} {
			var out bytes.Buffer
			write(ops.NewLog(&out, ops.LogOptions{Terminal: terminal}))
			if strings.Contains(out.String(), canary) || !strings.Contains(out.String(), "redacted") && !strings.Contains(out.String(), "xxxxx") {
				t.Errorf("%s (terminal %v): %s", name, terminal, out.String())
			}
		}
	}
}

func TestLogKeepsLines(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{true, false} {
		var out bytes.Buffer
		ops.NewLog(&out, ops.LogOptions{Terminal: terminal}).Info("signed in", "name", "ada\n2026 level=ERROR forged\x1b[2J")
		if n := strings.Count(out.String(), "\n"); n != 1 || strings.Contains(out.String(), "\x1b") {
			t.Errorf("terminal %v: a value broke out of its line: %q", terminal, out.String())
		}
	}
}

func TestMetricsAreSeparate(t *testing.T) {
	t.Parallel()
	a, b := ops.NewMetrics("1"), ops.NewMetrics("1")
	a.Request("GET", "/workflows/:id", 200, time.Millisecond)
	read := func(m *ops.Metrics) string {
		rec := httptest.NewRecorder()
		m.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
		return rec.Body.String()
	}
	const line = `atelier_http_requests_total{code="200",method="GET",route="/workflows/:id"} 1`
	if !strings.Contains(read(a), line) {
		t.Error("the request was not counted")
	}
	if strings.Contains(read(b), line) {
		t.Error("one studio's request was counted in another")
	}
}
