package callback_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/callback"
	"github.com/atelier-studio/atelier/agents/wire"
)

var _ agents.Listener = (*callback.Listener)(nil)

func get(t *testing.T, address, agent string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", agent)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestListener(t *testing.T) {
	t.Parallel()
	l, err := callback.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	if host, ok := strings.CutPrefix(l.Address("one"), "http://"); !ok || !wire.IsLoopback(host[:strings.IndexByte(host, ':')]) {
		t.Errorf("it listens at %s", l.Address("one"))
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, ok := l.Heard(over, "one"); ok {
		t.Error("heard what nobody asked")
	}
	heard := make(chan string)
	go func() {
		_, agent, _ := l.Heard(t.Context(), "one")
		heard <- agent
	}()
	get(t, l.Address("other"), "Noise/1")
	if body := get(t, l.Address("one"), "Fetcher/2.0 "+strings.Repeat("x", 1000)); body != "heard one\n" {
		t.Errorf("%q", body)
	}
	if agent := <-heard; !strings.HasPrefix(agent, "Fetcher/2.0 x") || len(agent) > 300 {
		t.Errorf("%q", agent)
	}
	if _, _, ok := l.Heard(over, "one"); ok {
		t.Error("one call was heard twice")
	}
	get(t, l.Address("one"), "Second/3")
	get(t, l.Address("one"), "Third/4")
	from, agent, ok := l.Heard(over, "one")
	if !ok || !strings.HasPrefix(from, "127.0.0.1:") || agent != "Second/3" {
		t.Errorf("%q %q %v", from, agent, ok)
	}
	get(t, l.Address("ended.dtd"), "Suffix/1")
	if _, _, ok := l.Heard(over, "ended"); !ok {
		t.Error("an ending hides the marker")
	}
	if body := get(t, strings.TrimSuffix(l.Address(""), "atelier/"), "Lost/1"); strings.Contains(body, "heard") {
		t.Errorf("%q", body)
	}
}
