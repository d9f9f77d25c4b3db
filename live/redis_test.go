package live_test

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/live"
)

func redisAddress(t *testing.T) string {
	t.Helper()
	address := os.Getenv("REDIS_URL_TEST")
	if address == "" {
		t.Skip("REDIS_URL_TEST names no Redis")
	}
	return address
}

func openRedis(t *testing.T, address, prefix string) *live.Redis {
	t.Helper()
	b, err := live.NewRedis(t.Context(), live.RedisOptions{URL: address, Prefix: prefix, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestRedisIsOneRoom(t *testing.T) {
	t.Parallel()
	address, prefix := redisAddress(t), "atelier-test/"+rand.Text()+"/"
	replicas := []*live.Redis{openRedis(t, address, prefix), openRedis(t, address, prefix), openRedis(t, address, prefix)}
	stranger := openRedis(t, address, prefix+"other/")
	boxes := make([]inbox, len(replicas))
	var none inbox
	for i, b := range replicas {
		subscribe(t, b, "busy", boxes[i].receive)
	}
	subscribe(t, stranger, "busy", none.receive)
	var publishers sync.WaitGroup
	for p, b := range replicas {
		publishers.Go(func() {
			for i := range int64(500) {
				publish(t, b, "busy", int64(p)*1000+i)
			}
		})
	}
	publishers.Wait()
	sameOrder(t, boxes, len(replicas), 500)
	if none.text() != "[]" {
		t.Errorf("another studio on the same Redis got %s", none.text())
	}
}

// Redis goes away for one of two replicas and comes back: its people go on among themselves, it says what is wrong,
// and afterwards both replicas look at what they may have missed and are one room again.
func TestRedisGoesAndComesBack(t *testing.T) {
	t.Parallel()
	address, prefix := redisAddress(t), "atelier-test/"+rand.Text()+"/"
	line := newLine(t, address)
	here, there := openRedis(t, line.address(), prefix), openRedis(t, address, prefix)
	var near, far inbox
	subscribe(t, here, "x", near.receive)
	subscribe(t, there, "x", far.receive)
	publish(t, here, "x", 1)
	near.waitText(t, "[1]")
	far.waitText(t, "[1]")

	line.cut()
	for here.Ready() == nil { // until it has noticed
		publish(t, here, "y", 0)
		<-time.After(5 * time.Millisecond)
	}
	publish(t, here, "x", 2)
	near.waitText(t, "[1 2]")
	publish(t, there, "x", 3)
	far.waitText(t, "[1 3]")
	var late inbox
	leave := subscribe(t, here, "late", late.receive) // does not wait for Redis
	defer leave()
	publish(t, here, "late", 1)
	late.waitText(t, "[1]")

	line.mend()
	lost := func(_ []int64, lost int) bool { return lost > 0 }
	near.wait(t, "the one that was cut off looks again", lost)
	late.wait(t, "who came while it was cut off looks again", lost)
	far.wait(t, "the other one looks again", lost)
	publish(t, there, "x", 4)
	publish(t, there, "late", 2)
	near.waitText(t, "[1 2 4]")
	late.waitText(t, "[1 2]")
	publish(t, here, "x", 5)
	far.waitText(t, "[1 3 4 5]")
	if err := here.Ready(); err != nil {
		t.Errorf("after all is well again: %v", err)
	}
}

// A Redis that takes connections and never answers holds up neither those who publish nor those who listen.
func TestRedisThatIsMute(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var open sync.WaitGroup
	defer open.Wait()
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { _, _ = io.Copy(io.Discard, conn); _ = conn.Close() })
		}
	})
	b := openRedis(t, "redis://"+listener.Addr().String(), "atelier-test/")
	var box inbox
	subscribe(t, b, "x", box.receive)
	publish(t, b, "x", 1, 2, 3)
	box.waitText(t, "[1 2 3]")
	if b.Ready() == nil || b.Heard("nobody") || !b.Heard("x") {
		t.Errorf("ready: %v, nobody is heard: %v, a subscriber is heard: %v", b.Ready(), b.Heard("nobody"), b.Heard("x"))
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	_ = listener.Close()
}

func TestRedisAddressKeepsItsPassword(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "127.0.0.1:6379", "http://:secret@host", "redis://:secret@ho st", "redis://:secret@host/one"} {
		_, err := live.NewRedis(t.Context(), live.RedisOptions{URL: address, Log: slog.New(slog.DiscardHandler)})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q gave %v", address, err)
		}
	}
}

// line is a connection to Redis that can be cut.
type line struct {
	t      *testing.T
	listen net.Listener
	target string
	mu     sync.Mutex
	down   bool
	conns  []net.Conn
}

func newLine(t *testing.T, address string) *line {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, listen: listener, target: u.Host}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { l.carry(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		l.cut()
		open.Wait()
	})
	return l
}

func (l *line) address() string { return "redis://" + l.listen.Addr().String() }

func (l *line) carry(near net.Conn) {
	defer near.Close()
	far, err := net.Dial("tcp", l.target)
	if err != nil {
		l.t.Error(err)
		return
	}
	defer far.Close()
	l.mu.Lock()
	down := l.down
	l.conns = append(l.conns, near, far)
	l.mu.Unlock()
	if down {
		return
	}
	go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
	_, _ = io.Copy(near, far)
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

func (l *line) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}
