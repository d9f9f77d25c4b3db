package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
)

// argon are the cost parameters of argon2id. Stored hashes carry their own, so that raising these upgrades every
// account at its next sign-in.
type argon struct {
	memory, time uint32 // KiB, passes
	threads      uint8
}

// These are the minimum that OWASP recommends; some 64 ms of processor time each.
var argonNow = argon{memory: 19 * 1024, time: 2, threads: 1}

const (
	saltBytes, keyBytes = 16, 32
	// maxHashing bounds the memory that strangers can make the studio use (19 MiB each), maxQueued how many wait.
	maxHashing, maxQueued = 2, 50
)

// hasher runs argon2id with few at once.
type hasher struct {
	slots  chan struct{}
	queued atomic.Int32
	dummy  string
}

func newHasher() *hasher {
	h := &hasher{slots: make(chan struct{}, maxHashing)}
	// A hash that no password has: unknown accounts cost the same work as known ones.
	h.dummy = phc(argonNow, random(saltBytes), random(keyBytes))
	return h
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func (h *hasher) key(ctx context.Context, password string, a argon, salt []byte, n uint32) ([]byte, error) {
	if h.queued.Add(1) > maxQueued {
		h.queued.Add(-1)
		return nil, ErrBusy
	}
	defer h.queued.Add(-1)
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, a.time, a.memory, a.threads, n), nil
}

// hash returns a password's argon2id hash in PHC form.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := random(saltBytes)
	key, err := h.key(ctx, password, argonNow, salt, keyBytes)
	if err != nil {
		return "", err
	}
	return phc(argonNow, salt, key), nil
}

// verify tells whether the password matches, and whether the hash was made with other parameters than today's.
func (h *hasher) verify(ctx context.Context, encoded, password string) (ok, stale bool, err error) {
	a, salt, want, err := parsePHC(encoded)
	if err != nil {
		return false, false, err
	}
	got, err := h.key(ctx, password, a, salt, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, a != argonNow, nil
}

func phc(a argon, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, a.memory, a.time, a.threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

func parsePHC(s string) (a argon, salt, key []byte, err error) {
	bad := errors.New("the stored password hash cannot be read")
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return a, nil, nil, bad
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return a, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &a.memory, &a.time, &a.threads); err != nil {
		return a, nil, nil, bad
	}
	// A tampered row must not be able to take all memory.
	if a.memory > 1<<20 || a.time < 1 || a.time > 32 || a.threads < 1 || a.threads > 16 {
		return a, nil, nil, bad
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return a, nil, nil, bad
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) < 16 || len(key) > 64 {
		return a, nil, nil, bad
	}
	return a, salt, key, nil
}
