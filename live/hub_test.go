package live_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/live"
)

// browser is the far end of a connection: it reads frames as a WebSocket client does.
type browser struct {
	*live.Conn
	far net.Conn

	mu     sync.Mutex
	texts  []string
	closed uint16
}

// connect makes a connection whose far end reads at once, or never.
func connect(t *testing.T, hub *live.Hub, reads bool) *browser {
	t.Helper()
	near, far := net.Pipe()
	b := &browser{Conn: live.NewConn(near), far: far}
	hub.Add(b.Conn)
	t.Cleanup(func() { hub.Remove(b.Conn); b.Drop(); _ = far.Close() })
	if reads {
		go b.read()
	}
	return b
}

func (b *browser) read() {
	in := bufio.NewReader(b.far)
	for {
		head := make([]byte, 2)
		if _, err := io.ReadFull(in, head); err != nil {
			return
		}
		n := int(head[1])
		if n == 126 {
			size := make([]byte, 2)
			_, _ = io.ReadFull(in, size)
			n = int(binary.BigEndian.Uint16(size))
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(in, payload); err != nil {
			return
		}
		b.mu.Lock()
		if head[0]&0xf == 8 {
			b.closed = binary.BigEndian.Uint16(payload)
		} else {
			b.texts = append(b.texts, string(payload))
		}
		b.mu.Unlock()
	}
}

func (b *browser) got() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.texts, " ")
}

func (b *browser) code() uint16 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

func numbers(from, to int) string {
	var list []string
	for i := from; i <= to; i++ {
		list = append(list, strconv.Itoa(i))
	}
	return strings.Join(list, " ")
}

func message(i int) live.Message { return live.Message{Seq: int64(i), Data: []byte(strconv.Itoa(i))} }

// record is a durable record of messages 1 to n that hands out pages of 10.
type record struct {
	mu    sync.Mutex
	n     int
	reads int
	pause func() // runs after a page was read, before it is handed over
}

func (r *record) read(_ context.Context, since int64) ([]live.Message, error) {
	r.mu.Lock()
	r.reads++
	var page []live.Message
	for i := int(since) + 1; i <= r.n && len(page) < 10; i++ {
		page = append(page, message(i))
	}
	pause := r.pause
	r.mu.Unlock()
	if pause != nil {
		pause()
	}
	return page, nil
}

func (r *record) grow(to int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n = max(r.n, to)
}

func watch(t *testing.T, h *live.Hub, c *live.Conn, since int64, read live.Reader) *live.Watch {
	t.Helper()
	w, err := h.Watch(t.Context(), c, "topic", since, read)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// settle lets everything happen that is under way, also what waits for messages that may yet come.
func settle() {
	<-time.After(time.Second) // of the bubble's time
	synctest.Wait()
}

func TestWatchHasNoGapAndNoRepeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
		rec := &record{n: 95}
		// Whenever a page has been read, more happens and is published, until 1,000: the worst time for it.
		rec.pause = func() {
			rec.mu.Lock()
			from := rec.n + 1
			rec.n = max(rec.n, min(rec.n+40, 1000))
			to := rec.n
			rec.mu.Unlock()
			for i := from; i <= to; i++ {
				if i%7 != 0 { // the bus may lose messages
					_ = bus.Publish(t.Context(), "topic", message(i))
				}
			}
		}
		b := connect(t, hub, true)
		watch(t, hub, b.Conn, 3, rec.read)
		synctest.Wait()
		for i := 1001; i <= 1100; i++ {
			rec.grow(i)
			if i%9 != 0 {
				_ = bus.Publish(t.Context(), "topic", message(i))
			}
			_ = bus.Publish(t.Context(), "topic", message(i-5)) // and may repeat them
		}
		settle()
		if got, want := b.got(), numbers(4, 1100); got != want {
			t.Errorf("the browser saw %d bytes of %d, close code %d, up to …%s", len(got), len(want), b.code(), got[max(0, len(got)-40):])
		}
	})
}

