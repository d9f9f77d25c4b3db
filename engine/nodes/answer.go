package nodes

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/atelier-studio/atelier/engine"
)

// answer makes an HTTP answer: "json" and "text" of body, "first_item", "all_items", "file" (the named file of the
// first item, or its first), or "none".
func answer(content string, body any, file string, items []engine.Item) (engine.Response, error) {
	r := engine.Response{Status: 200}
	switch content {
	case "none":
		return r, nil
	case "text":
		setHeader(&r, "Content-Type", "text/plain; charset=utf-8")
		r.Body = []byte(text(body))
		return r, nil
	case "file":
		if len(items) == 0 {
			return r, errors.New("there is no item whose file could be the answer")
		}
		f, err := fileOf(items[0], file)
		if err != nil {
			return r, err
		}
		setHeader(&r, "Content-Type", f.Type)
		r.File = &f
		return r, nil
	case "first_item":
		if body = map[string]any{}; len(items) > 0 {
			body = items[0].JSON
		}
	case "all_items":
		all := make([]map[string]any, len(items))
		for i, it := range items {
			all[i] = it.JSON
		}
		body = all
	case "json", "":
		if s, ok := body.(string); ok && json.Valid([]byte(s)) { // written as text in the form
			body = json.RawMessage(s)
		}
	default:
		return r, fmt.Errorf("an answer cannot be %q: %w", content, fs.ErrInvalid)
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return r, fmt.Errorf("the answer cannot be written as JSON: %w", err)
	}
	setHeader(&r, "Content-Type", "application/json")
	r.Body = encoded
	return r, nil
}

func setHeader(r *engine.Response, name, value string) {
	if r.Headers == nil {
		r.Headers = map[string]string{}
	}
	r.Headers[name] = value
}

// fileOf returns an item's file by name; without a name its only file, or the one called "data".
func fileOf(it engine.Item, name string) (engine.File, error) {
	if name != "" {
		if f, ok := it.Files[name]; ok {
			return f, nil
		}
	} else if len(it.Files) == 1 {
		for _, f := range it.Files {
			return f, nil
		}
	} else if f, ok := it.Files["data"]; ok {
		return f, nil
	}
	has := "none"
	if len(it.Files) > 0 {
		has = fmt.Sprintf("%q", slices.Sorted(maps.Keys(it.Files)))
	}
	if name == "" {
		return engine.File{}, fmt.Errorf("name the file: the item has %s: %w", has, fs.ErrNotExist)
	}
	return engine.File{}, fmt.Errorf("the item has no file %q (it has %s): %w", name, has, fs.ErrNotExist)
}
