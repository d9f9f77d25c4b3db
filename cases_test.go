package main

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const tested = `{"format": "atelier/v1", "name": "Greet <all>", "nodes": [
	{"id": "s", "kind": "trigger.manual", "name": "Start", "at": [0, 0]},
	{"id": "g", "kind": "data.set", "name": "Greet", "at": [220, 0], "params": {"fields": [{"name": "text", "value": "={{ 'Hello ' + $json.name.toUpperCase() }}"}]}},
	{"id": "w", "kind": "file.write", "name": "Save", "at": [440, 0], "params": {"path": "greeting.txt", "content": "={{ $json.text }}"}}],
	"edges": [{"from": "s", "out": "main", "to": "g", "in": "main"}, {"from": "g", "out": "main", "to": "w", "in": "main"}],
	"tests": [CASES]}`

const (
	passing  = `{"id": "a", "name": "Greets", "input": [{"json": {"name": "Ada"}}], "allow": ["w"], "asserts": [{"node": "g", "path": "text", "is": "equals", "value": "Hello ADA"}]}`
	failing  = `{"id": "b", "name": "Greets \u0001 <wrongly>", "input": [{"json": {"name": "Ada"}}], "mocks": {"w": []}, "asserts": [{"node": "g", "path": "text", "is": "equals", "value": "Hi"}, {"node": "w", "is": "ran"}]}`
	refusing = `{"id": "c", "name": "Forgot", "input": [{"json": {"name": "Ada"}}], "asserts": []}`
)

func TestTestCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name string, cases ...string) string {
		return put(t, dir, name, strings.Replace(tested, "CASES", strings.Join(cases, ","), 1))
	}
	good, bad, refused, none := file("good.json", passing), file("bad.json", passing, failing), file("refused.json", refusing), file("none.json")
	broken := put(t, dir, "broken.json", "{")
	out := filepath.Join(dir, "out.xml")
	tests := []struct {
		name   string
		args   []string
		code   int
		stdout string
		stderr string
	}{
		{"all pass", []string{good}, exitOK, "Greets: ok", "1 tests, 0 failed"},
		{"one fails", []string{good, bad}, exitFailed, `Greet, item 1, text equals "Hi": "Hello ADA" is not "Hi"`, "3 tests, 1 failed"},
		{"only some", []string{bad, "--only", "GREETS", "--only", "greets \x01"}, exitFailed, "<wrongly>: FAILED", "1 tests, 1 failed"},
		{"refused", []string{refused}, exitFailed, `Save: "Save" would touch the world`, ""},
		{"a file without tests beside one with", []string{none, good}, exitOK, "none.json: no tests", ""},
		{"nothing to test", []string{none}, exitUsage, "", "nothing to test"},
		{"none of that name", []string{good, "--only", "absent"}, exitUsage, "", "nothing to test"},
		{"a broken file", []string{broken, good}, exitUsage, "Greets: ok", "broken.json: the file ends in the middle"},
		{"no file", nil, exitUsage, "", "takes workflow files"},
		{"two things on one output", []string{good, "--json", "--junit", "-"}, exitUsage, "", "both"},
		{"json", []string{bad, "--json"}, exitFailed, `"actual":"Hello ADA"`, ""},
		{"junit", []string{good, bad, refused, broken, "--junit", out}, exitUsage, "", ""},
		{"junit on standard output", []string{good, "--junit", "-"}, exitOK, "<testsuites", ""},
		{"junit that cannot be written", []string{good, "--junit", filepath.Join(dir, "absent", "x.xml")}, exitFailed, "", "no such file"},
	}
	for _, tt := range tests {
		code, stdout, stderr := given(t, "", append([]string{"test"}, tt.args...)...)
		if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%s: exit %d\n%s%s", tt.name, code, stdout, stderr)
		}
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var report junitReport
	if err := xml.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	if report.Tests != 5 || report.Fails != 1 || report.Errors != 2 || len(report.Suites) != 4 {
		t.Errorf("%+v", report)
	}
	if c := report.Suites[1].Cases[1]; c.Name != "Greets  <wrongly>" || c.Class != "Greet <all>" || !strings.Contains(c.Failure.Text, `is not "Hi"`) {
		t.Errorf("%+v", c)
	}
	if entries, err := os.ReadDir("."); err == nil {
		for _, e := range entries {
			if e.Name() == "greeting.txt" {
				t.Error("a test wrote outside of its own folder")
			}
		}
	}
}
