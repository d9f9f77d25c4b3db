package store_test

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// TestKilled kills a writing process over and over: what it said was acknowledged must be there.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acked := map[string]string{}
	for round := range 5 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childFolder+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			run, chunks, _ := strings.Cut(lines.Text(), " ")
			acked[run] = max(acked[run], chunks)
			if n == 300+100*round {
				must(t, cmd.Process.Kill())
			}
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatal("the process was not killed, it ended:", err)
		}
		s, err := store.Open(t.Context(), store.Options{Dir: dir})
		if err != nil {
			t.Fatal("after a kill the store does not open:", err)
		}
		for run, chunks := range acked {
			_, list, err := s.Journal().Load(t.Context(), "alpha", run)
			if err != nil || len(list) < int(chunks[0]-'0') {
				t.Errorf("run %s: %d chunks, %s were acknowledged, %v", run, len(list), chunks, err)
			}
			next := int64(1)
			for _, c := range list {
				if c.First != next {
					t.Errorf("run %s: a chunk begins at %d, want %d", run, c.First, next)
				}
				next += int64(c.Count)
			}
		}
		must(t, s.Close())
	}
	if len(acked) < 400 {
		t.Errorf("only %d runs were tried", len(acked))
	}
}

// TestCloseWritesWhatWasHandedOver closes with a full queue.
func TestCloseWritesWhatWasHandedOver(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{})
	r := p.run(t, p.alpha, p.workflow(t, p.alpha, "W"), "r", nil)
	const chunks = 2000
	answers := make(chan error, chunks)
	for c := range int64(chunks) {
		p.Journal().Append(chunkOf(r, c+2, engine.Event{Type: engine.StepStarted}), func(err error) { answers <- err })
	}
	must(t, p.Close())
	for range chunks {
		must(t, <-answers)
	}
	if err := p.write(chunkOf(r, chunks+2, engine.Event{})); err == nil {
		t.Error("a closed store took a write")
	}
	s, err := store.Open(t.Context(), store.Options{Dir: p.dir})
	must(t, err)
	_, list, err := s.Journal().Load(t.Context(), "alpha", "r")
	if must(t, err); len(list) != chunks+1 {
		t.Errorf("%d chunks, want %d", len(list), chunks+1)
	}
	must(t, s.Close())
}
