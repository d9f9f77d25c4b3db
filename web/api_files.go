package web

import (
	"net/http"
	"regexp"
	"time"
)

type fileIn struct {
	Hash string `path:"hash" doc:"SHA-256 of the bytes, hexadecimal."`
	Name string `query:"name" doc:"The name to save it under."`
}

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// apiFile gives a file that travelled with an item. It comes from anywhere, so it is only ever saved, never shown.
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
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, file)
	return nil
}
