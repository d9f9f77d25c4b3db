package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A message begins with the time at which it was sent, so that whoever receives it knows how long it took.
const (
	messageHead = `{"t":"x","at":`
	stampDigits = 19
)

func message(size int, at time.Time) []byte {
	b := append([]byte(messageHead), strconv.FormatInt(at.UnixNano(), 10)...)
	b = append(b, `,"pad":"`...)
	b = append(b, bytes.Repeat([]byte("x"), max(0, size-len(b)-2))...)
	return append(b, `"}`...)
}

// room is where clients are together, and what they have received there.
type room struct {
	name    string
	members []*client
	got     atomic.Int64
	took    *times // nil: not of interest
}

// client is a connection that only looks at what it has to.
type client struct {
	net.Conn
	room *room
	got  atomic.Int64
}

const (
	dialers  = 64 // connections opened at once
	readSize = 4 << 10
)

var errNoUpgrade = errors.New("the server did not open a WebSocket")

// join connects a client to a room, without reading yet.
func join(ctx context.Context, address string, r *room) (*client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(conn, "GET /ws?room=%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", r.name, address)
	// One byte at a time at the end, so that no frame is taken with the answer.
	var answer []byte
	for one := make([]byte, 1); err == nil && !bytes.HasSuffix(answer, []byte("\r\n\r\n")); {
		_, err = io.ReadFull(conn, one)
		answer = append(answer, one...)
	}
	if err == nil && !bytes.HasPrefix(answer, []byte("HTTP/1.1 101 ")) {
		err = errNoUpgrade
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &client{Conn: conn, room: r}, nil
}

// send sends a text; its mask is zero, which leaves it as it is.
func (c *client) send(text []byte) error {
	frame := []byte{0x81, 0x80 | 126, byte(len(text) >> 8), byte(len(text)), 0, 0, 0, 0}
	if len(text) < 126 {
		frame = []byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}
	}
	_, err := c.Write(append(frame, text...))
	return err
}

// read counts what comes until the connection ends.
func (c *client) read() {
	buffer, held := make([]byte, readSize), 0
	for {
		n, err := c.Read(buffer[held:])
		if err != nil {
			return
		}
		held += n
		rest := buffer[:held]
		for {
			head, size := frameSize(rest)
			if head == 0 || len(rest) < head+size {
				break
			}
			if rest[0]&0xf == 1 {
				c.took(rest[head : head+size])
			}
			rest = rest[head+size:]
		}
		held = copy(buffer, rest)
	}
}

func (c *client) took(text []byte) {
	c.got.Add(1)
	c.room.got.Add(1)
	if c.room.took == nil || len(text) < len(messageHead)+stampDigits {
		return
	}
	if at, err := strconv.ParseInt(string(text[len(messageHead):len(messageHead)+stampDigits]), 10, 64); err == nil {
		c.room.took.add(time.Duration(time.Now().UnixNano() - at))
	}
}

// frameSize returns the lengths of a frame's head and body; a head of 0 means that more has to come.
func frameSize(b []byte) (head, size int) {
	switch {
	case len(b) < 2:
		return 0, 0
	case b[1] < 126:
		return 2, int(b[1])
	case b[1] == 126 && len(b) >= 4:
		return 4, int(binary.BigEndian.Uint16(b[2:]))
	}
	return 0, 0
}

// crowd is the load: rooms full of clients.
type crowd struct {
	rooms []*room
	dead  []*client
	wait  sync.WaitGroup
}

// gather connects rooms of a size, all of whose members read.
func gather(ctx context.Context, address string, rooms, members int, took *times) (*crowd, error) {
	c := &crowd{}
	places := make(chan struct{}, dialers)
	var mu sync.Mutex
	var failed error
	var wait sync.WaitGroup
	for i := range rooms {
		r := &room{name: strconv.Itoa(i), took: took}
		c.rooms = append(c.rooms, r)
		for range members {
			places <- struct{}{}
			wait.Go(func() {
				defer func() { <-places }()
				m, err := join(ctx, address, r)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					failed = err
					return
				}
				r.members = append(r.members, m)
				c.wait.Go(m.read)
			})
		}
	}
	wait.Wait()
	if failed != nil {
		c.leave()
		return nil, failed
	}
	return c, nil
}

func (c *crowd) leave() {
	for _, r := range c.rooms {
		for _, m := range r.members {
			_ = m.Close()
		}
	}
	for _, m := range c.dead {
		_ = m.Close()
	}
	c.wait.Wait()
}

// deliveries counts what all have received.
func (c *crowd) deliveries() (n int64) {
	for _, r := range c.rooms {
		n += r.got.Load()
	}
	return n
}
