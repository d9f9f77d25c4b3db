package transport_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/probes/transport"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// authority signs certificates that are not signed by themselves.
func authority(t *testing.T) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(5, 0, 0), IsCA: true, BasicConstraintsValid: true}
	return c, key
}

// certificate makes one as change wants it.
func certificate(t *testing.T, key crypto.Signer, self bool, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Shop"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 3, 0),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.ParseIP("127.0.0.1")},
	}
	if change != nil {
		change(c)
	}
	parent, signer := authority(t)
	if self {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// serve serves a page over TLS as config says.
func serve(t *testing.T, config *tls.Config, header string) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if header != "" {
			w.Header().Set("Strict-Transport-Security", header)
		}
		fmt.Fprint(w, "<title>Shop</title>")
	}))
	server.TLS = config
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestTLS(t *testing.T) {
	t.Parallel()
	good, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // too small on purpose
	if err != nil {
		t.Fatal(err)
	}
	const year = "max-age=31536000; includeSubDomains"
	modern := []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	stamped := func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: []byte{4, 0}}}
	}
	var old []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		old = append(old, suite.ID)
	}
	for _, c := range []struct {
		name   string
		config *tls.Config
		header string
		want   []string
		says   string // in one of the texts
	}{
		{"clean", &tls.Config{Certificates: []tls.Certificate{certificate(t, good, false, stamped)}, CipherSuites: modern}, year, nil, ""},
		{"as Go does it", &tls.Config{Certificates: []tls.Certificate{certificate(t, good, false, nil)}}, year, []string{"tls-ciphers", "ocsp-ct"}, "CBC"},
		{"old", &tls.Config{Certificates: []tls.Certificate{certificate(t, small, false, stamped)}, CipherSuites: old, MinVersion: tls.VersionTLS10}, year, []string{"tls-versions", "tls-ciphers", "cert-valid"}, "1024 bits"}, //nolint:gosec // old on purpose
		{"expired", &tls.Config{Certificates: []tls.Certificate{certificate(t, good, true, func(c *x509.Certificate) {
			c.NotAfter = time.Now().Add(-time.Minute)
			c.IPAddresses = nil
			stamped(c)
		})}, CipherSuites: modern}, "max-age=86400", []string{"cert-valid", "hsts"}, "not for 127.0.0.1, and is signed by itself"},
		{"soon", &tls.Config{Certificates: []tls.Certificate{certificate(t, good, false, func(c *x509.Certificate) {
			c.NotAfter = time.Now().AddDate(0, 0, 13)
			stamped(c)
		})}, CipherSuites: modern}, "", []string{"cert-valid", "hsts"}, "less than 14 days"},
		{"only for this machine", &tls.Config{Certificates: []tls.Certificate{certificate(t, good, true, stamped)}, CipherSuites: modern}, "includeSubDomains", []string{"cert-valid", "hsts"}, "signed by itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result := try.At(t, transport.Probes(), serve(t, c.config, c.header).URL, try.Options{})
			var got []string
			texts := ""
			for _, probe := range transport.Probes() {
				for _, f := range try.Found(result, probe.ID) {
					got = append(got, probe.ID)
					texts += f.Text + "\n"
				}
				if count := result.ByProbe[probe.ID]; probe.ID != "https-redirect" && count != nil && count.NotTested+count.Blocked > 0 {
					t.Errorf("%s: %v", probe.ID, count.Reasons)
				}
			}
			if !slices.Equal(got, c.want) || !strings.Contains(texts, c.says) {
				t.Errorf("found %v, want %v: %s", got, c.want, texts)
			}
		})
	}
}
