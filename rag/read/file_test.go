package read_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/atelier-studio/atelier/rag/read"
)

// office packs parts as Office files do; name and content in turn.
func office(parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, _ := z.Create(parts[i])
		_, _ = w.Write([]byte(parts[i+1]))
	}
	_ = z.Close()
	return b.Bytes()
}

const (
	officeTypes = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	wordSpace   = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	wordStyles  = `<w:styles ` + wordSpace + `><w:style w:styleId="Ttl"><w:name w:val="Title"/></w:style><w:style w:styleId="Ue2"><w:name w:val="heading 2"/></w:style></w:styles>`
)

func wordFile(body string) []byte {
	return office("[Content_Types].xml", officeTypes, "word/document.xml", `<w:document `+wordSpace+`><w:body>`+body+`</w:body></w:document>`, "word/styles.xml", wordStyles)
}

func excelFile(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, row := range [][]any{{"Country", "Days"}, {"Germany", 30}, {"France", 14.5}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func utf16File(text string, little bool) []byte {
	out := []byte{0xfe, 0xff}
	if little {
		out = []byte{0xff, 0xfe}
	}
	for _, u := range utf16.Encode([]rune(text)) {
		if little {
			out = append(out, byte(u), byte(u>>8))
		} else {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return out
}

const page = `<html><head><title>Returns &amp; refunds</title><style>p{color:red}</style></head><body><nav>Home Shop</nav><article><h1>Returns</h1><p>Customers may send goods back within thirty days, and the refund is paid to the account that the order was paid from.</p>
<script>alert("never")</script><p onclick="evil()">What arrives broken is replaced at no cost; a photograph is enough. Nobody has to pay for the way back, and we answer soon.</p><table><tr><th>Country</th><th>Days</th></tr><tr><td>Spain</td><td>21</td></tr></table><iframe src="x">frame</iframe></article></body></html>`

// TestFormats says which blocks come out of each format, and that they lie in the text, in order.
func TestFormats(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		data   []byte
		title  string
		blocks []string
		never  string
	}{
		{"a.md", []byte("---\ntitle: Front\n---\n# One\n\nText of\ntwo lines\n\n- item\n- other\n\n```go\nx\n```\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"), "Front", []string{"1 # One", "0 Text of\ntwo lines", "2 - item", "2 - other", "4 ```go\nx\n```", "3 | A | B |\n|---|---|\n| 1 | 2 |"}, ""},
		{"notes.txt", []byte("one\r\nmore\r\n\r\n\r\ntwo\r\n"), "notes", []string{"0 one\r\nmore", "0 two"}, ""},
		{"wide.txt", utf16File("Grüße\n\nzwei 😀", true), "wide", []string{"0 Grüße", "0 zwei 😀"}, ""},
		{"wide.csv", utf16File("a;b\n1;Größe", false), "wide", []string{"5 a: 1; b: Größe"}, ""},
		{"old.txt", []byte("Gr\xf6\xdfe \x80 5"), "old", []string{"0 Größe € 5"}, ""},
		{"a.csv", []byte("name,note\nAda,\"said \"\"hi\"\", left\"\nBob,\n"), "a", []string{`5 name: Ada; note: said "hi", left`, "5 name: Bob"}, ""},
		{"a.json", []byte(`[{"b":{"c":1.50},"a":["x","y"]},{"a":null,"d":true}]`), "a", []string{"5 a: x\na: y\nb.c: 1.50", "5 d: true"}, ""},
		{"a.jsonl", []byte("{\"a\":1}\n{\"a\":2}\n"), "a", []string{"5 a: 1", "5 a: 2"}, ""},
		{"dir/a.go", []byte("package a\n\n// F does.\nfunc F() {\n\n\tx()\n}\n\nfunc G() {}\n"), "dir/a.go", []string{"4 package a", "4 // F does.\nfunc F() {\n\n\tx()\n}", "4 func G() {}"}, ""},
		{"a.html", []byte(page), "Returns & refunds", nil, "alert"},
		{"looks.txt", []byte(page), "Returns & refunds", nil, "evil"},
		{"a.docx", wordFile(`<w:p><w:pPr><w:pStyle w:val="Ttl"/></w:pPr><w:r><w:t>Main</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="Ue2"/></w:pPr><w:r><w:t>Sub</w:t></w:r></w:p><w:p><w:r><w:t xml:space="preserve">One </w:t></w:r><w:del><w:r><w:t>gone</w:t></w:r></w:del><w:r><w:t>two</w:t></w:r></w:p>` +
			`<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>first</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>B</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`), "Main",
			[]string{"1 Main", "1 Sub", "0 One two", "2 - first", "3 | A | B |\n| --- | --- |"}, "gone"},
		{"a.xlsx", excelFile(t), "a", []string{"1 Sheet1", "5 Country: Germany; Days: 30", "5 Country: France; Days: 14.5"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc, err := read.File(t.Context(), tt.name, tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if doc.Title != tt.title {
				t.Errorf("the title is %q, want %q", doc.Title, tt.title)
			}
			var blocks []string
			for _, b := range doc.Blocks {
				blocks = append(blocks, fmt.Sprintf("%d %s", b.Kind, b.In(doc.Text)))
			}
			if tt.blocks != nil && strings.Join(blocks, "\n--\n") != strings.Join(tt.blocks, "\n--\n") {
				t.Errorf("the blocks are\n%s", strings.Join(blocks, "\n--\n"))
			}
			if tt.blocks == nil && (!strings.Contains(doc.Text, "replaced at no cost") || !strings.Contains(doc.Text, "| Spain")) {
				t.Errorf("the page reads %q", doc.Text)
			}
			if tt.never != "" && strings.Contains(doc.Text, tt.never) {
				t.Errorf("%q is in the text", tt.never)
			}
			sound(t, doc)
		})
	}
}

// sound checks what holds for every document.
func sound(t *testing.T, doc *read.Document) {
	t.Helper()
	if !utf8.ValidString(doc.Text) {
		t.Error("the text is not UTF-8")
	}
	at, page := 0, 0
	for i, b := range doc.Blocks {
		if b.Start < at || b.End <= b.Start || b.End > len(doc.Text) || b.Page < page {
			t.Fatalf("block %d of %d is at %d to %d on page %d; before it the text is at %d, page %d", i, len(doc.Blocks), b.Start, b.End, b.Page, at, page)
		}
		if !utf8.ValidString(b.In(doc.Text)) || strings.TrimSpace(b.In(doc.Text)) == "" {
			t.Fatalf("block %d is %q", i, b.In(doc.Text))
		}
		at, page = b.End, b.Page
	}
}

// TestBadFiles says that each bad file is refused with what is wrong with it.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	whole := wordFile(`<w:p><w:r><w:t>` + strings.Repeat("many words ", 500) + `</w:t></w:r></w:p>`)
	for name, tt := range map[string]struct {
		file string
		data []byte
		want string
	}{
		"empty":             {"a.txt", nil, "empty"},
		"only spaces":       {"a.md", []byte(" \n\t\n"), "empty"},
		"too big":           {"a.txt", make([]byte, read.MaxFile+1), "64 MiB"},
		"truncated Word":    {"a.docx", whole[:len(whole)*2/3], "cut off"},
		"Word without one":  {"a.docx", office("[Content_Types].xml", officeTypes, "word/other.xml", "<a/>"), "damaged"},
		"deep Word":         {"a.docx", wordFile(strings.Repeat("<w:x>", 5000)), "deep"},
		"broken Word":       {"a.docx", wordFile("<w:p><w:r></w:p>"), "word/document.xml"},
		"bomb":              {"a.docx", bomb(t), "unpacks to more than"},
		"old Office":        {"a.doc", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 2048)...), "old Office"},
		"old Office as new": {"a.xlsx", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 2048)...), "old Office"},
		"lies of PDF":       {"a.pdf", []byte("I am only a text that calls itself so."), "content is text/plain"},
		"lies of text":      {"a.txt", append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 100)...), "image/png"},
		"program":           {"a.md", append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 100)...), "cannot be read"},
		"deep page":         {"a.html", []byte("<html><body>" + strings.Repeat("<div>", 100_000) + "x"), "deep"},
		"deep JSON":         {"a.json", []byte(strings.Repeat(`[`, 1000) + strings.Repeat(`]`, 1000)), "deep"},
		"very deep JSON":    {"a.json", []byte(strings.Repeat(`{"a":`, 1_000_000)), "not JSON"},
		"broken JSON":       {"a.jsonl", []byte("{\"a\":1}\n{\"a\":"), "value 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := read.File(t.Context(), tt.file, tt.data)
			if err == nil {
				t.Fatalf("it was read as %.100q", doc.Text)
			}
			if !errors.Is(err, fs.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error %q does not say %q", err, tt.want)
			}
		})
	}
}

