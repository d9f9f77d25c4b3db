package nodes

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.csv", Title: "CSV", Group: "Data", Icon: "table", Class: engine.IO,
		Summary: "Reads a table with commas into items, or writes items as one.",
		Doc: `*Read* takes text from a field or a file of each item and gives one item a row. The separator is found by itself (comma, semicolon, tab or bar) unless it is set. The first line names the fields unless *first line is a header* is off; then they are ` + "`column_1`" + ` and so on. Empty names get such a name too, and names that come twice get a number. Text that is not UTF-8 is read as Windows-1252. Rows that are too short have fewer fields; what is too long goes to ` + "`column_n`" + `.

Values stay text, so that postcodes keep their zeros, unless *read numbers* is on.

*Write* makes one text or file of all items. Columns are those named, in that order, else all fields by the alphabet. Objects are written as JSON. *Safe for spreadsheets* puts a ' before texts that a spreadsheet would take for a formula.`,
		Keywords: []string{"table", "spreadsheet", "excel", "comma", "semicolon", "tsv", "parse", "export"},
		Examples: []engine.Example{
			{Name: "Read", Params: params("field", "text"), Input: in(obj("text", "name;zip\nAda;01067\n\"Grace; H.\";20500\n")), Output: out(obj("name", "Ada", "zip", "01067"), obj("name", "Grace; H.", "zip", "20500"))},
			{Name: "Read numbers, no header", Params: params("field", "text", "header", false, "numbers", true), Input: in(obj("text", "a,1\nb,2.5")), Output: out(obj("column_1", "a", "column_2", 1), obj("column_1", "b", "column_2", 2.5))},
			{Name: "Write two columns", Params: params("operation", "build", "columns", list("name", "age"), "field", "csv"), Input: in(obj("age", 36, "name", "Ada"), obj("name", "Grace, H.")), Output: out(obj("csv", "name,age\nAda,36\n\"Grace, H.\",\n", "rows", 2))},
			{Name: "A quote that never ends", Params: params("field", "text"), Input: in(obj("text", "a\n\"b")), Error: "line 2"},
		},
	}, dataCSV{Operation: "parse", Source: "field", Field: "data", Delimiter: "auto", Header: true, FileName: "table.csv"}, runDataCSV)
}

type dataCSV struct {
	Operation string   `json:"operation" form:"Do" options:"parse=Read,build=Write"`
	Source    string   `json:"source" form:"Text is in" options:"field=A field,file=A file"`
	Field     string   `json:"field" form:"Field" widget:"field" show:"source=field"`
	File      string   `json:"file" form:"File" help:"Name of the file in the item; when writing, \"data\" if empty." show:"source=file"`
	FileName  string   `json:"file_name" form:"File name" show:"source=file"`
	Delimiter string   `json:"delimiter" form:"Separator" help:"One character, tab, or auto when reading."`
	Header    bool     `json:"header" form:"First line is a header"`
	Columns   []string `json:"columns" form:"Columns" widget:"fields" help:"When reading: names instead of the header's. When writing: which fields, in which order."`
	Numbers   bool     `json:"numbers" form:"Read numbers" show:"operation=parse"`
	Keep      bool     `json:"keep_others" form:"Keep other fields of the item" show:"operation=parse"`
	Safe      bool     `json:"safe" form:"Safe for spreadsheets" show:"operation=build"`
}

func runDataCSV(ctx context.Context, d *Deps, p dataCSV, c *engine.Call) (engine.Outputs, error) {
	if p.Operation == "build" {
		return p.build(ctx, d, c)
	}
	var out []engine.Item
	for i, it := range c.Items() {
		data, err := p.source(ctx, d, c, it)
		if err != nil {
			return nil, err
		}
		rows, err := p.rows(data)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		if len(out)+len(rows) > maxItems {
			return nil, tooMany("the table")
		}
		for _, row := range rows {
			if p.Keep {
				rest := own(it.JSON)
				if p.Source != "file" {
					withoutField(rest, p.Field)
				}
				maps.Copy(rest, row)
				row = rest
			}
			out = append(out, engine.Item{JSON: row, From: fromItem(i)})
		}
	}
	return engine.One(out), nil
}

func (p dataCSV) source(ctx context.Context, d *Deps, c *engine.Call, it engine.Item) ([]byte, error) {
	if p.Source == "file" {
		return d.readFile(ctx, c, it, p.File, maxText)
	}
	v, ok := field(it.JSON, p.Field)
	if !ok {
		return nil, bad("field", "the item has no field %q", p.Field)
	}
	s, ok := v.(string)
	if !ok {
		return nil, bad("field", "the field %q is no text", p.Field)
	}
	if len(s) > maxText {
		return nil, bad("field", "the text is larger than %d MiB", maxText>>20)
	}
	return []byte(s), nil
}

