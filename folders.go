package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/atelier-studio/atelier/engine/nodes"
)

// folders are those of the file nodes, one for each workspace. The first workspace has the folder that the operator
// gave, so that a studio of one team finds its files where they are; every other one has a folder inside it that the
// first cannot name.
type folders struct {
	base  *os.Root
	first func(context.Context) (string, error) // the first workspace; nil: there is only one

	mu   sync.Mutex
	open map[string]*os.Root
}

func openFolders(dir string, first func(context.Context) (string, error)) (*folders, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of file nodes: %w", err)
	}
	base, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of file nodes: %w", err)
	}
	return &folders{base: base, first: first, open: map[string]*os.Root{}}, nil
}

// of returns the folder of a workspace.
func (f *folders) of(workspace string) (*os.Root, error) {
	if f.first == nil {
		return f.base, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if root := f.open[workspace]; root != nil {
		return root, nil
	}
	first, err := f.first(context.Background())
	if err != nil {
		return nil, err
	}
	root := f.base
	if workspace != first {
		if workspace == "" || workspace != filepath.Base(workspace) || !filepath.IsLocal(workspace) {
			return nil, fmt.Errorf("%q is no workspace: %w", workspace, fs.ErrInvalid)
		}
		dir := filepath.Join(nodes.Reserved, workspace)
		if err := f.base.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		if root, err = f.base.OpenRoot(dir); err != nil {
			return nil, err
		}
	}
	f.open[workspace] = root
	return root, nil
}

func (f *folders) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, root := range f.open {
		if root != f.base {
			errs = append(errs, root.Close())
		}
	}
	return errors.Join(append(errs, f.base.Close())...)
}

// ownFolder is where file nodes work when the operator names no folder, inside the data folder.
const ownFolder = "folder"

// filesFolder returns the folder for file nodes. One that has the data folder inside it, or is a part of that, is
// refused: workflows would read the keys and databases of the studio.
func filesFolder(given, data string) (string, error) {
	if given == "" {
		return filepath.Join(data, ownFolder), nil
	}
	asked, kept := resolved(given), resolved(data)
	if inside(asked, kept) || inside(kept, asked) && !inside(filepath.Join(kept, ownFolder), asked) {
		return "", fmt.Errorf("the folder for files, %s, and the data folder, %s, lie one in the other, so workflows could read the studio's keys: choose another with --files, for example %s",
			given, data, filepath.Join(data, ownFolder))
	}
	return given, nil
}

// inside tells whether a path is a folder or something in it.
func inside(folder, name string) bool {
	rel, err := filepath.Rel(folder, name)
	return err == nil && filepath.IsLocal(rel)
}

// resolved is a path without links, as far as it exists.
func resolved(name string) string {
	full, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		return real
	}
	if parent := filepath.Dir(full); parent != full {
		return filepath.Join(resolved(parent), filepath.Base(full))
	}
	return full
}
