// Package forms holds the probes of the form and negative-input tester: what forms take that they should not, lose, or do
// twice.
package forms

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are the persona's, in its order.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		requiredBypass(), typeMismatch(), boundary(), unicodeText(), serverErrorOnInput(), doubleSubmit(), clientValidation(), errorLosesInput(), uploadType(),
	}
}

// sensitive are forms that would lock the account that the campaign works with, or do what cannot be taken back.
var sensitive = regexp.MustCompile(`(?i)password|passwort|2fa|mfa|totp|deactivate|/settings|checkout|payment|\bpay\b|transfer|unsubscribe`)

// senders are forms that send what people typed, one of each sort: not those that sign in or out, search or delete, and not
// those that are filled with what is there already, since sending them changes it.
func senders(s *surface.Surface) []*surface.Form {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(s.Forms), func(f *surface.Form) bool {
		key := f.Method + " " + surface.ShapeOf(f.Action) + names(f)
		switch {
		case seen[key], f.Method != http.MethodPost, filledIn(f), sensitive.MatchString(pathOf(f.Action)) && f.Purpose != surface.ForRegister:
			return true
		}
		switch f.Purpose {
		case surface.ForOther, surface.ForRegister, surface.ForUpload:
		default:
			return true
		}
		if !slices.ContainsFunc(f.Fields, typed) {
			return true
		}
		seen[key] = true
		return false
	})
}

func names(f *surface.Form) string {
	var list []string
	for _, field := range f.Fields {
		list = append(list, field.Name)
	}
	return " " + strings.Join(list, ",")
}

// filledIn tells whether a form comes with texts in its fields: it changes what is there.
func filledIn(f *surface.Form) bool {
	return slices.ContainsFunc(f.Fields, func(field surface.Field) bool {
		return (field.Type == "text" || field.Type == "textarea" || field.Type == "email") && strings.TrimSpace(field.Value) != "" || strings.EqualFold(field.Name, "_method")
	})
}

// typed tells whether people type or choose a field's value.
func typed(f surface.Field) bool {
	switch f.Type {
	case "hidden", "submit", "button", "image", "reset":
		return false
	}
	return !f.ReadOnly && !strings.Contains(strings.ToLower(f.Name), "csrf") && !strings.Contains(strings.ToLower(f.Name), "token")
}

// written tells whether a field takes free text.
func written(f surface.Field) bool {
	switch f.Type {
	case "text", "textarea", "search":
		return typed(f)
	}
	return false
}

// having are the senders with a field that matters.
func having(matters func(surface.Field) bool) func(*surface.Surface) []*surface.Form {
	return func(s *surface.Surface) []*surface.Form {
		return slices.DeleteFunc(senders(s), func(f *surface.Form) bool { return !slices.ContainsFunc(f.Fields, matters) })
	}
}

func pathOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}
