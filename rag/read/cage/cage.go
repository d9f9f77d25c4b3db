// Package cage reads files whose readers are not made for hostile bytes in processes of their own: what hangs, crashes or
// eats memory there is ended and costs one document.
package cage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/rag/read"
)

// Func reads a file, as read.File does.
type Func func(ctx context.Context, name string, data []byte) (*read.Document, error)

// Options of a pool.
type Options struct {
	// Command starts a worker; Main is what it runs. The flags of Main are added.
	Command []string
	Time    time.Duration // for one file; 0: a minute
	Memory  int64         // bytes for one file; 0: 1 GiB
}

// Pool holds workers. It starts as many as files are read at once, and uses each for many.
type Pool struct {
	o      Options
	mu     sync.Mutex
	idle   []*worker
	closed bool
}

// New makes a pool.
func New(o Options) *Pool {
	if o.Time <= 0 {
		o.Time = time.Minute
	}
	if o.Memory <= 0 {
		o.Memory = 1 << 30
	}
	return &Pool{o: o}
}

// caged are the formats that are read in a worker. The readers of the others are our own, and bound what they do.
var caged = map[read.Format]bool{read.FormatPDF: true, read.FormatWord: true, read.FormatExcel: true, read.FormatHTML: true}

// Read reads a file. The error wraps fs.ErrInvalid where the file is to blame.
func (p *Pool) Read(ctx context.Context, name string, data []byte) (*read.Document, error) {
	if len(data) <= read.MaxFile {
		format, err := read.Detect(name, data)
		if err != nil {
			return nil, err
		}
		if caged[format] {
			return p.read(ctx, name, data)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, p.o.Time)
	defer cancel()
	return read.File(ctx, name, data)
}

var errDied = errors.New("the worker ended")

func (p *Pool) read(ctx context.Context, name string, data []byte) (*read.Document, error) {
	for {
		w, err := p.take(ctx)
		if err != nil {
			return nil, err
		}
		used := w.files > 0
		doc, err := w.read(ctx, p.o.Time, name, data)
		switch {
		case ctx.Err() != nil:
			w.end()
			return nil, ctx.Err()
		case errors.Is(err, errDied):
			w.end()
			if used { // it may have been ended from outside, or by what the files before left; alone the file shows what it does
				continue
			}
			return nil, fmt.Errorf("the file cannot be read: it took too much memory, or its reader failed: %w", fs.ErrInvalid)
		case errors.Is(err, context.DeadlineExceeded):
			w.end()
			return nil, fmt.Errorf("the file cannot be read: it took more than %s: %w", p.o.Time, fs.ErrInvalid)
		}
		p.give(w)
		return doc, err
	}
}

func (p *Pool) take(ctx context.Context) (*worker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errors.New("the reader of files is closed")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w, nil
	}
	return start(p.o)
}

// maxFiles is how many files a worker reads before another takes its place.
const maxFiles = 200

func (p *Pool) give(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || w.files >= maxFiles || w.worked > p.o.Time {
		w.end()
		return
	}
	p.idle = append(p.idle, w)
}

// Close ends the workers that wait; the others end with the file that they read.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, w := range p.idle {
		w.end()
	}
	p.idle = nil
}
