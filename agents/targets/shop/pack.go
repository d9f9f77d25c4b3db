package shop

import (
	"bufio"
	"compress/gzip"
	"net"
	"net/http"
	"strings"
)

// packed compresses text for those who take it.
type packed struct {
	http.ResponseWriter
	takes  bool
	begun  bool
	writer *gzip.Writer
}

func pack(w http.ResponseWriter, r *http.Request) *packed {
	return &packed{ResponseWriter: w, takes: strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Header.Get("Upgrade") == ""}
}

func (p *packed) WriteHeader(status int) {
	p.begin(status)
	p.ResponseWriter.WriteHeader(status)
}

func (p *packed) Write(b []byte) (int, error) {
	if !p.begun {
		if p.Header().Get("Content-Type") == "" {
			p.Header().Set("Content-Type", http.DetectContentType(b))
		}
		p.WriteHeader(http.StatusOK)
	}
	if p.writer != nil {
		return p.writer.Write(b)
	}
	return p.ResponseWriter.Write(b)
}

func (p *packed) begin(status int) {
	if p.begun {
		return
	}
	p.begun = true
	h := p.Header()
	kind := h.Get("Content-Type")
	text := strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || strings.Contains(kind, "javascript") || strings.Contains(kind, "xml")
	if !p.takes || !text || status == http.StatusNoContent || status == http.StatusNotModified || h.Get("Content-Encoding") != "" {
		return
	}
	h.Set("Content-Encoding", "gzip")
	h.Add("Vary", "Accept-Encoding")
	h.Del("Content-Length")
	p.writer = gzip.NewWriter(p.ResponseWriter)
}

func (p *packed) close() {
	if p.writer != nil {
		_ = p.writer.Close() //nolint:errcheck // whoever asked is gone
	}
}

// Flush sends what there is.
func (p *packed) Flush() {
	if p.writer != nil {
		_ = p.writer.Flush() //nolint:errcheck // whoever asked is gone
	}
	if f, ok := p.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Hijack gives the connection away, to a WebSocket.
func (p *packed) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	p.begun = true
	return http.NewResponseController(p.ResponseWriter).Hijack()
}
