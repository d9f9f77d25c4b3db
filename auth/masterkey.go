package auth

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// masterKeyFile lies in the data folder, readable by its owner only. It is in no backup.
const masterKeyFile = "master.key"

// MasterKey returns the key that wraps all others: fromEnv (32 bytes as base64 or hexadecimal) or else the file
// master.key in dir, which the first start makes. A folder that has data but no key is refused instead of given a new
// key, because a new key opens none of the secrets.
func MasterKey(dir, fromEnv string) ([]byte, error) {
	if fromEnv != "" {
		key, err := parseKey(fromEnv)
		if err != nil {
			return nil, fmt.Errorf("ATELIER_MASTER_KEY: %w", err)
		}
		return key, nil
	}
	name := filepath.Join(dir, masterKeyFile)
	key, err := readKey(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if _, err := os.Stat(filepath.Join(dir, "studio.db")); err == nil {
		return nil, fmt.Errorf("%s is missing, but the folder has data: put the file back, or set ATELIER_MASTER_KEY to the key that was used before: %w", name, fs.ErrNotExist)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := writeKey(dir, name); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make %s: %w", name, err)
	}
	return readKey(name)
}

// writeKey makes a new key file. Of two processes at once one wins, the other gets fs.ErrExist.
func writeKey(dir, name string) error {
	f, err := os.CreateTemp(dir, masterKeyFile+".*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	key := make([]byte, KeyBytes)
	rand.Read(key) // never fails
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), name)
}

func readKey(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	key, err := parseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return key, nil
}

func parseKey(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	decoders := []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	}
	for _, decode := range decoders {
		if key, err := decode(text); err == nil && len(key) == KeyBytes {
			return key, nil
		}
	}
	return nil, fmt.Errorf("the master key must be %d bytes, written as base64 or hexadecimal: %w", KeyBytes, fs.ErrInvalid)
}
