package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Parse reads a workflow file. It accepts keys that it does not know and keeps them. Errors wrap fs.ErrInvalid and say
// in words what is wrong and where; nothing in the file is executed.
func Parse(data []byte) (*Workflow, error) {
	if len(data) > MaxFileBytes {
		return nil, invalid("the file is larger than %d MiB, the most that a workflow may have", MaxFileBytes>>20)
	}
	if err := CheckJSON(data, MaxDepth); err != nil {
		return nil, err
	}
	w := new(Workflow)
	if err := decode(data, w); err != nil {
		return nil, explain(err)
	}
	if w.Format != "" && w.Format != Format {
		return nil, invalid("the file says format %q; this version reads %q", w.Format, Format)
	}
	w.fill()
	if err := w.checkLimits(); err != nil {
		return nil, err
	}
	return w, w.checkIDs()
}

// Encode writes the workflow as its file: indented JSON with keys in a fixed order, so that equal workflows give equal
// bytes. A workflow that Parse would not read again, because it is nested too deeply, is refused.
func (w *Workflow) Encode() ([]byte, error) {
	full := *w
	full.fill()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(&full)
	if _, deep := errors.AsType[*json.SyntaxError](err); deep || err == nil && deeper(b.Bytes(), MaxDepth) { // Parse would refuse it
		return nil, invalid("the workflow is nested deeper than %d levels", MaxDepth)
	}
	if err != nil {
		return nil, fmt.Errorf("encode workflow: %w", err)
	}
	return b.Bytes(), nil
}

// deeper tells whether JSON, which must be valid, is nested deeper than depth.
func deeper(data []byte, depth int) bool {
	level, text := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			if level++; level > depth {
				return true
			}
		case c == '}' || c == ']':
			level--
		}
	}
	return false
}

// Clone returns a deep copy.
func (w *Workflow) Clone() *Workflow {
	c := *w
	c.Nodes = make([]Node, len(w.Nodes))
	for i, n := range w.Nodes {
		c.Nodes[i] = n.clone()
	}
	c.Edges = slices.Clone(w.Edges)
	c.Notes = slices.Clone(w.Notes)
	c.Groups = make([]Group, len(w.Groups))
	for i, g := range w.Groups {
		g.Nodes = slices.Clone(g.Nodes)
		c.Groups[i] = g
	}
	c.Tests = slices.Clone(w.Tests)
	for i := range c.Tests {
		c.Tests[i] = c.Tests[i].clone()
	}
	c.Extra, _ = cloneValue(w.Extra).(map[string]any)
	c.Unknown = maps.Clone(w.Unknown)
	c.fill()
	return &c
}

func (n Node) clone() Node {
	n.Params, _ = cloneValue(n.Params).(map[string]any)
	n.Extra, _ = cloneValue(n.Extra).(map[string]any)
	n.Pinned = slices.Clone(n.Pinned)
	n.Ignore = slices.Clone(n.Ignore)
	n.Unknown = maps.Clone(n.Unknown)
	if n.Retry != nil {
		n.Retry = new(*n.Retry)
	}
	return n
}

// cloneValue copies the maps and lists of a JSON value.
func cloneValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return v
		}
		c := make(map[string]any, len(v))
		for k, e := range v {
			c[k] = cloneValue(e)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = cloneValue(e)
		}
		return c
	}
	return v
}

// fill replaces what a file may leave out, so that readers and the encoded form need no special cases.
func (w *Workflow) fill() {
	w.Format = Format
	if w.Nodes == nil {
		w.Nodes = []Node{}
	}
	if w.Edges == nil {
		w.Edges = []Edge{}
	}
	if w.Notes == nil {
		w.Notes = []Note{}
	}
	if w.Groups == nil {
		w.Groups = []Group{}
	}
	for i := range w.Nodes {
		if w.Nodes[i].Params == nil {
			w.Nodes[i].Params = map[string]any{}
		}
	}
	for i := range w.Edges {
		e := &w.Edges[i]
		if e.Out == "" {
			e.Out = "main"
		}
		if e.In == "" {
			e.In = "main"
		}
	}
	for i := range w.Groups {
		if w.Groups[i].Nodes == nil {
			w.Groups[i].Nodes = []string{}
		}
	}
}

func (w *Workflow) checkLimits() error {
	if n := len(w.Nodes); n > MaxNodes {
		return invalid("the workflow has %d nodes; at most %d are allowed: move a part into a workflow of its own and call it", n, MaxNodes)
	}
	if n := len(w.Edges); n > MaxEdges {
		return invalid("the workflow has %d edges; at most %d are allowed", n, MaxEdges)
	}
	return w.checkCases()
}

// checkIDs refuses ids that are used twice: edits name what they change by its id.
func (w *Workflow) checkIDs() error {
	names := make(map[string]string, len(w.Nodes))
	for _, n := range w.Nodes {
		if other, twice := names[n.ID]; twice {
			return invalid("the nodes %q and %q have the same id %q: give one of them another", other, n.Name, n.ID)
		}
		names[n.ID] = n.Name
	}
	for _, part := range []struct {
		noun string
		n    int
		id   func(i int) string
	}{
		{"notes", len(w.Notes), func(i int) string { return w.Notes[i].ID }},
		{"groups", len(w.Groups), func(i int) string { return w.Groups[i].ID }},
		{"tests", len(w.Tests), func(i int) string { return w.Tests[i].ID }},
	} {
		seen := make(map[string]bool, part.n)
		for i := range part.n {
			id := part.id(i)
			if seen[id] {
				return invalid("two %s have the id %q: give each an id of its own", part.noun, id)
			}
			seen[id] = true
		}
	}
	return nil
}

