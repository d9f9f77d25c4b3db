package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// licences gathers the licence of everything in vendor into licences.txt, because their terms ask for the text to travel
// with the bundled code.
func licences(dir string, d *dist) error {
	var b bytes.Buffer
	b.WriteString("Third-party code in Atelier's scripts and icons.\n")
	root := filepath.Join(dir, "vendor")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasPrefix(entry.Name(), "LICENSE") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "\n== %s ==\n\n%s\n", filepath.ToSlash(name), bytes.TrimSpace(text))
		return nil
	})
	if err != nil {
		return err
	}
	d.addHashed("licences.txt", b.Bytes())
	return nil
}
