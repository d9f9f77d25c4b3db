package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/atelier-studio/atelier/store"
	"github.com/xuri/excelize/v2"
)

// mixed makes documents of the texts and the code of this repository, the same ones every time.
func mixed(n int) ([]store.NewDocument, error) {
	var texts []string
	names, err := filepath.Glob("rag/testdata/chunking/*.md.gz")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("there are no texts in rag/testdata/chunking; start this in the folder of the sources: %w", err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(z)
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.ToValidUTF8(string(data), " "))
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	sources, err := filepath.Glob("*/*.go")
	if err != nil {
		return nil, err
	}
	m := &mixer{r: rand.New(rand.NewPCG(5, 6)), texts: texts, sources: sources}
	list := make([]store.NewDocument, n)
	for i := range list {
		ending, data, err := m.next(i)
		if err != nil {
			return nil, err
		}
		list[i] = store.NewDocument{Name: fmt.Sprintf("%04d%s", i, ending), Data: data}
	}
	return list, nil
}

type mixer struct {
	r       *rand.Rand
	texts   []string
	sources []string
}

// next is a document: of twenty, five PDF, four Word, four HTML, three Markdown, two code, one Excel, one CSV.
func (m *mixer) next(i int) (ending string, data []byte, err error) {
	text := m.passage(3000 + m.r.IntN(9000))
	switch n := i % 20; {
	case n < 5:
		return ".pdf", printed(text), nil
	case n < 9:
		data, err = word(text)
		return ".docx", data, err
	case n < 13:
		var b strings.Builder
		fmt.Fprintf(&b, "<!doctype html><html><head><title>Page %d</title><style>p{margin:1em}</style></head><body><nav><a href=/>Home</a></nav><main><h1>Page %d</h1>", i, i)
		for _, p := range paragraphs(text) {
			b.WriteString("<p>" + html.EscapeString(p) + "</p>\n")
		}
		return ".html", []byte(b.String() + "</main><footer>Imprint</footer></body></html>"), nil
	case n < 16:
		var b strings.Builder
		for j, p := range paragraphs(text) {
			if j%4 == 0 {
				fmt.Fprintf(&b, "## Part %d\n\n", j/4+1)
			}
			b.WriteString(p + "\n\n")
		}
		return ".md", []byte(b.String()), nil
	case n < 18:
		data, err = os.ReadFile(m.sources[m.r.IntN(len(m.sources))])
		return ".go", append(data, fmt.Sprintf("\n// copy %d\n", i)...), err
	case n < 19:
		data, err = sheet(m.table(text))
		return ".xlsx", data, err
	}
	var b bytes.Buffer
	err = csv.NewWriter(&b).WriteAll(m.table(text))
	return ".csv", b.Bytes(), err
}

// passage is a piece of one of the texts.
func (m *mixer) passage(n int) string {
	text := m.texts[m.r.IntN(len(m.texts))]
	begin := m.r.IntN(max(1, len(text)-n))
	return strings.ToValidUTF8(text[begin:min(len(text), begin+n)], "")
}

func paragraphs(text string) (list []string) {
	words := strings.Fields(text)
	for len(words) > 0 {
		n := min(60, len(words))
		list, words = append(list, strings.Join(words[:n], " ")), words[n:]
	}
	return list
}

func (m *mixer) table(text string) [][]string {
	rows := [][]string{{"Number", "Subject", "Amount", "Remark"}}
	words := strings.Fields(text)
	for i := 0; i+12 < len(words); i += 12 {
		rows = append(rows, []string{fmt.Sprint(1000 + i), strings.Join(words[i:i+3], " "), fmt.Sprintf("%.2f", m.r.Float64()*1000), strings.Join(words[i+3:i+12], " ")})
	}
	return rows
}

func sheet(rows [][]string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // it is in memory
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			return nil, err
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func word(text string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	var body strings.Builder
	body.WriteString(`<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	for i, p := range paragraphs(text) {
		style := ""
		if i%5 == 0 {
			style = `<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>`
			p = strings.Join(strings.Fields(p)[:min(6, len(strings.Fields(p)))], " ")
		}
		body.WriteString("<w:p>" + style + "<w:r><w:t>" + html.EscapeString(p) + "</w:t></w:r></w:p>")
	}
	body.WriteString("</w:body></w:document>")
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", body.String()},
	} {
		w, err := z.Create(part[0])
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, part[1]); err != nil {
			return nil, err
		}
	}
	err := z.Close() // writes the list of what is in it
	return b.Bytes(), err
}

// printed makes a PDF of pages of 46 lines, as a program that prints would: Helvetica, compressed.
func printed(text string) []byte {
	const perLine, perPage = 90, 46
	var lines []string
	for _, p := range paragraphs(text) {
		for line := ""; ; {
			head, rest, more := strings.Cut(p, " ")
			if len(line)+len(head) > perLine || !more {
				lines = append(lines, line+head)
				line = ""
			} else {
				line += head + " "
			}
			if p = rest; !more {
				break
			}
		}
		lines = append(lines, "")
	}
	var b bytes.Buffer
	var places []int
	object := func(body string) {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(places), body)
	}
	b.WriteString("%PDF-1.7\n")
	pages := (len(lines) + perPage - 1) / perPage
	kids := make([]string, pages)
	for i := range kids {
		kids[i] = fmt.Sprintf("%d 0 R", 4+2*i)
	}
	object("<</Type /Catalog /Pages 2 0 R>>")
	object(fmt.Sprintf("<</Type /Pages /Kids [%s] /Count %d>>", strings.Join(kids, " "), pages))
	object("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>")
	for i := range pages {
		object(fmt.Sprintf("<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources <</Font <</F1 3 0 R>>>>>>", 5+2*i))
		var drawn, packed bytes.Buffer
		fmt.Fprint(&drawn, "BT /F1 11 Tf 14 TL 50 780 Td\n")
		for _, line := range lines[i*perPage : min(len(lines), (i+1)*perPage)] {
			fmt.Fprintf(&drawn, "(%s) '\n", quoted(line))
		}
		drawn.WriteString("ET")
		z := zlib.NewWriter(&packed)
		_, _ = z.Write(drawn.Bytes()) // to memory
		_ = z.Close()
		object(fmt.Sprintf("<</Length %d /Filter /FlateDecode>>\nstream\n%s\nendstream", packed.Len(), packed.String()))
	}
	begin := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(places)+1)
	for _, p := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(places)+1, begin)
	return b.Bytes()
}

// quoted writes text as a string of a PDF, without what Helvetica does not have.
func quoted(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(line))
}
