package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/locales"
	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

const (
	frameLimit    = 64 << 10 // bytes of a frame that a browser sends
	framesPerSec  = 50
	frameBurst    = 100
	rateStrikes   = 3 // violations after which a connection is closed
	maxWatches    = 128
	maxSockets    = 20 // of one person
	pingEvery     = 25 * time.Second
	silenceLimit  = 60 * time.Second
	sessionChecks = 30 * time.Second
)

// upgrader has small buffers: frames go out through the connection's own queue, and what comes in is short. Without
// compression the limit of a frame is that of its text.
var upgrader = websocket.Upgrader{
	ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: 5 * time.Second,
	CheckOrigin: func(*http.Request) bool { return true }, // handleSocket has checked it, knowing the public address
}

// handleSocket opens the one socket of a page, over which it watches runs and workflows.
func handleSocket(s *Server, c *Ctx) error {
	if !websocket.IsWebSocketUpgrade(c.Request()) {
		return failure{Status: http.StatusUpgradeRequired, Text: "This address is for WebSocket connections."}
	}
	if !s.sameOrigin(c.Request()) {
		return failure{Status: http.StatusForbidden, Text: "A socket can be opened by the studio's own pages only."}
	}
	if c.Scope().Workspace() == "" {
		return failure{Status: http.StatusForbidden, Text: "You are in no workspace."}
	}
	leave, ok := s.sockets.enter(c.Principal.User.ID, maxSockets)
	if !ok {
		c.Response().Header().Set("Retry-After", "10")
		return failure{Status: http.StatusTooManyRequests, Text: "You have too many pages open that watch the studio. Close some."}
	}
	// A session whose token was just changed gets the new one with this answer.
	header := http.Header{}
	for _, cookie := range c.Response().Header().Values("Set-Cookie") {
		header.Add("Set-Cookie", cookie)
	}
	ws, err := upgrader.Upgrade(c.Response(), c.Request(), header)
	if err != nil {
		leave()
		return nil //nolint:nilerr // the upgrader has answered
	}
	// In a goroutine of its own, because that of the request keeps all that belongs to it for as long as it lives.
	go s.keepSocket(context.WithoutCancel(c.Request().Context()), ws, c.Principal, leave)
	return nil
}

// keepSocket serves a socket until it ends.
func (s *Server) keepSocket(ctx context.Context, ws *websocket.Conn, p auth.Principal, leave func()) {
	defer leave()
	defer ws.Close() //nolint:errcheck // nothing is left to be lost
	defer func() {
		if fault := recover(); fault != nil {
			s.Log.ErrorContext(ctx, "a socket failed", "panic", fault, "stack", string(debug.Stack()))
		}
	}()
	s.serveSocket(ctx, ws, p)
}

// sameOrigin tells whether a request comes from a page of this studio. Browsers always say where a socket is opened;
// without an answer it is a no.
func (s *Server) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if s.PublicURL != "" && strings.EqualFold(origin, strings.TrimSuffix(s.PublicURL, "/")) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, r.Host)
}

// socket is one connection and what it watches.
type socket struct {
	server    *Server
	ws        *websocket.Conn
	conn      *live.Conn
	principal auth.Principal
	limiter   *rate.Limiter
	language  locales.Language
	strikes   int
	watches   map[string]*live.Watch // by topic; used by the reading goroutine only
	checking  chan struct{}          // holds one token: one check at a time

	attendance *attendance
}

// serveSocket reads frames until the connection ends.
func (s *Server) serveSocket(ctx context.Context, ws *websocket.Conn, p auth.Principal) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k := &socket{
		server: s, ws: ws, conn: live.NewConn(ws.NetConn()), principal: p, language: locales.Of(ctx), watches: map[string]*live.Watch{},
		limiter: rate.NewLimiter(framesPerSec, frameBurst), checking: make(chan struct{}, 1),
		attendance: newAttendance(p),
	}
	k.conn.Retell(retellFrame(k.language))
	s.Live.Add(k.conn)
	defer s.Live.Remove(k.conn)
	defer k.conn.Drop()
	defer k.unwatchAll()
	defer k.attendance.leaveAll(context.WithoutCancel(ctx))
	leave, err := s.Live.Bus().Subscribe(live.UserTopic(p.User.ID), func(live.Message) {
		k.attendance.doubt()
		go k.check(ctx)
	})
	if err != nil {
		k.conn.Close(live.CloseRestart, "The studio is restarting.")
		return
	}
	defer leave()
	defer k.every(ctx, pingEvery, func() { k.conn.Send(live.PingFrame()) })()
	defer k.every(ctx, sessionChecks, func() { k.check(ctx) })()
	k.read(ctx)
}

// every calls f again and again, spread by a fifth so that a thousand pages that came back at once drift apart.
func (k *socket) every(ctx context.Context, d time.Duration, f func()) (stop func()) {
	spread := func() time.Duration { return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) }
	var timer *time.Timer
	var mu sync.Mutex
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(spread(), func() {
		if ctx.Err() != nil {
			return
		}
		f()
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() == nil {
			timer.Reset(spread())
		}
	})
	return func() { timer.Stop() }
}

// read takes frames in. What the protocol answers by itself goes through the queue too, so that frames never mix.
func (k *socket) read(ctx context.Context) {
	k.ws.SetReadLimit(frameLimit)
	alive := func() error { return k.ws.SetReadDeadline(time.Now().Add(silenceLimit)) }
	k.ws.SetPongHandler(func(string) error { return alive() })
	k.ws.SetPingHandler(func(data string) error {
		k.conn.Send(live.PongFrame(data))
		return alive()
	})
	k.ws.SetCloseHandler(func(code int, _ string) error {
		k.conn.Close(uint16(code), "")
		return nil
	})
	for alive() == nil {
		kind, r, err := k.ws.NextReader()
		if err != nil {
			return
		}
		data, err := io.ReadAll(io.LimitReader(r, frameLimit+1))
		if err != nil || len(data) > frameLimit {
			return
		}
		if !k.limiter.Allow() {
			if k.strikes++; k.strikes >= rateStrikes {
				k.conn.Close(live.CloseTooFast, "This page sends too much.")
				k.drain()
				return
			}
			continue
		}
		if kind != websocket.TextMessage {
			k.fail(errors.New("frames are texts"))
			continue
		}
		k.handle(ctx, data)
	}
}

// drain reads on until the other side has seen the close frame and closed, or the wire was closed.
func (k *socket) drain() {
	for {
		if _, _, err := k.ws.NextReader(); err != nil {
			return
		}
	}
}

// check looks whether the person may still be here, and ends the connection when not. One that cannot tell is a no.
func (k *socket) check(ctx context.Context) {
	select {
	case k.checking <- struct{}{}:
		defer func() { <-k.checking }()
	case <-ctx.Done():
		return
	}
	_, err := k.look(ctx)
	switch {
	case err == nil || ctx.Err() != nil:
	case errors.Is(err, auth.ErrSignedOut):
		k.conn.Close(live.CloseSignedOut, "You are signed out.")
	case errors.Is(err, errNoMember):
		k.conn.Close(live.CloseForbidden, "You are no longer a member of this workspace.")
	default:
		k.server.Log.ErrorContext(ctx, "a session could not be checked; its socket is closed", slog.Any("error", err))
		k.conn.Close(live.CloseFault, "Your session could not be checked. Reconnect to try again.")
	}
}
