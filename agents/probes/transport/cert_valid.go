package transport

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
)

func certValid() *agents.Probe {
	return &agents.Probe{
		ID: "cert-valid", Title: "Certificate that does not hold",
		Decides:  "The certificate is expired or not valid yet, ends in less than 14 days, is for another name, signed by itself, signed with SHA-1 or MD5, or has an RSA key of less than 2048 bits.",
		Keeps:    "The fields of the certificate.",
		Advice:   "Get a certificate for this name from an authority that browsers know, let it be renewed by itself (ACME), and use a key of 2048 bits RSA or of P-256.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.High, References: []string{"CWE-295"}, Skills: []string{"TLS", "certificates"},
		Check: agents.WholeIf(usesTLS, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			state, fault := lab.Client.Handshake(ctx, lab.Surface.Target, &tls.Config{MinVersion: tls.VersionTLS10}) //nolint:gosec // an old server has a certificate too
			if state == nil {
				return agents.BlockOn(fault)
			}
			if len(state.PeerCertificates) == 0 {
				return agents.Block("the server showed no certificate")
			}
			leaf := state.PeerCertificates[0]
			u, err := url.Parse(lab.Surface.Target)
			if err != nil {
				return agents.BlockOn(err)
			}
			wrong, severity := faults(leaf, u.Hostname(), lab.Now(), onThisMachine(lab.Surface))
			if len(wrong) == 0 {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Severity: severity, Text: "The certificate " + strings.Join(wrong, ", and ") + ".", Cause: "certificate of " + hostOf(lab.Surface),
				Evidence: []agents.Evidence{agents.Table("certificate", agents.ByHTTP, fields(leaf)...)},
			})
		}),
	}
}

// faults says what is wrong with a certificate for a name.
func faults(c *x509.Certificate, name string, now time.Time, here bool) (wrong []string, severity agents.Severity) {
	const soon = 14 * 24 * time.Hour
	say := func(text string, args ...any) {
		wrong, severity = append(wrong, fmt.Sprintf(text, args...)), agents.High
	}
	switch {
	case now.Before(c.NotBefore):
		say("is not valid before %s", c.NotBefore.UTC().Format(time.DateTime))
	case now.After(c.NotAfter):
		say("has expired at %s", c.NotAfter.UTC().Format(time.DateTime))
	case c.NotAfter.Sub(now) < soon:
		say("ends at %s, in less than 14 days", c.NotAfter.UTC().Format(time.DateTime))
	}
	if err := c.VerifyHostname(name); err != nil {
		say("is not for %s", name)
	}
	switch c.SignatureAlgorithm {
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1, x509.MD5WithRSA, x509.MD2WithRSA:
		say("is signed with %s", c.SignatureAlgorithm)
	}
	if key, ok := c.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < 2048 {
		say("has an RSA key of %d bits", key.N.BitLen())
	}
	if string(c.RawIssuer) == string(c.RawSubject) {
		text := "is signed by itself, and by no authority"
		if here && len(wrong) == 0 { // nobody gets another one for this machine
			return []string{text}, agents.Low
		}
		say("%s", text)
	}
	return wrong, severity
}

func fields(c *x509.Certificate) [][]string {
	key := c.PublicKeyAlgorithm.String()
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok {
		key = fmt.Sprintf("RSA, %d bits", k.N.BitLen())
	}
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return [][]string{
		{"field", "value"}, {"subject", c.Subject.String()}, {"names", strings.Join(names, ", ")}, {"issuer", c.Issuer.String()},
		{"from", c.NotBefore.UTC().Format(time.RFC3339)}, {"to", c.NotAfter.UTC().Format(time.RFC3339)}, {"signature", c.SignatureAlgorithm.String()}, {"key", key},
	}
}
