package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	// The drawing of an icon is what stands between the svg tags of its file.
	iconBody = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	blanks   = regexp.MustCompile(`\s*\n\s*`)
)

// sprite draws icons.svg: one symbol for every icon named in src/icons.txt, from the files in vendor/lucide-static.
func sprite(dir string, d *dist) error {
	names, err := iconNames(filepath.Join(dir, "src/icons.txt"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, "vendor/lucide-static", name+".svg"))
		if err != nil {
			return fmt.Errorf("icon %q of src/icons.txt is not in vendor/lucide-static: %w", name, err)
		}
		body := iconBody.FindSubmatch(data)
		if body == nil {
			return fmt.Errorf("vendor/lucide-static/%s.svg is not a drawing", name)
		}
		fmt.Fprintf(&b, `<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`,
			name, blanks.ReplaceAll(body[1], nil))
	}
	b.WriteString("</svg>\n")
	d.addHashed("icons.svg", b.Bytes())
	return nil
}

// iconNames reads the list of icons: one name a line, # begins a comment. The result is sorted, each name once.
func iconNames(file string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var names []string
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		names = append(names, strings.Fields(line)...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
