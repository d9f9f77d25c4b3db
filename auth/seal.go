package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// KeyBytes is the length of every key.
const KeyBytes = 32

// ErrWrongKey is returned when a sealed text was made with another key, or for another place, or was changed.
var ErrWrongKey = errors.New("the key does not open this secret")

// Sealer encrypts secrets with AES-256-GCM. One made of the master key wraps the workspaces' keys; one made of a
// workspace's key seals that workspace's secrets. A nonce is random, so a key must not seal more than 2^32 times.
type Sealer struct {
	aead cipher.AEAD
	id   string
}

// NewSealer makes a sealer of a key of 32 bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != KeyBytes {
		return nil, fmt.Errorf("a key has %d bytes, this one has %d: %w", KeyBytes, len(key), fs.ErrInvalid)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte("atelier key id\x00"), key...))
	return &Sealer{aead: aead, id: hex.EncodeToString(sum[:6])}, nil
}

// ID names the key without telling anything of it.
func (s *Sealer) ID() string { return s.id }

// Seal encrypts plain for the place that bind names (workspace, table, row): opened with another bind it fails, so
// that a row copied over another one is noticed. The result is text: "v1|key id|base64".
func (s *Sealer) Seal(plain []byte, bind ...string) (string, error) {
	sealed := s.aead.Seal(nil, nil, plain, s.bound(bind))
	return "v1|" + s.id + "|" + base64.RawStdEncoding.EncodeToString(sealed), nil
}

// Open decrypts what Seal made for the same bind; everything else is ErrWrongKey.
func (s *Sealer) Open(sealed string, bind ...string) ([]byte, error) {
	version, rest, _ := strings.Cut(sealed, "|")
	id, text, ok := strings.Cut(rest, "|")
	if !ok || version != "v1" {
		return nil, fmt.Errorf("this is not a sealed secret: %w", fs.ErrInvalid)
	}
	if id != s.id {
		return nil, fmt.Errorf("sealed with key %.16q, this is key %q: %w", id, s.id, ErrWrongKey)
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("this is not a sealed secret: %w", fs.ErrInvalid)
	}
	plain, err := s.aead.Open(nil, nil, data, s.bound(bind))
	if err != nil {
		return nil, ErrWrongKey
	}
	return plain, nil
}

// NewKey makes a random key and returns it sealed for the place that bind names.
func (s *Sealer) NewKey(bind ...string) (wrapped string, err error) {
	key := make([]byte, KeyBytes)
	rand.Read(key) // never fails
	return s.Seal(key, bind...)
}

// Key returns the sealer of a key that NewKey made.
func (s *Sealer) Key(wrapped string, bind ...string) (*Sealer, error) {
	key, err := s.Open(wrapped, bind...)
	if err != nil {
		return nil, err
	}
	return NewSealer(key)
}

// bound joins the parts with their lengths, so that ("a", "bc") and ("ab", "c") differ.
func (s *Sealer) bound(bind []string) []byte {
	out := []byte("v1|" + s.id)
	for _, part := range bind {
		out = binary.AppendUvarint(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}
