package surface

import (
	"regexp"
	"strings"
)

// Veil stands in addresses in place of what opens doors.
const Veil = "***"

var (
	// doors are names of parameters that carry a session or a token.
	doors = regexp.MustCompile(`(?i)^(?:sid|s?ess(?:ion)?(?:[-_]?(?:id|key|token))?|jsessionid|phpsessid|aspsessionid\w*|cfid|cftoken|jwt|token|csrfmiddlewaretoken|authenticity_token|_+requestverificationtoken|auth[-_]?session|.*(?:access|refresh|id|session|auth|api|bearer|csrf)[-_]?(?:token|key|secret|id))$`)
	// parameter is one of an address, with a value long enough to be one.
	parameter = regexp.MustCompile(`([?&;#])([\w.\[\]-]{1,64})=((?:[\w.~!*+/=|:-]|%(?:2[BF]|3[AD]|7C)){12,})`)
	tokens    = regexp.MustCompile(`^eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*$`)
)

// Opens tells whether a parameter or field carries a session or a token, as its name or its value says.
func Opens(name, value string) bool {
	const shortest = 12
	return len(value) >= shortest && (doors.MatchString(name) || tokens.MatchString(value))
}

// Veiled is a text without the sessions and tokens in its addresses.
func Veiled(text string) string {
	if !strings.Contains(text, "=") {
		return text
	}
	return parameter.ReplaceAllStringFunc(text, func(found string) string {
		part := parameter.FindStringSubmatch(found)
		if !Opens(part[2], part[3]) {
			return found
		}
		return part[1] + part[2] + "=" + Veil
	})
}
