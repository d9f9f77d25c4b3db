package wire

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
)

// TokenPath is where a target that is not this machine shows that whoever runs it agrees to be tested.
const TokenPath = "/.well-known/atelier-target.txt"

// Token is what the target has to serve at TokenPath so that the owner of secret may test it. It is bound to the origin,
// so that a file copied from one application permits nothing on another.
func Token(secret []byte, target *url.URL) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("atelier-target\x00" + Origin(target)))
	return "atelier-target=" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Authorise tells whether a target may be tested, and how it is known: loopback may, a host on the administrator's list
// may, and any other that serves the token. Every origin of the scope has to be allowed by itself. The error wraps fs.ErrPermission and says what to do.
func Authorise(ctx context.Context, client *Client, secret []byte, listed []string) (how string, err error) {
	for _, origin := range client.scope.Origins() {
		by, err := authorise(ctx, client, origin, secret, listed)
		if err != nil {
			return "", err
		}
		if how == "" { // the target itself comes first
			how = by
		}
	}
	return how, nil
}

func authorise(ctx context.Context, client *Client, origin string, secret []byte, listed []string) (how string, err error) {
	whole, err := NewScope(origin, nil, "", nil) // the token lies where the campaign may not look otherwise
	if err != nil {
		return "", err
	}
	whole.dialer = client.scope.dialer
	target := whole.Target()
	if IsLoopback(target.Hostname()) {
		return "this machine", nil
	}
	for _, host := range listed {
		if strings.EqualFold(host, target.Hostname()) || strings.EqualFold(host, target.Host) {
			return "on the administrator's list", nil
		}
	}
	asking := NewClient(whole, client.budget, client.agent, client.now)
	defer asking.Close()
	at := Origin(target) + TokenPath
	answer := asking.Send(ctx, Request{URL: at, Bare: true})
	want := Token(secret, target)
	if answer.OK() && answer.URL == at {
		for line := range bytes.Lines(answer.Body) {
			if hmac.Equal(bytes.TrimSpace(line), []byte(want)) {
				return "serves its token", nil
			}
		}
	}
	seen := "it does not contain the line"
	switch {
	case answer.Fault != nil:
		seen = answer.Fault.Text
	case answer.Status != 200:
		seen = fmt.Sprintf("it answers %d", answer.Status)
	}
	return "", fmt.Errorf("%s is not this machine, so whoever runs it has to agree: serve the line %q at %s (now: %s), or ask an administrator of the studio to list the host (%w)",
		target.Hostname(), want, at, seen, fs.ErrPermission)
}
