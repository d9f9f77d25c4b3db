package live_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/live"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// buses are all implementations; each row of the suite holds for each of them.
var buses = map[string]func(t *testing.T) live.Bus{
	"memory": func(*testing.T) live.Bus { return live.NewMemory() },
	"redis":  func(t *testing.T) live.Bus { return openRedis(t, redisAddress(t), "atelier-test/"+rand.Text()+"/") },
}

func TestBus(t *testing.T) {
	t.Parallel()
	suite := map[string]func(t *testing.T, b live.Bus){
		"reaches the topic and no other": busTopics,
		"keeps one order for all":        busOrder,
		"is silent after leave":          busLeave,
		"brings what follows a joining":  busRejoin,
		"says whether anyone listens":    busHeard,
		"makes nothing for nobody":       busOffer,
		"loses nothing for latecomers":   busLate,
		"refuses after close":            busClose,
	}
	for kind, open := range buses {
		for name, check := range suite {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				b := open(t)
				t.Cleanup(func() { _ = b.Close() })
				check(t, b)
			})
		}
	}
}

// inbox collects what a subscription receives.
type inbox struct {
	mu    sync.Mutex
	seqs  []int64
	lost  int
	moved chan struct{} // closed at the next message
}

func (i *inbox) receive(m live.Message) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if m.Lost {
		i.lost++
	} else {
		i.seqs = append(i.seqs, m.Seq)
	}
	if i.moved != nil {
		close(i.moved)
		i.moved = nil
	}
}

func (i *inbox) text() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return fmt.Sprint(i.seqs)
}

// wait returns when the inbox is as it should be.
func (i *inbox) wait(t *testing.T, what string, is func(seqs []int64, lost int) bool) {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		i.mu.Lock()
		ok := is(i.seqs, i.lost)
		if !ok && i.moved == nil {
			i.moved = make(chan struct{})
		}
		moved := i.moved
		i.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-moved:
		case <-late:
			t.Fatalf("%s: the inbox holds %.300s and %d losses", what, i.text(), i.lost)
		}
	}
}

func (i *inbox) waitText(t *testing.T, want string) {
	t.Helper()
	i.wait(t, "want "+want, func(seqs []int64, _ int) bool { return fmt.Sprint(seqs) == want })
}

func publish(t *testing.T, b live.Bus, topic string, seqs ...int64) {
	t.Helper()
	for _, s := range seqs {
		if err := b.Publish(t.Context(), topic, live.Message{Seq: s}); err != nil {
			t.Error(err)
		}
	}
}

