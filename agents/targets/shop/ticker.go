package shop

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gorilla/websocket"
)

// ticker tells pages how many people look around.
func (s *Shop) ticker() {
	upgrader := websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
		u, err := url.Parse(r.Header.Get("Origin"))
		return err == nil && u.Host == r.Host || s.has("socket-for-all")
	}}
	s.mux.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close() //nolint:errcheck // nothing follows from it
		conn.SetReadLimit(1024)
		for {
			s.mu.Lock()
			n := len(s.sessions)
			s.mu.Unlock()
			if err := conn.SetWriteDeadline(now().Add(5 * time.Second)); err != nil {
				return
			}
			if err := conn.WriteJSON(map[string]int{"visitors": min(n, 99)}); err != nil {
				return
			}
			if err := conn.SetReadDeadline(now().Add(time.Minute)); err != nil {
				return
			}
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
		}
	})
}
