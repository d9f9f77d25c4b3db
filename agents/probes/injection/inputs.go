package injection

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents/surface"
)

// tokenName is what fields are called whose value the target made itself and checks.
var tokenName = regexp.MustCompile(`(?i)csrf|xsrf|^_?token$|authenticity|requestverification|^nonce$|^_wpnonce$|viewstate|eventvalidation|captcha`)

// inputs are the inputs that may be given other values: not those whose effect could not be bounded (a form that deletes,
// that ends a session, that changes the password of who is signed in), and not the target's own tokens.
func inputs(s *surface.Surface) []*surface.Input {
	forms := formsOf(s)
	var list []*surface.Input
	for _, in := range s.Inputs {
		if in.Method == http.MethodDelete || tokenName.MatchString(in.Name) || in.Name == "_method" || in.Type == "file" || in.Type == "submit" {
			continue
		}
		if f := forms[in.Form]; f != nil && !mayBeSent(f) {
			continue
		}
		list = append(list, in)
	}
	return list
}

// formsOf are the forms of a surface by their keys.
func formsOf(s *surface.Surface) map[string]*surface.Form {
	forms := map[string]*surface.Form{}
	for _, f := range s.Forms {
		forms[f.Key()] = f
	}
	return forms
}

// mayBeSent tells whether a form can be sent often without breaking what other probes stand on.
func mayBeSent(f *surface.Form) bool {
	switch f.Purpose {
	case surface.ForDelete, surface.ForSignOut, surface.ForReset:
		return false
	case surface.ForSignIn:
		return true
	default:
		return f.As == "" || !hasPassword(f)
	}
}

func hasPassword(f *surface.Form) bool {
	for i := range f.Fields {
		if f.Fields[i].Type == "password" {
			return true
		}
	}
	return false
}

// asking are the inputs of what is asked for and not changed: only there may a statement be cut short or widened, since
// one that changes something would change more than it should.
func asking(s *surface.Surface) []*surface.Input {
	forms := formsOf(s)
	var list []*surface.Input
	for _, in := range inputs(s) {
		if asks(in, forms[in.Form]) {
			list = append(list, in)
		}
	}
	return list
}

func asks(in *surface.Input, f *surface.Form) bool {
	return !in.Changes() || f != nil && (f.Purpose == surface.ForSignIn || f.Purpose == surface.ForSearch)
}

// isAsking tells whether an input is one of those.
func isAsking(s *surface.Surface, in *surface.Input) bool { return asks(in, formsOf(s)[in.Form]) }

// cause names what has to be mended: the code that reads one parameter.
func cause(in *surface.Input) string {
	path, _, _ := strings.Cut(surface.ShapeOf(in.URL), "?")
	return strings.Join([]string{in.Method, path, string(in.In), in.Name}, " ")
}