// bomb is a Word file that says of itself that it is a terabyte.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "word/document.xml"} {
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: 4, UncompressedSize64: 1 << 39})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte{1, 2, 3, 4})
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A quote that is never closed must not swallow the rest of a table.
func TestBrokenQuotes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("name,height\n\"open,180\n")
	for n := range 2000 {
		fmt.Fprintf(&b, "person %d,%d\" tall\n", n, n)
	}
	doc, err := read.File(t.Context(), "a.csv", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	sound(t, doc)
	if len(doc.Blocks) != 2001 || !strings.Contains(doc.Text, `name: person 1999; height: 1999" tall`) {
		t.Errorf("%d records, the last %.100q", len(doc.Blocks), doc.Blocks[len(doc.Blocks)-1].In(doc.Text))
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.pdf", onePage("BT /F1 10 Tf 50 700 Td [(te) -300 (xt)] TJ ET", helvetica))
	f.Add("a.docx", wordFile("<w:p><w:r><w:t>x</w:t></w:r></w:p>"))
	f.Add("a.md", []byte("# a\n\n- b\n\n|c|d|\n|-|-|\n"))
	f.Add("a.csv", []byte("a;b\n\"1;2\n"))
	f.Add("a.json", []byte(`{"a":[1,{"b":null}]}`))
	f.Add("a.html", []byte("<p>a<table><td>b"))
	f.Add("a.go", []byte("package a\n\nfunc f() {\n}\n"))
	f.Add("a.txt", utf16File("a\n\nb", true))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		doc, err := read.File(t.Context(), name, data)
		switch {
		case err == nil:
			sound(t, doc)
		case !errors.Is(err, fs.ErrInvalid):
			t.Errorf("the error %q is not one of the file", err)
		}
	})
}
