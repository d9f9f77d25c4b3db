package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	restful  = 10 * time.Second
	frugal   = 128 << 20 // bytes; below that there is nothing worth giving back
	cycles   = "/gc/cycles/total:gc-cycles"
	mapped   = "/memory/classes/total:bytes"
	released = "/memory/classes/heap/released:bytes"
)

// giveBack returns memory to the system when the studio comes to rest. After a run with much data the runtime keeps
// what it got until it collects again, and with nothing to do it would not for minutes.
func giveBack(ctx context.Context) {
	tick := time.NewTicker(restful)
	defer tick.Stop()
	var seen, done uint64
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		m := []metrics.Sample{{Name: cycles}, {Name: mapped}, {Name: released}}
		metrics.Read(m)
		now := m[0].Value.Uint64()
		if now == seen && now != done && m[1].Value.Uint64()-m[2].Value.Uint64() > frugal {
			debug.FreeOSMemory()
			metrics.Read(m)
			now = m[0].Value.Uint64()
			done = now
		}
		seen = now
	}
}
