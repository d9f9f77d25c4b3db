package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A backup of a running studio, restored elsewhere, is the same studio: workflows, runs, journals, accounts.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	s := startStudio(t)
	id := s.create(chainOf("Kept", m{"kind": "trigger.manual"}, m{"kind": "data.set", "params": m{"fields": []m{{"name": "seen", "value": "yes"}}}}))
	var started struct{ ID, Status string }
	s.call("POST", "/workflows/"+id+"/runs?wait=10s", m{"input": m{"n": 1}}, &started)
	if started.Status != "succeeded" {
		t.Fatalf("the run is %+v", started)
	}
	paths := []string{"/workflows/" + id, "/workflows/" + id + "/export", "/workflows", "/runs", "/runs/" + started.ID, "/runs/" + started.ID + "/events"}
	before := map[string]string{}
	for _, path := range paths {
		_, body := s.send("GET", path, nil)
		before[path] = string(body)
	}
	file, dir := filepath.Join(t.TempDir(), "backup.tar.gz"), filepath.Join(t.TempDir(), "restored")
	if code, stdout, stderr := atelier(t, "backup", file, "--data", s.dir); code != exitOK || !strings.Contains(stdout, "master.key") {
		t.Fatalf("backup: exit %d, %s%s", code, stdout, stderr)
	}
	gone := s.create(chainOf("After the backup", m{"kind": "trigger.manual"}))
	if code, _, stderr := atelier(t, "restore", file, "--data", s.dir); code != exitFailed || stderr == "" {
		t.Errorf("restoring over a studio: exit %d, %s", code, stderr)
	}
	if code, _, stderr := atelier(t, "restore", file, "--data", dir); code != exitOK {
		t.Fatalf("restore: exit %d, %s", code, stderr)
	}
	s.kill()
	if _, err := os.Stat(filepath.Join(dir, "master.key")); err == nil {
		t.Error("the master key was in the backup")
	}
	key, err := os.ReadFile(filepath.Join(s.dir, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "master.key", string(key))
	s.dir = dir
	s.start()
	for _, path := range paths {
		if status, body := s.send("GET", path, nil); status != 200 || string(body) != before[path] {
			t.Errorf("%s gives %d\n%s\nbefore it gave\n%s", path, status, body, before[path])
		}
	}
	if status, _ := s.send("GET", "/workflows/"+gone, nil); status != 404 {
		t.Errorf("what came after the backup answers %d", status)
	}
}
