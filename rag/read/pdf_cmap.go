package read

import (
	"io"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"
)

// Limits of one map of codes.
const (
	maxCodeMap = 4 << 20
	maxCodes   = 1 << 17
)

// codeMap tells what the codes of a font mean, or which numbers its glyphs have (Adobe technical note 5014).
type codeMap struct {
	texts   map[int]string
	numbers map[int]int
	spaces  [][3]int // length, first, last
	lengths int      // how many spaces there are
}

// codeMap reads a map; nil where there is none.
func (p *pdfFile) codeMap(v pdf.Value) (m *codeMap) {
	defer func() { _ = recover() }()
	if v.Kind() != pdf.Stream {
		return nil
	}
	data, _ := io.ReadAll(io.LimitReader(v.Reader(), maxCodeMap)) // what is damaged at its end is read up to there
	p.drawn += len(data)
	m = &codeMap{texts: map[int]string{}, numbers: map[int]int{}}
	l := &pdfLexer{data: data}
	var operands []pdfToken
	for {
		t, ok := l.next(0)
		if !ok {
			return m
		}
		if t.kind != tokOperator {
			if len(operands) < maxOperands {
				operands = append(operands, t)
			}
			continue
		}
		m.operator(t.text, operands)
		operands = operands[:0]
	}
}

func (m *codeMap) operator(op string, operands []pdfToken) {
	switch op {
	case "endcodespacerange":
		for i := 0; i+1 < len(operands) && m.lengths < 100; i += 2 {
			m.spaces = append(m.spaces, [3]int{len(operands[i].text), codeOf(operands[i].text), codeOf(operands[i+1].text)})
			m.lengths++
		}
	case "endbfchar":
		for i := 0; i+1 < len(operands); i += 2 {
			m.set(codeOf(operands[i].text), operands[i+1])
		}
	case "endbfrange":
		for i := 0; i+2 < len(operands); i += 3 {
			first, last := codeOf(operands[i].text), codeOf(operands[i+1].text)
			for c := first; c <= last && len(m.texts) < maxCodes && c-first < 1<<16; c++ {
				to := operands[i+2]
				if to.kind == tokArray {
					if c-first >= len(to.list) {
						break
					}
					m.set(c, to.list[c-first])
					continue
				}
				m.set(c, pdfToken{kind: to.kind, text: plus(to.text, c-first)})
			}
		}
	case "endcidchar":
		for i := 0; i+1 < len(operands) && len(m.numbers) < maxCodes; i += 2 {
			m.numbers[codeOf(operands[i].text)] = int(operands[i+1].num)
		}
	case "endcidrange":
		for i := 0; i+2 < len(operands); i += 3 {
			first, last := codeOf(operands[i].text), codeOf(operands[i+1].text)
			for c := first; c <= last && len(m.numbers) < maxCodes && c-first < 1<<16; c++ {
				m.numbers[c] = int(operands[i+2].num) + c - first
			}
		}
	}
}

func (m *codeMap) set(code int, to pdfToken) {
	if len(m.texts) >= maxCodes {
		return
	}
	text := to.text
	if to.kind == tokName {
		text = glyphText(text)
	} else {
		text = utf16Text(text)
	}
	if text != "" {
		m.texts[code] = text
	}
}

// length is how many bytes the first code of a string has.
func (m *codeMap) length(text string) int {
	for n := 1; n <= 4 && n <= len(text); n++ {
		code := codeOf(text[:n])
		for _, s := range m.spaces {
			if s[0] == n && s[1] <= code && code <= s[2] {
				return n
			}
		}
	}
	return max(1, min(m.spaces[0][0], 4))
}

func codeOf(text string) (code int) {
	for i := range min(len(text), 4) {
		code = code<<8 | int(text[i])
	}
	return code
}

// plus adds to the last two bytes of a text in UTF-16.
func plus(text string, n int) string {
	if len(text) < 2 {
		if len(text) == 1 {
			return string([]byte{text[0] + byte(n)})
		}
		return text
	}
	b := []byte(text)
	sum := int(b[len(b)-2])<<8 | int(b[len(b)-1])
	sum += n
	b[len(b)-2], b[len(b)-1] = byte(sum>>8), byte(sum)
	return string(b)
}

func utf16Text(text string) string {
	if len(text) == 1 {
		text = "\x00" + text
	}
	const most = 32 // characters that one code may mean
	var units []uint16
	for i := 0; i+1 < len(text) && len(units) < most; i += 2 {
		units = append(units, uint16(text[i])<<8|uint16(text[i+1]))
	}
	runes := utf16.Decode(units)
	if len(runes) == 1 && runes[0] < ' ' && runes[0] != '\t' {
		return ""
	}
	return string(runes)
}
