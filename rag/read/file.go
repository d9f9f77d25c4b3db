package read

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
	"github.com/gabriel-vasile/mimetype"
)

// Limits of what is read. A file beyond them is refused with words, before it can hurt.
const (
	MaxFile = 64 << 20 // bytes of a file
	maxText = 32 << 20 // bytes of the text in it
	maxPage = 20_000   // pages, sheets or entries of an archive
)

// Format is a kind of file that can be read.
type Format string

// The formats.
const (
	FormatPDF      Format = "pdf"
	FormatWord     Format = "docx"
	FormatExcel    Format = "xlsx"
	FormatHTML     Format = "html"
	FormatMarkdown Format = "markdown"
	FormatText     Format = "text"
	FormatCSV      Format = "csv"
	FormatJSON     Format = "json"
	FormatCode     Format = "code"
)

// byEnding says what files with these endings are, where their bytes do not say otherwise.
var byEnding = map[string]Format{
	".pdf": FormatPDF, ".docx": FormatWord, ".xlsx": FormatExcel, ".xlsm": FormatExcel, ".html": FormatHTML, ".htm": FormatHTML, ".xhtml": FormatHTML,
	".md": FormatMarkdown, ".markdown": FormatMarkdown, ".mdx": FormatMarkdown, ".txt": FormatText, ".text": FormatText, ".log": FormatText, ".rst": FormatText, ".adoc": FormatText,
	".csv": FormatCSV, ".tsv": FormatCSV, ".json": FormatJSON, ".jsonl": FormatJSON, ".ndjson": FormatJSON,
}

// codeEndings are those of programs and settings.
var codeEndings = strings.Fields(".go .py .js .mjs .ts .tsx .jsx .java .kt .c .h .cc .cpp .hpp .cs .rs .rb .php .swift .scala .sh .bash .ps1 .sql .r .lua .pl .ex .exs .erl .hs .clj .dart .vue .svelte .css .scss .yaml .yml .toml .ini .xml .proto .graphql .tf .dockerfile .makefile")

// Readable tells whether a file of this name may be one that can be read.
func Readable(name string) bool { return formatOf(name) != "" }

func formatOf(name string) Format {
	ending := strings.ToLower(path.Ext(name))
	if f := byEnding[ending]; f != "" {
		return f
	}
	for _, e := range codeEndings {
		if e == ending {
			return FormatCode
		}
	}
	switch strings.ToLower(path.Base(name)) {
	case "readme", "license", "changelog", "notice", "authors":
		return FormatText
	case "dockerfile", "makefile":
		return FormatCode
	}
	return ""
}

// refused says why a file was not read; the text is for the person who gave it.
func refused(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, fs.ErrInvalid)...)
}

// Detect says what a file is. Its bytes decide; its name only where they do not tell, as with all that is plain text.
func Detect(name string, data []byte) (Format, error) {
	wanted := formatOf(name)
	if len(bytes.TrimSpace(data)) == 0 {
		return "", refused("the file is empty")
	}
	m := mimetype.Detect(data)
	is := func(kinds ...string) bool {
		for _, k := range kinds {
			if m.Is(k) {
				return true
			}
		}
		return false
	}
	switch {
	case is("application/pdf"):
		return FormatPDF, nil
	case is("application/vnd.openxmlformats-officedocument.wordprocessingml.document"):
		return FormatWord, nil
	case is("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"):
		return FormatExcel, nil
	case is("application/x-ole-storage", "application/msword", "application/vnd.ms-excel"):
		return "", refused("this is a file of an old Office, or one with a password; save it as .docx or .xlsx without a password")
	case wanted == FormatPDF || wanted == FormatWord || wanted == FormatExcel:
		return wanted, broken(wanted, m.String())
	case !isText(data):
		return "", refused("files of the type %s cannot be read; PDF, Word (.docx), Excel (.xlsx), HTML, Markdown, text, CSV, JSON and code can", m.String())
	case wanted == FormatText || wanted == "":
		if is("text/html") {
			return FormatHTML, nil
		}
		return FormatText, nil
	}
	return wanted, nil
}

// broken tells of a file whose name promises what its bytes do not hold. Word and Excel files that are cut off in the
// middle are archives without a list of what is in them.
func broken(wanted Format, found string) error {
	if found == "application/zip" {
		return nil // its reader knows better what is wrong
	}
	return refused("the name says that this is a %s file, but its content is %s", wanted, found)
}

// isText tells whether bytes are text: UTF-8 or a single-byte encoding without control characters.
func isText(data []byte) bool {
	head := data[:min(len(data), 64<<10)]
	if isWide(data) {
		head = []byte(decode(head))
	}
	control := 0
	for _, b := range head {
		if b == 0 {
			return false
		}
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b {
			control++
		}
	}
	return control*100 <= len(head)
}

// File reads a file. The error wraps fs.ErrInvalid and says in words what is wrong with it. Formats whose libraries are
// not made for hostile bytes are better read by a Cage, which this is the inside of.
func File(ctx context.Context, name string, data []byte) (doc *Document, err error) {
	if len(data) > MaxFile {
		return nil, refused("the file has %d MiB; up to %d can be read", len(data)>>20, MaxFile>>20)
	}
	format, err := Detect(name, data)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil { // the libraries for PDF and Excel panic at what they did not expect
			doc, err = nil, refused("the %s file is damaged: it cannot be read to its end", format)
		}
	}()
	doc, err = readers[format](ctx, name, data)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && !errors.Is(err, fs.ErrInvalid):
		return nil, refused("the %s file is damaged: %v", format, err)
	case err != nil:
		return nil, err
	}
	if len(doc.Text) > maxText {
		return nil, refused("the file holds %d MiB of text; up to %d can be read", len(doc.Text)>>20, maxText>>20)
	}
	if len(doc.Blocks) == 0 {
		return nil, refused("there is no text in the file")
	}
	if doc.Title == "" {
		doc.Title = titleOf(name)
	}
	if doc.Language == "" {
		doc.Language = languageOf(doc.Text)
	}
	return doc, nil
}

// readers read files of their format, and stop when the context ends.
var readers = map[Format]func(ctx context.Context, name string, data []byte) (*Document, error){
	FormatPDF: readPDF, FormatWord: readWord, FormatExcel: readExcel, FormatHTML: readHTML, FormatCSV: readCSV, FormatJSON: readJSON, FormatCode: readCode,
	FormatMarkdown: func(_ context.Context, _ string, data []byte) (*Document, error) { return Markdown(decode(data)), nil },
	FormatText:     func(_ context.Context, _ string, data []byte) (*Document, error) { return Plain(decode(data)), nil },
}

func titleOf(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimSpace(strings.TrimSuffix(base, path.Ext(base)))
}

// languageOf guesses the language of a text, ISO 639-1; empty where it cannot tell.
func languageOf(text string) string {
	head := text[:min(len(text), 8<<10)]
	for head != "" && !utf8.ValidString(head) {
		head = head[:len(head)-1]
	}
	info := whatlanggo.Detect(head)
	if !info.IsReliable() {
		return ""
	}
	return info.Lang.Iso6391()
}
