package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/views"
)

// Rows about the keys of programs that act for a person. Only people in a browser can ask for them: a key makes no keys.
var keyRoutes = []route{
	{Method: "GET", Path: "/settings/keys", Permission: auth.WorkflowView, Handle: keysForm},
	{Method: "POST", Path: "/settings/keys", Permission: auth.WorkflowView, Handle: makeKey, Body: formBody},
	{Method: "POST", Path: "/settings/keys/:id/revoke", Permission: auth.WorkflowView, Handle: revokeKey, Body: formBody},
}

const day = 24 * time.Hour

// keyLives are how long a key can last, by the values of the form.
var keyLives = map[string]time.Duration{"30": 30 * day, "90": 90 * day, "365": 365 * day, "never": 0}

func keysForm(s *Server, c *Ctx) error {
	return s.keysPage(c, http.StatusOK, views.KeysView{Scopes: []string{"view"}, Expires: "90"})
}

func (s *Server) keysPage(c *Ctx, status int, v views.KeysView) error {
	var err error
	if v.Keys, err = s.Auth.Keys(c.Context(), c.Principal); err != nil {
		return err
	}
	v.Now = s.Now().UnixMicro()
	v.Presets = auth.KeyScopes()
	for _, p := range auth.KeyPermissions() {
		if c.Allows(p) {
			v.Permissions = append(v.Permissions, string(p))
		}
	}
	v.Base = s.base(c.Request())
	return c.View(status, views.KeysPage(c.settingsPage(c.T("API keys")), v))
}

// makeKey shows the key on the page itself: it is not kept anywhere, so that reading the store gives no way in.
func makeKey(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	life, known := keyLives[form.Get("expires")]
	if !known {
		life = -1
	}
	_, text, err := s.Auth.NewKey(c.Context(), c.Principal, form.Get("name"), form["scope"], life)
	if err == nil {
		return s.keysPage(c, http.StatusOK, views.KeysView{Text: text, Scopes: []string{"view"}, Expires: "90"})
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return s.keysPage(c, http.StatusUnprocessableEntity, views.KeysView{Name: form.Get("name"), Scopes: form["scope"], Expires: form.Get("expires"), Mistakes: wrong})
}

func revokeKey(s *Server, c *Ctx) error {
	if err := s.Auth.RevokeKey(c.Context(), c.Principal, c.Param("id")); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("The key is revoked. Programs that use it are refused from now on.")), c.Back("/settings/keys"))
}

// byKey tells whether programs may ask for a row with a key: the API, and the doors beside it.
func (r *route) byKey() bool { return r.API != nil || r.Door }

// bearer is the key that a request carries, and whether it carries one. A browser never sends one by itself, so that no other site
// can make it.
func bearer(r *http.Request) (string, bool) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(text), strings.EqualFold(scheme, "Bearer")
}

// admitKey lets a program in: who it acts for, how much it asks, and what its key and its person may.
func (s *Server) admitKey(c *Ctx, text string) error {
	p, err := s.Auth.AuthenticateKey(c.Context(), text)
	if errors.Is(err, auth.ErrNoKey) {
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="Atelier", error="invalid_token"`)
		return err
	}
	if err != nil {
		return failure{http.StatusServiceUnavailable, "The studio cannot tell who you are just now. Try again in a moment.", err}
	}
	c.Principal = p
	if err := s.paces.take("key "+p.Key.ID, c.route.Cost, s.Now()); err != nil {
		return err
	}
	return c.may()
}

// scopeText names what a key may do.
func scopeText(scopes []string) string {
	return strings.Join(slices.Sorted(slices.Values(scopes)), ", ")
}
