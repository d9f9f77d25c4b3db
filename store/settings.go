package store

import "context"

// Setting returns a setting of the whole installation; fs.ErrNotExist when it was never put.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	return one(ctx, s.studio.reader(), "setting "+key, scanText, "SELECT value FROM settings WHERE name = $1", key)
}

// PutSetting keeps a setting of the whole installation.
func (s *Store) PutSetting(ctx context.Context, key, value string) error {
	if key == "" {
		return invalid("a setting needs a name")
	}
	_, err := s.studio.exec(ctx, "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", key, value)
	return err
}
