package transport

import (
	"context"
	"crypto/tls"
	"strings"

	"github.com/atelier-studio/atelier/agents"
)

func tlsCiphers() *agents.Probe {
	return &agents.Probe{
		ID: "tls-ciphers", Title: "Weak ciphers are agreed on",
		Decides:  "A handshake up to TLS 1.2 that offers only RC4, only 3DES, only suites without forward secrecy, or only CBC with SHA-1 succeeds.",
		Keeps:    "The suites that were agreed on.",
		Advice:   "Offer TLS 1.3, and of TLS 1.2 only suites with ECDHE and AES-GCM or ChaCha20.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Medium, References: []string{"CWE-327"}, Skills: []string{"TLS"},
		Check: agents.WholeIf(usesTLS, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			rows := [][]string{{"offered", "agreed on", "what follows"}}
			severity := agents.Low // CBC with SHA-1 alone is old, and not broken where the server knows its traps
			var weak []string
			for _, family := range families {
				state, fault := lab.Client.Handshake(ctx, lab.Surface.Target, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS12, CipherSuites: family.suites()}) //nolint:gosec // whether the target takes it is the question
				switch {
				case state != nil:
					rows = append(rows, []string{family.name, tls.CipherSuiteName(state.CipherSuite), family.follows})
					weak = append(weak, family.name)
					if family.name != cbc {
						severity = agents.Medium
					}
				case !refused(fault):
					return agents.BlockOn(fault)
				default:
					rows = append(rows, []string{family.name, "nothing", ""})
				}
			}
			if len(weak) == 0 {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Severity: severity, Text: "The server agrees on " + strings.Join(weak, ", ") + " when a client offers nothing else.",
				Cause: "ciphers at " + hostOf(lab.Surface), Evidence: []agents.Evidence{agents.Table("handshakes", agents.ByHTTP, rows...)},
			})
		}),
	}
}

const cbc = "CBC with SHA-1"

// family is a sort of weak suites.
type family struct {
	name, follows string
	has           func(suite string) bool
}

var families = []family{
	{"RC4", "its key stream tells the text that is sent again and again", func(s string) bool { return strings.Contains(s, "_RC4_") }},
	{"3DES", "blocks repeat in long connections (Sweet32)", func(s string) bool { return strings.Contains(s, "_3DES_") }},
	{"no forward secrecy", "whoever gets the key later reads what was recorded before", func(s string) bool {
		return strings.HasPrefix(s, "TLS_RSA_") && !strings.Contains(s, "_RC4_") && !strings.Contains(s, "_3DES_")
	}},
	{cbc, "padding and hash are old, and easily done wrong", func(s string) bool { return strings.HasPrefix(s, "TLS_ECDHE_") && strings.HasSuffix(s, "_CBC_SHA") }},
}

func (f *family) suites() []uint16 {
	var ids []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if f.has(suite.Name) {
			ids = append(ids, suite.ID)
		}
	}
	return ids
}
