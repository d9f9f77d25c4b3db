package live_test

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/live"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// buses are all implementations; each row of the suite holds for each of them.
var buses = map[string]func(t *testing.T) live.Bus{
	"memory": func(*testing.T) live.Bus { return live.NewMemory() },
}

func TestBus(t *testing.T) {
	t.Parallel()
	suite := map[string]func(t *testing.T, b live.Bus){
		"reaches the topic and no other": busTopics,
		"keeps one order for all":        busOrder,
		"is silent after leave":          busLeave,
		"says whether anyone listens":    busHeard,
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
	mu   sync.Mutex
	seqs []int64
}

func (i *inbox) receive(m live.Message) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.seqs = append(i.seqs, m.Seq)
}

func (i *inbox) text() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return fmt.Sprint(i.seqs)
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
	publish(t, b, "two", 3)
	publish(t, b, "three", 4)
	if one.text() != "[1 2]" || two.text() != "[3]" {
		t.Errorf("one got %s, two got %s", one.text(), two.text())
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
	first := boxes[0].text()
	if len(boxes[0].seqs) != 2000 {
		t.Errorf("%d of 2000 arrived", len(boxes[0].seqs))
	}
	for i := range boxes {
		if boxes[i].text() != first {
			t.Errorf("subscriber %d saw another order", i)
		}
	}
}

func busLeave(t *testing.T, b live.Bus) {
	var gone, stays inbox
	leave := subscribe(t, b, "x", gone.receive)
	subscribe(t, b, "x", stays.receive)
	publish(t, b, "x", 1)
	leave()
	leave()
	publish(t, b, "x", 2)
	if gone.text() != "[1]" || stays.text() != "[1 2]" {
		t.Errorf("left: %s, stayed: %s", gone.text(), stays.text())
	}
}

func busHeard(t *testing.T, b live.Bus) {
	leave := subscribe(t, b, "x", func(live.Message) {})
	if !b.Heard("x") {
		t.Error("a topic with a subscriber is not heard")
	}
	leave()
	if b.Heard("x") {
		t.Error("a topic is heard after its last subscriber has left")
	}
}

func busClose(t *testing.T, b live.Bus) {
	var box inbox
	subscribe(t, b, "x", box.receive)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(t.Context(), "x", live.Message{Seq: 1}); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("publish after close: %v", err)
	}
	if _, err := b.Subscribe("x", box.receive); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("subscribe after close: %v", err)
	}
	if box.text() != "[]" {
		t.Errorf("received %s", box.text())
	}
}
