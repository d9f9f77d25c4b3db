package firefox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxMessage = 64 << 20
	maxEntries = 200  // of a log
	maxText    = 2000 // characters of an entry
)

// line is a connection that speaks WebDriver BiDi.
type line struct {
	socket *websocket.Conn
	done   chan struct{}

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan reply
	logs    map[string][]Entry // by tab that is looked at
}

type reply struct {
	ID      int64           `json:"id"`
	Type    string          `json:"type"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Result  json.RawMessage `json:"result"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// Entry is a line of a page's console.
type Entry struct {
	Type  string `json:"type"` // javascript, or console
	Level string `json:"level"`
	Text  string `json:"text"`
}

var errGone = errors.New("the browser has ended")

func dial(ctx context.Context, address string) (*line, error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	socket, response, err := websocket.DefaultDialer.DialContext(ctx, address+"/session", nil)
	if err != nil {
		return nil, err
	}
	if response.Body != nil {
		_ = response.Body.Close() //nolint:errcheck // there is none after a handshake
	}
	socket.SetReadLimit(maxMessage)
	l := &line{socket: socket, done: make(chan struct{}), waiting: map[int64]chan reply{}, logs: map[string][]Entry{}}
	go l.read()
	capabilities := map[string]any{"alwaysMatch": map[string]any{"acceptInsecureCerts": true, "unhandledPromptBehavior": map[string]string{"default": "dismiss"}}}
	if err := l.call(ctx, "session.new", map[string]any{"capabilities": capabilities}, nil); err != nil {
		l.close()
		return nil, err
	}
	if err := l.call(ctx, "session.subscribe", map[string]any{"events": []string{"log.entryAdded"}}, nil); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *line) close() {
	_ = l.socket.Close() //nolint:errcheck // nothing follows from it
	<-l.done
}

// read hands out what comes, until the connection ends.
func (l *line) read() {
	defer close(l.done)
	for {
		var r reply
		if err := l.socket.ReadJSON(&r); err != nil {
			return
		}
		if r.Type == "event" {
			l.event(r)
			continue
		}
		l.mu.Lock()
		waits := l.waiting[r.ID]
		delete(l.waiting, r.ID)
		l.mu.Unlock()
		if waits != nil {
			waits <- r
		}
	}
}

func (l *line) event(r reply) {
	var entry struct {
		Entry
		Source struct {
			Context string `json:"context"`
		} `json:"source"`
	}
	if r.Method != "log.entryAdded" || json.Unmarshal(r.Params, &entry) != nil {
		return
	}
	if len(entry.Text) > maxText {
		entry.Text = strings.ToValidUTF8(entry.Text[:maxText], "") + "…"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if list, ok := l.logs[entry.Source.Context]; ok && len(list) < maxEntries { // a frame's are not the page's
		l.logs[entry.Source.Context] = append(list, entry.Entry)
	}
}

// listen begins to keep the lines of a tab's console.
func (l *line) listen(tab string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.logs[tab] = nil
}

// call sends a command and waits for its answer.
func (l *line) call(ctx context.Context, method string, params, result any) error {
	l.mu.Lock()
	l.last++
	id, waits := l.last, make(chan reply, 1)
	l.waiting[id] = waits
	deadline := time.Now().Add(startTime)
	_ = l.socket.SetWriteDeadline(deadline) //nolint:errcheck // writing says it
	err := l.socket.WriteJSON(map[string]any{"id": id, "method": method, "params": params})
	l.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case r := <-waits:
		if r.Type == "error" {
			return fmt.Errorf("%s: %s (%s)", method, r.Message, r.Error)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(r.Result, result)
	case <-l.done:
		return errGone
	case <-ctx.Done():
		l.mu.Lock()
		delete(l.waiting, id)
		l.mu.Unlock()
		return ctx.Err()
	}
}

// log takes the lines of a tab's console, and keeps no more of them.
func (l *line) log(tab string) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.logs[tab]
	delete(l.logs, tab)
	return list
}
