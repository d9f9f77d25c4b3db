package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

var (
	// ErrSignedOut says that a token belongs to no session, or to one that has ended.
	ErrSignedOut = errors.New("your session has ended: sign in again")
	// ErrWrongPassword is the one answer to a failed sign-in, whatever was wrong.
	ErrWrongPassword = errors.New("the e-mail address or the password is wrong")
	// ErrBusy says that too many passwords are being checked at once.
	ErrBusy = errors.New("the studio is busy checking passwords: try again in a moment")
)

// Mistake is a wrong entry in a form, with the field that it is about.
type Mistake struct {
	Field string // "email", "name", "password", "current", "role"
	Text  string
}

func (m Mistake) Error() string { return m.Text }

// Unwrap makes a mistake an fs.ErrInvalid.
func (m Mistake) Unwrap() error { return fs.ErrInvalid }

// TooMany says that sign-in was tried too often, and when it may be tried again.
type TooMany struct{ Wait time.Duration }

func (t TooMany) Error() string {
	return fmt.Sprintf("too many failed attempts: try again in %s", t.Wait.Round(time.Second))
}
