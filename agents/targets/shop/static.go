package shop

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var staticFiles embed.FS

// staticPath is the address of a static file with a print of what it holds, so that it can be kept for ever.
func (s *Shop) staticPath(name string) string {
	data, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		return "/static/" + name
	}
	ext := path.Ext(name)
	return "/static/" + strings.TrimSuffix(name, ext) + "-" + printOf(data) + ext
}

func printOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:4])
}

func (s *Shop) static() {
	s.mux.HandleFunc("GET /static/{name}", func(w http.ResponseWriter, r *http.Request) {
		asked := r.PathValue("name")
		ext := path.Ext(asked)
		base := strings.TrimSuffix(asked, ext)
		cut := strings.LastIndexByte(base, '-')
		if cut < 0 {
			s.missing(w, r)
			return
		}
		data, err := staticFiles.ReadFile("static/" + base[:cut] + ext)
		if err != nil || printOf(data) != base[cut+1:] {
			s.missing(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", mime.TypeByExtension(ext))
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("ETag", `"`+base[cut+1:]+`"`)
		if strings.Contains(r.Header.Get("If-None-Match"), base[cut+1:]) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(data) //nolint:errcheck // whoever asked is gone
	})
}
