package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// hub is what is compared: it takes connections to rooms and brings what one sends to all of the room.
type hub interface {
	http.Handler
	kick() // closes all connections
}

var hubs = map[string]func(*counts) hub{"atelier": newAtelier, "plain": newPlain, "gws": newGWS}

// counts are what every hub keeps of its connections.
type counts struct{ open atomic.Int64 }

// state is what the server says of itself.
type state struct {
	CPU        time.Duration // used so far
	RSS        int64         // bytes
	Open       int64         // connections
	Goroutines int
}

// serveHub prints its address and serves until it is killed or its parent has gone.
func serveHub(ctx context.Context, name string) error {
	open := hubs[name]
	if open == nil {
		return fmt.Errorf("there is no hub %q", name)
	}
	debug.SetGCPercent(200) // as the studio has it
	count := &counts{}
	h := open(count)
	mux := http.NewServeMux()
	mux.Handle("/ws", h)
	mux.HandleFunc("/kick", func(http.ResponseWriter, *http.Request) { h.kick() })
	mux.HandleFunc("/state", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("free") {
			debug.FreeOSMemory()
		}
		s, err := look(count)
		if err == nil {
			err = json.NewEncoder(w).Encode(s)
		}
		if err != nil {
			slog.Error("no state", "error", err)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		for parent := os.Getppid(); os.Getppid() == parent && ctx.Err() == nil; {
			time.Sleep(time.Second)
		}
		_ = server.Close()
	}()
	fmt.Println(listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func look(c *counts) (s state, err error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return s, err
	}
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return s, err
	}
	pages, err := strconv.ParseInt(strings.Fields(string(statm))[1], 10, 64)
	return state{
		CPU: time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), RSS: pages * int64(os.Getpagesize()),
		Open: c.open.Load(), Goroutines: runtime.NumGoroutine(),
	}, err
}
