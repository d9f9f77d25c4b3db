package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/web"
)

// noKinds is a catalogue for a studio that runs nothing.
type noKinds struct{}

func (noKinds) Kind(string) (*engine.Kind, bool) { return nil, false }
func (noKinds) Kinds() []*engine.Kind            { return nil }

// serve fills a studio and serves it. It says its address and a key on standard output, and ends when it is told to.
func serve(dir string) (err error) {
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := store.Open(ctx, store.Options{Dir: dir, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	people := auth.New(auth.Options{Store: s, Log: log})
	user, err := people.CreateOwner(ctx, auth.Person{Email: "bench@example.org", Password: "three small green boats"})
	if err != nil {
		return err
	}
	places, err := s.Memberships(ctx, user.ID)
	if err != nil {
		return err
	}
	_, key, err := people.NewKey(ctx, auth.Principal{User: user, Member: places[0]}, "bench", []string{"view"}, 0)
	if err != nil {
		return err
	}
	words := func(context.Context, string, string) (rag.Embedder, error) { return nil, nil } //nolint:nilnil // no vectors
	if err := fill(ctx, s, places[0].Scope(), words, log); err != nil {
		return err
	}
	server, err := web.New(web.Options{
		Store: s, Auth: people, Catalogue: noKinds{}, Log: log, Library: &library.Library{Shelves: s.Library(), Embedders: words},
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://"+l.Addr().String()+"/api/v1/collections/registry/records", key)
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	h := server.HTTPServer()
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go func() {
		<-ended // whoever started it is done
		_ = h.Close()
	}()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// fill takes the records in, a document each.
func fill(ctx context.Context, s *store.Store, scope auth.Scope, words library.Embedders, log *slog.Logger) error {
	c, err := s.PutCollection(ctx, scope, library.Collection{Name: "registry", Language: "en", Settings: rag.DefaultSettings})
	if err != nil {
		return err
	}
	var list []store.NewDocument
	for i, r := range made(*records) {
		list = append(list, store.NewDocument{Name: fmt.Sprintf("%05d.md", i), Data: []byte("# " + r.title + "\n\n" + r.body + "\n"), Tags: []string{r.tag}})
	}
	for part := range slices.Chunk(list, 500) {
		if _, err := s.AddDocuments(ctx, scope, c.ID, part); err != nil {
			return err
		}
	}
	g := &library.Ingester{Queue: s.Library(), Embedders: words, Read: read.File, Owner: "bench", Now: time.Now, Log: log}
	var all sync.WaitGroup
	failed := make([]error, 4)
	for i := range failed {
		all.Go(func() {
			for more := true; more && failed[i] == nil; {
				more, failed[i] = g.Next(ctx)
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

func startOurs(dir string) (*side, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := exec.Command(program, "-serve", filepath.Join(dir, "studio"), "-records", fmt.Sprint(*records), "-profile", *profile)
	p.Stderr = os.Stderr
	said, err := p.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	address, key, found := strings.Cut(strings.TrimSpace(line), " ")
	if err != nil || !found {
		stop(p)
		return nil, fmt.Errorf("the studio did not start: %w", err)
	}
	return &side{name: "Atelier", address: address, header: http.Header{"Authorization": {"Bearer " + key}}, process: p}, nil
}

// startDjango makes the same records a database, and starts the application beside this file.
func startDjango(dir string, list []record) (*side, error) {
	var lines strings.Builder
	for _, r := range list {
		fmt.Fprintf(&lines, "%s\t%s\t%s\n", r.title, r.tag, r.body)
	}
	source, target := filepath.Join(dir, "records.tsv"), filepath.Join(dir, "records.db")
	if err := os.WriteFile(source, []byte(lines.String()), 0o600); err != nil {
		return nil, err
	}
	const app = "bench/registry"
	if out, err := exec.Command("/usr/bin/python3", filepath.Join(app, "django_app.py"), target, source).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("start this in the folder of the sources, with python3-django and gunicorn installed: %w\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	p := exec.Command("gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--preload", "--keep-alive", "5", "--chdir", app, "--bind", address, "django_app:application")
	p.Env = append(os.Environ(), "DATABASE="+target, "PYTHONDONTWRITEBYTECODE=1")
	if err := p.Start(); err != nil {
		return nil, err
	}
	s := &side{name: "Django", address: "http://" + address + "/records", header: http.Header{}, process: p}
	client := &http.Client{Timeout: time.Second}
	for range 100 {
		if err = s.get(client, "q=none"); err == nil {
			return s, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	stop(p)
	return nil, fmt.Errorf("the application did not start: %w", err)
}

// stop ends a process, and waits for it.
func stop(p *exec.Cmd) {
	_ = p.Process.Signal(syscall.SIGTERM)
	_ = p.Wait() // it was told to end
}
