package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Bounds of schemas and of their work.
const (
	maxSchemaDepth = 64
	maxSchemaSteps = 200_000 // what fitting a value may take: schemas that refer to themselves can ask for any amount
)

var errNoJSON = errors.New("no JSON")

// keywords are the words of JSON Schema that are understood. Those with false say nothing about what fits.
var keywords = map[string]bool{
	"type": true, "enum": true, "const": true, "properties": true, "required": true, "additionalProperties": true,
	"items": true, "prefixItems": true, "minItems": true, "maxItems": true, "uniqueItems": true,
	"minLength": true, "maxLength": true, "pattern": true, "minimum": true, "maximum": true, "exclusiveMinimum": true,
	"exclusiveMaximum": true, "multipleOf": true, "minProperties": true, "maxProperties": true,
	"anyOf": true, "oneOf": true, "allOf": true, "not": true, "$ref": true, "$defs": true, "definitions": true,
	"title": false, "description": false, "default": false, "examples": false, "format": false, "$schema": false,
	"$id": false, "$comment": false, "deprecated": false, "readOnly": false, "writeOnly": false, "nullable": false,
}

// CheckSchema says why a schema cannot be held an answer against: it must be JSON Schema of the words that models are
// given, with references within itself (#/$defs/…) only. It wraps fs.ErrInvalid.
func CheckSchema(schema json.RawMessage) error {
	if len(schema) > maxSchema {
		return fmt.Errorf("the schema has %d KB, %d are the most: %w", len(schema)>>10, maxSchema>>10, fs.ErrInvalid)
	}
	v, err := decode(schema)
	root, ok := v.(map[string]any)
	if err != nil || !ok {
		return fmt.Errorf("the schema is no JSON object: %w", fs.ErrInvalid)
	}
	if err := checkSchema(root, root, "", 0); err != nil {
		return fmt.Errorf("the schema cannot be used: %w: %w", err, fs.ErrInvalid)
	}
	return nil
}

func checkSchema(root map[string]any, v any, at string, depth int) error {
	s, ok := v.(map[string]any)
	if _, plain := v.(bool); plain {
		return nil
	}
	if !ok || depth > maxSchemaDepth {
		return fmt.Errorf("%q is no schema, or nested too deeply", at)
	}
	for _, word := range slices.Sorted(maps.Keys(s)) {
		if _, known := keywords[word]; !known {
			return fmt.Errorf("%q uses the word %.60q, which is not understood", at, word)
		}
		at, under := at+"/"+word, []any{s[word]}
		switch word {
		case "properties", "$defs", "definitions":
			m, ok := s[word].(map[string]any)
			if !ok {
				return fmt.Errorf("%q is no object", at)
			}
			under = slices.Collect(maps.Values(m))
		case "anyOf", "oneOf", "allOf", "prefixItems":
			if under, ok = s[word].([]any); !ok {
				return fmt.Errorf("%q is no list", at)
			}
		case "items", "not", "additionalProperties":
		case "$ref":
			name, _ := s[word].(string)
			if _, ok := refer(root, name); !ok {
				return fmt.Errorf("%q names %.80q, which is not in the schema", at, name)
			}
			continue
		case "pattern":
			text, _ := s[word].(string)
			if _, err := regexp.Compile(text); err != nil || len(text) > 1000 {
				return fmt.Errorf("%q is no pattern that is understood", at)
			}
			continue
		default:
			continue
		}
		for _, u := range under {
			if err := checkSchema(root, u, at, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// refer finds what a reference within the schema names.
func refer(root map[string]any, ref string) (any, bool) {
	var at any = root
	if ref == "#" {
		return at, true
	}
	path, within := strings.CutPrefix(ref, "#/")
	for name := range strings.SplitSeq(path, "/") {
		m, isMap := at.(map[string]any)
		under, there := m[strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")]
		if !within || !isMap || !there {
			return nil, false
		}
		at = under
	}
	return at, true
}

// decode reads one JSON value with numbers as they are written.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF { //nolint:errorlint // the decoder's own value
		return nil, fmt.Errorf("there is something behind the value")
	}
	return v, nil
}

// bare takes JSON out of what models like to wrap it in: a fence, or a sentence before it.
func bare(text string) string {
	text = strings.TrimSpace(text)
	if json.Valid([]byte(text)) {
		return text
	}
	if _, inner, ok := strings.Cut(text, "```"); ok {
		inner, _, _ = strings.Cut(strings.TrimPrefix(inner, "json"), "```")
		if inner = strings.TrimSpace(inner); json.Valid([]byte(inner)) {
			return inner
		}
	}
	for _, pair := range []string{"{}", "[]"} {
		from, to := strings.Index(text, pair[:1]), strings.LastIndex(text, pair[1:])
		if from >= 0 && to > from && json.Valid([]byte(text[from:to+1])) {
			return text[from : to+1]
		}
	}
	return text
}

// Fit says in words why a JSON text does not fit a schema; nil when it does. The words name places and rules, never
// values. Schema is one that CheckSchema takes.
func Fit(schema json.RawMessage, text string) error {
	v, err := decode([]byte(text))
	if err != nil {
		return fmt.Errorf("it is no JSON value: %w", fs.ErrInvalid)
	}
	s, err := decode(schema)
	root, ok := s.(map[string]any)
	if err != nil || !ok {
		return fmt.Errorf("the schema is no JSON object: %w", fs.ErrInvalid)
	}
	f := &fitting{root: root, steps: maxSchemaSteps, patterns: map[string]*regexp.Regexp{}}
	if err := f.fit(root, v, "", 0); err != nil {
		return fmt.Errorf("%w: %w", err, fs.ErrInvalid)
	}
	if f.steps <= 0 {
		return fmt.Errorf("the schema takes too much work: %w", fs.ErrInvalid)
	}
	return nil
}
