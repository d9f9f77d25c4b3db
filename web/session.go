package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/views"
)

// The name of the session's cookie follows the scheme. Over HTTPS the __Host- prefix makes browsers refuse it from
// sub-domains, over HTTP and with a path. Over plain HTTP, as on a developer's own machine, only some browsers accept
// such a cookie from localhost, so it goes without prefix and Secure there.
const sessionCookie = "atelier"

func (s *Server) cookieName(r *http.Request, name string) string {
	if s.secure(r) {
		return "__Host-" + name
	}
	return name
}

func (s *Server) cookie(c *Ctx, name, value string, life time.Duration) {
	age := int(life.Seconds())
	if value == "" {
		age = -1
	}
	http.SetCookie(c.Response(), &http.Cookie{
		Name: s.cookieName(c.Request(), name), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: s.secure(c.Request()), SameSite: http.SameSiteLaxMode,
	})
}

// sessionToken returns the token that the browser sent, or "".
func (s *Server) sessionToken(c *Ctx) string {
	k, err := c.Request().Cookie(s.cookieName(c.Request(), sessionCookie))
	if err != nil {
		return ""
	}
	return k.Value
}

func (s *Server) keepSession(c *Ctx, token string) {
	s.cookie(c, sessionCookie, token, auth.SessionLife)
}
func (s *Server) dropSession(c *Ctx) { s.cookie(c, sessionCookie, "", 0) }

// client describes the browser for the list of sessions and the counters of failed attempts.
func (c *Ctx) client() auth.Client {
	return auth.Client{Agent: c.Request().UserAgent(), Address: c.RealIP()}
}

// A flash is a message on the next page that is shown. It travels in a signed cookie, so that no one can put words or
// forms into the studio's pages from outside. One that another key has signed is dropped, never believed.
const flashCookie = "atelier-flash"

type flashKey [32]byte

func newFlashKey(given []byte) *flashKey {
	var k flashKey
	if len(given) == 0 {
		rand.Read(k[:])
		return &k
	}
	k = sha256.Sum256(given)
	return &k
}

func (k *flashKey) sign(body string) string {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte(body))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Flash shows a message on the next page.
func (c *Ctx) Flash(f views.Flash) error {
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	body := base64.RawURLEncoding.EncodeToString(data)
	c.server.cookie(c, flashCookie, body+"."+c.server.flashes.sign(body), time.Minute)
	return nil
}

// Say shows a sentence on the next page.
func (c *Ctx) Say(text string) error { return c.Flash(views.Flash{Text: text}) }

// takeFlash returns the message that waits for this page, or nil, and clears it.
func (c *Ctx) takeFlash() *views.Flash {
	k, err := c.Request().Cookie(c.server.cookieName(c.Request(), flashCookie))
	if err != nil {
		return nil
	}
	c.server.cookie(c, flashCookie, "", 0)
	body, mac, _ := strings.Cut(k.Value, ".")
	if !hmac.Equal([]byte(mac), []byte(c.server.flashes.sign(body))) {
		return nil
	}
	data, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return nil
	}
	var f views.Flash
	if err := json.Unmarshal(data, &f); err != nil {
		return nil
	}
	return &f
}
