package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
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

// After a loss the others are asked again: what they do now is known at once, and who has gone meanwhile soon.
func TestPresenceAfterALoss(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		log := slog.New(slog.DiscardHandler)
		hub := live.NewHub(bus, log)
		line := &lossy{Bus: bus}
		first, second := live.NewPresence(bus, log), live.NewPresence(line, log)
		ada := join(t, first, hub, "ada")
		ben := join(t, second, hub, "ben")
		eve := join(t, second, hub, "eve")
		ada.expect(t, "in the beginning", "ben:0 eve:0")
		line.cut.Store(true)
		ben.does(5)
		eve.Leave(t.Context())
		line.cut.Store(false)
		ada.expect(t, "while nothing says that something was lost", "ben:0 eve:0")
		for range 3 {
			_ = bus.Publish(t.Context(), live.PresenceTopic("ws", "wf"), live.Message{Lost: true})
		}
		time.Sleep(time.Second)
		ada.expect(t, "a second after the loss", "ben:5 eve:0")
		time.Sleep(9 * time.Second)
		ada.expect(t, "ten seconds after the loss", "ben:5 eve:gone")
		ben.expect(t, "who was there all the time", "ada:0 eve:gone")
	})
}

// slowBus takes its time for one topic.
type slowBus struct {
	live.Bus
	slow string
	fail error
}

func (b *slowBus) Subscribe(topic string, receive func(live.Message)) (func(), error) {
	if topic == b.slow {
		time.Sleep(time.Second)
		if b.fail != nil {
			return nil, b.fail
		}
	}
	return b.Bus.Subscribe(topic, receive)
}

// A room whose topic takes long to subscribe to holds up nobody else, and is one room for those who come meanwhile.
func TestPresenceJoinsApart(t *testing.T) {
	t.Parallel()
	for _, fail := range []error{nil, errors.New("no such luck")} {
		synctest.Test(t, func(t *testing.T) {
			log := slog.New(slog.DiscardHandler)
			bus := &slowBus{live.NewMemory(), live.PresenceTopic("ws", "slow"), fail}
			hub, p := live.NewHub(bus, log), live.NewPresence(bus, log)
			var group sync.WaitGroup
			var guests []*guest
			for _, name := range []string{"ada", "ben"} {
				g := &guest{browser: connect(t, hub, true), who: live.Person{Conn: name, Name: name}}
				guests = append(guests, g)
				group.Go(func() {
					var err error
					if g.Place, err = p.Join(t.Context(), g.Conn, "ws", "slow", g.who, state(0)); !errors.Is(err, fail) {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			synctest.Wait() // both are on their way
			impatient, cancel := context.WithCancel(t.Context())
			cancel()
			hasty := connect(t, hub, true)
			if _, err := p.Join(impatient, hasty.Conn, "ws", "slow", live.Person{Conn: "x"}, state(0)); err == nil {
				t.Error("who has gone got a place")
			}
			began := time.Now()
			join(t, p, hub, "quick")
			if waited := time.Since(began); waited > 0 {
				t.Errorf("another room waited for %v", waited)
			}
			group.Wait()
			if fail == nil {
				guests[0].expect(t, "with another in the slow room", "ben:0")
				guests[1].expect(t, "with another in the slow room", "ada:0")
				for _, g := range guests {
					g.Leave(t.Context())
					g.Leave(t.Context())
				}
			}
			if bus.Heard(bus.slow) {
				t.Error("the topic of an empty room is listened to")
			}
		})
	}
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
