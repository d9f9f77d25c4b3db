package main_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// NOTICE names every module whose code is in the binary, at the version that is built.
func TestNotice(t *testing.T) {
	t.Parallel()
	notice, err := os.ReadFile("NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if module := strings.TrimSpace(line); module != "" && !strings.Contains(string(notice), "  "+module+": ") {
			t.Errorf("NOTICE does not name %s with its licence", module)
		}
	}
}
