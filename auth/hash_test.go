package auth_test

import (
	"encoding/base64"

	"golang.org/x/crypto/argon2"
)

// cheapHash is a password's hash as an earlier version with a lower cost would have kept it.
func cheapHash(password string) string {
	salt := []byte("saltsaltsaltsalt")
	b64 := base64.RawStdEncoding
	return "$argon2id$v=19$m=1024,t=1,p=1$" + b64.EncodeToString(salt) + "$" +
		b64.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 1024, 1, 32))
}
