package stopwatch

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Echo is a listener of this machine that sends back what it is sent. It takes connections from this machine only.
type Echo struct {
	listener net.Listener
	wait     sync.WaitGroup
}

// NewEcho starts one on a free port of loopback.
func NewEcho(ctx context.Context) (*Echo, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e := &Echo{listener: listener}
	e.wait.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			e.wait.Go(func() { answer(connection) })
		}
	})
	return e, nil
}

// Close ends it.
func (e *Echo) Close() {
	_ = e.listener.Close() //nolint:errcheck // nothing follows from it
	e.wait.Wait()
}

// answer sends one line back.
func answer(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	_ = connection.SetDeadline(time.Now().Add(10 * time.Second)) //nolint:errcheck // without a deadline it ends with the line
	if line, err := bufio.NewReader(io.LimitReader(connection, 1024)).ReadString('\n'); err == nil {
		_, _ = io.WriteString(connection, line) //nolint:errcheck // who asked hears of it
	}
}

// Time is how long a connection, a line and the line back take on this machine now.
func (e *Echo) Time(ctx context.Context) (time.Duration, error) {
	begin := time.Now()
	connection, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", e.listener.Addr().String())
	if err != nil {
		return 0, err
	}
	defer func() { _ = connection.Close() }()
	defer context.AfterFunc(ctx, func() { _ = connection.Close() })()
	if _, err := fmt.Fprintln(connection, "how late is it"); err != nil {
		return 0, err
	}
	if _, err := bufio.NewReader(connection).ReadString('\n'); err != nil {
		return 0, err
	}
	return time.Since(begin), nil
}
