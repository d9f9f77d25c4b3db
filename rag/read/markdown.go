package read

import (
	"regexp"
	"strings"
)

// Markdown reads CommonMark with tables. It goes by lines and looks only for blocks, in time that grows with the length
// of the text whatever stands in it.
func Markdown(text string) *Document {
	m := &markdown{doc: &Document{Text: text}}
	m.frontMatter()
	for m.at < len(text) {
		m.line()
	}
	m.end()
	return m.doc
}

// Plain reads a text without marks: paragraphs between empty lines.
func Plain(text string) *Document {
	m := &markdown{doc: &Document{Text: text}}
	for m.at < len(text) {
		start, end, next := m.bounds(m.at)
		if strings.TrimSpace(text[start:end]) == "" {
			m.end()
		} else {
			m.extend(Paragraph, start, end)
		}
		m.at = next
	}
	m.end()
	return m.doc
}

type markdown struct {
	doc  *Document
	at   int
	open *Block // the block that the next line may belong to
}

var (
	atxHeading = regexp.MustCompile(`^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$`)
	setext     = regexp.MustCompile(`^ {0,3}(=+|-{2,})[ \t]*$`)
	fence      = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})")
	listItem   = regexp.MustCompile(`^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\S`)
	delimiter  = regexp.MustCompile(`^ {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
	rule       = regexp.MustCompile(`^ {0,3}([-*_])[ \t]*(?:[-*_][ \t]*){2,}$`)
)

// bounds returns where the line at a place begins and ends, and where the next one begins.
func (m *markdown) bounds(at int) (start, end, next int) {
	end, next = len(m.doc.Text), len(m.doc.Text)
	if i := strings.IndexByte(m.doc.Text[at:], '\n'); i >= 0 {
		end, next = at+i, at+i+1
	}
	if end > at && m.doc.Text[end-1] == '\r' {
		end--
	}
	return at, end, next
}

func (m *markdown) line() {
	start, end, next := m.bounds(m.at)
	line := m.doc.Text[start:end]
	m.at = next
	switch {
	case strings.TrimSpace(line) == "":
		m.end()
	case fence.MatchString(line):
		m.end()
		m.fenced(start, fence.FindStringSubmatch(line)[1])
	case atxHeading.MatchString(line):
		m.end()
		m.heading(start, end, len(atxHeading.FindStringSubmatch(line)[1]))
	case m.open != nil && m.open.Kind == Paragraph && setext.MatchString(line):
		level := 1
		if strings.Contains(line, "-") {
			level = 2
		}
		b := *m.open
		m.open = nil
		m.heading(b.Start, b.End, level)
	case rule.MatchString(line):
		m.end()
	case m.open != nil && m.open.Kind == Table && strings.Contains(line, "|"):
		m.extend(Table, start, end)
	case strings.Contains(line, "|") && m.delimited():
		m.end()
		m.extend(Table, start, end)
	case listItem.MatchString(line):
		m.end()
		m.extend(Item, start, end)
	case m.open == nil && (strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t")):
		m.extend(Code, start, end)
	case m.open != nil && m.open.Kind != Table:
		m.extend(m.open.Kind, start, end)
	default:
		m.end()
		m.extend(Paragraph, start, end)
	}
}

// delimited tells whether the line that comes next divides the head of a table from its rows.
func (m *markdown) delimited() bool {
	start, end, _ := m.bounds(m.at)
	line := m.doc.Text[start:end]
	return strings.Contains(line, "-") && strings.Contains(line, "|") && delimiter.MatchString(line)
}

func (m *markdown) heading(start, end, level int) {
	m.doc.Blocks = append(m.doc.Blocks, Block{Kind: Heading, Level: level, Start: start, End: end})
	if title := HeadingText(m.doc.Text[start:end]); m.doc.Title == "" && level == 1 {
		m.doc.Title = title
	}
}

// HeadingText takes the marks off a heading.
func HeadingText(line string) string {
	line = strings.TrimSpace(line)
	if marked := atxHeading.FindStringSubmatch(line); marked != nil {
		line = marked[2]
	}
	return strings.Trim(strings.TrimSpace(line), "*_` ")
}

func (m *markdown) extend(kind Kind, start, end int) {
	if m.open == nil {
		m.open = &Block{Kind: kind, Start: start}
	}
	m.open.End = end
}

func (m *markdown) end() {
	if m.open != nil {
		m.doc.Blocks = append(m.doc.Blocks, *m.open)
		m.open = nil
	}
}

// fenced reads code up to the fence that closes it, or to the end.
func (m *markdown) fenced(start int, mark string) {
	b := Block{Kind: Code, Start: start, End: m.at}
	for m.at < len(m.doc.Text) {
		begin, end, next := m.bounds(m.at)
		m.at, b.End = next, end
		if line := strings.TrimSpace(m.doc.Text[begin:end]); strings.HasPrefix(line, mark) && strings.Trim(line, mark[:1]) == "" {
			break
		}
	}
	b.End = b.Start + len(strings.TrimRight(m.doc.Text[b.Start:b.End], "\r\n"))
	m.doc.Blocks = append(m.doc.Blocks, b)
}

// frontMatter passes over the settings that some programs put before the text, and takes the title from them.
func (m *markdown) frontMatter() {
	const mark = "---"
	_, end, next := m.bounds(0)
	if m.doc.Text[:end] != mark {
		return
	}
	for at := next; at < len(m.doc.Text) && at < 64<<10; {
		start, end, next := m.bounds(at)
		line := m.doc.Text[start:end]
		if line == mark {
			m.at = next
			return
		}
		if title, found := strings.CutPrefix(line, "title:"); found && m.doc.Title == "" {
			m.doc.Title = strings.Trim(strings.TrimSpace(title), `"'`)
		}
		at = next
	}
	m.doc.Title = ""
}
