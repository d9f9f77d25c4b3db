package read_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/rag/read"
)

// makePDF writes a file of objects, numbered from 1; the first is its catalogue.
func makePDF(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, xref)
	return b.Bytes()
}

func stream(header, data string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", header, len(data), data)
}

func deflated(header, data string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(data))
	_ = w.Close()
	return stream(header+" /Filter /FlateDecode", b.String())
}

// onePage is a file of one page with a font and what else the page may use.
func onePage(drawn, font string, more ...string) []byte {
	return makePDF("", append([]string{
		"<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F1 5 0 R>> /XObject <</X1 6 0 R>>>>>>", stream("", drawn), font,
	}, more...)...)
}

const helvetica = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>"

func TestPDFAsPrinted(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/printed.pdf")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := read.File(t.Context(), "printed.pdf", data)
	if err != nil {
		t.Fatal(err)
	}
	if doc.Title != "Handbook of returns" || doc.Pages != 2 || doc.Language != "en" {
		t.Errorf("title %q, pages %d, language %q", doc.Title, doc.Pages, doc.Language)
	}
	var outline []string
	for _, b := range doc.Blocks {
		first, _, _ := strings.Cut(b.In(doc.Text), "\n")
		outline = append(outline, fmt.Sprintf("%d/%d p%d %.34s", b.Kind, b.Level, b.Page, first))
	}
	want := []string{
		"1/1 p1 Handbook of returns", "0/0 p1 Customers may send goods back with", "0/0 p1 Write to the service desk Attach a", "3/0 p1 | Country | Days |",
		"1/2 p2 Größe und Maße", "0/0 p2 Ein Paket darf höchstens 31,5 kg", "0/0 p2 The left column speaks of parcels", "0/0 p2 The right column comes afterwards",
	}
	if len(outline) != len(want) {
		t.Fatalf("the blocks are\n%s", strings.Join(outline, "\n"))
	}
	for i := range want {
		if strings.TrimSpace(outline[i]) != want[i] && !strings.HasPrefix(outline[i], want[i]) {
			t.Errorf("block %d is %q, want %q", i, outline[i], want[i])
		}
	}
	for _, part := range []string{"“Quotes”, ligatures: office, flow, affine.", "| Spain | 21 |", "until it has reached its end. The left column"} {
		if !strings.Contains(doc.Text, part) {
			t.Errorf("the text lacks %q", part)
		}
	}
}

func TestPDFText(t *testing.T) {
	t.Parallel()
	const toUnicode = "1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <004C00F6> <0002> <D83DDE00> endbfchar 2 beginbfrange <0010> <0012> <0077> <0020> <0021> [<0065> <006E>] endbfrange"
	composite := []string{
		"<</Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 8 0 R>>", "<<>>",
		"<</Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 500 /W [1 [1000] 16 18 600]>>", stream("", toUnicode),
	}
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"spaces by offsets":  {onePage("BT /F1 10 Tf 50 700 Td [(Wo) 20 (rds) -300 (apart)] TJ ET", helvetica), "Words apart"},
		"letters one by one": {onePage("BT /F1 10 Tf 50 700 Td (c) Tj 5 0 Td (a) Tj 5.56 0 Td (t) Tj 6 0 Td (s) Tj ET", helvetica), "cat s"},
		"spread letters":     {onePage("BT /F1 10 Tf 4 Tc 50 700 Td (spread) Tj ET", helvetica), "spread"},
		"escapes": {onePage(`BT /F1 10 Tf 50 700 Td (\(a\) \344\
 b) Tj ET`, helvetica), "(a) ä b"},
		"a word that was divided":     {onePage("BT /F1 10 Tf 12 TL 50 700 Td (What divi-) Tj T* (des and well-) Tj T* (Known) Tj ET", helvetica), "What divides and well-Known"},
		"two lines by quotes":         {onePage(`BT /F1 10 Tf 12 TL 50 700 Td (one) Tj (two) ' 0 0 (three) " ET`, helvetica), "one two three"},
		"turned":                      {onePage("BT /F1 10 Tf 0 1 -1 0 300 100 Tm (up the page) Tj 0 -12 Td (and on) Tj ET", helvetica), "up the page and on"},
		"names of glyphs":             {onePage("BT /F1 10 Tf 50 700 Td (\\001\\002\\003x) Tj ET", "<</Type /Font /Subtype /Type1 /BaseFont /X /Encoding <</Differences [1 /ffi /adieresis /uni20AC.alt]>> /FirstChar 0 /Widths [0 500 500 500]>>"), "ffiä€x"},
		"composite font":              {onePage("BT /F1 10 Tf 50 700 Td <0001001000200021> Tj ET", composite[0], composite[1:]...), "Löwen"},
		"a form":                      {onePage("/X1 Do", helvetica, stream("/Subtype /Form /Matrix [2 0 0 2 0 0] /Resources <</Font <</F1 5 0 R>>>>", "BT /F1 10 Tf 50 300 Td (in a form) Tj ET")), "in a form"},
		"a letter drawn twice":        {onePage("BT /F1 10 Tf 50 700 Td (bold) Tj 1 0 0 1 50.3 700 Tm (bold) Tj ET", helvetica), "bold"},
		"an image within the page":    {onePage("BI /W 1 /H 1 ID (((EIx]] EI BT /F1 10 Tf 50 700 Td (after) Tj ET", helvetica), "after"},
		"words before the first mark": {append([]byte("junk\n"), bytes.Replace(onePage("BT /F1 10 Tf 50 700 Td (newer) Tj ET", helvetica), []byte("%PDF-1.4"), []byte("%PDF-2.0"), 1)...), "newer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := read.File(t.Context(), "a.pdf", tt.file)
			if err != nil {
				t.Fatal(err)
			}
			if doc.Text != tt.want {
				t.Errorf("the text is %q, want %q", doc.Text, tt.want)
			}
		})
	}
}

