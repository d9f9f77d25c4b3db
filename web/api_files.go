package web

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

type fileIn struct {
	Hash string `path:"hash" doc:"SHA-256 of the bytes, hexadecimal."`
	Name string `query:"name" doc:"The name to save it under."`
	View string `query:"view" doc:"pdf: the browser shows the pages of a PDF, in a frame of the studio."`
}

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// apiFile gives a file that travelled with an item. It comes from anywhere, so it is only ever saved, never shown, but
// for PDFs: browsers show those in a viewer of their own, out of reach of the page.
func apiFile(s *Server, c *Ctx, in fileIn) error {
	if !hashForm.MatchString(in.Hash) {
		return absent("There is no such file.")
	}
	file, err := s.Store.Open(c.Request().Context(), c.Scope().Workspace(), in.Hash)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	name := in.Name
	if name == "" {
		name = in.Hash[:12]
	}
	h := c.Response().Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", attachment(name))
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("ETag", `"`+in.Hash+`"`)
	cage(h)
	if in.View != "" {
		if err := showPDF(h, in.View, name, file); err != nil {
			return err
		}
	}
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, file)
	return nil
}

// showPDF lets the browser's viewer show what really is a PDF.
func showPDF(h http.Header, view, name string, file io.ReadSeeker) error {
	head := make([]byte, 5)
	if _, err := io.ReadFull(file, head); view != "pdf" || err != nil || string(head) != "%PDF-" {
		return invalidInput("Only a PDF can be shown: view=pdf.")
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", "inline"+strings.TrimPrefix(attachment(name), "attachment"))
	h.Set("Content-Security-Policy", "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	return nil
}