func TestWatchReadsAgainWhatItCouldNotHold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
		rec := &record{n: 5}
		// After the read that found nothing more, much happens at once, and then nothing.
		rec.pause = func() {
			rec.mu.Lock()
			late := rec.reads == 2
			rec.mu.Unlock()
			for i := 6; late && i <= 900; i++ {
				rec.grow(i)
				_ = bus.Publish(t.Context(), "topic", message(i))
			}
		}
		b := connect(t, hub, true)
		watch(t, hub, b.Conn, 0, rec.read)
		synctest.Wait()
		if got, want := b.got(), numbers(1, 900); got != want {
			t.Errorf("the browser saw %d bytes of %d, close code %d", len(got), len(want), b.code())
		}
	})
}

func TestWatchOfARecordWithAHoleIsClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
		b := connect(t, hub, true)
		watch(t, hub, b.Conn, 0, (&record{n: 2}).read)
		synctest.Wait()
		_ = bus.Publish(t.Context(), "topic", message(9))
		settle()
		if b.got() != "1 2" || b.code() != live.CloseFault {
			t.Errorf("saw %q, close code %d", b.got(), b.code())
		}
	})
}

// Messages that overtake each other are put in order without a look into the record, which a thousand watches would
// take at once.
func TestOvertakingIsNoLoss(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
		b := connect(t, hub, true)
		rec := &record{}
		watch(t, hub, b.Conn, 0, rec.read)
		synctest.Wait()
		reads := rec.reads
		for _, i := range []int{2, 1, 3, 6, 4, 5} {
			rec.grow(i)
			_ = bus.Publish(t.Context(), "topic", message(i))
		}
		settle()
		if b.got() != numbers(1, 6) || rec.reads != reads {
			t.Errorf("saw %q; the record was read %d times more", b.got(), rec.reads-reads)
		}
	})
}

// A bus that says that it may have lost something makes the watches look, also when nothing follows; those without a
// record notice nothing.
func TestLossIsLookedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
		kept, fleeting := connect(t, hub, true), connect(t, hub, true)
		rec := &record{n: 2}
		watch(t, hub, kept.Conn, 0, rec.read)
		watch(t, hub, fleeting.Conn, 0, nil)
		synctest.Wait()
		rec.grow(7)
		for range 10 { // also while it looks
			_ = bus.Publish(t.Context(), "topic", live.Message{Lost: true})
		}
		settle()
		if kept.got() != numbers(1, 7) || kept.code() != 0 || fleeting.got() != "" {
			t.Errorf("saw %q with the record (close code %d) and %q without", kept.got(), kept.code(), fleeting.got())
		}
	})
}

// In a large room messages go to everyone together and in one piece: everyone sees all, in order, those with a record
// also what overtakes or is lost; leaving and joining meanwhile harms nobody.
func TestCrowd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
		rec := &record{}
		var all []*browser
		for i := range 300 {
			b := connect(t, hub, true)
			if i%2 == 0 {
				watch(t, hub, b.Conn, 0, rec.read)
			} else {
				watch(t, hub, b.Conn, 0, nil)
			}
			all = append(all, b)
		}
		synctest.Wait()
		began := time.Now()
		rec.grow(1)
		_ = bus.Publish(t.Context(), "topic", message(1))
		synctest.Wait()
		if all[0].got() != "1" || all[1].got() != "1" || time.Since(began) != 0 {
			t.Errorf("the first message after a time of quiet had to wait: %q, %q", all[0].got(), all[1].got())
		}
		passer := connect(t, hub, true)
		for i := 2; i <= 200; i += 2 {
			w := watch(t, hub, passer.Conn, 0, nil)
			rec.grow(i + 1)
			_ = bus.Publish(t.Context(), "topic", message(i+1)) // it overtakes
			if i%9 != 0 {                                       // or is lost
				_ = bus.Publish(t.Context(), "topic", message(i))
			}
			w.Close()
			if i%50 == 0 {
				<-time.After(3 * time.Millisecond)
			}
		}
		settle()
		for i := 202; i <= 206; i++ {
			rec.grow(i)
			_ = bus.Publish(t.Context(), "topic", message(i))
		}
		settle()
		for i, b := range all {
			if i%2 == 0 && b.got() != numbers(1, 206) || i%2 == 1 && b.got() != all[1].got() || !strings.HasPrefix(b.got(), "1 ") {
				t.Fatalf("browser %d saw %.200q", i, b.got())
			}
		}
		if !strings.HasPrefix(all[1].got(), "1 3 2 5 4 ") || !strings.HasSuffix(all[1].got(), numbers(202, 206)) {
			t.Errorf("without a record one saw %q", all[1].got())
		}
	})
}

func TestSlowReaderIsCutAndOthersAreNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
		quick, slow := connect(t, hub, true), connect(t, hub, false)
		watch(t, hub, quick.Conn, 0, nil)
		watch(t, hub, slow.Conn, 0, nil)
		for i := 1; i <= 3*live.QueueMessages; i++ {
			_ = bus.Publish(t.Context(), "topic", message(i))
			synctest.Wait() // the quick one has read; the slow one never does
		}
		if got, want := quick.got(), numbers(1, 3*live.QueueMessages); got != want {
			t.Errorf("the quick reader saw %d bytes of %d", len(got), len(want))
		}
		select {
		case <-quick.Done():
			t.Error("the quick reader was cut")
		case <-slow.Done():
		case <-time.After(5 * time.Second): // of the bubble's time
			t.Error("the slow reader was not cut within 5 s")
		}
	})
}

func TestFullQueueTellsTheCode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := live.NewHub(live.NewMemory(), slog.New(slog.DiscardHandler))
		b := connect(t, hub, false)
		big := live.TextFrame(make([]byte, 60_000))
		b.Send(big)
		synctest.Wait() // the writer is stuck with the first
		for range live.QueueBytes/len(big) + 2 {
			b.Send(big)
		}
		go b.read() // it wakes up, too late
		<-b.Done()
		if b.code() != live.CloseTooSlow {
			t.Errorf("close code %d", b.code())
		}
		if err := b.SendWait(t.Context(), big); !errors.Is(err, live.ErrClosed) {
			t.Errorf("send after close: %v", err)
		}
	})
}

func TestReplayWaitsForTheReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := live.NewHub(live.NewMemory(), slog.New(slog.DiscardHandler))
		b := connect(t, hub, false)
		watch(t, hub, b.Conn, 0, (&record{n: 5000}).read)
		synctest.Wait()
		go b.read()
		synctest.Wait()
		if got, want := b.got(), numbers(1, 5000); got != want {
			t.Errorf("saw %d bytes of %d, close code %d", len(got), len(want), b.code())
		}
	})
}

func TestHubCloseEndsAllAndLeavesTheBus(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
		var all []*browser
		for range 20 {
			b := connect(t, hub, true)
			w := watch(t, hub, b.Conn, 0, (&record{n: 3}).read)
			context.AfterFunc(t.Context(), w.Close)
			all = append(all, b)
		}
		w := watch(t, hub, all[0].Conn, 0, nil)
		w.Close()
		synctest.Wait()
		hub.Close()
		for i, b := range all {
			if b.got() != "1 2 3" || b.code() != live.CloseRestart {
				t.Errorf("browser %d saw %q, close code %d", i, b.got(), b.code())
			}
		}
	})
}

func TestWatchCloseIsTheLastWord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
		b := connect(t, hub, true)
		w := watch(t, hub, b.Conn, 0, nil)
		_ = bus.Publish(t.Context(), "topic", message(1))
		w.Close()
		_ = bus.Publish(t.Context(), "topic", message(2))
		synctest.Wait()
		if b.got() != "1" || bus.Heard("topic") {
			t.Errorf("saw %q; the hub still listens: %v", b.got(), bus.Heard("topic"))
		}
	})
}

func BenchmarkFanOut(b *testing.B) {
	bus := live.NewMemory()
	hub := live.NewHub(bus, slog.New(slog.DiscardHandler))
	var wires []*counter
	for range 1000 {
		w := &counter{}
		c := live.NewConn(w)
		if _, err := hub.Watch(b.Context(), c, "topic", 0, nil); err != nil {
			b.Fatal(err)
		}
		wires = append(wires, w)
	}
	m := live.Message{Data: []byte(strings.Repeat("x", 160))}
	for b.Loop() {
		_ = bus.Publish(b.Context(), "topic", m)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(wires)), "ns/delivery")
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error)      { c.n += len(p); return len(p), nil }
func (c *counter) SetWriteDeadline(time.Time) error { return nil }
func (c *counter) Close() error                     { return nil }

func ExampleCloseFrame() {
	fmt.Printf("% x\n", live.CloseFrame(live.CloseTooSlow, "slow"))
	// Output: 88 06 11 38 73 6c 6f 77
}
