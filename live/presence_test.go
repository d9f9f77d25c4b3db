package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/live"
)

// lossy is a bus whose messages can be lost.
type lossy struct {
	live.Bus
	cut atomic.Bool
}

func (b *lossy) Publish(ctx context.Context, topic string, m live.Message) error {
	if b.cut.Load() {
		return nil
	}
	return b.Bus.Publish(ctx, topic, m)
}

// guest is a person with a page at the workflow.
type guest struct {
	*browser
	*live.Place
	who live.Person
}

func join(t *testing.T, p *live.Presence, hub *live.Hub, name string) *guest {
	t.Helper()
	g := &guest{browser: connect(t, hub, true), who: live.Person{Conn: name, User: name, Name: name}}
	var err error
	if g.Place, err = p.Join(t.Context(), g.Conn, "ws", "wf", g.who, state(0)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Leave(t.Context()) })
	return g
}

func state(n int) json.RawMessage { return json.RawMessage(fmt.Sprintf(`{"n":%d}`, n)) }

func (g *guest) does(n int) { g.Set(context.Background(), g.who, state(n)) }

// told returns the newest that a page knows of the others: "ada:3 ben:gone".
func (g *guest) told(t *testing.T) map[string]string {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	known := map[string]string{}
	for _, text := range g.texts {
		var f struct {
			Who   live.Person
			State *struct{ N int }
		}
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if f.State == nil {
			known[f.Who.Name] = "gone"
		} else {
			known[f.Who.Name] = fmt.Sprint(f.State.N)
		}
	}
	return known
}

func (g *guest) expect(t *testing.T, when, want string) {
	t.Helper()
	time.Sleep(100 * time.Millisecond) // of the bubble's clock: all that is due is told
	synctest.Wait()
	if got := fmt.Sprint(g.told(t)); got != "map["+want+"]" {
		t.Errorf("%s: %s was told %s, not %s", when, g.who.Name, got, want)
	}
}

func TestPresenceAcrossReplicas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		log := slog.New(slog.DiscardHandler)
		hub := live.NewHub(bus, log)
		line := &lossy{Bus: bus} // from the second replica to the others
		first, second := live.NewPresence(bus, log), live.NewPresence(line, log)

		ada := join(t, first, hub, "ada")
		ben := join(t, first, hub, "ben")
		ada.expect(t, "when ben came", "ben:0")
		eve := join(t, second, hub, "eve")
		eve.expect(t, "the newcomer of another replica", "ada:0 ben:0")
		ada.does(7)
		ada.does(8)
		eve.expect(t, "after two changes", "ada:8 ben:0")
		ben.expect(t, "after two changes", "ada:8 eve:0")
		ada.expect(t, "nobody is told of themselves", "ben:0 eve:0")
		ben.Leave(t.Context())
		eve.expect(t, "after the leaving", "ada:8 ben:gone")

		// A replica that falls silent is forgotten, and one that speaks again is believed.
		line.cut.Store(true)
		time.Sleep(20 * time.Second)
		ada.expect(t, "20 s after the last word", "ben:gone eve:0")
		time.Sleep(25 * time.Second)
		ada.expect(t, "45 s after the last word", "ben:gone eve:gone")
		line.cut.Store(false)
		time.Sleep(15 * time.Second)
		ada.expect(t, "after the next beat", "ben:gone eve:0")
		eve.expect(t, "who was never silent", "ada:8 ben:gone")
	})
}

func TestPresenceToldLateIsNotBelieved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		log := slog.New(slog.DiscardHandler)
		hub := live.NewHub(bus, log)
		ada := join(t, live.NewPresence(bus, log), hub, "ada")
		say := func(seq, n int) {
			s := "null"
			if n > 0 {
				s = string(state(n))
			}
			data := fmt.Sprintf(`{"from":"elsewhere","people":[{"seq":%d,"who":{"conn":"z","name":"zoe"},"state":%s}]}`, seq, s)
			_ = bus.Publish(t.Context(), live.PresenceTopic("ws", "wf"), live.Message{Data: []byte(data)})
		}
		say(3, 30)
		say(2, 20)
		ada.expect(t, "an older word", "zoe:30")
		say(5, 0)
		say(4, 40)
		ada.expect(t, "a word from before the leaving", "zoe:gone")
		_ = bus.Publish(t.Context(), live.PresenceTopic("ws", "wf"), live.Message{Data: []byte(`{"people":"?"`)})
		say(6, 60)
		ada.expect(t, "a new word", "zoe:60")
	})
}

func TestPresenceGivesWayToWhatMustArrive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		log := slog.New(slog.DiscardHandler)
		hub := live.NewHub(bus, log)
		p := live.NewPresence(bus, log)
		ada := join(t, p, hub, "ada")
		slow := &guest{browser: connect(t, hub, false), who: live.Person{Conn: "slow", Name: "slow"}}
		var err error
		if slow.Place, err = p.Join(t.Context(), slow.Conn, "ws", "wf", slow.who, state(0)); err != nil {
			t.Fatal(err)
		}
		defer slow.Leave(t.Context())
		// The first write hangs, so that everything gathers in the queue. (A hanging write ends after 10 s: not here.)
		const changes = live.QueueMessages + 20
		for i := 1; i <= changes; i++ {
			ada.does(i)
			time.Sleep(30 * time.Millisecond)
		}
		for range live.QueueMessages/2 - 10 {
			slow.Send(live.TextFrame([]byte(`{"who":{"name":"edit"}}`)))
		}
		synctest.Wait()
		if code := slow.code(); code != 0 {
			t.Fatalf("presence closed a slow reader: %d", code)
		}
		go slow.read()
		slow.expect(t, "when it reads on", fmt.Sprintf("ada:%d edit:gone", changes))
		slow.mu.Lock()
		defer slow.mu.Unlock()
		if n := len(slow.texts); n > live.QueueMessages+2 {
			t.Errorf("the slow reader was sent %d frames", n)
		}
	})
}

func TestPresenceOfACrowdIsGathered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		log := slog.New(slog.DiscardHandler)
		hub := live.NewHub(bus, log)
		p := live.NewPresence(bus, log)
		crowd := make([]*guest, 200)
		for i := range crowd {
			crowd[i] = join(t, p, hub, fmt.Sprintf("p%03d", i))
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		before := len(crowd[0].texts)
		for n := 1; n <= 40; n++ { // two seconds at the fastest that pages send
			for _, g := range crowd {
				g.does(n)
			}
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		for name, n := range crowd[0].told(t) {
			if n != "40" {
				t.Errorf("%s is last seen at %s", name, n)
			}
		}
		if told := len(crowd[0].texts) - before; told > 199*12 {
			t.Errorf("a reader was told %d times in two seconds", told)
		}
	})
}
