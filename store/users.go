package store

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/atelier-studio/atelier/auth"
)

const userColumns = "id, email, name, password_hash, created"

func scanUser(row scanner) (u auth.User, err error) {
	return u, row.Scan(&u.ID, &u.Email, &u.Name, &u.PasswordHash, &u.Created)
}

// CountUsers returns how many people can sign in.
func (s *Store) CountUsers(ctx context.Context) (n int, err error) {
	return n, s.studio.words(s.studio.reader().row(ctx, "SELECT count(*) FROM users").Scan(&n))
}

// CreateUser adds a person; fs.ErrExist when the id or the e-mail address is taken.
func (s *Store) CreateUser(ctx context.Context, u auth.User) error {
	if u.ID == "" || u.Email == "" {
		return invalid("a user needs an id and an e-mail address")
	}
	n, err := s.studio.exec(ctx, "INSERT INTO users ("+userColumns+") VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
		u.ID, u.Email, u.Name, u.PasswordHash, u.Created)
	if err == nil && n == 0 {
		return taken("the e-mail address %s belongs to another user", u.Email)
	}
	return err
}

// UserByEmail finds a person by the address, as it was stored: lower case, trimmed.
func (s *Store) UserByEmail(ctx context.Context, email string) (auth.User, error) {
	return one(ctx, s.studio.reader(), "user with this e-mail address", scanUser, "SELECT "+userColumns+" FROM users WHERE email = $1", email)
}

// UserByID finds a person by id.
func (s *Store) UserByID(ctx context.Context, id string) (auth.User, error) {
	return one(ctx, s.studio.fixed(), "such user", scanUser, "SELECT "+userColumns+" FROM users WHERE id = $1", id)
}

// UpdateUser changes address, name and password; fs.ErrExist when another user has the address.
func (s *Store) UpdateUser(ctx context.Context, u auth.User) error {
	n, err := s.studio.exec(ctx, "UPDATE users SET email = $2, name = $3, password_hash = $4 WHERE id = $1", u.ID, u.Email, u.Name, u.PasswordHash)
	switch {
	case isDuplicate(err):
		return taken("the e-mail address %s belongs to another user", u.Email)
	case err == nil && n == 0:
		return fmt.Errorf("there is no such user: %w", fs.ErrNotExist)
	}
	return err
}
