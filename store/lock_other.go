//go:build !unix

package store

import (
	"fmt"
	"os"
	"path/filepath"
)

// lockFolder takes the data folder for this process. Here a file that is open cannot be removed, so that a lock that
// can be removed belongs to nobody.
func lockFolder(dir string) (*os.File, error) {
	name := filepath.Join(dir, "lock")
	_ = os.Remove(name)
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder %s is in use by another Atelier; stop it first, or start this one with another --data folder: %w", dir, err)
	}
	return f, nil
}
