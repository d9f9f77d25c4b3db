package cage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/atelier-studio/atelier/rag/read"
)

// worker is one process that reads files, one after the other.
type worker struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	files   int
	worked  time.Duration
}

func start(o Options) (*worker, error) {
	// A worker is used for up to the time of one file before its last one, on up to two processors.
	seconds := int(4*o.Time/time.Second) + 1
	args := append(o.Command[1:len(o.Command):len(o.Command)], "--memory", strconv.FormatInt(o.Memory, 10), "--seconds", strconv.Itoa(seconds))
	// Not bound to a context: the worker outlives the file that it is started for.
	c := exec.Command(o.Command[0], args...) //nolint:noctx // see above
	c.Dir, c.Env = os.TempDir(), []string{}
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("start a reader of files: %w", err)
	}
	return &worker{command: c, in: in, out: bufio.NewReaderSize(out, 64<<10)}, nil
}

// read has a file read. After an error that is not the file's the worker must be ended.
func (w *worker) read(ctx context.Context, limit time.Duration, name string, data []byte) (*read.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type answer struct {
		doc *read.Document
		err error
	}
	done := make(chan answer, 1)
	begun := time.Now()
	go func() {
		doc, err := w.exchange(name, data)
		done <- answer{doc, err}
	}()
	select {
	case a := <-done:
		w.files++
		w.worked += time.Since(begun)
		return a.doc, a.err
	case <-ctx.Done():
		w.kill() // which ends the exchange
		<-done
		return nil, ctx.Err()
	}
}

func (w *worker) exchange(name string, data []byte) (*read.Document, error) {
	if err := errorsOf(writePart(w.in, []byte(name)), writePart(w.in, data)); err != nil {
		return nil, errDied
	}
	kind, err := w.out.ReadByte()
	if err != nil {
		return nil, errDied
	}
	body, err := readPart(w.out)
	if err != nil {
		return nil, errDied
	}
	if kind != answerDocument {
		return nil, fmt.Errorf("%s: %w", body, fs.ErrInvalid)
	}
	doc := new(read.Document)
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(doc); err != nil {
		return nil, errDied
	}
	return doc, nil
}

func errorsOf(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) kill() { _ = w.command.Process.Kill() }

// end kills the worker and waits for that.
func (w *worker) end() {
	w.kill()
	_ = w.in.Close()
	_ = w.command.Wait() // that it was killed is known
}
