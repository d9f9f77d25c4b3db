package load

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/stopwatch"
	"github.com/atelier-studio/atelier/agents/wire"
)

// slower is how much longer than before an answer may take while others hold connections.
const slower = 500 * time.Millisecond

func (f Figures) connectionLimits() *agents.Probe {
	return &agents.Probe{
		ID: "connection-limits", Title: "Idle connections keep others out",
		Decides:  "A hundred connections are opened, used once and left idle: one of them is refused, or a fresh request is not answered any more, or takes twice as long as before and half a second more, in the median of five.",
		Keeps:    "The times before and with the connections.",
		Advice:   "Serve idle connections without holding a worker for each, close them after some seconds, and allow more of them than a few.",
		Severity: agents.Low, References: []string{"CWE-400"}, Needs: needs, Skills: []string{"saturation"},
		Check: agents.WholeIf(readable, f.letsIn),
	}
}

func (f Figures) letsIn(ctx context.Context, lab *agents.Lab) agents.Outcome {
	address := readings(lab.Surface)[0]
	permit := lab.Client.Budget().Permit(lab.Client.Budget().Fastest(), f.Idle+20)
	if permit.Requests() < f.Idle+20 {
		return agents.Skip("the campaign has not enough requests left to open %d connections", f.Idle)
	}
	before, fault := fresh(ctx, lab, address, permit)
	if fault != nil {
		return agents.BlockOn(fault)
	}
	var open []net.Conn
	defer func() {
		for _, c := range open {
			_ = c.Close() //nolint:errcheck // nothing is lost on it
		}
	}()
	rows := [][]string{{"", "median", "echo of this machine"}, {"before", stopwatch.Round(before.Median()), stopwatch.Round(before.Echo())}}
	for i := range f.Idle {
		connection, err := idle(ctx, lab, address, permit)
		if ctx.Err() != nil {
			return agents.BlockOn(ctx.Err())
		}
		if err != nil {
			return agents.Fail(agents.Finding{
				Cause: "idle connections", Where: agents.Place{URL: address},
				Text:     fmt.Sprintf("With %d idle connections, one more is not served: %v.", i, err),
				Evidence: []agents.Evidence{agents.Table("Times", agents.ByTiming, append(rows, []string{fmt.Sprintf("connection %d", i+1), err.Error(), ""})...)},
			})
		}
		open = append(open, connection)
	}
	with, fault := fresh(ctx, lab, address, permit)
	if fault != nil {
		if fault.Kind == wire.Stopped || fault.Kind == wire.Spent {
			return agents.BlockOn(fault)
		}
		return agents.Fail(agents.Finding{
			Cause: "idle connections", Where: agents.Place{URL: address}, Text: fmt.Sprintf("With %d idle connections, a fresh request got no answer: %s.", f.Idle, fault.Text),
			Evidence: []agents.Evidence{agents.Table("Times", agents.ByTiming, append(rows, []string{"with idle connections", fault.Text, ""})...)},
		})
	}
	worse := with.Median() - with.Echo()
	if worse <= 2*before.Median() || worse <= before.Median()+slower {
		return agents.Pass()
	}
	if with.Echo() > slower/2 {
		return agents.BlockOn(stopwatch.ErrBusy)
	}
	rows = append(rows, []string{fmt.Sprintf("with %d idle connections", f.Idle), stopwatch.Round(with.Median()), stopwatch.Round(with.Echo())})
	return agents.Fail(agents.Finding{
		Cause: "idle connections", Where: agents.Place{URL: address},
		Text:     fmt.Sprintf("With %d idle connections, an answer takes %s; before, it took %s.", f.Idle, stopwatch.Round(worse), stopwatch.Round(before.Median())),
		Evidence: []agents.Evidence{agents.Table("Times", agents.ByTiming, rows...)},
	})
}

// fresh measures five requests over connections of their own, each beside an echo.
func fresh(ctx context.Context, lab *agents.Lab, address string, permit *wire.Permit) (*stopwatch.Times, *wire.Fault) {
	var fault *wire.Fault
	echo, err := stopwatch.NewEcho(ctx)
	if err != nil {
		return nil, &wire.Fault{Kind: wire.Stopped, Text: err.Error()}
	}
	defer echo.Close()
	times, err := stopwatch.Measure(ctx, 5, time.Hour, echo.Time, func(ctx context.Context) (time.Duration, error) {
		x := lab.Client.Send(ctx, wire.Request{URL: address, Fresh: true, Permit: permit, Timeout: 5 * time.Second})
		if x.Fault != nil {
			fault = x.Fault
			return 0, x.Fault
		}
		return x.Took, nil
	})
	if err != nil && fault == nil {
		fault = &wire.Fault{Kind: wire.Stopped, Text: err.Error()}
	}
	return times, fault
}

// idle opens a connection, asks once over it, and leaves it open.
func idle(ctx context.Context, lab *agents.Lab, address string, permit *wire.Permit) (net.Conn, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	timed, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	connection, fault := lab.Client.Connect(timed, "tcp", permit)
	if fault != nil {
		return nil, fault
	}
	defer context.AfterFunc(timed, func() { _ = connection.SetDeadline(time.Now()) })() //nolint:errcheck // it ends what waits on the connection
	if _, err := fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: atelier\r\nConnection: keep-alive\r\n\r\n", u.RequestURI(), u.Host); err != nil {
		_ = connection.Close() //nolint:errcheck // it broke already
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		_ = connection.Close() //nolint:errcheck // as above
		return nil, err
	}
	_ = answer.Body.Close() //nolint:errcheck // what is left of it is read by nobody
	return connection, nil
}
