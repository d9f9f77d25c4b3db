package nodes

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

var errNoRoot = fmt.Errorf("file nodes are switched off: an administrator turns them on by giving the studio a folder for files: %w", errors.ErrUnsupported)

// inRoot returns a path inside the folder for files, cleaned. What would lead out of it is refused here in words; the
// root itself refuses it again, links included.
func (d *Deps) inRoot(param, name string) (string, error) {
	if d.Root == nil {
		return "", errNoRoot
	}
	if strings.TrimSpace(name) == "" {
		return "", bad(param, "the path is missing")
	}
	if strings.ContainsRune(name, 0) || len(name) > 4096 {
		return "", bad(param, "this is no path")
	}
	if path.IsAbs(name) || filepath.IsAbs(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", bad(param, "%q leads out of the folder for files: give a path inside it, such as logs/today.jsonl", excerpt(name, 80))
	}
	return path.Clean(name), nil
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
	cause := err
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		cause = p.Err
	}
	return fmt.Errorf("%q: %w", name, cause)
}
