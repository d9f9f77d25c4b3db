package sandbox

import (
	"reflect"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// watch interrupts a VM that runs for too long. The interpreter looks for an interrupt only at every 10,000th call or
// turn of a loop, which is many seconds when each does heavy work in built-in functions; so the watch also sets the
// counter that leads to the look to its end, again and again until the program has stopped.
//
// On a loaded machine a process may get no processor for longer than an expression's limit. So after the limit the program
// gets a grace of processor time of this process, which does not pass while the process waits for a processor.
type watch struct {
	vm       *quickjs.VM
	counter  *int32 // in the interpreter's memory; nil when it is not where it is expected
	timer    *time.Timer
	mu       sync.Mutex
	running  bool
	fired    bool
	deadline time.Time
	used     time.Duration // processor time when the limit was reached; 0 before
}

const (
	grace    = 50 * time.Millisecond // of processor time
	patience = 2 * time.Second       // within which even a starved process must have used it
)

func newWatch(vm *quickjs.VM) *watch {
	w := &watch{vm: vm}
	if f := reflect.ValueOf(vm).Elem().FieldByName("cContext"); f.IsValid() && f.CanUint() && f.Uint() != 0 {
		address := uintptr(f.Uint()) + unsafe.Offsetof(lib.TJSContext{}.Finterrupt_counter)
		w.counter = *(**int32)(unsafe.Pointer(&address)) // not memory of Go: the collector never moves it
	}
	w.timer = time.AfterFunc(time.Hour, w.fire)
	w.timer.Stop()
	return w
}

// begin starts the time of one program.
func (w *watch) begin(limit time.Duration) {
	w.mu.Lock()
	w.running, w.fired, w.used = true, false, 0
	w.deadline = time.Now().Add(limit)
	w.mu.Unlock()
	w.timer.Reset(limit)
}

// finish ends it and reports whether the program was interrupted.
func (w *watch) finish() bool {
	w.timer.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = false
	return w.fired
}

// now brings the deadline forward: the run was cancelled.
func (w *watch) now() {
	w.mu.Lock()
	w.deadline = time.Now().Add(-patience)
	w.mu.Unlock()
	w.fire()
}

func (w *watch) fire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	over := time.Since(w.deadline)
	if !w.running || over < 0 {
		return
	}
	if !w.fired && over < patience {
		now := processorTime()
		if w.used == 0 {
			w.used = max(now, 1)
		}
		if now != 0 && now-w.used < grace {
			w.timer.Reset(5 * time.Millisecond)
			return
		}
	}
	w.fired = true
	w.vm.Interrupt()
	if w.counter != nil {
		atomic.StoreInt32(w.counter, 0)
	}
	w.timer.Reset(time.Millisecond)
}
