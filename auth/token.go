package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// newToken returns 256 random bits as text for an address or a cookie.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: the process ends when the system has no randomness
	return base64.RawURLEncoding.EncodeToString(b)
}

// NewShareToken makes the token of a link that shows one thing to whoever has it.
func NewShareToken() string { return newToken() }

// HashToken returns what the store keeps of a token. A slow hash is not needed: the token has 256 random bits.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// maxToken bounds what is hashed of a stranger's cookie or link.
const maxToken = 128
