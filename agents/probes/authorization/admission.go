package authorization

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// admission is what an answer says of who asked for it.
type admission struct {
	kind admitted
	saw  string // in few words
}

type admitted int

const (
	letIn   admitted = iota
	refused          // the door is shut
	sentOff          // to another address, which is none to sign in at
	nothing          // there is nothing, or nothing with this method
	unclear          // neither can be told
)

var (
	signInPath = regexp.MustCompile(`(?i)(?:^|/)(?:log[_-]?in|sign[_-]?in|session/new|anmelden|connexion|acceder)(?:[/.?]|$)`)
	// denying are sentences with which pages refuse somebody whatever their status says.
	denying = regexp.MustCompile(`(?i)access (?:is )?denied|forbidden|unauthori[sz]ed|not (?:allowed|authori[sz]ed|permitted|logged in|signed in)|no(?:t enough| sufficient)? permission|permission denied|(?:must|need to|please|have to) (?:log|sign)(?: ?in|ged in|ed in)|zugriff verweigert|keine berechtigung|nicht berechtigt|accès refusé|acceso denegado`)
	// wantsToken are words of an answer that misses a form's token, which says nothing of who asked.
	wantsToken = regexp.MustCompile(`(?i)csrf|xsrf|cross.site|forgery|invalid token|token (?:mis|is )|expired form|same.?origin`)
)

// admissionOf judges an answer to a request that followed redirects.
func admissionOf(lab *agents.Lab, asked string, x *wire.Exchange) admission {
	switch {
	case x.Status == http.StatusUnauthorized || x.Status == http.StatusPaymentRequired || x.Status == http.StatusForbidden || x.Status == http.StatusUnavailableForLegalReasons:
		return admission{refused, way(x) + fmt.Sprint(x.Status)}
	case x.Status == http.StatusNotFound || x.Status == http.StatusGone || x.Status == http.StatusMethodNotAllowed || x.Status == http.StatusNotImplemented:
		return admission{nothing, way(x) + fmt.Sprint(x.Status)}
	case len(x.Hops) > 0 && signsIn(lab, x):
		return admission{refused, "→ " + pathOf(x.URL)}
	case len(x.Hops) > 0 && elsewhere(asked, x.URL):
		return admission{sentOff, "→ " + pathOf(x.URL)}
	case !x.OK():
		return admission{unclear, way(x) + fmt.Sprint(x.Status)}
	case discover.IsMissing(lab.Surface, x, pathOf(asked)):
		return admission{unclear, fmt.Sprintf("%d, as where there is nothing", x.Status)}
	case !isDoor(lab, asked) && doorDrawn(x):
		return admission{refused, fmt.Sprintf("%d, a form to sign in", x.Status)}
	case refuses(x):
		return admission{unclear, fmt.Sprintf("%d, with words of a refusal", x.Status)}
	}
	return admission{letIn, way(x) + fmt.Sprint(x.Status)}
}

// way is where redirects led to, before the status.
func way(x *wire.Exchange) string {
	if len(x.Hops) == 0 {
		return ""
	}
	return "→ " + pathOf(x.URL) + " "
}

// elsewhere tells whether an address is neither the one that was asked for nor below it.
func elsewhere(asked, at string) bool {
	from, to := strings.TrimRight(pathOf(asked), "/"), strings.TrimRight(pathOf(at), "/")
	return from != to && !strings.HasPrefix(to, from+"/")
}

// signsIn tells whether somebody was sent to where people sign in.
func signsIn(lab *agents.Lab, x *wire.Exchange) bool { return isDoor(lab, x.URL) || doorDrawn(x) }

// isDoor tells whether people sign in at an address.
func isDoor(lab *agents.Lab, address string) bool {
	path := pathOf(address)
	if in := lab.Surface.SignIn; in != nil && pathOf(in.Page) == path && path != "/" {
		return true
	}
	return signInPath.MatchString(path)
}

const (
	frame = "header, nav, footer, script, style" // what stands on every page
	short = 500                                  // letters; what refuses has little else to say
)

// doorDrawn tells whether an answer is a form to sign in and little else. One that stands in the frame of every page is none.
func doorDrawn(x *wire.Exchange) bool {
	doc := reading.HTML(x)
	if doc == nil {
		return false
	}
	rest := doc.Find("body").Clone()
	rest.Find(frame).Remove()
	inner, err := rest.Html()
	if err != nil {
		return false
	}
	door := false
	for _, f := range discover.FormsOn(&wire.Exchange{URL: x.URL, Body: []byte(inner)}) {
		door = door || f.Purpose == surface.ForSignIn
	}
	rest.Find("form").Remove()
	return door && len(reading.Visible(rest)) < short
}

// refuses tells whether an answer says no with a status that says yes.
func refuses(x *wire.Exchange) bool {
	if doc := reading.HTML(x); doc != nil {
		rest := doc.Find("body").Clone()
		rest.Find(frame + ", form").Remove()
		words := reading.Visible(rest)
		return len(words) < short && denying.MatchString(words)
	}
	return reading.IsText(x) && len(x.Body) < short && denying.Match(x.Body)
}
