package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/atelier-studio/atelier/auth"
)

// canary is a setting that is sealed with the master key only to see at the start whether the key fits.
const canary = "key_canary"

// checkKey refuses a master key that the data was not sealed with, before anything is sealed with it.
func (s *Store) checkKey(ctx context.Context) error {
	if s.sealer == nil {
		return nil
	}
	sealed, err := s.Setting(ctx, canary)
	if errors.Is(err, fs.ErrNotExist) {
		if sealed, err = s.sealer.Seal([]byte("atelier"), "settings", canary); err != nil {
			return err
		}
		_, err = s.studio.exec(ctx, "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", canary, sealed)
		if err == nil {
			sealed, err = s.Setting(ctx, canary) // another replica may have been first
		}
	}
	if err != nil {
		return err
	}
	if _, err := s.sealer.Open(sealed, "settings", canary); err != nil {
		return fmt.Errorf("the master key does not fit this data folder (%s): use the key it was made with, by the file master.key or ATELIER_MASTER_KEY: %w", s.dir, err)
	}
	return nil
}

// workspaceSealer returns the sealer of a workspace's key, which the first call makes.
func (s *Store) workspaceSealer(ctx context.Context, ws string) (*auth.Sealer, error) {
	if s.sealer == nil {
		return nil, fmt.Errorf("secrets cannot be kept, because the studio was started without a master key: %w", errors.ErrUnsupported)
	}
	if k, ok := s.keys.Load(ws); ok {
		return k.(*auth.Sealer), nil
	}
	const read = "SELECT wrapped_key FROM workspaces WHERE id = $1"
	wrapped, err := one(ctx, s.studio.reader(), "such workspace", scanText, read, ws)
	if err != nil {
		return nil, err
	}
	if wrapped == "" {
		if wrapped, err = s.sealer.NewKey("workspaces", ws); err != nil {
			return nil, err
		}
		if _, err := s.studio.exec(ctx, "UPDATE workspaces SET wrapped_key = $2 WHERE id = $1 AND wrapped_key = ''", ws, wrapped); err != nil {
			return nil, err
		}
		if wrapped, err = one(ctx, s.studio.reader(), "such workspace", scanText, read, ws); err != nil { // whichever was first
			return nil, err
		}
	}
	key, err := s.sealer.Key(wrapped, "workspaces", ws)
	if err != nil {
		return nil, fmt.Errorf("open the workspace's key: %w", err)
	}
	s.keys.Store(ws, key)
	return key, nil
}
