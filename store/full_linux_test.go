package store_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// TestDiskFull fills a small disk: writes fail in words, reads go on, and with space again so do writes.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("not tested: only root can mount a small disk")
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skip("not tested: a small disk cannot be mounted here:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(disk, "ballast")
	must(t, os.WriteFile(ballast, make([]byte, 3<<20), 0o600))
	p := newPlace(t, store.Options{Dir: filepath.Join(disk, "data")})
	id := p.workflow(t, p.alpha, "W")

	// So much at once that the disk gets full with it, not with the little that begins a run.
	padding := engine.Event{Type: engine.StepFinished, Error: strings.Repeat("x", 500<<10)}
	var last *engine.Run
	var err error
	written := 0
	for ; err == nil && written < 1000; written++ {
		last = p.run(t, p.alpha, id, fmt.Sprint("run", written), nil)
		if err = p.write(chunkOf(last, 2, padding)); err == nil {
			continue
		}
	}
	want(t, err, store.ErrFull, "the journal on a full disk")
	if !containsText(err, "free some space") {
		t.Error("no advice:", err)
	}
	for n := range 100 {
		_, err = p.CreateWorkflow(t.Context(), p.alpha, "", "", drawing(t, fmt.Sprint(n, strings.Repeat("y", 100<<10))))
		if err != nil {
			break
		}
	}
	want(t, err, store.ErrFull, "a workflow on a full disk")
	_, _, err = p.Put(t.Context(), "alpha", bytes.NewReader(make([]byte, 8<<20)), 0)
	want(t, err, store.ErrFull, "a file on a full disk")
	if rest, _ := filepath.Glob(filepath.Join(disk, "data", "files", "alpha", ".new-*")); len(rest) > 0 {
		t.Error("left behind:", rest)
	}

	events, err := p.Events(t.Context(), p.alpha, "run0", 0, 0)
	if must(t, err); len(events) != 2 {
		t.Errorf("while the disk is full, run0 has %d events, want 2", len(events))
	}
	must(t, os.Remove(ballast))
	must(t, p.write(chunkOf(last, 2, padding)))
	p.finish(t, last, 3, engine.Succeeded)
	for n := range written {
		_, chunks, err := p.Journal().Load(t.Context(), "alpha", fmt.Sprint("run", n))
		if err != nil || len(chunks) < 2 {
			t.Errorf("run%d: %d chunks, %v", n, len(chunks), err)
		}
	}
	must(t, p.Ready(t.Context()))
}
