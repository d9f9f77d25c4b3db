package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// held is a collection of a studio that runs.
type held struct {
	*studioProcess
	id string
}

type heldDocument struct {
	ID, Name, Title, Status, Stage, Error string
	Chunks                                int
	Tags                                  []string
}

type sentFile struct {
	Name     string
	Document *heldDocument
	Fresh    bool
	Error    string
}

func (s *studioProcess) collection(name string, more m) *held {
	s.t.Helper()
	var made struct{ ID string }
	body := m{"name": name}
	for k, v := range more {
		body[k] = v
	}
	s.call("POST", "/collections", body, &made)
	return &held{s, made.ID}
}

// browserQuoter writes names into forms as browsers do.
var browserQuoter = strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A")

type namedFile struct {
	name string
	data []byte
}

// form is an upload as a browser sends it: the paths are the names of the fields.
func form(files ...namedFile) (contentType string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range files {
		base := f.name[strings.LastIndexByte(f.name, '/')+1:]
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"file/%s\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n", w.Boundary(), browserQuoter.Replace(f.name), browserQuoter.Replace(base))
		b.Write(f.data)
		b.WriteString("\r\n")
	}
	fmt.Fprintf(&b, "--%s--\r\n", w.Boundary())
	return w.FormDataContentType(), b.Bytes()
}

func (h *held) put(files ...namedFile) []sentFile {
	h.t.Helper()
	contentType, body := form(files...)
	status, answer := h.upload("/api/v1/collections/"+h.id+"/documents", contentType, body)
	if status != http.StatusAccepted {
		h.t.Fatalf("an upload gave %d %.500s", status, answer)
	}
	var out struct{ Files []sentFile }
	h.decode(answer, &out)
	return out.Files
}

func (h *held) document(id string) (d heldDocument) {
	h.t.Helper()
	h.call("GET", "/collections/"+h.id+"/documents/"+id, nil, &d)
	return d
}

func (h *held) order(order string, ids ...string) {
	h.t.Helper()
	h.call("POST", "/collections/"+h.id+"/documents/order", m{"order": order, "ids": ids}, nil)
}

// until waits for a document to be in one of the states.
func (h *held) until(id string, limit time.Duration, states ...string) heldDocument {
	h.t.Helper()
	for deadline := time.Now().Add(limit); ; <-time.After(20 * time.Millisecond) {
		d := h.document(id)
		for _, s := range states {
			if d.Status == s {
				return d
			}
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("%q is %s (%s, %q) and not %v", d.Name, d.Status, d.Stage, d.Error, states)
		}
	}
}

// take brings a file and waits for what becomes of it.
func (h *held) take(name string, data []byte) heldDocument {
	h.t.Helper()
	sent := h.put(namedFile{name, data})
	if len(sent) != 1 {
		h.t.Fatalf("%q gave %+v", name, sent)
	}
	if sent[0].Error != "" {
		return heldDocument{Name: sent[0].Name, Status: "failed", Error: sent[0].Error}
	}
	return h.until(sent[0].Document.ID, 2*time.Minute, "ready", "failed")
}

type heldAnswer struct {
	Mode, Text string
	Sources    []struct{ Document, Title, Text string }
	Failed     []struct{ Model, Kind, Text string }
}

func (h *held) ask(question string) (a heldAnswer) {
	h.t.Helper()
	h.call("POST", "/collections/"+h.id+"/ask", m{"question": question}, &a)
	return a
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// most is how much the server ever had in memory, in MiB; 0 where the system does not tell.
func (s *studioProcess) most() int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	found := peak.FindSubmatch(data)
	if found == nil {
		return 0
	}
	kb, err := strconv.Atoi(string(found[1]))
	if err != nil {
		s.t.Fatal(err)
	}
	return kb >> 10
}

func pdf(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var places []int
	for i, o := range objects {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, p := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, at)
	return b.Bytes()
}

