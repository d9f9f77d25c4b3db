package web

import (
	"net/http"
	"strings"
)

// setHeaders sets the headers of every answer. Handlers may change Cache-Control; nothing else needs to be.
func (s *Server) setHeaders(c *Ctx) {
	h := c.Response().Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()")
	if s.secure(c.Request()) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if c.route.Foreign {
		// What a workflow answers may be any page: in a sandbox it has no origin, so no way to the studio's own pages.
		h.Set("Content-Security-Policy", "sandbox allow-forms allow-scripts; frame-ancestors 'none'")
		return
	}
	h.Set("Content-Security-Policy", policy(c.nonce))
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
}

func policy(nonce string) string {
	return strings.Join([]string{
		"default-src 'self'",
		"script-src 'self' 'nonce-" + nonce + "'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"img-src 'self' data:",
		"connect-src 'self'",
		"frame-ancestors 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"object-src 'none'",
	}, "; ")
}

// secure tells whether the browser speaks HTTPS to us, or to a proxy that we trust.
func (s *Server) secure(r *http.Request) bool {
	if r.TLS != nil || strings.HasPrefix(s.PublicURL, "https://") {
		return true
	}
	return s.trusted(r) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}
