package cage_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/rag/read/cage"
)

// TestMain makes a worker of this program when it is started as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "read-file" {
		os.Exit(cage.Main(os.Args[2:], os.Stdin, os.Stdout, os.Stderr, misbehave))
	}
	os.Exit(m.Run())
}

// misbehave reads files, and does for some names what no reader should.
func misbehave(ctx context.Context, name string, data []byte) (*read.Document, error) {
	switch name {
	case "hangs.html":
		for {
			runtime.Gosched()
		}
	case "eats.html":
		var kept [][]byte
		for {
			part := make([]byte, 16<<20)
			for i := range part {
				part[i] = 1
			}
			kept = append(kept, part)
			runtime.KeepAlive(kept)
		}
	case "overflows.html":
		var deeper func(n int) int
		deeper = func(n int) int { return deeper(n+1) + 1 }
		deeper(0)
	case "dies.html":
		go panic("a reader failed")
		select {}
	case "pid.html":
		return &read.Document{Title: strconv.Itoa(os.Getpid()), Text: "x"}, nil
	}
	return read.File(ctx, name, data)
}

const page = "<html><head><title>A page</title></head><body><h1>Head</h1><p>Text of it.</p></body></html>"

func pool(t *testing.T, limit time.Duration) *cage.Pool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := cage.New(cage.Options{Command: []string{self, "read-file"}, Time: limit, Memory: 512 << 20})
	t.Cleanup(p.Close)
	return p
}

func TestRead(t *testing.T) {
	t.Parallel()
	p := pool(t, time.Minute)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				doc, err := p.Read(t.Context(), "a.html", []byte(page))
				if err != nil || doc.Title != "A page" || !strings.Contains(doc.Text, "Text of it.") || len(doc.Blocks) != 2 {
					t.Errorf("read %+v, %v", doc, err)
				}
			}
		})
	}
	all.Wait()
	if doc, err := p.Read(t.Context(), "a.md", []byte("# One")); err != nil || doc.Title != "One" {
		t.Errorf("read %+v, %v", doc, err)
	}
	if _, err := p.Read(t.Context(), "a.pdf", []byte("%PDF-1.4\nnothing")); !errors.Is(err, fs.ErrInvalid) || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("the error is %v", err)
	}
}

// What a file does to its reader costs that file, and the next is read as before.
func TestFilesThatBreakTheirReader(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"hangs.html": "took more than 2s", "eats.html": "too much memory", "overflows.html": "too much memory", "dies.html": "reader failed"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := time.Minute
			if name == "hangs.html" {
				limit = 2 * time.Second
			}
			p := pool(t, limit)
			_, err := p.Read(t.Context(), name, []byte(page))
			if !errors.Is(err, fs.ErrInvalid) || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v", err)
			}
			if name == "hangs.html" {
				return
			}
			if _, err := p.Read(t.Context(), "a.html", []byte(page)); err != nil {
				t.Errorf("after it: %v", err)
			}
		})
	}
}

// A worker that was ended from outside while it waited is replaced, and no file is lost.
func TestKilledWorker(t *testing.T) {
	t.Parallel()
	p := pool(t, time.Minute)
	doc, err := p.Read(t.Context(), "pid.html", []byte(page))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(doc.Title)
	if err != nil {
		t.Fatal(err)
	}
	worker, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Kill(); err != nil {
		t.Fatal(err)
	}
	doc, err = p.Read(t.Context(), "pid.html", []byte(page))
	if err != nil || doc.Title == strconv.Itoa(pid) {
		t.Errorf("after the end of its worker a file is read as %+v, %v", doc, err)
	}
}

func TestCancelledAndClosed(t *testing.T) {
	t.Parallel()
	p := pool(t, time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := p.Read(ctx, "hangs.html", []byte(page))
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	p.Close()
	if _, err := p.Read(t.Context(), "a.html", []byte(page)); err == nil {
		t.Error("a closed pool reads")
	}
}
