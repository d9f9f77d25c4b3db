package authentication

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
)

//go:embed secrets.txt
var commonSecrets string

func jwtWeakSecret() *agents.Probe {
	return &agents.Probe{
		ID: "jwt-weak-secret", Title: "Tokens are signed with a secret that everybody guesses",
		Decides:  "One of 100 common secrets makes the signature of a token that the target gave out. Nothing is sent.",
		Keeps:    "The secret.",
		Advice:   "Draw a secret of 32 bytes by chance, give it by the environment, and end all sessions that were signed with the old one.",
		Severity: agents.Critical, References: []string{"CWE-521"},
		Check: agents.WholeIf(signsIn, runJWTWeakSecret),
	}
}

func runJWTWeakSecret(ctx context.Context, lab *agents.Lab) agents.Outcome {
	list := tokens(ctx, lab, false)
	if len(list) == 0 {
		return untold(lab)
	}
	for _, t := range list {
		if secret, ok := secretOf(t); ok {
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("The tokens of sessions are signed with the secret %q: whoever guesses it writes a token for any account.", secret),
				Where: agents.Place{URL: lab.Surface.Target}, Cause: "secret of tokens",
				Evidence: []agents.Evidence{agents.Excerpt("the token, and the secret that signs it", reading.Mask(t.text)+"\n"+secret)},
			})
		}
	}
	return agents.Pass()
}

// secretOf finds the common secret that a token is signed with.
func secretOf(t *token) (string, bool) {
	algorithm := map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}[fmt.Sprint(t.header["alg"])]
	if algorithm == nil {
		return "", false
	}
	end := strings.LastIndexByte(t.text, '.')
	signature, err := base64.RawURLEncoding.DecodeString(t.text[end+1:])
	if err != nil {
		return "", false
	}
	for secret := range strings.Lines(commonSecrets) {
		secret = strings.TrimSuffix(secret, "\n")
		mac := hmac.New(algorithm, []byte(secret))
		mac.Write([]byte(t.text[:end]))
		if hmac.Equal(mac.Sum(nil), signature) {
			return secret, true
		}
	}
	return "", false
}
