package nodes

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "file.write", Title: "Write file", Group: "Files", Icon: "file-output", PerItem: true, Class: engine.IO, World: true, Effect: engine.AtMostOnce,
		EffectOf: typed(func(p fileWrite) engine.Effect {
			if p.Mode == "overwrite" || p.Mode == "" {
				return engine.Idempotent
			}
			return engine.AtMostOnce
		}),
		Summary: "Writes text, JSON or a file of the item into a file.",
		Doc: `Text is written as it is, anything else as JSON. With **file** a file of the item is written instead. Folders on the way are made.

*Overwrite* replaces the file as a whole, or leaves the old one as it was when something goes wrong; *append* adds at the end (put the line break into the content, or turn on **line break**); *new* fails when the file is there already. When the content is the same for every item, as with a fixed path, overwriting leaves that of the last item.

The item goes on with ` + "`path` and `size`" + ` of what was written.`,
		Keywords: []string{"save", "store", "export", "append", "log", "create"},
		Examples: []engine.Example{
			{Name: "A line more", Needs: "files", Params: params("path", "out/journal.txt", "content", "={{ $json.text }}", "mode", "append", "newline", true), Input: in(obj("text", "done")), Output: out(obj("path", "out/journal.txt", "size", 5))},
			{Name: "JSON", Needs: "files", Params: params("path", "out/order.json", "content", "={{ $json }}"), Input: in(obj("id", 7)), Output: out(obj("path", "out/order.json", "size", 8))},
			{Name: "Out of the folder", Needs: "files", Params: params("path", "/etc/cron.d/x", "content", "x"), Input: in(obj()), Error: "leads out"},
		},
	}, fileWrite{Mode: "overwrite"}, runFileWrite)
}

type fileWrite struct {
	Path    string `json:"path" form:"File" widget:"path" placeholder:"reports/today.txt" required:"true"`
	Content any    `json:"content" form:"Content" widget:"textarea" placeholder:"={{ $json.text }}"`
	File    string `json:"file" form:"Or file" help:"Name of a file of the item; it is written instead of the content."`
	Mode    string `json:"mode" form:"Mode" options:"overwrite=Overwrite,append=Append,new=New"`
	Newline bool   `json:"newline" form:"Line break at the end"`
}

func runFileWrite(ctx context.Context, d *Deps, p fileWrite, c *engine.Call) (engine.Outputs, error) {
	root, name, err := d.inRoot(c, "path", p.Path)
	if err != nil {
		return nil, err
	}
	if name == "." || strings.HasSuffix(p.Path, "/") {
		return nil, bad("path", "%q is a folder: give the file a name", p.Path)
	}
	if dir := path.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o750); err != nil {
			return nil, fileError(dir, err)
		}
	}
	if err := ordinary(root, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	content, err := p.content(ctx, d, c)
	if err != nil {
		return nil, err
	}
	size, err := p.write(root, name, content)
	if err := errors.Join(err, content.Close()); err != nil {
		return nil, fileError(name, err)
	}
	return engine.One([]engine.Item{changedItem(c.Item(), map[string]any{"path": name, "size": float64(size)})}), nil
}

func (p fileWrite) content(ctx context.Context, d *Deps, c *engine.Call) (io.ReadCloser, error) {
	if p.File != "" {
		return d.openFile(ctx, c, c.Item(), p.File)
	}
	if p.Content == nil {
		return nil, bad("content", "there is nothing to write: give content, or the name of a file of the item")
	}
	s := text(p.Content)
	if p.Newline {
		s += "\n"
	}
	return io.NopCloser(strings.NewReader(s)), nil
}

// write returns how many bytes it wrote. What it wrote is on disk when it returns.
func (p fileWrite) write(root *os.Root, name string, content io.Reader) (int64, error) {
	switch p.Mode {
	case "append":
		return writeTo(root, name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, content)
	case "new":
		size, err := writeTo(root, name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, content)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			err = errors.Join(err, root.Remove(name))
		}
		return size, err
	case "overwrite", "":
	default:
		return 0, fmt.Errorf("there is no mode %q: %w", p.Mode, fs.ErrInvalid)
	}
	temporary := path.Join(path.Dir(name), ".atelier-"+rand.Text())
	size, err := writeTo(root, temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, content)
	if err == nil {
		err = root.Rename(temporary, name)
	}
	if err != nil {
		if rm := root.Remove(temporary); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
		return 0, err
	}
	return size, nil
}

func writeTo(root *os.Root, name string, flags int, content io.Reader) (int64, error) {
	f, err := root.OpenFile(name, flags, 0o640)
	if err != nil {
		return 0, err
	}
	size, err := io.Copy(f, content)
	if err == nil {
		err = f.Sync()
	}
	return size, errors.Join(err, f.Close())
}
