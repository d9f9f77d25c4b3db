package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/assets"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/views"
)

var coreRoutes = []route{
	{Method: "GET", Path: "/", Permission: auth.SignedIn, Handle: home},
	{Method: "GET", Path: "/health", Permission: auth.Public, Handle: health, Quiet: true, Open: true},
	{Method: "GET", Path: "/ready", Permission: auth.Public, Handle: ready, Quiet: true, Open: true},
	{Method: "GET", Path: "/metrics", Permission: auth.Public, Handle: metrics, Quiet: true},
	{Method: "GET", Path: "/assets/:name", Permission: auth.Public, Handle: asset, Quiet: true, Open: true},
	{Method: "GET", Path: "/favicon.ico", Permission: auth.Public, Handle: favicon, Quiet: true, Open: true},
	{Method: "GET", Path: "/robots.txt", Permission: auth.Public, Handle: robots, Quiet: true, Open: true},
	{Method: "GET", Path: "/gallery", Permission: auth.SignedIn, Handle: gallery, Development: true},
}

func home(_ *Server, c *Ctx) error { return c.Back("/workflows") }

// asset serves a script, style or icon. The name carries the content's hash: it never changes.
func asset(_ *Server, c *Ctx) error {
	gz, plain, kind, ok := assets.Open(c.Param("name"))
	if !ok {
		return errNoPage
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if gz != nil && acceptsGzip(c.Request()) {
		h.Set("Content-Encoding", "gzip")
		plain = gz
	}
	h.Set("Content-Length", fmt.Sprint(len(plain)))
	return c.Blob(http.StatusOK, kind, plain)
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.TrimSpace(weight) != "q=0" {
			return true
		}
	}
	return false
}

func favicon(_ *Server, c *Ctx) error {
	return c.Redirect(http.StatusFound, assets.Path("favicon.svg"))
}

// robots asks search engines to stay out: a studio is not a public site.
func robots(_ *Server, c *Ctx) error { return c.String(http.StatusOK, "User-agent: *\nDisallow: /\n") }

func gallery(_ *Server, c *Ctx) error {
	return c.View(http.StatusOK, views.Gallery(c.Page(c.T("Gallery"), "")))
}
