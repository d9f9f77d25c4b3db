package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"

	"github.com/atelier-studio/atelier/live"
	"github.com/gorilla/websocket"
)

// messageLimit bounds what a connection sends.
const messageLimit = 64 << 10

// upgrader is the studio's: small buffers, because frames go out through the connection's own queue.
var upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}}

// atelier is the studio's hub, connected as the studio connects it.
type atelier struct {
	*counts
	bus *live.Memory
	hub *live.Hub

	mu  sync.Mutex
	all map[*live.Conn]struct{}
}

func newAtelier(c *counts) hub {
	bus := live.NewMemory()
	return &atelier{counts: c, bus: bus, hub: live.NewHub(bus, slog.New(slog.DiscardHandler)), all: map[*live.Conn]struct{}{}}
}

func (h *atelier) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	room := r.URL.Query().Get("room")
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	go h.serve(ws, room) // what belongs to the request is free then
}

func (h *atelier) serve(ws *websocket.Conn, room string) {
	defer func() { _ = ws.Close() }()
	conn := live.NewConn(ws.NetConn())
	h.hub.Add(conn)
	h.enter(conn)
	defer h.leave(conn)
	defer h.hub.Remove(conn)
	defer conn.Drop()
	watch, err := h.hub.Watch(context.Background(), conn, room, 0, nil)
	if err != nil {
		return
	}
	defer watch.Close()
	ws.SetReadLimit(messageLimit)
	ws.SetPingHandler(func(data string) error { conn.Send(live.PongFrame(data)); return nil })
	ws.SetCloseHandler(func(code int, _ string) error { conn.Close(uint16(code), ""); return nil })
	for {
		_, in, err := ws.NextReader()
		if err != nil {
			return
		}
		data, err := io.ReadAll(in)
		if err != nil || h.bus.Publish(context.Background(), room, live.Message{Data: data}) != nil {
			return
		}
	}
}

func (h *atelier) enter(c *live.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all[c] = struct{}{}
	h.open.Add(1)
}

func (h *atelier) leave(c *live.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, c)
	h.open.Add(-1)
}

func (h *atelier) kick() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.all {
		c.Drop()
	}
}
