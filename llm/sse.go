package llm

import (
	"bufio"
	"bytes"
	"io"
)

// maxEvent is the longest line of a stream.
const maxEvent = 4 << 20

// events reads the data of server-sent events.
type events struct{ lines *bufio.Scanner }

func newEvents(r io.Reader) *events {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 4096), maxEvent)
	return &events{s}
}

// next returns the data of the next event, until the next call; io.EOF at the end. Every line of data is an event by
// itself: no provider splits one, and not all send the empty line behind it.
func (e *events) next() ([]byte, error) {
	for e.lines.Scan() {
		if data, ok := bytes.CutPrefix(e.lines.Bytes(), []byte("data:")); ok {
			if data = bytes.TrimSpace(data); len(data) > 0 {
				return data, nil
			}
		}
	}
	if err := e.lines.Err(); err != nil {
		return nil, err
	}
	return nil, io.EOF
}
