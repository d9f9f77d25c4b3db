package auth

import "context"

// Store keeps what this package decides on. Absent rows are errors that wrap fs.ErrNotExist, second ones of the same
// name fs.ErrExist. Times are microseconds UTC and always passed in.
type Store interface {
	Users
	Sessions
	Tokens
	Workspaces
	Keys
}

// Users keeps people.
type Users interface {
	CountUsers(ctx context.Context) (int, error)
	// CreateUser wraps fs.ErrExist when the e-mail address is taken.
	CreateUser(ctx context.Context, u User) error
	UserByEmail(ctx context.Context, email string) (User, error)
	UserByID(ctx context.Context, id string) (User, error)
	UpdateUser(ctx context.Context, u User) error
}

// Sessions keeps signed-in browsers.
type Sessions interface {
	CreateSession(ctx context.Context, s Session) error
	// Session finds a session whose Hash or Previous is hash. Whether it has expired is not looked at.
	Session(ctx context.Context, hash string) (Session, error)
	// TouchSession sets Seen of the session whose Hash is hash. A newHash that is not empty changes the token: Previous
	// becomes hash, Hash becomes newHash and Rotated becomes seen, in one statement; of two at once only one does it,
	// the other gets fs.ErrNotExist.
	TouchSession(ctx context.Context, hash string, seen int64, newHash string) error
	// DeleteSession removes the session whose Hash or Previous is hash; fs.ErrNotExist when there is none.
	DeleteSession(ctx context.Context, hash string) error
	// DeleteSessions removes a user's sessions but the one whose Hash is except ("" keeps none), and says how many.
	DeleteSessions(ctx context.Context, user, except string) (int, error)
	// Sessions lists a user's sessions, the last seen first.
	Sessions(ctx context.Context, user string) ([]Session, error)
	// MoveSession changes the workspace of the session whose Hash or Previous is hash.
	MoveSession(ctx context.Context, hash, workspace string) error
}

// Tokens keeps one-time permissions.
type Tokens interface {
	PutToken(ctx context.Context, t Token) error
	// Token finds a token that has not expired; the purpose must match.
	Token(ctx context.Context, hash, purpose string, now int64) (Token, error)
	// TakeToken finds and removes it, so that of two at once only one gets it.
	TakeToken(ctx context.Context, hash, purpose string, now int64) (Token, error)
	// Tokens lists the tokens of the scope's workspace, newest first, expired ones too.
	Tokens(ctx context.Context, s Scope, purpose string) ([]Token, error)
	DeleteToken(ctx context.Context, s Scope, hash string) error
}

// Workspaces keeps tenants and who belongs to them.
type Workspaces interface {
	// CreateWorkspace makes a workspace with its first owner, who must exist.
	CreateWorkspace(ctx context.Context, w Workspace, owner User) error
	RenameWorkspace(ctx context.Context, s Scope, name string) error
	// Memberships lists where a user belongs, the oldest first.
	Memberships(ctx context.Context, user string) ([]Member, error)
	Membership(ctx context.Context, user, workspace string) (Member, error)
	Members(ctx context.Context, s Scope) ([]Member, error)
	AddMember(ctx context.Context, workspace, user string, role Role, at int64) error
	// SetRole and RemoveMember wrap fs.ErrInvalid when the workspace would be left without an owner.
	SetRole(ctx context.Context, s Scope, user string, role Role) error
	RemoveMember(ctx context.Context, s Scope, user string) error
}
