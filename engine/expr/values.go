package expr

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// nativeMethods are the calls without arguments that are evaluated natively.
var nativeMethods = map[string]bool{
	"first": true, "last": true, "all": true,
	"toString": true, "trim": true, "toLowerCase": true, "toUpperCase": true,
}

// givesItems are the calls on a node or on $input.
var givesItems = map[string]bool{"first": true, "last": true, "all": true}

// get reads one property of a value that is not missing.
func get(s Scope, v any, st *step) (any, error) {
	switch v := v.(type) {
	case itemValue:
		switch {
		case st.call:
			return nil, errNotNative
		case st.name == "json":
			return present(v.json), nil
		case st.name == "binary" && v.current:
			return present(v.files), nil
		}
		return undefined{}, nil
	case nodeValue:
		return v.get(s, st)
	case nodesValue:
		if st.call {
			return nil, errNotNative
		}
		return nodeValue{name: st.name, legacy: true}, nil
	case map[string]any:
		if st.call {
			return nil, errNotNative
		}
		if x, ok := v[st.name]; ok {
			return x, nil
		}
		return undefined{}, nil
	case []any:
		switch {
		case st.call:
			return nil, errNotNative
		case st.isNumber && st.number < len(v):
			return v[st.number], nil
		case st.name == "length":
			return float64(len(v)), nil
		}
		if i, err := strconv.Atoi(st.name); err == nil && i >= 0 && i < len(v) && strconv.Itoa(i) == st.name {
			return v[i], nil
		}
		return undefined{}, nil
	case string:
		if st.call {
			return callString(v, st.name)
		}
		return stringProperty(v, st)
	case bool:
		if st.call {
			return nil, errNotNative
		}
		return undefined{}, nil
	}
	if f, ok := asNumber(v); ok {
		switch {
		case st.call && st.name == "toString":
			return number64(f), nil
		case st.call:
			return nil, errNotNative
		}
		return undefined{}, nil
	}
	return nil, errNotNative
}

func callString(v, method string) (any, error) {
	if !ascii(v) {
		return nil, errNotNative
	}
	switch method {
	case "toString":
		return v, nil
	case "trim":
		return strings.Trim(v, " \t\n\r\v\f"), nil
	case "toLowerCase":
		return strings.ToLower(v), nil
	case "toUpperCase":
		return strings.ToUpper(v), nil
	}
	return nil, errNotNative
}

func stringProperty(v string, st *step) (any, error) {
	switch {
	case st.name == "length":
		if ascii(v) {
			return float64(len(v)), nil
		}
		n := 0
		for _, r := range v {
			n += max(1, utf16.RuneLen(r))
		}
		return float64(n), nil
	case st.isNumber && ascii(v):
		if st.number < len(v) {
			return v[st.number : st.number+1], nil
		}
	case st.isNumber:
		at := 0
		for _, r := range v {
			n := max(1, utf16.RuneLen(r))
			if st.number < at+n {
				if n == 2 {
					return string(utf8.RuneError), nil // half of a pair, as it would come out of JSON
				}
				return string(r), nil
			}
			at += n
		}
	}
	return undefined{}, nil
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func missing(v any) bool {
	if v == nil {
		return true
	}
	_, none := v.(undefined)
	return none
}

// asNumber reads the Go types that stand for a JSON number.
func asNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case int32:
		return float64(v), true
	case float32:
		return float64(v), true
	case uint64:
		return float64(v), true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

func truthy(v any) bool {
	switch v := v.(type) {
	case nil, undefined:
		return false
	case bool:
		return v
	case string:
		return v != ""
	}
	if f, ok := asNumber(v); ok {
		return f != 0 && !math.IsNaN(f)
	}
	return true
}

// publish turns a value of an evaluation into JSON.
func publish(v any) any {
	switch v := v.(type) {
	case undefined:
		return nil
	case itemValue:
		m := map[string]any{"json": present(v.json)}
		if len(v.files) > 0 {
			m["binary"] = v.files
		}
		return m
	case nodeValue, nodesValue:
		return nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	}
	return v
}

// insert makes the text of a value between other text: nothing for what is missing, JSON for objects and lists.
func insert(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	if f, ok := asNumber(v); ok {
		return number64(f), nil
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("a value cannot be written as text: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// number64 writes a number as JavaScript does.
func number64(f float64) string {
	switch {
	case f == 0:
		return "0"
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if a := math.Abs(f); a >= 1e-6 && a < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	if at := strings.IndexByte(s, 'e'); s[at+2] == '0' { // e-07 is e-7 there
		s = s[:at+2] + s[at+3:]
	}
	return s
}