func docx(t testing.TB, write func(io.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	part := func(name string, write func(io.Writer)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		write(w)
	}
	said := func(text string) func(io.Writer) { return func(w io.Writer) { _, _ = io.WriteString(w, text) } }
	part("[Content_Types].xml", said(`<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`))
	part("_rels/.rels", said(`<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`))
	part("word/document.xml", func(w io.Writer) {
		_, _ = io.WriteString(w, `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
		write(w)
		_, _ = io.WriteString(w, `</w:body></w:document>`)
	})
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func paragraph(text string) func(io.Writer) {
	return func(w io.Writer) { fmt.Fprintf(w, "<w:p><w:r><w:t>%s</w:t></w:r></w:p>", text) }
}

const pageTree = "<</Type /Catalog /Pages 2 0 R>>|<</Type /Pages /Kids [3 0 R] /Count 1>>|<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</XObject <</X1 5 0 R>>>>>>|<</Length 6>>\nstream\n/X1 Do\nendstream|<</Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1>>\nstream\nx\nendstream"

// onceWithoutRaceDetector leaves tests of whole studios under load to the run of make race without the detector, which takes
// several times the memory and time; what they go through is tested with it in the packages.
func onceWithoutRaceDetector(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("runs without the race detector")
	}
}

// Each bad document is refused in words that say what is wrong, costs little memory, and leaves the others alone.
func TestBadDocuments(t *testing.T) {
	onceWithoutRaceDetector(t)
	t.Parallel()
	s := startStudio(t)
	h := s.collection("Files", nil)
	good := h.take("good.docx", docx(t, paragraph("Parcels can go back within thirty days after they came.")))
	if good.Status != "ready" || good.Chunks != 1 {
		t.Fatalf("a good file is %+v", good)
	}
	whole := docx(t, paragraph(strings.Repeat("Words of a file that was cut off while it was copied. ", 400)))
	bomb := docx(t, func(w io.Writer) {
		block := []byte("<w:p><w:r><w:t>" + strings.Repeat("a ", 1<<19) + "</w:t></w:r></w:p>")
		for range 200 {
			_, _ = w.Write(block)
		}
	})
	for _, bad := range []struct {
		name string
		data []byte
		says string
	}{
		{"encrypted.pdf", pdf("/Encrypt 2 0 R /ID [(a) (b)]", "<</Type /Catalog>>", "<</Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O ("+strings.Repeat("o", 32)+") /U ("+strings.Repeat("u", 32)+")>>"), "password"},
		{"scanned.pdf", pdf("", strings.Split(pageTree, "|")...), "scanned"},
		{"truncated.docx", whole[:len(whole)*2/3], "cut off"},
		{"bomb.docx", bomb, "of text"},
		{"liar.pdf", []byte("MZ\x90\x00 this is a program"), "content is"},
		{"liar.md", []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00"), "cannot be read"},
		{"picture.png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "image/png"},
		{"empty.txt", nil, "empty"},
		{"blank.txt", []byte(" \n\t\n"), "empty"},
		{"deep.json", []byte(strings.Repeat("[", 200_000)), "JSON|deep|damaged|nested"},
		{strings.Repeat("n", 501) + ".txt", []byte("text"), "name of at most"},
	} {
		begun := time.Now()
		d := h.take(bad.name, bad.data)
		quick(t, bad.name, begun, 60*time.Second)
		if d.Status != "failed" || !says(d.Error, bad.says) || len(d.Error) > 1100 {
			t.Errorf("%.40q is %s and says %q, want %q", bad.name, d.Status, d.Error, bad.says)
		}
	}
	contentType, body := form(namedFile{"bad\x01name.txt", []byte("text")})
	if status, answer := h.upload("/api/v1/collections/"+h.id+"/documents", contentType, body); status != http.StatusUnprocessableEntity || !says(answer, "cannot be read") {
		t.Errorf("a name that no form can hold gave %d %s", status, answer)
	}
	if a := h.ask("Within how many days can parcels go back?"); a.Mode != "extract" || !strings.Contains(a.Text, "thirty days") {
		t.Errorf("afterwards the good file answers %+v", a)
	}
	if got := s.most(); got > 700 {
		t.Errorf("the server had up to %d MiB in memory", got)
	} else {
		t.Logf("the server had up to %d MiB in memory", got)
	}
}

// endless is a body that goes on until nobody reads it any more.
type endless struct {
	sent atomic.Int64
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	n := min(len(p), e.left)
	if n == 0 {
		return 0, io.EOF
	}
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.left -= n
	e.sent.Add(int64(n))
	return n, nil
}

// A file of 500 MB is refused early, whether it says its size or not, and what came before it in the request is kept.
func TestHugeDocument(t *testing.T) {
	onceWithoutRaceDetector(t)
	t.Parallel()
	s := startStudio(t)
	h := s.collection("Files", nil)
	const size = 500_000_000
	head := "--edge\r\nContent-Disposition: form-data; name=\"file/small.txt\"; filename=\"small.txt\"\r\n\r\nSome words.\r\n" +
		"--edge\r\nContent-Disposition: form-data; name=\"file/huge.txt\"; filename=\"huge.txt\"\r\n\r\n"
	for _, told := range []bool{true, false} {
		huge := &endless{left: size}
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.url("/api/v1/collections/"+h.id+"/documents"), io.MultiReader(strings.NewReader(head), huge))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "multipart/form-data; boundary=edge")
		if req.ContentLength = -1; told {
			req.ContentLength = int64(len(head)) + size
		}
		begun := time.Now()
		res, err := s.client.Do(req)
		quick(t, "a file of 500 MB", begun, 30*time.Second)
		if err != nil {
			t.Fatalf("with its size told (%v): %v after %d bytes", told, err, huge.sent.Load())
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusRequestEntityTooLarge || !says(string(body), "at most|too large") {
			t.Errorf("with its size told (%v): %d %s, %v", told, res.StatusCode, body, err)
		}
		if sent := huge.sent.Load(); sent > size/2 {
			t.Errorf("with its size told (%v), %d bytes were taken until it was refused", told, sent)
		}
	}
	var list struct{ Documents []heldDocument }
	s.call("GET", "/collections/"+h.id+"/documents", nil, &list)
	if len(list.Documents) != 1 || list.Documents[0].Name != "small.txt" {
		t.Errorf("afterwards there are %+v", list.Documents)
	}
	if got := s.most(); got > 500 {
		t.Errorf("the server had up to %d MiB in memory", got)
	} else {
		t.Logf("the server had up to %d MiB in memory", got)
	}
}

// Names are kept as people gave them, lead nowhere, and are shown as text.
func TestNamesOfDocuments(t *testing.T) {
	onceWithoutRaceDetector(t)
	t.Parallel()
	s := startStudio(t)
	h := s.collection("Names", nil)
	for given, kept := range map[string]string{
		`say "hello".txt`: `say "hello".txt`, "../../etc/passwd": "etc/passwd", `..\..\boot.ini.txt`: "boot.ini.txt", "/abs/olute.txt": "abs/olute.txt", "a//b/./c.txt": "a/b/c.txt",
		"קובץ עם שם.txt": "קובץ עם שם.txt", "ملف.txt": "ملف.txt", "100%.txt": "100%.txt", "<b>bold</b>&amp;.txt": "<b>bold</b>&amp;.txt", "emoji 🦓.txt": "emoji 🦓.txt",
		strings.Repeat("é", 490) + ".txt": strings.Repeat("é", 490) + ".txt",
	} {
		d := h.take(given, []byte("Words of the file "+given))
		if d.Name != kept || d.Status != "ready" {
			t.Errorf("%q is kept as %q, %s %s", given, d.Name, d.Status, d.Error)
		}
	}
	page := s.page("/collections/" + h.id)
	if strings.Contains(page, "<b>bold</b>") {
		t.Error("a name is markup on the page")
	}
	html := h.take("page.html", []byte(`<html><head><title>Fees<script>alert(1)</script></title><script>alert("never read this")</script></head><body onload="alert(2)"><h1>Fees</h1><p>The fee is nine euros.<img src=x onerror=alert(3)></p><iframe srcdoc="<script>alert(4)</script>"></iframe><style>p{color:red}</style></body></html>`))
	var text struct{ Text string }
	s.call("GET", "/collections/"+h.id+"/documents/"+html.ID+"/text", nil, &text)
	if !strings.Contains(text.Text, "nine euros") || says(text.Text, "alert|color:red|onerror") {
		t.Errorf("a page with scripts is read as %q", text.Text)
	}
	res, err := s.client.Get(s.url("/api/v1/collections/" + h.id + "/documents/" + html.ID + "/file"))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the bytes of a page are served with %v", res.Header)
	}
}

// page is a page of the studio.
func (s *studioProcess) page(path string) string {
	s.t.Helper()
	res, err := s.client.Get(s.url(path))
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s gave %d, %v", path, res.StatusCode, err)
	}
	return string(body)
}

// Ten thousand small files come and are taken in while the pages stay quick and the memory small; each is there once.
func TestManySmallDocuments(t *testing.T) {
	onceWithoutRaceDetector(t)
	if testing.Short() {
		t.Skip("takes ten thousand files in")
	}
	t.Parallel()
	s := startStudio(t, "ATELIER_ALLOW_ADDRESSES=127.0.0.1")
	s.provider("Models")
	h := s.collection("Many", m{"embedder": "Models"})
	const count, each = 10_000, 1000
	for first := 0; first < count; first += each {
		var files []namedFile
		for n := first; n < first+each; n++ {
			files = append(files, namedFile{fmt.Sprintf("notes/%d/%d.txt", n/100, n), fmt.Appendf(nil, "The note about %s.", wordOf(n/676, n/26, n))})
		}
		begun := time.Now()
		sent := h.put(files...)
		quick(t, "sending a thousand files", begun, 20*time.Second)
		if len(sent) != each || sent[each-1].Document == nil || !sent[each-1].Fresh {
			t.Fatalf("of %d files %d were taken", each, len(sent))
		}
	}
	contentType, body := form(make([]namedFile, 1001)...)
	if status, answer := s.upload("/api/v1/collections/"+h.id+"/documents", contentType, body); status < 400 {
		t.Errorf("files without names gave %d %.200s", status, answer)
	}
	slowest := time.Duration(0)
	for deadline := time.Now().Add(4 * time.Minute); ; <-time.After(500 * time.Millisecond) {
		begun := time.Now()
		page := s.page("/collections/" + h.id)
		slowest = max(slowest, time.Since(begun))
		if len(page) > 500_000 {
			t.Fatalf("the page has %d bytes", len(page))
		}
		c := h.counts()
		if c.Ready == count {
			break
		}
		if c.Failed > 0 || time.Now().After(deadline) {
			t.Fatalf("%+v", c)
		}
	}
	t.Logf("while they were taken in, the page took %s at most; the server had up to %d MiB", slowest, s.most())
	if slowest > 5*time.Second || s.most() > 400 {
		t.Errorf("the page took %s, and the server had up to %d MiB", slowest, s.most())
	}
	seen := map[string]bool{}
	for next := ""; ; {
		var list struct {
			Documents []heldDocument
			Next      string
		}
		s.call("GET", "/collections/"+h.id+"/documents?limit=200&cursor="+next, nil, &list)
		for _, d := range list.Documents {
			if seen[d.Name] {
				t.Errorf("%s is listed twice", d.Name)
			}
			seen[d.Name] = true
		}
		if next = list.Next; next == "" {
			break
		}
	}
	if len(seen) != count {
		t.Errorf("%d documents are listed, want %d", len(seen), count)
	}
	for _, n := range []int{0, 777, 9999} {
		var found struct{ Total int }
		s.call("GET", "/collections/"+h.id+"/records?q="+wordOf(n/676, n/26, n), nil, &found)
		if found.Total != 1 {
			t.Errorf("the word of note %d is found %d times", n, found.Total)
		}
	}
}
