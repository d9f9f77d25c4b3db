package load

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/stopwatch"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// How slowly is read, and how much is asked for, so that the server has to wait with its answer.
const (
	readEvery  = 200 * time.Millisecond
	readBytes  = 64
	smallest   = 4096    // bytes that the connection takes in at once
	muchToSend = 4 << 20 // bytes that no server hands to its system at once
	mostPiped  = 40      // requests over one connection
	begins     = time.Second
	muchSlower = 300 * time.Millisecond
)

func (f Figures) slowClient() *agents.Probe {
	return &agents.Probe{
		ID: "slow-client", Title: "Clients that read slowly slow down everybody",
		Decides:  "While twenty clients ask for the largest file and read some bytes of it now and then, answers for others take more than twice as long, and 300 ms more, in the median of five, or do not come at all.",
		Keeps:    "The times before and with the slow clients.",
		Advice:   "Let no lock and no worker wait for a client: write answers from a buffer, bound the time for writing, or put a proxy before the application that takes answers in.",
		Severity: agents.Medium, References: []string{"CWE-400"}, Needs: needs, Skills: []string{"saturation"},
		Check: agents.WholeIf(readable, f.bearsSlowness),
	}
}

// largest is the address of the target that sends most, and how much.
func largest(s *surface.Surface) (address string, size int) {
	address = readings(s)[0]
	for _, p := range s.Pages {
		if p.As == "" && p.Answer != nil && p.Answer.OK() && len(p.Answer.Body) > size {
			address, size = p.URL, len(p.Answer.Body)
		}
	}
	for _, a := range s.Assets {
		if a.Inside && a.Answer != nil && a.Answer.OK() && len(a.Answer.Body) > size {
			address, size = a.URL, len(a.Answer.Body)
		}
	}
	return address, size
}

func (f Figures) bearsSlowness(ctx context.Context, lab *agents.Lab) agents.Outcome {
	address := readings(lab.Surface)[0]
	large, size := largest(lab.Surface)
	piped := min(mostPiped, muchToSend/max(1, size)+1)
	permit := lab.Client.Budget().Permit(lab.Client.Budget().Fastest(), f.Slow+20)
	if permit.Requests() < f.Slow+20 {
		return agents.Skip("the campaign has not enough requests left for %d slow clients", f.Slow)
	}
	before, fault := fresh(ctx, lab, address, permit)
	if fault != nil {
		return agents.BlockOn(fault)
	}
	slow, stop := context.WithCancel(ctx)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer stop()
	for range f.Slow {
		connection, fault := lab.Client.Connect(ctx, "tcp", permit)
		if fault != nil {
			return agents.BlockOn(fault)
		}
		wait.Go(func() { dawdle(slow, connection, large, piped) })
	}
	timer := time.NewTimer(begins) // until the server's buffers are full
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return agents.BlockOn(ctx.Err())
	}
	with, fault := fresh(ctx, lab, address, permit)
	if fault != nil && (fault.Kind == wire.Stopped || fault.Kind == wire.Spent) {
		return agents.BlockOn(fault)
	}
	rows := [][]string{{"", "median", "echo of this machine", "ratio"}, {"before", stopwatch.Round(before.Median()), stopwatch.Round(before.Echo()), "1"}}
	where := agents.Place{URL: large}
	if fault != nil {
		return agents.Fail(agents.Finding{
			Cause: "slow clients", Where: where, Text: fmt.Sprintf("While %d clients read %s slowly, others got no answer: %s.", f.Slow, large, fault.Text),
			Evidence: []agents.Evidence{agents.Table("Times", agents.ByTiming, append(rows, []string{"with slow clients", fault.Text, "", ""})...)},
		})
	}
	took, was := with.Median()-with.Echo(), before.Median()
	if took <= 2*was || took <= was+muchSlower {
		return agents.Pass()
	}
	if with.Echo() > muchSlower/2 {
		return agents.BlockOn(stopwatch.ErrBusy)
	}
	rows = append(rows, []string{"with slow clients", stopwatch.Round(with.Median()), stopwatch.Round(with.Echo()), fmt.Sprintf("%.1f", float64(took)/float64(was))})
	return agents.Fail(agents.Finding{
		Cause: "slow clients", Where: where,
		Text:     fmt.Sprintf("While %d clients read %s slowly, answers for others take %s; before, they took %s.", f.Slow, large, stopwatch.Round(took), stopwatch.Round(was)),
		Evidence: []agents.Evidence{agents.Table("Times", agents.ByTiming, rows...)},
	})
}

// dawdle asks for an address and reads a few bytes of the answer now and then, until ctx is done.
func dawdle(ctx context.Context, connection net.Conn, address string, piped int) {
	defer func() { _ = connection.Close() }()
	defer context.AfterFunc(ctx, func() { _ = connection.Close() })() //nolint:errcheck // it ends what waits on the connection
	if small, ok := connection.(interface{ SetReadBuffer(int) error }); ok {
		_ = small.SetReadBuffer(smallest) //nolint:errcheck // a larger one makes the client less slow
	}
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: atelier\r\nAccept-Encoding: identity\r\n\r\n", u.RequestURI(), u.Host)
	if _, err := connection.Write([]byte(strings.Repeat(request, piped))); err != nil {
		return
	}
	ticker := time.NewTicker(readEvery)
	defer ticker.Stop()
	for buffer := make([]byte, readBytes); ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		if _, err := connection.Read(buffer); err != nil {
			return
		}
	}
}
