package main

import (
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	plainQueue = 256
	plainWait  = 10 * time.Second
)

// plain is the hub that is written first: each connection has a channel and a goroutine that writes what comes out of
// it; a message is prepared once for all. Who does not take in 256 messages is closed.
type plain struct {
	*counts
	mu    sync.Mutex
	rooms map[string]map[*plainConn]struct{}
}

type plainConn struct {
	ws    *websocket.Conn
	queue chan *websocket.PreparedMessage
}

func newPlain(c *counts) hub {
	return &plain{counts: c, rooms: map[string]map[*plainConn]struct{}{}}
}

func (h *plain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	room := r.URL.Query().Get("room")
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	go h.serve(ws, room) // as ours does, so that what is compared is the hub
}

func (h *plain) serve(ws *websocket.Conn, room string) {
	defer func() { _ = ws.Close() }()
	c := &plainConn{ws, make(chan *websocket.PreparedMessage, plainQueue)}
	h.enter(room, c)
	defer h.leave(room, c)
	go c.write()
	ws.SetReadLimit(messageLimit)
	for {
		_, in, err := ws.NextReader()
		if err != nil {
			return
		}
		data, err := io.ReadAll(in)
		if err != nil || h.publish(room, data) != nil {
			return
		}
	}
}

func (c *plainConn) write() {
	for m := range c.queue {
		_ = c.ws.SetWriteDeadline(time.Now().Add(plainWait))
		if c.ws.WritePreparedMessage(m) != nil {
			_ = c.ws.Close()
		}
	}
}

func (h *plain) publish(room string, data []byte) error {
	m, err := websocket.NewPreparedMessage(websocket.TextMessage, data)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.rooms[room] {
		select {
		case c.queue <- m:
		default:
			_ = c.ws.Close()
		}
	}
	return nil
}

func (h *plain) enter(room string, c *plainConn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[room] == nil {
		h.rooms[room] = map[*plainConn]struct{}{}
	}
	h.rooms[room][c] = struct{}{}
	h.open.Add(1)
}

func (h *plain) leave(room string, c *plainConn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.rooms[room], c)
	close(c.queue)
	h.open.Add(-1)
}

func (h *plain) kick() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, room := range h.rooms {
		for c := range room {
			_ = c.ws.Close()
		}
	}
}
