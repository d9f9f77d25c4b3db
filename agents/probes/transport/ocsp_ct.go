package transport

import (
	"context"
	"crypto/tls"
	"encoding/asn1"

	"github.com/atelier-studio/atelier/agents"
)

func ocspCT() *agents.Probe {
	return &agents.Probe{
		ID: "ocsp-ct", Title: "Certificate that no public log knows",
		Decides:  "The server shows no signed certificate timestamp: not in its certificate, nor in the handshake.",
		Keeps:    "Where timestamps were looked for.",
		Advice:   "Get the certificate from a public authority: they enter it into the logs that browsers ask for.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Info, References: []string{"RFC 6962"}, Skills: []string{"certificates"},
		Check: agents.WholeIf(usesTLS, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			state, fault := lab.Client.Handshake(ctx, lab.Surface.Target, &tls.Config{MinVersion: tls.VersionTLS12})
			if state == nil {
				return agents.BlockOn(fault)
			}
			embedded := false
			for _, c := range state.PeerCertificates {
				for _, extension := range c.Extensions {
					embedded = embedded || extension.Id.Equal(timestamps)
				}
			}
			if embedded || len(state.SignedCertificateTimestamps) > 0 {
				return agents.Pass()
			}
			stapled := "no"
			if len(state.OCSPResponse) > 0 {
				stapled = "yes"
			}
			return agents.Fail(agents.Finding{
				Text:  "No log is known to have seen the certificate, so that nobody would notice a second one for the same name.",
				Cause: "certificate of " + hostOf(lab.Surface),
				Evidence: []agents.Evidence{agents.Table("timestamps", agents.ByHTTP, []string{"where", "found"}, []string{"in the certificate", "no"}, []string{"in the handshake", "no"},
					[]string{"OCSP answer stapled", stapled})},
			})
		}),
	}
}

// timestamps is the extension of RFC 6962 that a certificate carries them in.
var timestamps = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
