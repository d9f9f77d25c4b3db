package auth_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/auth"
)

func sealer(t *testing.T, fill byte) *auth.Sealer {
	t.Helper()
	s, err := auth.NewSealer(bytes.Repeat([]byte{fill}, auth.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealerOpensOnlyItsOwn(t *testing.T) {
	t.Parallel()
	s := sealer(t, 1)
	sealed, err := s.Seal([]byte("hunter2"), "ws", "credentials", "c1")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(sealed, base64.RawStdEncoding.EncodeToString([]byte("hunter2"))) {
		t.Fatal("the secret is readable in", sealed)
	}
	if plain, err := s.Open(sealed, "ws", "credentials", "c1"); err != nil || string(plain) != "hunter2" {
		t.Fatalf("open: %q, %v", plain, err)
	}
	again, _ := s.Seal([]byte("hunter2"), "ws", "credentials", "c1")
	if again == sealed {
		t.Error("two seals of one secret are equal")
	}
	changed := sealed[:len(sealed)-3] + "AAA"
	for name, open := range map[string]func() ([]byte, error){
		"another row":        func() ([]byte, error) { return s.Open(sealed, "ws", "credentials", "c2") },
		"shifted bind":       func() ([]byte, error) { return s.Open(sealed, "ws", "credentialsc", "1") },
		"another key":        func() ([]byte, error) { return sealer(t, 2).Open(sealed, "ws", "credentials", "c1") },
		"changed":            func() ([]byte, error) { return s.Open(changed, "ws", "credentials", "c1") },
		"another key's name": func() ([]byte, error) { return s.Open("v1|"+sealer(t, 2).ID()+sealed[15:], "ws", "credentials", "c1") },
	} {
		if _, err := open(); !errors.Is(err, auth.ErrWrongKey) {
			t.Errorf("%s: got %v, want ErrWrongKey", name, err)
		}
	}
	for _, text := range []string{"", "v1", "v1|", "v2|x|y", "v1|" + s.ID() + "|***", "v1|" + s.ID() + "|"} {
		if _, err := s.Open(text); err == nil {
			t.Errorf("opened %q", text)
		}
	}
}

func TestWrappedKey(t *testing.T) {
	t.Parallel()
	master := sealer(t, 1)
	wrapped, err := master.NewKey("workspaces", "ws")
	if err != nil {
		t.Fatal(err)
	}
	key, err := master.Key(wrapped, "workspaces", "ws")
	if err != nil {
		t.Fatal(err)
	}
	sealed, _ := key.Seal([]byte("x"), "row")
	if _, err := master.Open(sealed, "row"); !errors.Is(err, auth.ErrWrongKey) {
		t.Error("the master key opens a workspace's secret directly:", err)
	}
	if _, err := master.Key(wrapped, "workspaces", "other"); !errors.Is(err, auth.ErrWrongKey) {
		t.Error("a key unwraps for another workspace:", err)
	}
}

func TestMasterKey(t *testing.T) {
	t.Parallel()
	raw := bytes.Repeat([]byte{7}, auth.KeyBytes)
	for _, text := range []string{hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw) + "\n"} {
		if key, err := auth.MasterKey(t.TempDir(), text); err != nil || !bytes.Equal(key, raw) {
			t.Errorf("%q: %x, %v", text, key, err)
		}
	}
	if _, err := auth.MasterKey(t.TempDir(), "too short"); !errors.Is(err, fs.ErrInvalid) {
		t.Error("a short key is taken:", err)
	}

	dir := filepath.Join(t.TempDir(), "data")
	keys := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = auth.MasterKey(dir, ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, key := range keys {
		if len(key) != auth.KeyBytes || !bytes.Equal(key, keys[0]) {
			t.Fatal("several first starts made several keys")
		}
	}
	info, err := os.Stat(filepath.Join(dir, "master.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("master.key: %v, %v", info.Mode(), err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 1 {
		t.Error("left behind:", names)
	}

	// Data without its key is refused, not given a new one.
	bare := t.TempDir()
	if err := os.WriteFile(filepath.Join(bare, "studio.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := auth.MasterKey(bare, ""); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder with data but no key:", err)
	}
}