func TestPDFDropsHeadsAndNumbers(t *testing.T) {
	t.Parallel()
	objects := []string{"<</Type /Catalog /Pages 2 0 R>>", "", helvetica}
	var kids []string
	parts := strings.Fields("first second third fourth fifth sixth")
	for n := 1; n <= 6; n++ {
		kids = append(kids, fmt.Sprintf("%d 0 R", len(objects)+1))
		objects = append(objects,
			fmt.Sprintf("<</Type /Page /Parent 2 0 R /Contents %d 0 R>>", len(objects)+2),
			stream("", fmt.Sprintf("BT /F1 10 Tf 50 800 Td (Annual report) Tj 0 -100 Td (The %s part was good.) Tj 0 -20 Td (Sales grew by %s.) Tj 0 -600 Td (- %d -) Tj ET", parts[n-1], parts[6-n], n+10)))
	}
	objects[1] = "<</Type /Pages /Kids [" + strings.Join(kids, " ") + "] /Count 6 /Resources <</Font <</F1 3 0 R>>>>>>"
	doc, err := read.File(t.Context(), "a.pdf", makePDF("", objects...))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(doc.Text, "Annual report") || strings.Contains(doc.Text, "- 1") || !strings.Contains(doc.Text, "The sixth part was good.") {
		t.Errorf("the text is %q", doc.Text)
	}
	if last := doc.Blocks[len(doc.Blocks)-1]; last.Page != 6 {
		t.Errorf("the last block is on page %d", last.Page)
	}
}

func TestBadPDF(t *testing.T) {
	t.Parallel()
	loop := stream("/Subtype /Form /Resources <</Font <</F1 5 0 R>> /XObject <</X1 6 0 R>>>>", "/X1 Do /X1 Do /X1 Do /X1 Do")
	whole := onePage("BT /F1 10 Tf 50 700 Td (text) Tj ET", helvetica)
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"scanned":           {onePage("/X1 Do", helvetica, stream("/Subtype /Image", "xyz")), "scanned"},
		"nothing":           {onePage("", helvetica), "no text"},
		"no pages":          {makePDF("", "<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [] /Count 0>>", helvetica), "no pages"},
		"password":          {makePDF("/Encrypt 2 0 R /ID [(a) (b)]", "<</Type /Catalog>>", "<</Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O ("+strings.Repeat("o", 32)+") /U ("+strings.Repeat("u", 32)+")>>"), "password"},
		"cut off":           {whole[:len(whole)/2], "cut off"},
		"unknown letters":   {onePage("BT /F1 10 Tf 50 700 Td <00010002> Tj ET", "<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<</DW 500>>]>>"), "OCR"},
		"draws itself":      {onePage("/X1 Do", helvetica, loop), "no text"},
		"pages in a circle": {makePDF("", "<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [2 0 R 2 0 R 2 0 R] /Count 3>>", helvetica), "no pages"},
		"deep arrays":       {onePage(strings.Repeat("[", 1<<20), helvetica), "no text"},
		"bomb":              {onePage("/X1 Do", helvetica, deflated("/Subtype /Form", strings.Repeat("q ", 20<<20)+" /X1 Do")), "no text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := read.File(t.Context(), "a.pdf", tt.file)
			if err == nil {
				t.Fatalf("it was read as %q", doc.Text)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error %q does not say %q", err, tt.want)
			}
		})
	}
}
