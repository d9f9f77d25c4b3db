package live_test

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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

// What nobody watches on any replica costs Redis a question now and then; what somebody watches on another one comes.
func TestRedisCarriesWhatIsWatched(t *testing.T) {
	t.Parallel()
	address, prefix := redisAddress(t), "atelier-test/"+rand.Text()+"/"
	here, there := openRedis(t, address, prefix), openRedis(t, address, prefix)
	var end, far inbox
	var wanted atomic.Int64
	subscribe(t, here, "end", end.receive)
	countable(t, here, &end)
	seen := monitor(t, address, prefix)
	const runs, each = 200, 20
	for run := range int64(runs) {
		events := make([]int64, each)
		for i := range events {
			events[i] = int64(i + 1)
		}
		offer(t, here, fmt.Sprint("run ", run), &wanted, events...)
	}
	leave := subscribe(t, there, "run 7", far.receive)
	offer(t, here, "run 7", &wanted, each+1)
	offer(t, here, "run 8", &wanted, each+1)
	far.wait(t, "the event of the run that is watched", func(seqs []int64, _ int) bool { return len(seqs) > 0 && seqs[len(seqs)-1] == each+1 })
	leave()
	publish(t, here, "end", 1)
	end.wait(t, "the end", func(seqs []int64, _ int) bool { return seqs[len(seqs)-1] == 1 })
	commands := seen("end")
	if n := commands["publish"]; n > 1+1+each { // of the end, of the event, and of the run's others if they were still under way
		t.Errorf("%d messages were published", n)
	}
	t.Logf("%d events of %d runs cost Redis %v; %d chunks were encoded", runs*each, runs, commands, wanted.Load())
}

// monitor counts the commands that Redis gets about channels of the prefix. The count ends with a message to a topic.
func monitor(t *testing.T, address, prefix string) (until func(topic string) map[string]int) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	lines := bufio.NewReader(conn)
	if password, ok := u.User.Password(); ok {
		fmt.Fprintf(conn, "AUTH %s\r\n", password)
	}
	fmt.Fprint(conn, "MONITOR\r\n")
	for line := ""; line != "+OK\r\n"; {
		if line, err = lines.ReadString('\n'); err != nil || strings.HasPrefix(line, "-") {
			t.Fatalf("Redis does not let us look on: %q, %v", line, err)
		}
	}
	return func(topic string) map[string]int {
		counts := map[string]int{}
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			_, command, _ := strings.Cut(line, "] \"")
			command, about, _ := strings.Cut(command, "\"")
			if strings.Contains(about, prefix) {
				counts[strings.ToLower(command)]++
			}
			if strings.Contains(about, strconv.Quote(prefix+topic)) {
				return counts
			}
		}
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
