package read

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// readCSV reads a table with a comma, semicolon, tab or bar between its columns; the first line names them. Every row is
// a record that stands for itself.
func readCSV(ctx context.Context, _ string, data []byte) (*Document, error) {
	text := decode(data)
	b := new(builder)
	var names []string
	for cells, err := range csvRows(text, separator(text)) {
		switch {
		case err != nil:
			return nil, err
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case names == nil:
			names = namesOf(cells)
			continue
		}
		if err := b.add(Record, 0, 0, row(names, cells), true); err != nil {
			return nil, err
		}
	}
	if len(b.doc.Blocks) == 0 && names != nil { // a single line
		if err := b.add(Record, 0, 0, strings.Join(names, "; "), true); err != nil {
			return nil, err
		}
	}
	return b.done(), nil
}

// csvRows goes through the rows of a table. A row of very many lines is one whose quote was never closed: from there on
// quotes are letters like others.
func csvRows(text string, comma rune) iter.Seq2[[]string, error] {
	const mostLines = 200
	return func(yield func([]string, error) bool) {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = comma, -1, true, true
		for {
			from := r.InputOffset()
			cells, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				line, _ := r.FieldPos(0)
				yield(nil, refused("line %d of the table cannot be read: %v", line, err))
				return
			}
			if strings.Count(text[from:r.InputOffset()], "\n") > mostLines {
				for line := range strings.Lines(text[from:]) {
					if line = strings.TrimSpace(line); line != "" && !yield(strings.Split(line, string(comma)), nil) {
						return
					}
				}
				return
			}
			if !yield(cells, nil) {
				return
			}
		}
	}
}

func namesOf(cells []string) []string {
	names := make([]string, len(cells))
	for i, c := range cells {
		names[i] = oneLine(c)
	}
	return names
}

// separator is the one that stands most often in the first line.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best, most := ',', 0
	for _, r := range []rune{',', ';', '\t', '|'} {
		if n := strings.Count(first, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

// readExcel reads the sheets of a workbook, each under its name, row by row.
func readExcel(ctx context.Context, _ string, data []byte) (*Document, error) {
	if err := checkArchive(data); err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, refused("the workbook is damaged or has a password: %v", err)
	}
	defer func() { _ = file.Close() }()
	b := new(builder)
	for i, sheet := range file.GetSheetList() {
		if i >= maxPage {
			break
		}
		if err := readSheet(ctx, b, file, sheet, i+1); err != nil {
			return nil, err
		}
	}
	b.doc.Pages = min(len(file.GetSheetList()), maxPage)
	return b.done(), nil
}

func readSheet(ctx context.Context, b *builder, file *excelize.File, sheet string, page int) error {
	rows, err := file.Rows(sheet)
	if err != nil { // a sheet of charts has no rows
		return nil //nolint:nilerr // see above
	}
	defer func() { _ = rows.Close() }()
	if err := b.add(Heading, 1, page, sheet, false); err != nil {
		return err
	}
	var names []string
	for rows.Next() && ctx.Err() == nil {
		cells, err := rows.Columns()
		if err != nil {
			return refused("the sheet %q is damaged: %v", sheet, err)
		}
		if names == nil {
			if strings.Join(cells, "") != "" {
				names = namesOf(cells)
			}
			continue
		}
		if err := b.add(Record, 0, page, row(names, cells), true); err != nil {
			return err
		}
	}
	return nil
}

// maxJSONDepth is how deep values may lie in each other.
const maxJSONDepth = 64

// readJSON reads JSON or JSON lines. Each entry of a list at the top, and each line, is a record.
func readJSON(ctx context.Context, _ string, data []byte) (*Document, error) {
	d := json.NewDecoder(strings.NewReader(decode(data)))
	d.UseNumber()
	b := new(builder)
	for n := 1; ctx.Err() == nil; n++ {
		var v any
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refused("value %d of the file is not JSON: %v", n, err)
		}
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, entry := range list {
			var lines []string
			if err := flatten(&lines, "", entry, 0); err != nil {
				return nil, err
			}
			if err := b.add(Record, 0, 0, strings.Join(lines, "\n"), false); err != nil {
				return nil, err
			}
		}
	}
	return b.done(), nil
}

// flatten writes a value as lines "path: text".
func flatten(lines *[]string, path string, v any, depth int) error {
	if depth > maxJSONDepth {
		return refused("values lie more than %d deep in each other", maxJSONDepth)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			under := key
			if path != "" {
				under = path + "." + key
			}
			if err := flatten(lines, under, v[key], depth+1); err != nil {
				return err
			}
		}
	case []any:
		for _, entry := range v {
			if err := flatten(lines, path, entry, depth+1); err != nil {
				return err
			}
		}
	case nil:
	default:
		text := oneLine(fmt.Sprint(v))
		if path != "" {
			text = path + ": " + text
		}
		*lines = append(*lines, text)
	}
	return nil
}
