package transport

import (
	"context"
	"crypto/tls"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/wire"
)

func tlsVersions() *agents.Probe {
	return &agents.Probe{
		ID: "tls-versions", Title: "Old versions of TLS are agreed on",
		Decides:  "A handshake that offers no more than TLS 1.0, or TLS 1.1, succeeds.",
		Keeps:    "The version and the cipher that were agreed on.",
		Advice:   "Let the server agree on TLS 1.2 and 1.3 only.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Medium, References: []string{"CWE-326", "RFC 8996"}, Skills: []string{"TLS"},
		Check: agents.WholeIf(usesTLS, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			rows := [][]string{{"offered", "agreed on", "cipher"}}
			old := ""
			for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
				offer := &tls.Config{MinVersion: version, MaxVersion: version, CipherSuites: allSuites()} //nolint:gosec // whether the target takes it is the question
				state, fault := lab.Client.Handshake(ctx, lab.Surface.Target, offer)
				switch {
				case state != nil:
					rows = append(rows, []string{tls.VersionName(version), tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite)})
					old += " " + tls.VersionName(version)
				case !refused(fault):
					return agents.BlockOn(fault)
				default:
					rows = append(rows, []string{tls.VersionName(version), "nothing", ""})
				}
			}
			if old == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  "The server agrees on" + old + ", whose ciphers and hashes are broken; browsers have given them up.",
				Cause: "versions of TLS at " + hostOf(lab.Surface), Evidence: []agents.Evidence{agents.Table("handshakes", agents.ByHTTP, rows...)},
			})
		}),
	}
}

// refused tells whether a handshake came to nothing because the server would not have it.
func refused(fault *wire.Fault) bool {
	return fault != nil && (fault.Kind == wire.BadTLS || fault.Kind == wire.Broken)
}

// allSuites are all that Go knows up to TLS 1.2.
func allSuites() []uint16 {
	var ids []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, suite.ID)
	}
	return ids
}
