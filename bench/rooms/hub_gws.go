package main

import (
	"net/http"
	"sync"

	"github.com/lxzan/gws"
)

// gwsHub is lxzan/gws as its documentation has it: its broadcaster, which frames a message once and writes
// asynchronously.
type gwsHub struct {
	gws.BuiltinEventHandler
	*counts
	upgrader *gws.Upgrader
	mu       sync.Mutex
	rooms    map[string]map[*gws.Conn]struct{}
}

func newGWS(c *counts) hub {
	h := &gwsHub{counts: c, rooms: map[string]map[*gws.Conn]struct{}{}}
	h.upgrader = gws.NewUpgrader(h, &gws.ServerOption{
		ReadMaxPayloadSize: messageLimit,
		Authorize: func(r *http.Request, session gws.SessionStorage) bool {
			session.Store("room", r.URL.Query().Get("room"))
			return true
		},
	})
	return h
}

func (h *gwsHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := h.upgrader.Upgrade(w, r)
	if err == nil {
		go conn.ReadLoop()
	}
}

func roomOf(c *gws.Conn) string {
	room, _ := c.Session().Load("room")
	name, _ := room.(string)
	return name
}

func (h *gwsHub) OnOpen(c *gws.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	room := roomOf(c)
	if h.rooms[room] == nil {
		h.rooms[room] = map[*gws.Conn]struct{}{}
	}
	h.rooms[room][c] = struct{}{}
	h.open.Add(1)
}

func (h *gwsHub) OnClose(c *gws.Conn, _ error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.rooms[roomOf(c)], c)
	h.open.Add(-1)
}

func (h *gwsHub) OnMessage(c *gws.Conn, message *gws.Message) {
	defer func() { _ = message.Close() }()
	b := gws.NewBroadcaster(gws.OpcodeText, message.Bytes())
	defer func() { _ = b.Close() }()
	h.mu.Lock()
	defer h.mu.Unlock()
	for member := range h.rooms[roomOf(c)] {
		_ = b.Broadcast(member) // a connection that has ended is taken out by OnClose
	}
}

func (h *gwsHub) kick() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, room := range h.rooms {
		for c := range room {
			_ = c.NetConn().Close()
		}
	}
}
