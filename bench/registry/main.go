// Command registry measures one search, of ten thousand records by full text with filters, pages and counts, as the API
// of a collection and as a small Django application, side by side on the same machine in one run. It needs python3-django
// and gunicorn of Debian.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	records  = flag.Int("records", 10_000, "how many records there are")
	rounds   = flag.Int("rounds", 3, "how often both are asked, one after the other")
	during   = flag.Duration("for", 4*time.Second, "how long a round lasts")
	clients  = flag.Int("clients", 8, "how many ask at once")
	serveDir = flag.String("serve", "", "used by the program itself: the folder of the studio to serve")
	profile  = flag.String("profile", "", "file for a profile of the processor time that the studio took; none when left out")
	out      = flag.String("out", "", "file for the result; standard output when left out")
)

func main() {
	flag.Parse()
	do := measure
	if *serveDir != "" {
		do = func() error { return serve(*serveDir) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// record is one of the registry.
type record struct{ title, tag, body string }

// made are the same records every time: words of a long tail, sixty to a text.
func made(n int) []record {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.07, 4, 7999)
	words := make([]string, 8000)
	for i := range words {
		words[i] = word(r)
	}
	tags := strings.Fields("web database search queue image audio video test build cloud auth mail chart map text math game shell cache api")
	list := make([]record, n)
	for i := range list {
		body := make([]string, 60)
		for j := range body {
			body[j] = words[zipf.Uint64()]
		}
		list[i] = record{words[r.IntN(8000)] + " " + words[zipf.Uint64()] + " " + strconv.Itoa(i), tags[r.IntN(len(tags))], strings.Join(body, " ")}
	}
	return list
}

func word(r *rand.Rand) string {
	var b strings.Builder
	for range 2 + r.IntN(3) {
		b.WriteByte("bcdfgklmnprstvz"[r.IntN(15)])
		b.WriteByte("aeiou"[r.IntN(5)])
	}
	return b.String()
}

// queries are of one to four words of records, every fourth with a tag, every fifth of a later page.
func queries(list []record) []string {
	r := rand.New(rand.NewPCG(3, 4))
	var all []string
	for i := range 200 {
		var words []string
		for range 1 + r.IntN(4) {
			body := strings.Fields(list[r.IntN(len(list))].body)
			words = append(words, body[r.IntN(len(body))])
		}
		q := url.Values{"q": {strings.Join(words, " ")}}
		if i%4 == 3 {
			q.Set("tag", list[r.IntN(len(list))].tag)
		}
		if i%5 == 4 {
			q.Set("page", "2")
		}
		all = append(all, q.Encode())
	}
	return all
}

// side is one of the two.
type side struct {
	name, address string
	header        http.Header
	process       *exec.Cmd
	rates         []float64
	times         []time.Duration
	memory        int
}

func measure() (err error) {
	dir, err := os.MkdirTemp("", "registry")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	list := made(*records)
	ours, err := startOurs(dir)
	if err != nil {
		return err
	}
	defer stop(ours.process)
	theirs, err := startDjango(dir, list)
	if err != nil {
		return err
	}
	defer stop(theirs.process)
	asked := queries(list)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: *clients}, Timeout: 30 * time.Second}
	for _, s := range []*side{ours, theirs} { // both are warm before it counts
		if err := s.ask(client, asked, time.Second, false); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for range *rounds {
		for _, s := range []*side{ours, theirs} {
			if err := s.ask(client, asked, *during, true); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			s.memory = max(s.memory, resident(s.process.Process.Pid))
		}
	}
	text := report(ours, theirs)
	if *out == "" {
		fmt.Print(text)
		return nil
	}
	return os.WriteFile(*out, []byte(text), 0o644)
}

// ask lets all clients ask one query after the other until the time is up.
func (s *side) ask(client *http.Client, queries []string, during time.Duration, counts bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), during)
	defer cancel()
	var mu sync.Mutex
	var all sync.WaitGroup
	var failed error
	var times []time.Duration
	began := time.Now()
	for n := range *clients {
		all.Go(func() {
			for i := n * 7; ctx.Err() == nil; i++ {
				start := time.Now()
				err := s.get(client, queries[i%len(queries)])
				mu.Lock()
				if err != nil {
					failed = err
				}
				times = append(times, time.Since(start))
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	if counts {
		s.rates = append(s.rates, float64(len(times))/time.Since(began).Seconds())
		s.times = append(s.times, times...)
	}
	return failed
}

func (s *side) get(client *http.Client, query string) error {
	r, err := http.NewRequest(http.MethodGet, s.address+"?"+query, nil)
	if err != nil {
		return err
	}
	r.Header = s.header
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && (res.StatusCode != http.StatusOK || !strings.Contains(string(text), `"records"`)) {
		err = fmt.Errorf("%s answered %d: %.300s", query, res.StatusCode, text)
	}
	return err
}

func report(ours, theirs *side) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# A registry's search, beside Django\n\n%d records, 200 queries of one to four words, every fourth with a tag; %d clients at once over loopback, %d rounds of %s in turns.\n"+
		"Both rank by words, count all matches by tag, and give ten records with snippets as JSON. The collection is asked with an API key.\n"+
		"Django: gunicorn with two workers of four threads, SQLite FTS5 (porter), no middleware. Machine: %s/%s, %d CPUs, %s.\n"+
		"Texts are made up of words of a long tail; the records were taken in without vectors, which this search does not use.\n\n"+
		"| service | requests a second (median) | p50 | p99 | memory |\n|---|---|---|---|---|\n",
		*records, *clients, *rounds, *during, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor())
	rate := map[*side]float64{}
	for _, s := range []*side{ours, theirs} {
		slices.Sort(s.rates)
		slices.Sort(s.times)
		rate[s] = s.rates[len(s.rates)/2]
		fmt.Fprintf(&b, "| %s | %.0f | %.2f ms | %.2f ms | %d MB |\n", s.name, rate[s], at(s.times, 0.5), at(s.times, 0.99), s.memory>>20)
	}
	fmt.Fprintf(&b, "\nRatio: %.1f times the requests a second.\n", rate[ours]/rate[theirs])
	return b.String()
}

func at(times []time.Duration, share float64) float64 {
	return float64(times[min(len(times)-1, int(share*float64(len(times))))].Microseconds()) / 1000
}

func processor() string {
	data, _ := os.ReadFile("/proc/cpuinfo") //nolint:errcheck // not every system has it
	for line := range strings.Lines(string(data)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// resident is the memory of a process and its children, in bytes.
func resident(pid int) (total int) {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid)) //nolint:errcheck // 0 where there is none
	if parts := strings.Fields(string(data)); len(parts) > 1 {
		pages, _ := strconv.Atoi(parts[1]) //nolint:errcheck // as above
		total = pages * os.Getpagesize()
	}
	children, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) //nolint:errcheck // the pattern is right
	for _, name := range children {
		list, _ := os.ReadFile(name) //nolint:errcheck // as above
		for child := range strings.FieldsSeq(string(list)) {
			if id, err := strconv.Atoi(child); err == nil {
				total += resident(id)
			}
		}
	}
	return total
}
