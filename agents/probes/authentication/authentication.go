// Package authentication holds the probes of the authentication tester: how people sign in, open an account and get a
// forgotten password back, and what their sessions' tokens are worth. Names that are tried are made up; a given account is
// never tried with a wrong password more often than once.
package authentication

import "github.com/atelier-studio/atelier/agents"

// Probes are the probes of the authentication tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		loginHTTP(), autocompleteType(), userEnumeration(), loginRateLimit(), authBypassSQLi(), defaultCredentials(), weakPassword(),
		jwtAlgNone(), jwtWeakSecret(), jwtExpiry(), logoutEffective(),
	}
}

const intrusive = agents.NeedsHTTP | agents.NeedsIntrusive
