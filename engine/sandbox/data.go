package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// Indexed is a Scope that can show what another item of the same input sees. With it a code node that runs for each item
// finds the right $('Name').item; without it all items see that of the scope's own.
type Indexed interface {
	At(index int) expr.Scope
}

// encodedItems keeps the JSON of a long list of items: an expression over $input.all() is evaluated once for each item.
// The list itself is kept too, so that its address stays its own.
type encodedItems struct {
	items []map[string]any
	json  []byte
}

// input is what a program is run on: its data as JSON, and the tables of the time zones in it.
type input struct {
	json  []byte
	zones []zoneTable
}

// data gathers what a program may read. items is the input of a code node, nil for expressions.
func (j *JavaScript) data(p *program, s expr.Scope, items []map[string]any) (input, error) {
	w := &writer{}
	w.buf.WriteByte('{')
	code := p.key.kind != isExpression
	if code {
		w.field("code", true)
		w.raw("input", j.items(w, items))
	}
	current, index := s.Item()
	if !code {
		if index != 0 {
			w.field("index", index)
		}
		if p.uses("$json") || p.uses("$item") || p.uses("$input") {
			if current == nil {
				current = map[string]any{}
			}
			w.field("json", current)
		}
		if p.uses("$input") || p.uses("$items") {
			w.raw("input", j.items(w, s.Input()))
		}
	}
	if !code && (p.uses("$binary") || p.uses("$files") || p.uses("$item") || p.uses("$input")) {
		if files := s.Files(); len(files) > 0 {
			w.field("files", files)
		}
	}
	for _, name := range []string{"vars", "run", "workflow", "execution", "response", "request", "pageCount"} {
		if p.uses("$"+name) || name == "run" && (p.uses("$runIndex") || p.uses("$prevNode")) {
			if v := s.Root(name); v != nil {
				w.field(name, v)
			}
		}
	}
	if len(p.refs) > 0 && (p.uses("$") || p.uses("$node") || p.uses("$items")) {
		j.nodes(w, p, s, items)
	}
	now := s.Now()
	w.field("now", now.UnixMilli())
	var zones []zoneTable
	if p.times || len(p.zones) > 0 {
		zones = j.writeZones(w, p, now)
	}
	w.buf.WriteByte('}')
	if w.err != nil {
		return input{}, fmt.Errorf("the data cannot be given to the JavaScript: %w", w.err)
	}
	return input{json: w.buf.Bytes(), zones: zones}, nil
}

// nodes writes the items of the nodes that the program names, and the earlier items that the current ones came from.
func (j *JavaScript) nodes(w *writer, p *program, s expr.Scope, input []map[string]any) {
	w.key("nodes")
	w.object(func() {
		for _, name := range p.refs {
			w.key(name)
			w.object(func() {
				items, err := s.NodeItems(name)
				if err != nil {
					w.field("error", err.Error())
					return
				}
				w.raw("items", j.items(w, items))
				if !p.paired {
					return
				}
				each, ok := s.(Indexed)
				if p.key.kind != isEach || !ok {
					w.key("paired")
					w.paired(s, name)
					return
				}
				w.key("each")
				w.buf.WriteByte('[')
				for i := range input {
					if i > 0 {
						w.buf.WriteByte(',')
					}
					w.paired(each.At(i), name)
				}
				w.buf.WriteByte(']')
			})
		}
	})
}

// items gives the JSON of a list, from the cache when it is a long one.
func (j *JavaScript) items(w *writer, items []map[string]any) []byte {
	if len(items) == 0 {
		return []byte("[]")
	}
	const long = 16
	if len(items) >= long {
		j.mu.Lock()
		for _, e := range j.encoded {
			if len(e.items) == len(items) && &e.items[0] == &items[0] {
				j.mu.Unlock()
				return e.json
			}
		}
		j.mu.Unlock()
	}
	b, err := encode(items)
	if err != nil {
		w.err = err
		return []byte("[]")
	}
	if len(items) >= long && len(b) < 4<<20 {
		j.mu.Lock()
		j.encoded[j.next%len(j.encoded)] = encodedItems{items: items, json: b}
		j.next++
		j.mu.Unlock()
	}
	return b
}

// writer writes the fields of JSON objects.
type writer struct {
	buf bytes.Buffer
	err error
}

func (w *writer) key(name string) {
	if last := w.buf.Bytes()[w.buf.Len()-1]; last != '{' {
		w.buf.WriteByte(',')
	}
	b, _ := json.Marshal(name) // a string always marshals
	w.buf.Write(b)
	w.buf.WriteByte(':')
}

func (w *writer) raw(name string, value []byte) {
	w.key(name)
	w.buf.Write(value)
}

func (w *writer) field(name string, value any) {
	b, err := encode(value)
	if err != nil {
		w.err, b = err, []byte("null")
	}
	w.raw(name, b)
}

func (w *writer) object(fields func()) {
	w.buf.WriteByte('{')
	fields()
	w.buf.WriteByte('}')
}

func (w *writer) paired(s expr.Scope, name string) {
	w.object(func() {
		item, err := s.Paired(name)
		if err != nil {
			w.field("error", err.Error())
			return
		}
		if item == nil {
			item = map[string]any{}
		}
		w.field("json", item)
	})
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decode reads an answer; none at all is JavaScript's undefined.
func decode(s string) (any, error) {
	if s == "" {
		return nil, nil
	}
	if len(s) > 1 && s[0] == '"' && strings.IndexByte(s, '\\') < 0 {
		return s[1 : len(s)-1], nil
	}
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return nil, fmt.Errorf("the answer of the JavaScript cannot be read: %w", err)
	}
	return v, nil
}
