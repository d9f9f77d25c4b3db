package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// packages are what our scripts import; what those import comes along.
var packages = []string{
	"htmx.org",
	"@codemirror/state", "@codemirror/view", "@codemirror/commands", "@codemirror/language", "@codemirror/autocomplete",
	"@codemirror/search", "@codemirror/lang-javascript", "@codemirror/lang-python", "@codemirror/lang-sql",
	"@codemirror/lang-json", "@codemirror/lang-html", "@codemirror/lang-markdown",
}

// manifest is the part of a package.json that bundling and type checking need.
type manifest struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	License      string            `json:"license"`
	Type         string            `json:"type,omitempty"`
	Module       string            `json:"module"`
	Types        string            `json:"types,omitempty"`
	SideEffects  any               `json:"sideEffects,omitempty"`
	Dependencies map[string]string `json:"dependencies,omitempty"`
}

// vendor copies the modules of packages and the icons named in list from a node_modules folder into dir, with their
// licences and nothing else.
func vendor(modules, dir, list string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	var table strings.Builder
	table.WriteString("# Third-party sources\n\nBundled into the scripts, unchanged. To renew them: install these packages into a folder with npm,\nthen `go run ./build vendor FOLDER/node_modules` and `go generate`.\n\n| package | version | licence |\n|---|---|---|\n")
	seen := map[string]bool{}
	queue := slices.Clone(packages)
	var lines []string
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		m, err := vendorPackage(filepath.Join(modules, name), filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("package %s: %w", name, err)
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %s |\n", m.Name, m.Version, m.License))
		for other := range m.Dependencies {
			queue = append(queue, other)
		}
	}
	icons, err := vendorIcons(filepath.Join(modules, "lucide-static"), filepath.Join(dir, "lucide-static"), list)
	if err != nil {
		return err
	}
	lines = append(lines, icons)
	slices.Sort(lines)
	table.WriteString(strings.Join(lines, ""))
	return os.WriteFile(filepath.Join(dir, "README.md"), []byte(table.String()), 0o644)
}

func readManifest(dir string) (m manifest, err error) {
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return m, err
	}
	var full struct {
		manifest
		Main string `json:"main"`
	}
	if err := json.Unmarshal(data, &full); err != nil {
		return m, err
	}
	if full.Module == "" {
		full.Module = full.Main
	}
	return full.manifest, nil
}

func vendorPackage(from, to string) (manifest, error) {
	m, err := readManifest(from)
	if err != nil {
		return m, err
	}
	for _, file := range []string{m.Module, m.Types} {
		if err := copyFile(from, to, file); err != nil {
			return m, err
		}
	}
	if err := copyLicence(from, to); err != nil {
		return m, err
	}
	m.Module, m.Types = "./"+strings.TrimPrefix(m.Module, "./"), strings.TrimPrefix(m.Types, "./")
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	return m, os.WriteFile(filepath.Join(to, "package.json"), append(data, '\n'), 0o644)
}

func vendorIcons(from, to, list string) (line string, err error) {
	m, err := readManifest(from)
	if err != nil {
		return "", err
	}
	names, err := iconNames(list)
	if err != nil {
		return "", err
	}
	for _, name := range names {
		if err := copyFile(filepath.Join(from, "icons"), to, name+".svg"); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("| %s (%d icons) | %s | %s |\n", m.Name, len(names), m.Version, m.License), copyLicence(from, to)
}

// copyLicence copies the licence and fails when there is none: code without terms must not come in.
func copyLicence(from, to string) error {
	for _, name := range []string{"LICENSE", "LICENSE.md", "LICENSE.txt"} {
		if err := copyFile(from, to, name); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.New("has no licence file")
}

func copyFile(from, to, name string) error {
	if name == "" {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		return err
	}
	target := filepath.Join(to, name)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, data, 0o644)
}
