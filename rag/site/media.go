package site

import (
	"bytes"
	"io"
	"mime"
	"net/url"
	"path"
	"strings"

	"github.com/atelier-studio/atelier/rag/read"
	"golang.org/x/net/html/charset"
)

// maxHTML is how long a page of HTML may be; other documents may be as large as files that people bring.
const maxHTML = 16 << 20

// endings are those of files of a type that can be read.
var endings = map[string]string{
	"text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/markdown": ".md", "text/csv": ".csv", "application/json": ".json",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}

// asFile returns the name that a page has as a file of the type that the site says it has. Of a type that says nothing, the
// address's own ending decides.
func asFile(u *url.URL, contentType string) (name, media string, err error) {
	media, _, _ = mime.ParseMediaType(contentType) //nolint:errcheck // an odd type is an unknown one
	base := path.Base(u.Path)
	if base == "/" || base == "." {
		base = u.Hostname()
		if base = strings.TrimSuffix(base, path.Ext(base)); base == "" {
			base = "page"
		}
	}
	known := read.Readable(base) && u.Path != "/"
	if ending := endings[media]; ending != "" {
		return strings.TrimSuffix(base, path.Ext(base)) + ending, media, nil
	}
	switch {
	case (media == "" || media == "application/octet-stream" || media == "text/plain" || strings.HasSuffix(media, "+json")) && known:
		return base, media, nil
	case media == "" && path.Ext(base) == "":
		return base + ".html", "text/html", nil // what the bytes are is looked at once more when they are read
	case strings.HasPrefix(media, "text/") && media != "text/css" && media != "text/javascript" && media != "text/xml":
		return strings.TrimSuffix(base, path.Ext(base)) + ".txt", media, nil
	}
	if media == "" {
		media = path.Ext(base)
	}
	return "", media, invalid(Skipped, "it is of the type %s; pages, PDF, Word, Excel, Markdown, text, CSV, JSON and code can be read", shorten(media))
}

// isHTML tells whether a type is that of pages.
func isHTML(media string) bool { return media == "text/html" || media == "application/xhtml+xml" }

// utf8Of brings text into UTF-8: by the mark at its beginning, by what the site says, or for HTML by what the page says
// itself. What is no text stays as it is.
func utf8Of(data []byte, contentType, media string) []byte {
	if !isHTML(media) {
		_, params, _ := mime.ParseMediaType(contentType) //nolint:errcheck // see asFile
		label := strings.ToLower(params["charset"])
		if !strings.HasPrefix(media, "text/") || label == "" || label == "utf-8" || label == "us-ascii" {
			return data
		}
	}
	r, err := charset.NewReader(bytes.NewReader(data), contentType)
	if err != nil {
		return data
	}
	out, err := io.ReadAll(io.LimitReader(r, read.MaxFile))
	if err != nil {
		return data
	}
	return out
}