func subscribe(t *testing.T, b live.Bus, topic string, receive func(live.Message)) func() {
	t.Helper()
	leave, err := b.Subscribe(topic, receive)
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

func busTopics(t *testing.T, b live.Bus) {
	var one, two inbox
	subscribe(t, b, "one", one.receive)
	subscribe(t, b, "two", two.receive)
	publish(t, b, "one", 1, 2)
	publish(t, b, "three", 4)
	publish(t, b, "two", 3)
	one.waitText(t, "[1 2]")
	two.waitText(t, "[3]")
	if one.text() != "[1 2]" {
		t.Errorf("one got %s", one.text())
	}
}

func busOrder(t *testing.T, b live.Bus) {
	boxes := make([]inbox, 4)
	for i := range boxes {
		subscribe(t, b, "busy", boxes[i].receive)
	}
	var publishers sync.WaitGroup
	for p := range int64(4) {
		publishers.Go(func() {
			for i := range int64(500) {
				publish(t, b, "busy", p*1000+i)
			}
		})
	}
	publishers.Wait()
	sameOrder(t, boxes, 4, 500)
}

// sameOrder checks that all have received the same, and what each publisher sent in its order.
func sameOrder(t *testing.T, boxes []inbox, publishers, each int) {
	t.Helper()
	for i := range boxes {
		boxes[i].wait(t, "all messages", func(seqs []int64, _ int) bool { return len(seqs) == publishers*each })
		if boxes[i].text() != boxes[0].text() {
			t.Errorf("subscriber %d saw another order", i)
		}
	}
	next := make([]int64, publishers)
	for _, s := range boxes[0].seqs {
		if p := s / 1000; next[p] != s%1000 {
			t.Errorf("publisher %d: message %d came where %d was next", p, s%1000, next[p])
		}
		next[s/1000]++
	}
}

func busLeave(t *testing.T, b live.Bus) {
	var gone, stays inbox
	leave := subscribe(t, b, "x", gone.receive)
	subscribe(t, b, "x", stays.receive)
	publish(t, b, "x", 1)
	gone.waitText(t, "[1]")
	stays.waitText(t, "[1]")
	leave()
	leave()
	publish(t, b, "x", 2)
	stays.waitText(t, "[1 2]")
	if gone.text() != "[1]" {
		t.Errorf("who had left got %s", gone.text())
	}
}

// A topic that was left by all and is joined again, again and again, brings what is published after each joining.
func busRejoin(t *testing.T, b live.Bus) {
	for i := range int64(50) {
		var box inbox
		leave := subscribe(t, b, "x", box.receive)
		publish(t, b, "x", i)
		box.waitText(t, fmt.Sprintf("[%d]", i))
		leave()
	}
}

func busHeard(t *testing.T, b live.Bus) {
	leave := subscribe(t, b, "x", func(live.Message) {})
	if !b.Heard("x") {
		t.Error("a topic with a subscriber is not heard")
	}
	leave()
	if _, alone := b.(*live.Memory); alone && b.Heard("x") { // of other replicas one cannot be certain
		t.Error("a topic is heard after its last subscriber has left")
	}
	if err := b.Ready(); err != nil {
		t.Error(err)
	}
}

// offer offers messages and notes whether they were wanted.
func offer(t *testing.T, b live.Bus, topic string, wanted *atomic.Int64, seqs ...int64) {
	t.Helper()
	err := b.Offer(t.Context(), topic, 100, func() (list []live.Message) {
		wanted.Add(1)
		for _, s := range seqs {
			list = append(list, live.Message{Seq: s})
		}
		return list
	})
	if err != nil {
		t.Error(err)
	}
}

func busOffer(t *testing.T, b live.Bus) {
	var box, end inbox
	var wanted atomic.Int64
	subscribe(t, b, "end", end.receive)
	countable(t, b, &end)
	for i := range int64(100) {
		offer(t, b, "x", &wanted, i)
	}
	publish(t, b, "end", 1)
	end.wait(t, "the end", func(seqs []int64, _ int) bool { return seqs[len(seqs)-1] == 1 })
	if n := wanted.Load(); n != 0 {
		t.Errorf("%d of 100 offers were taken with nobody there", n)
	}
	leave := subscribe(t, b, "x", box.receive)
	publish(t, b, "x", 1)
	offer(t, b, "x", &wanted, 2, 3)
	publish(t, b, "x", 4)
	offer(t, b, "x", &wanted)
	offer(t, b, "x", &wanted, 5)
	box.waitText(t, "[1 2 3 4 5]")
	leave()
}

// countable returns when the bus makes nothing for nobody: one that has just found Redis does not know at once.
func countable(t *testing.T, b live.Bus, end *inbox) {
	t.Helper()
	for i := int64(100); ; i++ {
		var wanted atomic.Int64
		offer(t, b, "nobody's", &wanted, 1)
		publish(t, b, "end", i)
		end.wait(t, "the end of a try", func(seqs []int64, _ int) bool { return len(seqs) > 0 && seqs[len(seqs)-1] == i })
		if wanted.Load() == 0 {
			return
		}
	}
}

// Who subscribes at any moment and then reads the record has everything: what is not in the record comes.
func busLate(t *testing.T, b live.Bus) {
	const rounds, each = 40, 25
	for round := range rounds {
		topic := fmt.Sprint("run ", round)
		var mu sync.Mutex
		var record int64
		var wanted atomic.Int64
		var group sync.WaitGroup
		group.Go(func() {
			for i := range int64(each) {
				mu.Lock()
				record = i + 1
				mu.Unlock()
				offer(t, b, topic, &wanted, i+1)
				runtime.Gosched()
			}
		})
		var box inbox
		leave := subscribe(t, b, topic, box.receive)
		mu.Lock()
		read := record
		mu.Unlock()
		box.wait(t, "all that was not in the record", func(seqs []int64, lost int) bool {
			return lost > 0 || read == each || len(seqs) > 0 && seqs[0] <= read+1 && seqs[len(seqs)-1] == each
		})
		group.Wait()
		leave()
	}
}

func busClose(t *testing.T, b live.Bus) {
	var box inbox
	leave := subscribe(t, b, "x", box.receive)
	if err := errors.Join(b.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(t.Context(), "x", live.Message{Seq: 1}); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("publish after close: %v", err)
	}
	if _, alone := b.(*live.Memory); !alone { // a bus that nobody can listen to takes no offer
		if err := b.Offer(t.Context(), "x", 0, nil); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("offer after close: %v", err)
		}
	}
	if _, err := b.Subscribe("x", box.receive); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("subscribe after close: %v", err)
	}
	leave()
	if box.text() != "[]" {
		t.Errorf("received %s", box.text())
	}
}
