package auth_test

import (
	"errors"
	"io/fs"
	"net/netip"
	"testing"

	"github.com/atelier-studio/atelier/auth"
)

func TestEgress(t *testing.T) {
	t.Parallel()
	e, err := auth.NewEgress([]string{"127.0.0.1:9000", "10.1.0.0/16", "[::1]:80"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		to string
		ok bool
	}{
		{"93.184.216.34:443", true},
		{"[2606:2800:220:1::1]:443", true},
		{"127.0.0.1:9000", true},
		{"127.0.0.1:9001", false},
		{"[::ffff:127.0.0.1]:9000", true},
		{"[::ffff:127.0.0.1]:80", false},
		{"10.1.2.3:5432", true},
		{"10.2.0.1:80", false},
		{"[::1]:80", true},
		{"[::1]:81", false},
		{"169.254.169.254:80", false},
		{"[fe80::1%eth0]:80", false},
		{"0.0.0.0:80", false},
		{"[64:ff9b::7f00:1]:80", false},
		{"[fd00::1]:80", false},
	}
	for _, tt := range tests {
		err := e.Check(netip.MustParseAddrPort(tt.to))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: %v; want allowed %v", tt.to, err, tt.ok)
		}
	}
	for _, bad := range []string{"localhost", "10.0.0.0/99", "1.2.3.4:99999"} {
		if _, err := auth.NewEgress([]string{bad}); err == nil {
			t.Errorf("%q was taken as an address", bad)
		}
	}
}
