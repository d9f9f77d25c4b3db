package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// The journal is written for every step of every run, so its events are encoded by hand: about a tenth of the cost of
// encoding/json, which reads them back.

func appendEvent(b []byte, e *Event) []byte {
	b = append(b, `{"seq":`...)
	b = strconv.AppendInt(b, e.Seq, 10)
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, e.At, 10)
	b = append(b, `,"type":"`...)
	b = append(b, e.Type...)
	b = append(b, '"')
	b = appendText(b, "node", e.Node)
	b = appendInt(b, "iteration", int64(e.Iteration))
	b = appendInt(b, "attempt", int64(e.Attempt))
	b = appendInt(b, "item", int64(e.Item))
	b = appendInt(b, "took", e.Took)
	b = appendText(b, "reused", e.Reused)
	b = appendText(b, "error", e.Error)
	b = appendText(b, "param", e.Param)
	b = appendInt(b, "until", e.Until)
	b = appendText(b, "status", string(e.Status))
	if e.Outputs != nil {
		b = append(b, `,"counts":[`...)
		for i, items := range e.Outputs {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(len(items)), 10)
		}
		b = append(b, `],"outputs":[`...)
		for i, items := range e.Outputs {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendItems(b, items)
		}
		b = append(b, ']')
	}
	if len(e.Data) > 0 {
		b = append(b, `,"data":`...)
		b = append(b, e.Data...)
	}
	return append(b, '}', '\n')
}

func appendText(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, key...)
	b = append(b, '"', ':')
	return appendString(b, value)
}

func appendInt(b []byte, key string, value int64) []byte {
	if value == 0 {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, key...)
	b = append(b, '"', ':')
	return strconv.AppendInt(b, value, 10)
}

func appendItems(b []byte, items []Item) []byte {
	b = append(b, '[')
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		it := &items[i]
		b = append(b, `{"json":`...)
		b = appendObject(b, it.JSON)
		if len(it.Files) > 0 {
			b = append(b, `,"files":`...)
			b = appendAny(b, it.Files)
		}
		if len(it.From) > 0 {
			b = append(b, `,"from":[`...)
			for j, f := range it.From {
				if j > 0 {
					b = append(b, ',')
				}
				b = append(b, '{')
				if f.In != 0 {
					b = append(b, `"in":`...)
					b = strconv.AppendInt(b, int64(f.In), 10)
					b = append(b, ',')
				}
				b = append(b, `"item":`...)
				b = strconv.AppendInt(b, int64(f.Item), 10)
				b = append(b, '}')
			}
			b = append(b, ']')
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendObject(b []byte, m map[string]any) []byte {
	b = append(b, '{')
	first := true
	for k, v := range m {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendString(b, k)
		b = append(b, ':')
		b = appendValue(b, v)
	}
	return append(b, '}')
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		return appendFloat(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case map[string]any:
		return appendObject(b, v)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, e)
		}
		return append(b, ']')
	default:
		return appendAny(b, v)
	}
}

func appendAny(b []byte, v any) []byte {
	data, err := json.Marshal(v)
	if err != nil { // a kind put something into an item that is no JSON value: keep its text rather than lose the run
		return appendString(b, fmt.Sprint(v))
	}
	return append(b, data...)
}

// appendFloat writes a number as JavaScript does; what JSON has no number for becomes null.
func appendFloat(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendInt(b, int64(f), 10)
	}
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, f, format, -1, 64)
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, s[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(b, s[start:i]...)
			b = append(b, "\ufffd"...)
			i++
			start = i
			continue
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// DecodeEvents reads the events of a chunk.
func DecodeEvents(lines []byte) ([]Event, error) {
	var list []Event
	for line := range bytes.Lines(lines) {
		var e Event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("journal entry %d: %w", len(list)+1, err)
		}
		list = append(list, e)
	}
	return list, nil
}

// Light returns the chunk's events as watchers get them: with counts instead of items.
func (c Chunk) Light() ([]Event, error) {
	var list []Event
	for line := range bytes.Lines(c.Events) {
		e := struct {
			*Event
			Outputs skipped `json:"outputs"` // in the place of the event's: they may be many times larger than their text
		}{Event: new(Event)}
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("journal entry %d: %w", len(list)+1, err)
		}
		if e.Type == StepNoted { // the words of a conversation: whoever may read them asks for them
			e.Data = nil
		}
		list = append(list, *e.Event)
	}
	return list, nil
}

// skipped is a value that is read over.
type skipped struct{}

func (*skipped) UnmarshalJSON([]byte) error { return nil }
