package web

import (
	"mime"
	"net/http"
	"path"
	"strings"
)

// attachment writes a Content-Disposition that makes browsers save a file under a name (RFC 6266). A name is reduced
// to its last part and to characters that every file system takes.
func attachment(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if isControl(r) || strings.ContainsRune(`"<>:|?*/\`, r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return '_' // also marks that turn the direction of text, with which "exe.gpj" looks like a picture
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if len(name) > 150 {
		name = strings.ToValidUTF8(name[:150], "")
	}
	if name == "" {
		name = "file"
	}
	return mime.FormatMediaType("attachment", map[string]string{"filename": name})
}

// cage keeps what strangers wrote from acting in the studio's name, should a browser show it after all.
func cage(h http.Header) {
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
}
