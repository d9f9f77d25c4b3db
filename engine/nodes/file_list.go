package nodes

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

const (
	maxListed    = 10_000
	maxListDepth = 32
)

func init() {
	define(engine.Kind{
		Name: "file.list", Title: "List files", Group: "Files", Icon: "folder-open", PerItem: true, Class: engine.IO, World: true,
		Summary: "Lists the files in a folder, one item a file.",
		Doc: `Items have ` + "`path`" + ` (for Read file), ` + "`name`, `folder`, `size`" + ` in bytes and ` + "`modified`" + `, ordered by path. The **pattern** looks at the name: ` + "`*.jsonl`, `report-??.csv`, `[a-c]*`" + `; with a slash in it, at the path inside the folder. So with an empty folder the pattern ` + "`logs/*.jsonl`" + ` lists the logs.

Folders are not listed, links that lead out of the folder for files are left out. At most 10,000 files; more is an error.`,
		Keywords: []string{"folder", "directory", "glob", "ls", "dir", "find"},
		Check: typed(func(p fileList) []engine.Problem {
			_, err := path.Match(p.Pattern, "")
			return problem("pattern", "pattern", err)
		}),
		Examples: []engine.Example{
			{Name: "Logs", Needs: "files", Params: params("path", "logs", "pattern", "*.jsonl"), Input: in(obj())},
			{Name: "Out of the folder", Needs: "files", Params: params("path", "../.."), Input: in(obj()), Error: "leads out"},
			{Name: "No such folder", Needs: "files", Params: params("path", "nowhere"), Input: in(obj()), Error: "there is no"},
		},
	}, fileList{Pattern: "*"}, runFileList)
}

type fileList struct {
	Folder    string `json:"path" form:"Folder" widget:"path" placeholder:"logs" help:"Inside the folder for files. Empty: that folder."`
	Pattern   string `json:"pattern" form:"Pattern" placeholder:"*.jsonl"`
	Recursive bool   `json:"recursive" form:"Folders inside too"`
}

func runFileList(ctx context.Context, d *Deps, p fileList, c *engine.Call) (engine.Outputs, error) {
	root, folder, err := d.inRoot(c, "path", cmp.Or(strings.TrimSpace(p.Folder), "."))
	if err != nil {
		return nil, err
	}
	pattern := cmp.Or(p.Pattern, "*")
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, bad("pattern", "%q is no pattern: write for example *.jsonl", pattern)
	}
	if _, err := root.Stat(folder); err != nil {
		return nil, fileError(folder, err)
	}
	var items []engine.Item
	err = fs.WalkDir(root.FS(), folder, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return fileError(name, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		inside := strings.TrimPrefix(strings.TrimPrefix(name, folder), "/")
		depth := strings.Count(inside, "/")
		if e.IsDir() {
			if reserved(root, name) {
				return fs.SkipDir
			}
			deep := p.Recursive || depth < strings.Count(pattern, "/")
			if inside != "" && (!deep || depth >= maxListDepth) {
				return fs.SkipDir
			}
			return nil
		}
		against := e.Name()
		if strings.Contains(pattern, "/") {
			against = inside
		}
		if ok, err := path.Match(pattern, against); err != nil || !ok {
			return err
		}
		info, err := root.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return nil //nolint:nilerr // a link that leads out, or a file that went away since
		}
		if len(items) >= maxListed {
			return fmt.Errorf("the folder has more than %d files: narrow the pattern: %w", maxListed, fs.ErrInvalid)
		}
		items = append(items, engine.Item{JSON: map[string]any{
			"path": name, "name": e.Name(), "folder": path.Dir(name), "size": float64(info.Size()), "modified": info.ModTime().UTC().Format(time.RFC3339),
		}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return engine.One(items), nil
}