// CheckJSON tells in words whether data is one JSON value nested no deeper than depth. It does not recurse.
func CheckJSON(data []byte, depth int) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	level := 0
	for i := 0; ; i++ {
		// The scanner behind Token keeps no stack of its own, so hostile nesting costs nothing before it is refused.
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			if i == 0 {
				return invalid("the file is empty")
			}
			if level > 0 {
				return invalid("the file ends in the middle: %d brackets are not closed", level)
			}
			return nil
		}
		if err != nil {
			return explain(err)
		}
		if d, ok := t.(json.Delim); ok {
			switch d {
			case '{', '[':
				if level++; level > depth {
					return invalid("the file is nested deeper than %d levels (at byte %d)", depth, dec.InputOffset())
				}
			default:
				level--
			}
		}
		if level == 0 && dec.More() {
			return invalid("there is something after the end of the JSON (at byte %d)", dec.InputOffset())
		}
	}
}

func decode(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return dec.Decode(into)
}

// explain turns an error of encoding/json into words for people.
func explain(err error) error {
	if err == nil || errors.Is(err, fs.ErrInvalid) {
		return err
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return invalid("this is not JSON: %s (at byte %d)", e.Error(), e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalid("%q must be %s, not %s", e.Field, typeInWords(e.Type), e.Value)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return invalid("this is not JSON: it ends in the middle")
	}
	return invalid("this is not JSON: %v", err)
}

func typeInWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	default:
		return "a number"
	}
}

func invalid(format string, args ...any) error {
	return &wordsError{text: fmt.Sprintf(format, args...), kind: fs.ErrInvalid}
}

// wordsError is a text for people with one of the shared error values behind it.
type wordsError struct {
	text string
	kind error
}

func (e *wordsError) Error() string { return e.text }
func (e *wordsError) Unwrap() error { return e.kind }

// The types below decode and encode themselves to keep unknown keys. plain types have the fields without the methods.

type (
	plainWorkflow Workflow
	plainNode     Node
	plainEdge     Edge
	plainNote     Note
	plainGroup    Group
	plainSettings Settings
)

func (w *Workflow) UnmarshalJSON(b []byte) error {
	err := keep(b, (*plainWorkflow)(w), &w.Unknown)
	delete(w.Unknown, commentsKey) // what was said about a drawing is not part of it: ParseComments reads it
	return err
}
func (n *Node) UnmarshalJSON(b []byte) error     { return keep(b, (*plainNode)(n), &n.Unknown) }
func (e *Edge) UnmarshalJSON(b []byte) error     { return keep(b, (*plainEdge)(e), &e.Unknown) }
func (n *Note) UnmarshalJSON(b []byte) error     { return keep(b, (*plainNote)(n), &n.Unknown) }
func (g *Group) UnmarshalJSON(b []byte) error    { return keep(b, (*plainGroup)(g), &g.Unknown) }
func (s *Settings) UnmarshalJSON(b []byte) error { return keep(b, (*plainSettings)(s), &s.Unknown) }

func (w Workflow) MarshalJSON() ([]byte, error) { return join(plainWorkflow(w), w.Unknown) }
func (n Node) MarshalJSON() ([]byte, error)     { return join(plainNode(n), n.Unknown) }
func (e Edge) MarshalJSON() ([]byte, error)     { return join(plainEdge(e), e.Unknown) }
func (n Note) MarshalJSON() ([]byte, error)     { return join(plainNote(n), n.Unknown) }
func (g Group) MarshalJSON() ([]byte, error)    { return join(plainGroup(g), g.Unknown) }
func (s Settings) MarshalJSON() ([]byte, error) { return join(plainSettings(s), s.Unknown) }

// keep decodes into the fields of plain and puts the other keys of the object into unknown.
func keep(data []byte, plain any, unknown *map[string]json.RawMessage) error {
	if err := decode(data, plain); err != nil {
		return err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	known := fieldNames(reflect.TypeOf(plain).Elem())
	maps.DeleteFunc(all, func(k string, _ json.RawMessage) bool {
		// encoding/json matches names without regard to case.
		return slices.ContainsFunc(known, func(n string) bool { return strings.EqualFold(n, k) })
	})
	*unknown = nil
	if len(all) > 0 {
		*unknown = all
	}
	return nil
}

// join encodes plain and appends the unknown keys in order of their names.
func join(plain any, unknown map[string]json.RawMessage) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(plain); err != nil {
		return nil, err
	}
	b.Truncate(b.Len() - 1) // the line feed
	for _, k := range slices.Sorted(maps.Keys(unknown)) {
		b.Truncate(b.Len() - 1) // the closing brace
		if b.Bytes()[b.Len()-1] != '{' {
			b.WriteByte(',')
		}
		name, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(unknown[k])
		b.WriteByte('}')
	}
	return b.Bytes(), nil
}

var names sync.Map // reflect.Type -> []string

func fieldNames(t reflect.Type) []string {
	if n, ok := names.Load(t); ok {
		return n.([]string)
	}
	var list []string
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			list = append(list, name)
		}
	}
	names.Store(t, list)
	return list
}
