package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// apiDepth bounds the nesting of a body: a workflow's own limit and what the envelope around it adds.
const apiDepth = engine.MaxDepth + 8

// bind fills a struct from the request: fields tagged path, query or header from there, the others from the JSON body.
func bind(c *Ctx, into any) error {
	v := reflect.ValueOf(into).Elem()
	hasBody := false
	for i := range v.NumField() {
		f := v.Type().Field(i)
		text, found := bound(c, f)
		if !found {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			hasBody = hasBody || name != "" && name != "-"
			continue
		}
		if err := setText(v.Field(i), text); err != nil {
			return invalidInput("%s: %v", where(f), err)
		}
	}
	if !hasBody {
		return nil
	}
	return bindBody(c, into)
}

// bound returns the text of a field that does not come from the body.
func bound(c *Ctx, f reflect.StructField) (string, bool) {
	if name := f.Tag.Get("path"); name != "" {
		return c.Param(name), true
	}
	if name := f.Tag.Get("query"); name != "" {
		return c.QueryParam(name), true
	}
	if name := f.Tag.Get("header"); name != "" {
		return c.Request().Header.Get(name), true
	}
	return "", false
}

func where(f reflect.StructField) string {
	for _, in := range []string{"path", "query", "header", "json"} {
		if name, _, _ := strings.Cut(f.Tag.Get(in), ","); name != "" {
			return name
		}
	}
	return f.Name
}

func setText(v reflect.Value, text string) error {
	if text == "" {
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errors.New("must be a whole number")
		}
		v.SetInt(n)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("must be true or false")
		}
		v.SetBool(b)
	case reflect.Slice: // of strings, separated by commas
		for part := range strings.SplitSeq(text, ",") {
			item := reflect.New(v.Type().Elem()).Elem()
			item.SetString(strings.TrimSpace(part))
			v.Set(reflect.Append(v, item))
		}
	default:
		return fmt.Errorf("cannot be given here (%s)", v.Kind())
	}
	return nil
}

// bindBody decodes a JSON body. Keys that the type does not know are refused: a misspelt name is a mistake, not a wish
// to be ignored. An empty body leaves the struct as it is.
func bindBody(c *Ctx, into any) error {
	data, err := readBody(c)
	if err != nil || len(bytes.TrimSpace(data)) == 0 {
		return err
	}
	if t, _, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type")); err != nil || t != "application/json" {
		return failure{Status: http.StatusUnsupportedMediaType, Text: "The body must be JSON, with the header Content-Type: application/json."}
	}
	return decodeStrict(data, into)
}

// decodeStrict decodes one JSON value of bounded depth, with numbers in the digits that they came in.
func decodeStrict(data []byte, into any) error {
	if err := engine.CheckJSON(data, apiDepth); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalidInput("%q must be %s, not a JSON %s.", e.Field, e.Type, e.Value)
	}
	if err != nil && !errors.Is(err, fs.ErrInvalid) {
		return invalidInput("The body cannot be read: %s.", strings.TrimPrefix(err.Error(), "json: "))
	}
	return err
}

// readBody reads the whole body, within the limit of the row.
func readBody(c *Ctx) ([]byte, error) {
	data, err := io.ReadAll(c.Request().Body)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, err
	}
	if err != nil {
		return nil, invalidInput("The body could not be read to its end: %v.", err)
	}
	return data, nil
}

func tooLarge(limit int64) error { return &http.MaxBytesError{Limit: limit} }
