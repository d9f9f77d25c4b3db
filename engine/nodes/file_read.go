package nodes

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "file.read", Title: "Read file", Group: "Files", Icon: "file-input", PerItem: true, Class: engine.IO, World: true,
		Summary: "Reads a file as text, lines, JSON, JSON lines, or as it is.",
		Doc: `**Text** gives one item with the field ` + "`text`" + `, **lines** one item a line with ` + "`line` and `number`" + `. **JSON** gives an item for an object and one an entry for a list. **JSON lines** gives one item a line; empty lines are left out. **File** attaches the file to the item, for nodes that send or convert files.

A line that is no JSON stops the step, is left out, or becomes an item with ` + "`error`, `line` and `number`" + `, as chosen. With *path into* every item also says which file it is from.

Text is read as UTF-8; a byte order mark is dropped. Files up to 64 MiB can be read as text, up to 256 MiB attached.`,
		Keywords: []string{"open", "load", "text", "lines", "jsonl", "ndjson", "log", "binary", "import"},
		Examples: []engine.Example{
			{Name: "JSON lines of each listed file", Needs: "files", Params: params("path", "={{ $json.path }}", "as", "json_lines"), Input: in(obj("path", "logs/small.jsonl")),
				Output: out(obj("level", "error", "message", "disk full"), obj("level", "info", "message", "ok"))},
			{Name: "Lines, with their file", Needs: "files", Params: params("path", "notes.txt", "as", "lines", "path_into", "file"), Input: in(obj()),
				Output: out(obj("line", "one", "number", 1, "file", "notes.txt"), obj("line", "two", "number", 2, "file", "notes.txt"))},
			{Name: "Out of the folder", Needs: "files", Params: params("path", "../../etc/passwd"), Input: in(obj()), Error: "leads out"},
		},
	}, fileRead{As: "text", BadLines: "fail"}, runFileRead)
}

type fileRead struct {
	Path     string `json:"path" form:"File" widget:"path" placeholder:"={{ $json.path }}" required:"true"`
	As       string `json:"as" form:"Read as" options:"text=Text,lines=Lines,json=JSON,json_lines=JSON lines,file=File"`
	BadLines string `json:"bad_lines" form:"Lines that are no JSON" options:"fail=Stop the step,skip=Leave out,keep=Keep with the error" show:"as=json_lines"`
	PathInto string `json:"path_into" form:"Path into" help:"Field for the file's path; empty: none." show:"as=text|lines|json|json_lines"`
	Name     string `json:"name" form:"Name in the item" placeholder:"data" show:"as=file"`
}

func runFileRead(ctx context.Context, d *Deps, p fileRead, c *engine.Call) (engine.Outputs, error) {
	root, name, err := d.inRoot(c, "path", p.Path)
	if err != nil {
		return nil, err
	}
	if err := ordinary(root, name); err != nil {
		return nil, err
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, fileError(name, err)
	}
	items, err := p.read(ctx, d, c, f, name)
	if err := cmp.Or(err, f.Close()); err != nil {
		return nil, err
	}
	if p.PathInto != "" && p.As != "file" {
		for i := range items {
			m := own(items[i].JSON)
			withField(m, p.PathInto, name)
			items[i].JSON = m
		}
	}
	return engine.One(items), nil
}

func (p fileRead) read(ctx context.Context, d *Deps, c *engine.Call, f fs.File, name string) ([]engine.Item, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fileError(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, bad("path", "%q is a folder, or no ordinary file", name)
	}
	if p.As == "file" {
		stored, err := d.storeFile(ctx, c, f, path.Base(name), "", maxFile)
		if err != nil {
			return nil, err
		}
		it := c.Item()
		return []engine.Item{{JSON: it.JSON, Files: withFile(it.Files, cmp.Or(p.Name, "data"), stored)}}, nil
	}
	if info.Size() > maxText {
		return nil, bad("path", "%q has %d MiB, at most %d can be read as text", name, info.Size()>>20, maxText>>20)
	}
	if p.As == "lines" || p.As == "json_lines" {
		return p.lines(io.LimitReader(f, maxText), name)
	}
	data, err := readAll(f, maxText)
	if err != nil {
		return nil, fileError(name, err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if p.As == "json" {
		v, err := parseJSON(data)
		if err != nil {
			return nil, about("path", err, "%q: %s", name, err)
		}
		items := itemsOf(v)
		if len(items) > maxItems {
			return nil, tooMany("the file")
		}
		return items, nil
	}
	if !utf8.Valid(data) {
		return nil, bad("path", "%q is no UTF-8 text: read it as a file", name)
	}
	return []engine.Item{{JSON: map[string]any{"text": string(data)}}}, nil
}

// lines reads a line at a time, so that only the items are in memory, not the file too.
func (p fileRead) lines(r io.Reader, name string) ([]engine.Item, error) {
	reader := bufio.NewReaderSize(r, 64<<10)
	var items []engine.Item
	for number := 1; ; number++ {
		line, err := reader.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fileError(name, err)
		}
		if number == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		trimmed := strings.TrimRight(line, "\r\n")
		if end := err != nil; end && trimmed == "" {
			return items, nil //nolint:nilerr // the end of the file
		} else if it, keep, bad := p.line(trimmed, number); bad != nil {
			return nil, about("path", bad, "%q, line %d: %s", name, number, bad)
		} else if keep {
			if len(items) >= maxItems {
				return nil, tooMany("the file")
			}
			items = append(items, it)
		} else if end {
			return items, nil //nolint:nilerr // the end of the file
		}
		if err != nil {
			return items, nil //nolint:nilerr // the end of the file
		}
	}
}

func (p fileRead) line(line string, number int) (it engine.Item, keep bool, err error) {
	if p.As == "lines" {
		return engine.Item{JSON: map[string]any{"line": strings.ToValidUTF8(line, "\ufffd"), "number": float64(number)}}, true, nil
	}
	if strings.TrimSpace(line) == "" {
		return it, false, nil
	}
	v, err := parseJSON([]byte(line))
	switch {
	case err == nil:
		return engine.Item{JSON: object(v)}, true, nil
	case p.BadLines == "skip":
		return it, false, nil
	case p.BadLines == "keep":
		return engine.Item{JSON: map[string]any{"error": err.Error(), "line": strings.ToValidUTF8(line, "\ufffd"), "number": float64(number)}}, true, nil
	}
	return it, false, fmt.Errorf("%w (lines that are no JSON can be left out: see the node's settings)", err)
}
