package nodes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxValueDepth bounds how deep a value that comes from outside may be nested.
const maxValueDepth = 200

// exactInteger is the largest whole number that a float64 holds exactly.
const exactInteger = 1 << 53

// number reads a number of any type that items hold.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case float32:
		return float64(n), true
	case int32:
		return float64(n), true
	case uint64:
		return float64(n), true
	}
	return 0, false
}

// looseNumber also reads text that spells a number, and true and false as 1 and 0.
func looseNumber(v any) (float64, bool) {
	switch t := v.(type) {
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(t), 64)
		return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
	case bool:
		if t {
			return 1, true
		}
		return 0, true
	}
	return number(v)
}

// text writes a value as people read it: a string as it is, nothing as "", numbers short, the rest as JSON.
func text(v any) string {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		return t
	case bool:
		return strconv.FormatBool(t)
	case json.Number:
		return t.String()
	case float64:
		if t == math.Trunc(t) && math.Abs(t) < 1e21 {
			return strconv.FormatFloat(t, 'f', -1, 64)
		}
		return strconv.FormatFloat(t, 'g', -1, 64)
	case int, int64, int32, uint64:
		return fmt.Sprint(t)
	case time.Time:
		return t.Format(time.RFC3339Nano)
	}
	return canonical(v)
}

// canonical writes a value as JSON with sorted keys: equal values give equal text.
func canonical(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(plain(v)); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// truth reads a condition's result as JavaScript does, except that text saying "false", "no" or "0" is false: text
// around an expression turns its result into text.
func truth(v any) bool {
	switch t := v.(type) {
	case nil:
		return false
	case bool:
		return t
	case string:
		switch strings.ToLower(strings.TrimSpace(t)) {
		case "", "false", "no", "0", "null", "undefined":
			return false
		}
		return true
	}
	if n, ok := number(v); ok {
		return n != 0 && !math.IsNaN(n)
	}
	return true
}

// plain makes a value an item may hold: numbers become float64 unless that would lose digits of a whole number.
func plain(v any) any {
	switch t := v.(type) {
	case json.Number:
		return plainNumber(t)
	case int:
		return plainInt(int64(t))
	case int64:
		return plainInt(t)
	case int32:
		return float64(t)
	case float32:
		return float64(t)
	case []any:
		for i, e := range t {
			if changed(e) {
				out := make([]any, len(t))
				copy(out, t[:i])
				for j := i; j < len(t); j++ {
					out[j] = plain(t[j])
				}
				return out
			}
		}
		return t
	case map[string]any:
		for _, e := range t {
			if changed(e) {
				out := make(map[string]any, len(t))
				for k, e := range t {
					out[k] = plain(e)
				}
				return out
			}
		}
	}
	return v
}

// changed tells whether plain may give something else for v.
func changed(v any) bool {
	switch v.(type) {
	case json.Number, int, int64, int32, float32, []any, map[string]any:
		return true
	}
	return false
}

func plainNumber(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return plainInt(i)
	}
	f, err := n.Float64()
	if err != nil {
		return n
	}
	return f
}

func plainInt(i int64) any {
	if i > exactInteger || i < -exactInteger {
		return json.Number(strconv.FormatInt(i, 10))
	}
	return float64(i)
}

// parseJSON reads one JSON value from outside. Errors say where; deep nesting is refused.
func parseJSON(data []byte) (any, error) {
	if err := checkDepth(data); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
			return nil, fmt.Errorf("this is not JSON: %s, at character %d (line %d): %w", syntax, syntax.Offset, line, fs.ErrInvalid)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("this is not JSON: it ends too early: %w", fs.ErrInvalid)
		}
		return nil, fmt.Errorf("this is not JSON: %w: %w", err, fs.ErrInvalid)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("this is more than one JSON value: %w", fs.ErrInvalid)
	}
	return plain(v), nil
}

// checkDepth counts brackets outside of strings.
func checkDepth(data []byte) error {
	depth, quoted, escaped := 0, false, false
	for _, c := range data {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxValueDepth {
				return fmt.Errorf("this JSON is nested more than %d deep: %w", maxValueDepth, fs.ErrInvalid)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// object returns the JSON of an item made of v: an object as it is, anything else under the key "value".
func object(v any) map[string]any {
	if m, ok := v.(map[string]any); ok {
		return m
	}
	return map[string]any{"value": v}
}

// excerpt shortens a text for an error.
func excerpt(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
