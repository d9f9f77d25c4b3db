package discover

import (
	"net/http"
	"regexp"

	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

var sessionName = regexp.MustCompile(`(?i)sess|sid$|^sid|auth|token|jwt|login|remember|identity|^connect\.|^laravel|^__host-|^__secure-`)

// cookies keeps what an answer sets.
func (d *discovery) cookies(x *wire.Exchange, as string) {
	answer := http.Response{Header: x.Header}
	for _, c := range answer.Cookies() {
		masked := *c
		masked.Value = "…"
		d.s.Cookies = append(d.s.Cookies, &surface.Cookie{
			Name: c.Name, Line: masked.String(), URL: x.URL, As: as, Session: sessionName.MatchString(c.Name) && len(c.Value) >= 8,
		})
	}
}
