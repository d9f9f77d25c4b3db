package web

import (
	"net/http"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/locales"
)

const (
	languageCookie = "atelier-language"
	languageLife   = 365 * 24 * time.Hour
)

var languageRoutes = []route{
	{Method: "POST", Path: "/language", Permission: auth.Public, Handle: chooseLanguage, Body: formBody},
}

// speak makes the texts of the answer those of the person's language. Machines and streams are not asked.
func (s *Server) speak(c *Ctx) {
	if c.route.Foreign || c.route.Open {
		return
	}
	r := c.Request()
	chosen := ""
	if k, err := r.Cookie(s.cookieName(r, languageCookie)); err == nil {
		chosen = k.Value
	}
	if l := locales.Match(chosen, r.Header.Get("Accept-Language")); l != locales.English {
		c.SetRequest(r.WithContext(locales.With(r.Context(), l)))
	}
}

// chooseLanguage keeps the language that a person chose and shows the page where they were in it. An unknown one, or
// none, leaves the choice to the browser.
func chooseLanguage(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	s.cookie(c, languageCookie, "", 0)
	if chosen := form.Get("language"); string(locales.Match(chosen, "")) == chosen {
		s.cookie(c, languageCookie, chosen, languageLife)
	}
	back := form.Get("back")
	if !ownPath(back) {
		back = "/"
	}
	return c.Redirect(http.StatusSeeOther, back)
}
