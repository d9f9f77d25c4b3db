// Package interop reads and writes the workflow files of other products.
//
// Importing is lossless: what Atelier has a word for becomes part of the workflow, everything else is kept in the
// "extra" of the workflow, its nodes and its notes, and written back on export. Importing never executes anything and
// never reaches out: a file is data. Each format is one row in the table of formats.
package interop

import (
	"cmp"
	"fmt"
	"io/fs"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// maxDepth bounds the nesting of a foreign file. It leaves room below engine.MaxDepth, because foreign remains are
// kept some levels deeper than they came.
const maxDepth = engine.MaxDepth - 8

// Format is one foreign file format.
type Format struct {
	Name  string // as on the command line: "n8n"
	Title string // as people know it
	// Detect tells from a decoded file whether it looks like this format.
	Detect func(file any) bool
	// Import makes a workflow of a decoded file (numbers are json.Number). The report says what maps and what does not.
	// Name is for a file without one.
	Import func(file any, name string) (*engine.Workflow, *Report, error)
	// Export writes a workflow as a file of this format, with a text for everything that has no counterpart in it.
	Export func(w *engine.Workflow) (file []byte, lost []string, err error)
}

// Formats lists the formats in the order in which they are tried.
func Formats() []Format { return []Format{n8nFormat()} }

// ByName finds a format.
func ByName(name string) (Format, error) {
	var known []string
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
		known = append(known, f.Name)
	}
	return Format{}, invalid("there is no format %q; known are %s", name, strings.Join(known, ", "))
}

// Options of an import.
type Options struct {
	// Format is the name of a format; "" or "auto": the file decides.
	Format string
	// Name is for files that do not name their workflow, half of all do not: the name of the file, for instance.
	Name string
}

// Import reads a foreign file. Errors are texts for people and wrap fs.ErrInvalid. The report is not nil when the
// workflow is not nil; its RoundTrip says whether exporting the workflow gives the file back.
func Import(data []byte, o Options) (*engine.Workflow, *Report, error) {
	file, err := decode(data)
	if err != nil {
		return nil, nil, err
	}
	f, err := choose(file, o.Format)
	if err != nil {
		return nil, nil, err
	}
	w, report, err := f.Import(file, cmp.Or(o.Name, "Imported from "+f.Title))
	if err != nil {
		return nil, nil, fmt.Errorf("this %s file cannot be imported: %w", f.Title, err)
	}
	report.Format = f.Name
	report.Name = w.Name
	encoded, err := w.Encode()
	if err != nil {
		return nil, nil, err
	}
	if len(encoded) > engine.MaxFileBytes {
		return nil, nil, invalid("this %s file is too large: with everything that is kept of it, the workflow would have %d MiB; at most %d are allowed",
			f.Title, len(encoded)>>20, engine.MaxFileBytes>>20)
	}
	// What a file becomes is kept in Atelier's own form, so that form must be readable too.
	back, err := engine.Parse(encoded)
	if err != nil {
		return nil, nil, fmt.Errorf("this %s file cannot be imported: %w", f.Title, err)
	}
	report.RoundTrip, report.Difference = roundTrip(f, file, back)
	return back, report, nil
}

// Detect returns the name of the format that a file is in, "atelier" for our own, or an error in words.
func Detect(data []byte) (string, error) {
	file, err := decode(data)
	if err != nil {
		return "", err
	}
	if m, ok := file.(map[string]any); ok && m["format"] == engine.Format {
		return "atelier", nil
	}
	f, err := choose(file, "auto")
	return f.Name, err
}

func choose(file any, format string) (Format, error) {
	if format != "" && format != "auto" {
		return ByName(format)
	}
	for _, f := range Formats() {
		if f.Detect(file) {
			return f, nil
		}
	}
	return Format{}, invalid("this JSON is not a workflow of a product that Atelier knows (n8n): " +
		"an n8n file is an object with \"nodes\" and \"connections\"")
}

// Export writes a workflow in a foreign format and tells what has no counterpart there.
func Export(w *engine.Workflow, format string) (file []byte, lost []string, err error) {
	f, err := ByName(format)
	if err != nil {
		return nil, nil, err
	}
	if f.Export == nil {
		return nil, nil, invalid("Atelier reads %s files but does not write them", f.Title)
	}
	return f.Export(w)
}

func invalid(format string, args ...any) error {
	return &invalidError{fmt.Sprintf(format, args...)}
}

// invalidError is a text about a file for people.
type invalidError struct{ text string }

func (e *invalidError) Error() string { return e.text }
func (e *invalidError) Unwrap() error { return fs.ErrInvalid }
