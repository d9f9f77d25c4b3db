package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"time"
)

// Options are what a Service is made of. Store must be set.
type Options struct {
	Store Store
	Log   *slog.Logger     // nil: silent
	Now   func() time.Time // nil: time.Now
}

// Service signs people in and out, and lets them into workspaces.
type Service struct {
	store    Store
	log      *slog.Logger
	now      func() time.Time
	hasher   *hasher
	throttle *throttle
}

// New makes a service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{store: o.Store, log: o.Log, now: o.Now, hasher: newHasher(), throttle: newThrottle(o.Now)}
}

// Principal is who asks: a person, in a workspace where they have a role.
type Principal struct {
	User    User
	Member  Member // zero for a person in no workspace
	Session Session
	Key     *Key // of a program that acts for the person; nil for the person
}

// Scope returns the right of who asks to the workspace they are in: the person's, and of a program what its key names of
// that.
func (p Principal) Scope() Scope {
	s := p.Member.Scope()
	s.key = p.Key
	return s
}

// Person is what someone enters about themselves.
type Person struct{ Email, Name, Password string }

// Client is the browser that someone uses.
type Client struct{ Agent, Address string }

func (s *Service) micros() int64 { return s.now().UnixMicro() }

// newUser checks what a person entered and hashes the password. An empty name becomes the first part of the address.
func (s *Service) newUser(ctx context.Context, p Person) (User, error) {
	email, err := cleanEmail(p.Email)
	if err != nil {
		return User{}, err
	}
	if p.Name == "" {
		p.Name = email[:max(1, indexAt(email))]
	}
	name, err := CleanName(p.Name)
	if err != nil {
		return User{}, err
	}
	if err := CheckPassword(p.Password, email, name); err != nil {
		return User{}, err
	}
	hash, err := s.hasher.hash(ctx, p.Password)
	if err != nil {
		return User{}, err
	}
	return User{ID: rand.Text(), Email: email, Name: name, PasswordHash: hash, Created: s.micros()}, nil
}

func indexAt(email string) int {
	for i, r := range email {
		if r == '@' {
			return i
		}
	}
	return len(email)
}

// CreateOwner makes a user with a workspace of their own, as the command line and unattended set-up do.
func (s *Service) CreateOwner(ctx context.Context, p Person) (User, error) {
	user, err := s.newUser(ctx, p)
	if err != nil {
		return User{}, err
	}
	return user, s.create(ctx, user)
}

func (s *Service) create(ctx context.Context, user User) error {
	if err := s.store.CreateUser(ctx, user); err != nil {
		return takenEmail(err)
	}
	return s.store.CreateWorkspace(ctx, Workspace{ID: rand.Text(), Name: user.Name + "’s workspace", Created: user.Created}, user)
}

func takenEmail(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return Mistake{"email", "There is an account with this e-mail address already."}
	}
	return err
}

// NewWorkspace makes another workspace that the user owns and moves their session there.
func (s *Service) NewWorkspace(ctx context.Context, p Principal, name string) (Workspace, error) {
	name, err := CleanName(name)
	if err != nil {
		return Workspace{}, err
	}
	w := Workspace{ID: rand.Text(), Name: name, Created: s.micros()}
	if err := s.store.CreateWorkspace(ctx, w, p.User); err != nil {
		return Workspace{}, err
	}
	return w, s.store.MoveSession(ctx, p.Session.Hash, w.ID)
}

// SwitchWorkspace moves the session to another workspace of the user; fs.ErrNotExist when they do not belong to it.
func (s *Service) SwitchWorkspace(ctx context.Context, p Principal, workspace string) error {
	if _, err := s.store.Membership(ctx, p.User.ID, workspace); err != nil {
		return err
	}
	return s.store.MoveSession(ctx, p.Session.Hash, workspace)
}
