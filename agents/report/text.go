package report

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cut shortens a text to about n bytes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// isText tells whether bytes can be read; those that were cut may end in the middle of a sign.
func isText(data []byte) bool {
	for range utf8.UTFMax {
		if r, size := utf8.DecodeLastRune(data); r != utf8.RuneError || size != 1 {
			break
		}
		data = data[:len(data)-1]
	}
	return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0
}

// printable leaves out what neither XML nor a page can hold, and orders to write from right to left.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r', r == 0xFFFE, r == 0xFFFF, unicode.Is(unicode.Bidi_Control, r):
			return -1
		case r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0:
			return '␦'
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}
