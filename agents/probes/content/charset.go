package content

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"golang.org/x/net/html/charset"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func declaredCharset() *agents.Probe {
	return &agents.Probe{
		ID: "charset", Title: "Page that does not say, or says twice, how its signs are encoded",
		Decides:    "Neither the header Content-Type nor a meta element among the first 1,024 bytes nor a byte order mark names an encoding, the names differ, or one is no encoding at all.",
		Keeps:      "What the header and the meta element say.",
		Advice:     "Send Content-Type: text/html; charset=utf-8, and write <meta charset=\"utf-8\"> as the first element of the head.",
		References: []string{"HTML"}, Severity: agents.Low, Skills: []string{"encoding"},
		Check: agents.Each(pages.Written, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			said := declaredBy(p)
			fault := said.fault()
			if fault == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: fault, Cause: fmt.Sprintf("header %q, meta %q", said.header, said.meta), Where: agents.Place{URL: p.URL, As: p.As, Element: "meta"},
				Evidence: []agents.Evidence{agents.Table("What names an encoding", agents.ByHTTP, []string{"place", "says"},
					[]string{"Content-Type", orNone(headerOf(p).Get("Content-Type"))}, []string{"meta", orNone(said.meta)}, []string{"byte order mark", orNone(said.mark)})},
			})
		}),
	}
}

// declared are the encodings that a page names, as it names them; "" where it does not.
type declared struct{ header, meta, mark string }

func (d declared) first() string {
	for _, name := range []string{d.mark, d.header, d.meta} {
		if name != "" {
			return name
		}
	}
	return ""
}

func (d declared) fault() string {
	kinds := map[string]string{}
	for place, name := range map[string]string{"the header": d.header, "the meta element": d.meta, "the byte order mark": d.mark} {
		if name == "" {
			continue
		}
		_, canonical := charset.Lookup(name)
		if canonical == "" {
			return fmt.Sprintf("The page says that it is encoded as %q, which is no encoding that browsers know.", name)
		}
		kinds[canonical] = place
	}
	switch {
	case len(kinds) == 0:
		return "Nothing says how the page is encoded, so every browser guesses."
	case len(kinds) == 1:
		return ""
	case d.mark != "":
		return fmt.Sprintf("The page begins with the mark of %s, and says %s elsewhere.", d.mark, strings.TrimSpace(d.header+" "+d.meta))
	default:
		return fmt.Sprintf("The header says %s, and the meta element %s: where the page is saved or passed on, it is read differently.", d.header, d.meta)
	}
}

var (
	metaCharset = regexp.MustCompile(`(?i)<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)`)
	comment     = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// declaredBy reads what a page says of its encoding.
func declaredBy(p *surface.Page) (d declared) {
	const looked = 1024 // bytes that browsers look for the meta element in
	if _, params, err := mime.ParseMediaType(headerOf(p).Get("Content-Type")); err == nil {
		d.header = params["charset"]
	}
	body := p.Answer.Body
	switch {
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		d.mark = "utf-8"
	case bytes.HasPrefix(body, []byte("\xFE\xFF")):
		d.mark = "utf-16be"
	case bytes.HasPrefix(body, []byte("\xFF\xFE")):
		d.mark = "utf-16le"
	}
	head := comment.ReplaceAll(body[:min(len(body), looked)], nil)
	if found := metaCharset.FindSubmatch(head); found != nil {
		d.meta = string(found[1])
	}
	if d.header == "" && d.meta == "" && d.mark == "" && reading.Type(p.Answer) == "application/xhtml+xml" {
		d.header = "utf-8" // which is what XML is where nothing else is said
	}
	return d
}

func headerOf(p *surface.Page) http.Header {
	if p.Answer == nil {
		return http.Header{}
	}
	return p.Answer.Header
}

func orNone(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return s
}