// comma returns the separator; 0 stands for auto.
func (p dataCSV) comma() (rune, error) {
	switch strings.ToLower(strings.TrimSpace(p.Delimiter)) {
	case "auto":
		return 0, nil
	case "tab", `\t`:
		return '\t', nil
	}
	if p.Delimiter == "\t" || p.Delimiter == " " {
		return rune(p.Delimiter[0]), nil
	}
	r, n := utf8.DecodeRuneInString(strings.TrimSpace(p.Delimiter))
	if n == 0 {
		return 0, nil
	}
	if n != len(strings.TrimSpace(p.Delimiter)) || r == utf8.RuneError || r == '"' || r == '\r' || r == '\n' {
		return 0, bad("delimiter", "%q is no separator: one character such as ; or the word tab", p.Delimiter)
	}
	return r, nil
}

// rows reads a table.
func (p dataCSV) rows(data []byte) ([]map[string]any, error) {
	comma, err := p.comma()
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		if data, err = charmap.Windows1252.NewDecoder().Bytes(data); err != nil {
			return nil, fmt.Errorf("the text is neither UTF-8 nor Windows-1252: %w", fs.ErrInvalid)
		}
	}
	if comma == 0 {
		comma = guessComma(data)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	header := slices.Clone(p.Columns)
	skip := p.Header
	var rows []map[string]any
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			if at, ok := errors.AsType[*csv.ParseError](err); ok {
				return nil, fmt.Errorf("the table cannot be read in line %d, character %d: %w: %w", at.Line, at.Column, at.Err, fs.ErrInvalid)
			}
			return nil, fmt.Errorf("the table cannot be read: %w", err)
		}
		if skip {
			if skip = false; len(header) == 0 {
				header = slices.Clone(record)
			}
			header = columnNames(header)
			continue
		}
		if len(rows) >= maxItems {
			return nil, tooMany("the table")
		}
		if len(header) < len(record) {
			header = columnNames(append(header, make([]string, len(record)-len(header))...))
		}
		row := make(map[string]any, len(record))
		for i, cell := range record {
			row[header[i]] = p.cell(cell)
		}
		rows = append(rows, row)
	}
}

func (p dataCSV) cell(s string) any {
	if !p.Numbers {
		return s
	}
	if n, ok := looseNumber(s); ok {
		return n
	}
	return s
}

// columnNames fills empty names and tells equal ones apart.
func columnNames(header []string) []string {
	taken := make(map[string]bool, len(header))
	for i, name := range header {
		if name = strings.TrimSpace(name); name == "" {
			name = "column_" + strconv.Itoa(i+1)
		}
		unique := name
		for n := 2; taken[unique]; n++ {
			unique = name + "_" + strconv.Itoa(n)
		}
		taken[unique] = true
		header[i] = unique
	}
	return header
}

// guessComma takes the candidate that the first line has most of, outside of quotes.
func guessComma(data []byte) rune {
	counts := map[byte]int{}
	quoted := false
	for _, b := range data[:min(len(data), 64<<10)] {
		if b == '"' {
			quoted = !quoted
		}
		if b == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[b]++
		}
	}
	best := byte(',')
	for _, candidate := range []byte(";\t|") {
		if counts[candidate] > counts[best] {
			best = candidate
		}
	}
	return rune(best)
}

func (p dataCSV) build(ctx context.Context, d *Deps, c *engine.Call) (engine.Outputs, error) {
	comma, err := p.comma()
	if err != nil {
		return nil, err
	}
	columns := names(p.Columns)
	if len(columns) == 0 {
		all := map[string]bool{}
		for _, it := range c.Items() {
			for k := range it.JSON {
				all[k] = true
			}
		}
		columns = slices.Sorted(maps.Keys(all))
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = cmp.Or(comma, ',')
	if p.Header && len(columns) > 0 {
		w.Write(p.protected(columns)) //nolint:errcheck // Error below reports it
	}
	record := make([]string, len(columns))
	for _, it := range c.Items() {
		for i, name := range columns {
			v, _ := field(it.JSON, name)
			record[i] = text(v)
		}
		w.Write(p.protected(record)) //nolint:errcheck // Error below reports it
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("the table cannot be written: %w", err)
	}
	if b.Len() > maxText {
		return nil, fmt.Errorf("the table would be larger than %d MiB: %w", maxText>>20, fs.ErrInvalid)
	}
	result := engine.Item{JSON: map[string]any{"rows": float64(len(c.Items()))}, From: allOrigins(len(c.Items()))}
	if p.Source != "file" {
		withField(result.JSON, cmp.Or(p.Field, "data"), b.String())
		return engine.One([]engine.Item{result}), nil
	}
	f, err := d.storeFile(ctx, c, &b, cmp.Or(p.FileName, "table.csv"), "text/csv", maxText)
	if err != nil {
		return nil, err
	}
	result.Files = withFile(nil, cmp.Or(p.File, "data"), f)
	return engine.One([]engine.Item{result}), nil
}

// protected marks what a spreadsheet would take for a formula.
func (p dataCSV) protected(record []string) []string {
	if !p.Safe {
		return record
	}
	out := slices.Clone(record)
	for i, s := range out {
		if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
			if _, isNumber := looseNumber(s); !isNumber {
				out[i] = "'" + s
			}
		}
	}
	return out
}
