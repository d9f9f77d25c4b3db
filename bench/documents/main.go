// Command documents measures what documents cost: taking a mixed thousand of them in, searching vectors beside an exact
// search and chromem-go's own, and opening a large collection that was closed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/rag/read/cage"
)

var (
	parts     = flag.String("parts", "ingest,search,open", "what is measured")
	documents = flag.Int("documents", 1000, "how many documents are taken in")
	embedder  = flag.Bool("embed", true, "embed the documents; without, they are searched by words only")
	sizes     = flag.String("sizes", "10000,100000,1000000", "sizes of the collections of vectors that are searched")
	chunks    = flag.Int("chunks", 100_000, "how many chunks the collection has that is opened")
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "read-file" { // a reader of files, started by the pool
		os.Exit(cage.Main(os.Args[2:], os.Stdin, os.Stdout, os.Stderr, read.File))
	}
	flag.Parse()
	ctx := context.Background()
	fmt.Printf("# Documents\n\nMachine: %s/%s, %d CPUs, %s.\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), loads())
	for part, measure := range map[string]func(context.Context, io.Writer) error{"ingest": ingest, "search": search, "open": open} {
		if !slices.Contains(strings.Split(*parts, ","), part) {
			continue
		}
		if err := measure(ctx, os.Stdout); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", part, err)
			os.Exit(1)
		}
	}
}

// loads says how busy the machine is.
func loads() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "load not known"
	}
	return "load " + strings.Join(strings.Fields(string(data))[:3], " ")
}

// used is the processor time of this process and of its children that have ended.
func used() (total time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return total
}

// most is the largest this process ever was, in MiB; of is "self", or the number of another process.
func most(of string) int {
	data, err := os.ReadFile("/proc/" + of + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			if err == nil {
				return kb >> 10
			}
		}
	}
	return 0
}

// largestChild is the largest that any child was that has ended, in MiB.
func largestChild() int {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u) != nil {
		return 0
	}
	return int(u.Maxrss >> 10)
}

// heap is what is in use after everything else was given back, in MiB.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc >> 20)
}

// at is a share of sorted times.
func at(times []time.Duration, share float64) time.Duration {
	return times[min(len(times)-1, int(share*float64(len(times))))].Round(time.Microsecond)
}
