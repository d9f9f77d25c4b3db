package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Key lets a program act for a person in one workspace: what its scopes name, and never more than the person may there
// just then. The program holds a random text; the store holds its SHA-256.
type Key struct {
	ID        string // names the key in lists and in the log
	Hash      string // hexadecimal SHA-256 of the key's text
	Hint      string // its last characters, for people to tell their keys apart
	Name      string
	UserID    string
	Workspace string
	Scopes    []string // view, run, edit, or names of permissions
	Created   int64
	Expires   int64 // 0: never
	Used      int64 // 0: not yet; no more exact than a minute
}

// Keys keeps keys of programs.
type Keys interface {
	CreateKey(ctx context.Context, k Key) error
	// KeyHolder finds a key by its hash, with the present place of its person in its workspace, in one question.
	KeyHolder(ctx context.Context, hash string) (Key, Member, error)
	TouchKey(ctx context.Context, id string, used int64) error
	// Keys lists a person's keys for the scope's workspace, the newest first.
	Keys(ctx context.Context, s Scope) ([]Key, error)
	DeleteKey(ctx context.Context, s Scope, id string) error
}

// KeyPrefix begins every key, so that scanners of leaked secrets know one when they see it.
const KeyPrefix = "atl_"

// maxKeys is how many keys a person can have in a workspace.
const maxKeys = 50

// ErrNoKey is the one answer to a key that is worth nothing, whatever is wrong with it.
var ErrNoKey = errors.New("this API key is not valid: it was never made, was revoked or has expired; make one in the settings")

// KeyScopes are the scopes that stand for many permissions, in the order of what they allow. Managing members and the
// workspace is for people only.
func KeyScopes() []string { return []string{"view", "run", "edit"} }

var keyScopes = map[string][]Permission{
	"view": {WorkflowView, RunView, CollectionView, CampaignView, VariableView, MemberView},
	"run":  {WorkflowView, RunView, CollectionView, CampaignView, VariableView, MemberView, WorkflowRun, RunCancel},
	"edit": {
		WorkflowView, RunView, CollectionView, CampaignView, VariableView, MemberView, WorkflowRun, RunCancel, CampaignEdit,
		WorkflowEdit, WorkflowComment, CollectionEdit, VariableEdit, CredentialView, CredentialEdit, UsageView,
	},
}

// KeyPermissions are those that a key can be given one by one.
func KeyPermissions() []Permission { return slices.Clone(keyScopes["edit"]) }

// permits tells whether a key's scopes name a permission.
func permits(scopes []string, p Permission) bool {
	return slices.ContainsFunc(scopes, func(s string) bool {
		return slices.Contains(keyScopes[s], p) || s == string(p) && slices.Contains(keyScopes["edit"], p)
	})
}

// NewKey makes a key for the asking person in their workspace, and returns its text, which nobody can see again. A life
// of 0 has no end.
func (s *Service) NewKey(ctx context.Context, p Principal, name string, scopes []string, life time.Duration) (Key, string, error) {
	name, err := CleanName(name)
	if err != nil {
		return Key{}, "", err
	}
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	if len(scopes) == 0 {
		return Key{}, "", Mistake{"scope", "Choose what the key may do."}
	}
	for _, scope := range scopes {
		if keyScopes[scope] == nil && !slices.Contains(keyScopes["edit"], Permission(scope)) {
			return Key{}, "", Mistake{"scope", "Choose what the key may do from the list."}
		}
	}
	if life < 0 || life > 10*365*24*time.Hour {
		return Key{}, "", Mistake{"expires", "Choose when the key ends from the list."}
	}
	if p.Key != nil || p.User.ID == "" || p.Member.Workspace.ID == "" {
		return Key{}, "", fmt.Errorf("only a person who belongs to a workspace can make a key: %w", fs.ErrPermission)
	}
	had, err := s.store.Keys(ctx, p.Scope())
	if err != nil {
		return Key{}, "", err
	}
	if len(had) >= maxKeys {
		return Key{}, "", Mistake{"name", fmt.Sprintf("You have %d keys here, the most there can be. Revoke one first.", maxKeys)}
	}
	text := KeyPrefix + newToken()
	k := Key{
		ID: strings.ToLower(rand.Text()[:20]), Hash: HashToken(text), Hint: text[len(text)-4:], Name: name, UserID: p.User.ID,
		Workspace: p.Member.Workspace.ID, Scopes: scopes, Created: s.micros(),
	}
	if life > 0 {
		k.Expires = k.Created + life.Microseconds()
	}
	if err := s.store.CreateKey(ctx, k); err != nil {
		return Key{}, "", err
	}
	s.log.InfoContext(ctx, "API key made", slog.String("key", k.ID), slog.String("user", k.UserID), slog.String("workspace", k.Workspace),
		slog.Any("scopes", scopes))
	return k, text, nil
}

// AuthenticateKey finds for whom a program acts. The error is ErrNoKey for a key that is worth nothing; any other means
// that it could not be told, and no. A key is found by its hash, so how long it takes says nothing about the keys that
// there are.
func (s *Service) AuthenticateKey(ctx context.Context, text string) (Principal, error) {
	if !strings.HasPrefix(text, KeyPrefix) || len(text) > maxToken {
		return Principal{}, ErrNoKey
	}
	hash := HashToken(text)
	k, m, err := s.store.KeyHolder(ctx, hash)
	if errors.Is(err, fs.ErrNotExist) {
		return Principal{}, ErrNoKey
	}
	if err != nil {
		return Principal{}, err
	}
	now := s.micros()
	if subtle.ConstantTimeCompare([]byte(hash), []byte(k.Hash)) != 1 || k.Expires != 0 && now >= k.Expires {
		return Principal{}, ErrNoKey
	}
	if now-k.Used >= touchEvery.Microseconds() {
		if err := s.store.TouchKey(ctx, k.ID, now); ignoreAbsent(err) != nil {
			return Principal{}, err
		}
		k.Used = now
	}
	return Principal{User: m.User, Member: m, Key: &k}, nil
}

// Keys lists the asking person's keys for the workspace they are in, the newest first.
func (s *Service) Keys(ctx context.Context, p Principal) ([]Key, error) {
	return s.store.Keys(ctx, p.Scope())
}

// RevokeKey ends one of the asking person's keys.
func (s *Service) RevokeKey(ctx context.Context, p Principal, id string) error {
	if err := s.store.DeleteKey(ctx, p.Scope(), id); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "API key revoked", slog.String("key", id), slog.String("user", p.User.ID), slog.String("workspace", p.Member.Workspace.ID))
	return nil
}
