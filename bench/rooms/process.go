package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// names are the hubs in the order in which they are told.
var names = []string{"atelier", "plain", "gws"}

// process is a server with one of the hubs.
type process struct {
	cmd     *exec.Cmd
	address string
}

func start(ctx context.Context, name string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-serve", name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the server with the hub %s did not start: %w", name, err), cmd.Wait())
	}
	return &process{cmd, strings.TrimSpace(line)}, nil
}

func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // it was killed
}

func (p *process) get(ctx context.Context, path string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+path, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}

func (p *process) state(ctx context.Context) (s state, err error) { return s, p.get(ctx, "/state", &s) }

// rested waits until nothing is under way and memory was given back, and returns the state then.
func (p *process) rested(ctx context.Context) (s state, err error) {
	if err := pause(ctx, time.Second); err != nil {
		return s, err
	}
	return s, p.get(ctx, "/state?free", &s)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
