package sandbox

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

//go:embed worker.py
var workerPy string

const startTime = 20 * time.Second // that a worker may take to start, on a machine that is busy

// worker is one Python process. Messages both ways are four bytes of length, big endian, and JSON.
type worker struct {
	workspace string
	command   *exec.Cmd
	requests  io.WriteCloser
	answers   *bufio.Reader
	errors    *tail
	dir       string
	calls     int
	worked    time.Duration
	retire    *time.Timer
	killed    atomic.Bool
	once      sync.Once
}

func startWorker(ctx context.Context, o PythonOptions, found *interpreter, workspace string) (w *worker, err error) {
	dir, err := folder(o.TempDir)
	if err != nil {
		return nil, err
	}
	args := append(o.Command[1:len(o.Command):len(o.Command)],
		"--python", found.Executable, "--folder", dir,
		"--memory", strconv.FormatInt(o.Memory, 10), "--seconds", strconv.Itoa(int((o.Time + 2*maxWork).Seconds())))
	for _, f := range found.Folders {
		args = append(args, "--read", f)
	}
	// Not bound to ctx: the worker outlives the call that starts it.
	w = &worker{workspace: workspace, command: exec.Command(o.Command[0], args...), dir: dir, errors: &tail{}} //nolint:noctx // see above
	w.command.Dir = dir
	w.command.Env = []string{}
	w.command.Stderr = w.errors
	w.command.SysProcAttr = ownGroup()
	w.requests, err = w.command.StdinPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	out, err := w.command.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	w.answers = bufio.NewReaderSize(out, 64<<10)
	if err := w.command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start a Python worker: %w", err), os.RemoveAll(dir))
	}
	if _, err := w.await(ctx, startTime); err != nil {
		w.end()
		if said := strings.TrimSpace(w.errors.String()); said != "" {
			return nil, fmt.Errorf("a Python worker did not start: %s", said)
		}
		return nil, fmt.Errorf("a Python worker did not start: %w", err)
	}
	return w, nil
}

// call sends one request and waits for its answer. After an error the worker must be ended.
func (w *worker) call(ctx context.Context, request []byte, limit time.Duration) ([]byte, error) {
	w.calls++
	start := time.Now()
	defer func() { w.worked += time.Since(start) }()
	timer := time.AfterFunc(limit, w.kill) // writing may block too
	message := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(request)), uint32(len(request)))
	_, err := w.requests.Write(append(message, request...))
	timer.Stop()
	if err != nil && w.killed.Load() {
		return nil, fmt.Errorf("the Python %w after %v; it may loop for ever", errTime, limit)
	}
	return w.await(ctx, limit-time.Since(start))
}

// await reads one message, and kills the worker when it does not come in time.
func (w *worker) await(ctx context.Context, limit time.Duration) ([]byte, error) {
	timed := false
	var mu sync.Mutex
	timer := time.AfterFunc(max(limit, 0), func() {
		mu.Lock()
		timed = true
		mu.Unlock()
		w.kill()
	})
	defer timer.Stop()
	defer context.AfterFunc(ctx, w.kill)()
	answer, err := w.receive()
	if err == nil {
		return answer, nil
	}
	mu.Lock()
	defer mu.Unlock()
	switch {
	case timed:
		return nil, fmt.Errorf("the Python %w after %v; it may loop for ever", errTime, limit.Round(time.Millisecond))
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errAnswer):
		return nil, err
	}
	return nil, fmt.Errorf("the Python process ended without an answer; it may have needed too much memory: %w", err)
}

var errAnswer = fmt.Errorf("the answer of Python is larger than %d MiB, or is none", maxAnswer>>20)

func (w *worker) receive() ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(w.answers, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxAnswer+1024 {
		return nil, errAnswer
	}
	var b bytes.Buffer // grows with what comes, not with what is announced
	if _, err := io.CopyN(&b, w.answers, int64(n)); err != nil {
		return nil, err
	}
	if w.answers.Buffered() > 0 { // the code wrote answers of its own
		return nil, errAnswer
	}
	return b.Bytes(), nil
}

// kill ends the process and all it started at once; a read or write that waits for it fails.
func (w *worker) kill() {
	w.killed.Store(true)
	killGroup(w.command.Process)
}

// end kills the process, waits for it and removes its folder.
func (w *worker) end() {
	w.once.Do(func() {
		w.kill()
		_ = w.requests.Close()
		_ = w.command.Wait() // it was killed: the status says nothing
		_ = os.RemoveAll(w.dir)
	})
}

// tail keeps the end of what a process writes to standard error.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const most = 4096
	t.b = append(t.b, p...)
	if len(t.b) > most {
		t.b = append(t.b[:0], t.b[len(t.b)-most:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}
