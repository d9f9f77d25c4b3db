package sandbox_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine/sandbox"
)

const childArgument = "become-a-python-worker"

// TestMain lets this test binary be the command that starts workers, as our own binary is in use.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childArgument {
		os.Exit(sandbox.Main(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func newPython(t testing.TB, o sandbox.PythonOptions) *sandbox.Python {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o.Command = []string{self, childArgument}
	o.TempDir = t.TempDir()
	p := sandbox.NewPython(o)
	t.Cleanup(p.Close)
	if err := p.Available(); err != nil {
		t.Skip(err)
	}
	return p
}

func people() []map[string]any {
	return []map[string]any{{"name": "Ada", "age": 36}, {"name": "Bob", "age": 20}, {"name": "Cleo", "age": 50}}
}

func TestPython(t *testing.T) {
	t.Parallel()
	p := newPython(t, sandbox.PythonOptions{})
	for _, c := range []struct {
		name, mode, code string
		want             string // JSON of the items, with where they came from
		fail             string
	}{
		{"all", "all", "return [{'n': len(items), 'sum': sum(i['age'] for i in items)}]", `[{"n":3,"sum":106}]:-1`, ""},
		{"plain dict", "all", "return {'x': items[0]['json']['name']}", `[{"x":"Ada"}]:-1`, ""},
		{"lineage by identity", "all", "return [i for i in _items if i['age'] > 30]", `[{"age":36,"name":"Ada"},{"age":50,"name":"Cleo"}]:0,2`, ""},
		{"paired by word", "all", "return [{'json': {'a': 1}, 'pairedItem': 1}]", `[{"a":1}]:1`, ""},
		{"input", "all", "return [{'json': {'f': _input.first().json['name'], 'n': len(_input.all())}}]", `[{"f":"Ada","n":3}]:-1`, ""},
		{"each", "each", "if item['age'] < 30:\n    return None\nreturn {'up': item['name'].upper()}", `[{"up":"ADA"},{"up":"CLEO"}]:0,2`, ""},
		{"imports", "all", "import math, datetime, re, json, collections\nreturn [{'pi': round(math.pi, 2), 'd': datetime.date(2026, 1, 2)}]", `[{"d":"2026-01-02","pi":3.14}]:-1`, ""},
		{"print is harmless", "all", "print('x' * 100)\nreturn []", `[]:`, ""},
		{"error with line", "all", "x = 1\ny = 2\nreturn x / 0", "", "ZeroDivisionError: division by zero (line 3)"},
		{"error within a function", "all", "def f():\n    raise ValueError('no')\n\nreturn f()", "", "ValueError: no (line 2)"},
		{"syntax", "all", "x = (\nreturn 1", "", "(line 1)"},
		{"nothing returned", "all", "x = 1", "", "returned nothing"},
		{"not dicts", "all", "return [1]", "", "item 0 of what the code returned is int"},
		{"not JSON", "all", "return [{'x': object()}]", "", "cannot be written as JSON"},
		{"exit", "all", "raise SystemExit(3)", "", "SystemExit"},
		{"hard exit", "all", "import os\nos._exit(3)", "", "ended without an answer"},
		{"forged answers", "all", "import os\nfor fd in range(3, 12):\n    try:\n        os.write(fd, b'\\0\\0\\0\\2{}' * 3)\n    except OSError:\n        pass\nreturn []", "", "answer"},
		{"large answer", "all", "return [{'x': 'a' * (17 << 20)}]", "", "larger than 16 MiB"},
		{"memory", "all", "x = bytearray(1 << 30)\nreturn []", "", "memory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out, err := p.RunCode(t.Context(), "w", c.code, c.mode, people())
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) {
					t.Fatalf("got %v, %v; want an error with %q", out, err, c.fail)
				}
				return
			}
			if got := show(t, out); err != nil || got != c.want {
				t.Fatalf("got %s, %v; want %s", got, err, c.want)
			}
		})
	}
}

