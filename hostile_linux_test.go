package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// On a full disk, edits, runs and files fail in words while everything can be read; with space again all goes on, and
// what was acknowledged is there.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("not tested: only root can mount a small disk")
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=24m"); err != nil {
		t.Skip("not tested: a small disk cannot be mounted here:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	s := startStudioIn(t, filepath.Join(disk, "data"))
	id := s.create(chainOf("Kept", m{"kind": "trigger.manual"}, m{"kind": "file.write", "params": m{"path": "={{ $json.name }}", "content": strings.Repeat("x", 100_000)}}))
	first, _ := s.outcome(id, m{"input": m{"name": "one"}})
	if first.Status != engine.Succeeded {
		t.Fatalf("before: %s %s", first.Status, first.Error)
	}
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)

	full := "full|no space"
	refused := 0
	for i := range 40 {
		status, body := s.send("POST", "/workflows", m{"doc": chainOf(fmt.Sprint("More ", i), m{"kind": "trigger.manual"}, m{"kind": "flow.noop", "params": m{"x": strings.Repeat("y", 50_000)}})})
		if status >= 400 {
			refused++
			if status != http.StatusInsufficientStorage || !says(string(body), full) {
				t.Errorf("an edit on a full disk: %d %s", status, body)
			}
		}
	}
	if refused == 0 {
		t.Error("the disk is not full: nothing was refused")
	}
	// A run either is refused, or fails where it writes, or waits for space; it never says that it is done.
	status, body := s.send("POST", "/workflows/"+id+"/runs?wait=3s", m{"input": m{"name": "two"}})
	if strings.Contains(string(body), `"status":"succeeded"`) || status >= 400 && !says(string(body), full) {
		t.Errorf("a run on a full disk: %d %s", status, body)
	}
	for _, path := range []string{"/workflows", "/workflows/" + id, "/runs", "/runs/" + first.ID, "/runs/" + first.ID + "/events", "/runs/" + first.ID + "/steps/n1"} {
		if status, body := s.send("GET", path, nil); status != http.StatusOK {
			t.Errorf("reading %s on a full disk: %d %s", path, status, body)
		}
	}

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		status, body := s.send("POST", "/workflows/"+id+"/runs?wait=10s", m{"input": m{"name": "three"}})
		if strings.Contains(string(body), `"status":"succeeded"`) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("with space again, a run: %d %s", status, body)
		}
		<-time.After(200 * time.Millisecond)
	}
	var runs struct{ Runs []engine.Run }
	for deadline := time.Now().Add(15 * time.Second); ; <-time.After(200 * time.Millisecond) {
		s.call("GET", "/runs?workflow="+id, nil, &runs)
		open := 0
		for _, r := range runs.Runs {
			if !r.Status.Final() {
				open++
			}
		}
		if open == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Errorf("%d runs never ended", open)
			break
		}
	}
	s.kill()
	s.start()
	s.call("GET", "/runs/"+first.ID+"/steps/n1", nil, nil)
}

// fill takes all space that is left.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 4096} {
		block := make([]byte, size)
		for err == nil {
			_, err = f.Write(block)
		}
		err = nil
	}
}
