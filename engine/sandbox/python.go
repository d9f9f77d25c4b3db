package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// PythonOptions say how Python workers are started. Only Command must be given.
type PythonOptions struct {
	Command     []string      // that runs Main: our own binary and "sandbox"
	Interpreter string        // default python3, searched in PATH
	Memory      int64         // bytes of address space of a worker; default 512 MiB
	Time        time.Duration // that one call may take; default 10 s
	Workers     int           // at work at once; default twice the number of processors
	Calls       int           // after which a worker is replaced; default 200
	Idle        time.Duration // after which an idle worker ends; default a minute
	TempDir     string        // where workers get their folders; default the system's
}

const maxWork = time.Minute // of running code, after which a worker is replaced; its CPU limit leaves room for it

// Python runs code in worker processes. A worker serves one workspace only.
type Python struct {
	options PythonOptions
	slots   chan struct{}
	found   func() (*interpreter, error)
	mu      sync.Mutex
	closed  bool
	idle    []*worker // the longest idle first
	busy    map[*worker]struct{}
}

// NewPython returns the pool. Nothing is started before the first call.
func NewPython(o PythonOptions) *Python {
	if o.Interpreter == "" {
		o.Interpreter = "python3"
	}
	if o.Memory <= 0 {
		o.Memory = 512 << 20
	}
	if o.Time <= 0 {
		o.Time = 10 * time.Second
	}
	if o.Workers <= 0 {
		o.Workers = 2 * runtime.GOMAXPROCS(0)
	}
	if o.Calls <= 0 {
		o.Calls = 200
	}
	if o.Idle <= 0 {
		o.Idle = time.Minute
	}
	return &Python{
		options: o, slots: make(chan struct{}, o.Workers), busy: map[*worker]struct{}{},
		found: sync.OnceValues(func() (*interpreter, error) { return find(o.Interpreter) }),
	}
}

// interpreter is a real Python, not a launcher of one, and the folders that it reads.
type interpreter struct {
	Executable string   `json:"executable"`
	Folders    []string `json:"folders"`
}

func find(name string) (*interpreter, error) {
	if runtime.GOOS != "linux" {
		return nil, fmt.Errorf("%w: Python code runs only on Linux", errors.ErrUnsupported)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("there is no %s on the server, so Python code cannot run; install Python 3: %w", name, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	const ask = `import sys,json;print(json.dumps({"executable":sys.executable,"folders":[p for p in sys.path if p]}))
if sys.version_info<(3,8):raise SystemExit("it is older than Python 3.8")`
	out, err := exec.CommandContext(ctx, path, "-I", "-c", ask).Output()
	if err != nil {
		return nil, fmt.Errorf("%s does not start, so Python code cannot run: %w", path, err)
	}
	var found interpreter
	if err := json.Unmarshal(out, &found); err != nil || found.Executable == "" {
		return nil, fmt.Errorf("%s does not say where it is, so Python code cannot run", path)
	}
	return &found, nil
}

// Available returns nil, or in words why Python code cannot run here.
func (p *Python) Available() error {
	if len(p.options.Command) == 0 {
		return fmt.Errorf("%w: Python code is switched off", errors.ErrUnsupported)
	}
	_, err := p.found()
	return err
}

// RunCode runs the code of a code node on the JSON of its input items: once for all, as items, or once for each, as
// item. What goes wrong in a worker, and what it does, fails this call only.
func (p *Python) RunCode(ctx context.Context, workspace, code, mode string, items []map[string]any) ([]CodeItem, error) {
	kind, err := kindOf(mode)
	if err != nil {
		return nil, err
	}
	if len(code) > maxProgram {
		return nil, fmt.Errorf("%w: the code is longer than %d KiB", fs.ErrInvalid, maxProgram>>10)
	}
	if err := p.Available(); err != nil {
		return nil, err
	}
	if items == nil {
		items = []map[string]any{}
	}
	request, err := encode(map[string]any{"code": code, "mode": kind.String(), "items": items})
	if err != nil {
		return nil, fmt.Errorf("the data cannot be given to Python: %w", err)
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w, err := p.take(ctx, workspace)
	if err != nil {
		return nil, err
	}
	answer, err := w.call(ctx, request, p.options.Time)
	if err != nil {
		p.drop(w)
		return nil, err
	}
	var failed struct {
		Error string `json:"error"`
		Line  int    `json:"line"`
	}
	if err := json.Unmarshal(answer, &failed); err != nil {
		p.drop(w)
		return nil, fmt.Errorf("the answer of Python cannot be read: %w", err)
	}
	if failed.Error != "" {
		p.drop(w)
		return nil, &ScriptError{Text: failed.Error, Line: failed.Line}
	}
	p.give(w)
	return readItems(answer, len(items))
}

// take gives an idle worker of the workspace or starts one.
func (p *Python) take(ctx context.Context, workspace string) (*worker, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, fmt.Errorf("%w: Python is closed", fs.ErrClosed)
	}
	for i := len(p.idle) - 1; i >= 0; i-- {
		if w := p.idle[i]; w.workspace == workspace {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			p.busy[w] = struct{}{}
			w.retire.Stop()
			p.mu.Unlock()
			return w, nil
		}
	}
	var surplus *worker
	if len(p.idle) >= p.options.Workers {
		surplus, p.idle = p.idle[0], p.idle[1:]
	}
	p.mu.Unlock()
	if surplus != nil {
		surplus.end()
	}
	found, err := p.found()
	if err != nil {
		return nil, err
	}
	w, err := startWorker(ctx, p.options, found, workspace)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		go w.end()
		return nil, fmt.Errorf("%w: Python is closed", fs.ErrClosed)
	}
	p.busy[w] = struct{}{}
	return w, nil
}

// give takes a worker back, or ends it when it has served for long enough.
func (p *Python) give(w *worker) {
	p.mu.Lock()
	delete(p.busy, w)
	if p.closed || w.calls >= p.options.Calls || w.worked > maxWork {
		p.mu.Unlock()
		w.end()
		return
	}
	p.idle = append(p.idle, w)
	w.retire = time.AfterFunc(p.options.Idle, func() { p.expire(w) })
	p.mu.Unlock()
}

// expire ends a worker that is still idle.
func (p *Python) expire(w *worker) {
	p.mu.Lock()
	for i, o := range p.idle {
		if o == w {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			p.mu.Unlock()
			w.end()
			return
		}
	}
	p.mu.Unlock()
}

func (p *Python) drop(w *worker) {
	p.mu.Lock()
	delete(p.busy, w)
	p.mu.Unlock()
	w.end()
}

// Close ends all workers; calls that are under way fail.
func (p *Python) Close() {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	for w := range p.busy {
		w.kill()
	}
	p.mu.Unlock()
	for _, w := range idle {
		w.retire.Stop()
		w.end()
	}
}

// folder makes the private folder of a worker.
func folder(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, "atelier-python-")
	if err != nil {
		return "", fmt.Errorf("make the folder of a Python worker: %w", err)
	}
	return dir, nil
}