// TestPythonCage tries what a worker must not be able to do. Each line of code raises when it is held.
func TestPythonCage(t *testing.T) {
	t.Parallel()
	p := newPython(t, sandbox.PythonOptions{})
	if !strings.Contains(sandbox.Confinement(), "Landlock") || !strings.Contains(sandbox.Confinement(), "system calls") {
		t.Skip("this kernel offers only: " + sandbox.Confinement())
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, code := range map[string]string{
		"socket":          "import socket\nsocket.socket()",
		"connect":         "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1/')",
		"read elsewhere":  "open('" + secret + "').read()",
		"read shadow":     "open('/etc/shadow').read()",
		"read passwd":     "open('/etc/passwd').read()",
		"read proc":       "open('/proc/1/environ').read()",
		"list root":       "import os\nos.listdir('/')",
		"write elsewhere": "open('" + filepath.Dir(secret) + "/new', 'w')",
		"write /tmp":      "open('/tmp/atelier-test-escape', 'w')",
		"remove":          "import os\nos.remove('" + secret + "')",
		"shell":           "import subprocess\nsubprocess.run(['/bin/sh', '-c', 'true'], check=True)",
		"exec":            "import os, sys\nos.execv(sys.executable, ['python3', '-c', ''])",
		"fork":            "import os\nos.fork()",
		"kill the server": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
		"raise limits":    "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 33, 1 << 33))",
		"ptrace":          "import ctypes, os\nlib = ctypes.CDLL(None, use_errno=True)\nif lib.ptrace(16, os.getppid(), 0, 0) != 0:\n    raise OSError(ctypes.get_errno())",
		"mount":           "import ctypes\nlib = ctypes.CDLL(None, use_errno=True)\nif lib.mount(b'none', b'/tmp', b'tmpfs', 0, None) != 0:\n    raise OSError(ctypes.get_errno())",
		"big file":        "f = open('big', 'wb')\nfor i in range(80):\n    f.write(b'0' * (1 << 20))",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := p.RunCode(t.Context(), "w", code+"\nreturn [{'escaped': True}]", "all", nil)
			if err == nil {
				t.Fatalf("nothing stopped it: %v", out)
			}
			if !strings.Contains(err.Error(), "Error") {
				t.Fatalf("want an error raised in Python, got: %v", err)
			}
		})
	}
	t.Run("what it may", func(t *testing.T) {
		t.Parallel()
		out, err := p.RunCode(t.Context(), "w", `
import os, tempfile, threading
with open('own', 'w') as f:
    f.write('hello')
t = threading.Thread(target=lambda: None)
t.start(); t.join()
return [{'read': open('own').read(), 'temp': os.path.dirname(tempfile.mkstemp()[1]) == os.getcwd(), 'env': sorted(os.environ)}]`, "all", nil)
		want := `[{"env":["HOME","LANG","OMP_NUM_THREADS","OPENBLAS_NUM_THREADS","TMPDIR","TZ"],"read":"hello","temp":true}]:-1`
		if got := show(t, out); err != nil || got != want {
			t.Fatalf("got %s, %v; want %s", got, err, want)
		}
	})
}

func TestPythonTakesTooLong(t *testing.T) {
	t.Parallel()
	p := newPython(t, sandbox.PythonOptions{Time: 300 * time.Millisecond})
	start := time.Now()
	_, err := p.RunCode(t.Context(), "w", "while True:\n    pass", "all", nil)
	if err == nil || !strings.Contains(err.Error(), "too long") || time.Since(start) > 20*time.Second {
		t.Fatalf("got %v after %v", err, time.Since(start))
	}
	if _, err = p.RunCode(t.Context(), "w", "try:\n    while True:\n        pass\nexcept BaseException:\n    pass\nreturn []", "all", nil); err == nil {
		t.Fatal("code that catches everything was not stopped")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := p.RunCode(ctx, "w", "while True:\n    pass", "all", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a cancelled call gave %v", err)
	}
	out, err := p.RunCode(t.Context(), "w", "return [{'ok': 1}]", "all", nil)
	if err != nil || len(out) != 1 {
		t.Fatalf("after workers were killed: %v, %v", out, err)
	}
}

// TestPythonWorkers: a worker is used again, but never by another workspace, nor after an error or too many calls, and an
// idle one ends.
func TestPythonWorkers(t *testing.T) {
	t.Parallel()
	p := newPython(t, sandbox.PythonOptions{Calls: 3, Idle: 100 * time.Millisecond, Time: 20 * time.Second})
	pid := func(workspace, code string) int {
		t.Helper()
		out, err := p.RunCode(t.Context(), workspace, code+"import os, builtins\nseen = getattr(builtins, 'mark', None)\nbuiltins.mark = '"+workspace+"'\nreturn [{'pid': os.getpid(), 'seen': seen}]", "all", nil)
		if err != nil {
			t.Fatal(err)
		}
		if seen := out[0].JSON["seen"]; seen != nil && seen != workspace {
			t.Fatalf("%s saw what %s left", workspace, seen)
		}
		return int(out[0].JSON["pid"].(float64))
	}
	first := pid("a", "")
	if second := pid("a", ""); second != first {
		t.Log("the worker had ended before the second call") // a busy machine: allowed
	}
	if other := pid("b", ""); other == first {
		t.Fatal("two workspaces shared a worker")
	}
	before := pid("c", "")
	if _, err := p.RunCode(t.Context(), "c", "1/0", "all", nil); err == nil {
		t.Fatal("no error")
	}
	if pid("c", "") == before {
		t.Fatal("a worker was used after an error")
	}
	seen := map[int]int{}
	for range 7 {
		seen[pid("d", "")]++
	}
	for _, n := range seen {
		if n > 3 {
			t.Fatalf("a worker served %d calls", n)
		}
	}
	last := pid("e", "")
	deadline := time.After(20 * time.Second)
	for tick := time.NewTicker(20 * time.Millisecond); syscall.Kill(last, 0) == nil; {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("an idle worker did not end")
		}
	}
}

func TestPythonMissing(t *testing.T) {
	t.Parallel()
	p := sandbox.NewPython(sandbox.PythonOptions{Command: []string{"x"}, Interpreter: "no-such-python"})
	defer p.Close()
	if err := p.Available(); err == nil || !strings.Contains(err.Error(), "install Python 3") {
		t.Fatalf("got %v", err)
	}
	if _, err := p.RunCode(t.Context(), "w", "return []", "all", nil); err == nil {
		t.Fatal("code ran without Python")
	}
}

func BenchmarkPythonWarmCall(b *testing.B) {
	p := newPython(b, sandbox.PythonOptions{Calls: 1 << 30})
	items := []map[string]any{{"n": 1}}
	if _, err := p.RunCode(b.Context(), "w", "return items", "all", items); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := p.RunCode(b.Context(), "w", "return [{'n': items[0]['n'] + 1}]", "all", items); err != nil {
			b.Fatal(err)
		}
	}
}
