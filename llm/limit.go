package llm

import (
	"cmp"
	"context"
	"strings"
	"sync/atomic"
	"time"
)

// Limits end calls that would not end by themselves. A zero field has the default beside it.
type Limits struct {
	// Time is for a whole call: 5 minutes.
	Time time.Duration `json:"time,omitempty"`
	// Start is for the first piece of a stream: 2 minutes; models may think before they speak.
	Start time.Duration `json:"start,omitempty"`
	// Idle is between two pieces of a stream: 1 minute. Pieces without content do not count.
	Idle time.Duration `json:"idle,omitempty"`
	// Bytes is for the text and calls of a reply: 4 MB.
	Bytes int `json:"bytes,omitempty"`
}

func (l Limits) orDefaults() Limits {
	return Limits{cmp.Or(l.Time, 5*time.Minute), cmp.Or(l.Start, 2*time.Minute), cmp.Or(l.Idle, time.Minute), cmp.Or(l.Bytes, 4<<20)}
}

// named is the endpoint of a name, for errors.
func named(name string) endpoint {
	provider, model, _ := strings.Cut(name, "/")
	return endpoint{provider: provider, model: model}
}

// Limit ends calls of m that last too long, fall silent or say too much, with an *Error that says which.
func Limit(m Model, l Limits) Model { return &limited{m, named(m.Name()), l.orDefaults()} }

type limited struct {
	Model
	endpoint
	l Limits
}

func (m *limited) Name() string { return m.Model.Name() }

// during returns a context that ends with the limit of the whole call.
func (p endpoint) during(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, most, p.fail(TimedOut, nil, "no whole answer within %v: try again, ask for less, or choose another model", most))
}

func (m *limited) tooMuch() error {
	return m.fail(BadReply, nil, "the answer is longer than %d KB and was ended: the model may repeat itself; ask for less, or limit its tokens", m.l.Bytes>>10)
}

func size(text string, calls ...ToolCall) int {
	n := len(text)
	for _, c := range calls {
		n += len(c.Name) + len(c.Arguments) + len(c.Unread)
	}
	return n
}

func (m *limited) Generate(ctx context.Context, r Request) (*Reply, error) {
	ctx, cancel := m.during(ctx, m.l.Time)
	defer cancel()
	reply, err := m.Model.Generate(ctx, r)
	if err != nil {
		return nil, err
	}
	if size(reply.Text, reply.Calls...) > m.l.Bytes {
		return nil, m.tooMuch()
	}
	return reply, nil
}

func (m *limited) Stream(ctx context.Context, r Request, each func(Delta) error) (*Reply, error) {
	ctx, cancel := m.during(ctx, m.l.Time)
	defer cancel()
	ctx, silent := context.WithCancelCause(ctx)
	defer silent(nil)
	var limit atomic.Int64
	limit.Store(int64(m.l.Start))
	timer := time.AfterFunc(m.l.Start, func() {
		silent(m.fail(TimedOut, nil, "silent for %v, and was ended: try again, or choose another model", time.Duration(limit.Load())))
	})
	defer timer.Stop()
	said := 0
	return m.Model.Stream(ctx, r, func(d Delta) error {
		timer.Stop() // what follows is the caller's own time
		said += len(d.Text)
		if d.Call != nil {
			said += size("", *d.Call)
		}
		if said > m.l.Bytes {
			return m.tooMuch()
		}
		if err := each(d); err != nil {
			return err
		}
		limit.Store(int64(m.l.Idle))
		timer.Reset(m.l.Idle)
		return nil
	})
}
