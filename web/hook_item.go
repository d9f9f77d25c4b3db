package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/engine"
)

const (
	maxFields = 1000    // of a form or a query
	maxText   = 1 << 20 // bytes of one field of a multipart form
	maxUpload = 20      // files of one request
)

// hookItem makes the item that a webhook's trigger gives: the request as data.
func (s *Server) hookItem(c *Ctx, hook engine.Hook, limit int64) (engine.Item, error) {
	r := c.Request()
	if r.ContentLength > limit {
		return engine.Item{}, tooLarge(limit)
	}
	r.Body = http.MaxBytesReader(c.Response().Writer, r.Body, limit)
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return engine.Item{}, err
	}
	item := engine.Item{JSON: map[string]any{
		"method": r.Method, "path": hook.Path, "query": query, "params": map[string]any{}, "headers": hookHeaders(r.Header), "body": nil,
	}}
	return item, s.hookBody(c, hook.Workspace, &item)
}

// hookHeaders returns the headers in lower case, without those that carry the caller's secrets.
func hookHeaders(h http.Header) map[string]any {
	out := make(map[string]any, len(h))
	for name, values := range h {
		switch name = strings.ToLower(name); name {
		case "authorization", "proxy-authorization", "cookie":
		default:
			out[name] = strings.Join(values, ", ")
		}
	}
	return out
}

func parseQuery(raw string) (map[string]any, error) {
	if strings.Count(raw, "&") >= maxFields {
		return nil, invalidInput("The query has more than %d fields.", maxFields)
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, invalidInput("The query cannot be read: %v.", err)
	}
	return queryOf(values), nil
}

// hookBody reads the body by its declared type. What is not JSON, a form or text becomes the file "body".
func (s *Server) hookBody(c *Ctx, workspace string, item *engine.Item) error {
	r := c.Request()
	typ, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		typ = ""
	}
	if typ == "multipart/form-data" {
		return s.hookForm(c, workspace, params["boundary"], item)
	}
	data, err := readBody(c)
	if err != nil || len(data) == 0 {
		return err
	}
	switch {
	case typ == "application/json" || strings.HasSuffix(typ, "+json"):
		item.JSON["body"], err = hookJSON(data)
	case typ == "application/x-www-form-urlencoded":
		item.JSON["body"], err = parseForm(data)
	case strings.HasPrefix(typ, "text/") || typ == "" && utf8.Valid(data) || typ == "application/xml" && utf8.Valid(data):
		item.JSON["body"] = strings.ToValidUTF8(string(data), "\uFFFD")
	default:
		err = s.keepFile(c, workspace, "body", "body", typ, bytes.NewReader(data), item)
	}
	return err
}

func hookJSON(data []byte) (any, error) {
	if err := engine.CheckJSON(data, engine.MaxDepth); err != nil {
		return nil, err
	}
	var body any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&body); err != nil {
		return nil, invalidInput("The body says that it is JSON, and it is not: %v.", err)
	}
	return body, nil
}

func parseForm(data []byte) (any, error) {
	if bytes.Count(data, []byte("&")) >= maxFields {
		return nil, invalidInput("The form has more than %d fields.", maxFields)
	}
	values, err := url.ParseQuery(string(data))
	if err != nil {
		return nil, invalidInput("The form cannot be read: %v.", err)
	}
	return queryOf(values), nil
}

// hookForm reads a multipart form part by part: texts into the body, files into the store. Only what the parser finds
// to be a file is one; a field that looks like the description of a file stays a field.
func (s *Server) hookForm(c *Ctx, workspace, boundary string, item *engine.Item) error {
	if boundary == "" {
		return invalidInput("The form has no boundary between its parts.")
	}
	fields, parts := url.Values{}, 0
	form := multipart.NewReader(c.Request().Body, boundary)
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			item.JSON["body"] = queryOf(fields)
			return nil
		}
		if err != nil {
			return formError(err)
		}
		if parts++; parts > maxFields {
			return invalidInput("The form has more than %d fields.", maxFields)
		}
		if err := s.hookPart(c, workspace, part, fields, item); err != nil {
			return formError(err)
		}
	}
}

func (s *Server) hookPart(c *Ctx, workspace string, part *multipart.Part, fields url.Values, item *engine.Item) error {
	name := part.FormName()
	if part.FileName() != "" {
		if len(item.Files) >= maxUpload {
			return invalidInput("The form has more than %d files.", maxUpload)
		}
		return s.keepFile(c, workspace, freeFileName(item.Files, name), part.FileName(), part.Header.Get("Content-Type"), part, item)
	}
	text, err := io.ReadAll(io.LimitReader(part, maxText+1))
	if err != nil {
		return err
	}
	if len(text) > maxText {
		return invalidInput("The field %q has more than %s.", name, sizeText(maxText))
	}
	fields.Add(name, strings.ToValidUTF8(string(text), "\uFFFD"))
	return nil
}

func formError(err error) error {
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(e.Limit)
	}
	if errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingFile) {
		return invalidInput("Send a form with a file (multipart/form-data).")
	}
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok {
		return invalidInput("The form cannot be read: %v.", err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, http.ErrMissingBoundary) || errors.Is(err, multipart.ErrMessageTooLarge) || strings.HasPrefix(err.Error(), "multipart:") {
		return invalidInput("The form cannot be read: %v.", err)
	}
	return err
}

// freeFileName returns the name, or the name with a number where it is taken.
func freeFileName(files map[string]engine.File, name string) string {
	if name == "" {
		name = "file"
	}
	free := name
	for i := 2; ; i++ {
		if _, taken := files[free]; !taken {
			return free
		}
		free = fmt.Sprintf("%s_%d", name, i)
	}
}

func (s *Server) keepFile(c *Ctx, workspace, key, name, typ string, r io.Reader, item *engine.Item) error {
	hash, n, err := s.Store.Put(c.Request().Context(), workspace, r, hookBody)
	if err != nil {
		return err
	}
	if typ == "" {
		typ = "application/octet-stream"
	}
	if item.Files == nil {
		item.Files = map[string]engine.File{}
	}
	item.Files[key] = engine.File{Name: name, Type: typ, Size: n, Hash: hash}
	return nil
}
