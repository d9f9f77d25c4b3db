package nodes

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// Reserved is a folder inside a workspace's folder that file nodes never enter, under whatever name the file system
// knows it by: the studio keeps the folders of further workspaces there.
const Reserved = ".workspaces"

var errNoRoot = fmt.Errorf("file nodes are switched off: an administrator turns them on by giving the studio a folder for files: %w", errors.ErrUnsupported)

// inRoot returns the folder for files of the run's workspace, and a path inside it, cleaned. What would lead out of it
// is refused here in words; the root itself refuses it again, links included.
func (d *Deps) inRoot(c *engine.Call, param, name string) (*os.Root, string, error) {
	if d.Roots == nil {
		return nil, "", errNoRoot
	}
	if strings.TrimSpace(name) == "" {
		return nil, "", bad(param, "the path is missing")
	}
	if strings.ContainsRune(name, 0) || len(name) > 4096 {
		return nil, "", bad(param, "this is no path")
	}
	if path.IsAbs(name) || filepath.IsAbs(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, "", bad(param, "%q leads out of the folder for files: give a path inside it, such as logs/today.jsonl", excerpt(name, 80))
	}
	root, err := d.Roots(c.Run.Workspace)
	if err != nil {
		return nil, "", fmt.Errorf("the folder for files cannot be opened: %w", pathless(err))
	}
	name = path.Clean(filepath.ToSlash(name))
	if first, _, _ := strings.Cut(name, "/"); reserved(root, first) {
		return nil, "", bad(param, "%q is a name that the studio keeps for itself: choose another", excerpt(first, 80))
	}
	return root, name, nil
}

// reserved tells whether an entry of the root is the reserved folder. File systems that fold case, drop characters or
// give short names know it by more than one name, so where it exists the files are compared.
func reserved(root *os.Root, name string) bool {
	if len(name) >= len(Reserved) && strings.EqualFold(name[:len(Reserved)], Reserved) {
		return true
	}
	kept, err := root.Stat(Reserved)
	if err != nil {
		return false
	}
	named, err := root.Stat(name)
	return err == nil && os.SameFile(kept, named)
}

// ordinary refuses folders, pipes and devices before they are opened: opening a pipe waits for its other end.
func ordinary(root *os.Root, name string) error {
	info, err := root.Stat(name)
	if err != nil {
		return fileError(name, err)
	}
	if !info.Mode().IsRegular() {
		return bad("path", "%q is a folder, or no ordinary file", name)
	}
	return nil
}

// fileError says what is wrong with a file, by its path in the folder and not on the machine. It is no Problem of a
// parameter: trying again later may help.
func fileError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no %q in the folder for files: %w", name, fs.ErrNotExist)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the studio may not open %q: %w", name, fs.ErrPermission)
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%q is there already: %w", name, fs.ErrExist)
	}
	return fmt.Errorf("%q: %w", name, pathless(err))
}

// pathless is an error without the path on the machine.
func pathless(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
