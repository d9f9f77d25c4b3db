// Package auth says who may come in and what they may do: users, sessions, invitations, workspaces, roles, and the
// sealing of secrets. It knows neither HTTP nor SQL: the edge brings tokens, the store implements Store.
//
// Everything that decides about access fails closed: an error means no.
package auth

import "slices"

// User is a person who can sign in.
type User struct {
	ID           string
	Email        string // lower case, trimmed
	Name         string
	PasswordHash string // argon2id in PHC form
	Created      int64  // microseconds UTC
}

// Session is a signed-in browser. The browser holds a random token; the store holds its SHA-256.
type Session struct {
	ID        string // names the session in lists; it stays when the token changes
	Hash      string // hexadecimal SHA-256 of the token
	Previous  string // the hash before the last change of the token; still good for half a minute after Rotated
	Rotated   int64  // when the token was last changed
	UserID    string
	Workspace string // the workspace the person works in
	Created   int64
	Seen      int64
	Expires   int64 // absolute end; idle sessions end earlier
	Agent     string
	Address   string
}

// Token is a one-time permission: the set-up link and invitations.
type Token struct {
	Hash      string
	Purpose   string // "setup" or "invite"
	Workspace string // of an invitation
	Role      Role
	Email     string // of an invitation, may be empty
	By        string // user who made it
	Created   int64
	Expires   int64
}

// Workspace separates tenants: nothing in one is seen from another.
type Workspace struct {
	ID      string
	Name    string
	Created int64
	// ViewersComment gives viewers WorkflowComment.
	ViewersComment bool
}

// Member is a user's place in a workspace.
type Member struct {
	Workspace Workspace
	User      User
	Role      Role
	Since     int64
}

// Role of a member.
type Role string

const (
	Owner  Role = "owner"
	Editor Role = "editor"
	Viewer Role = "viewer"
)

// Permission names something that can be done in a workspace.
type Permission string

const (
	// Public routes need no session. SignedIn ones need one, in any workspace or none.
	Public   Permission = "public"
	SignedIn Permission = "signed-in"

	WorkflowView    Permission = "workflow.view"
	WorkflowEdit    Permission = "workflow.edit"
	WorkflowRun     Permission = "workflow.run"
	WorkflowComment Permission = "workflow.comment" // viewers too when their workspace lets them
	RunView         Permission = "run.view"
	RunCancel       Permission = "run.cancel"
	CredentialView  Permission = "credential.view" // names and types, never values
	CredentialEdit  Permission = "credential.edit"
	VariableView    Permission = "variable.view"
	VariableEdit    Permission = "variable.edit"
	CollectionView  Permission = "collection.view" // to read documents and to ask
	CollectionEdit  Permission = "collection.edit"
	CampaignView    Permission = "campaign.view" // what personas found, with its evidence
	CampaignEdit    Permission = "campaign.edit" // to send personas against a target
	UsageView       Permission = "usage.view"    // what language models took, and the budget
	MemberView      Permission = "member.view"
	MemberManage    Permission = "member.manage"
	WorkspaceManage Permission = "workspace.manage"
)

var permissions = map[Role][]Permission{
	Viewer: {WorkflowView, RunView, CollectionView, CampaignView, MemberView, VariableView},
	Editor: {
		WorkflowView, WorkflowEdit, WorkflowRun, WorkflowComment, RunView, RunCancel, CredentialView, CredentialEdit, CollectionView, CollectionEdit, VariableView,
		VariableEdit, CampaignView, CampaignEdit, UsageView, MemberView,
	},
	Owner: {
		WorkflowView, WorkflowEdit, WorkflowRun, WorkflowComment, RunView, RunCancel, CredentialView, CredentialEdit, CollectionView, CollectionEdit, VariableView,
		VariableEdit, CampaignView, CampaignEdit, UsageView, MemberView, MemberManage, WorkspaceManage,
	},
}

// Known tells whether there is such a role.
func (r Role) Known() bool { return len(permissions[r]) > 0 }

// Allows tells whether a role holds a permission.
func (r Role) Allows(p Permission) bool { return slices.Contains(permissions[r], p) }

// Scope is the right to touch one workspace's data. Only this package makes one, so that code which forgot to ask
// who is there does not compile.
type Scope struct {
	workspace string
	user      string
	role      Role
	comment   bool // a viewer's right to comment, from the workspace
	key       *Key // what limits a program; nil for people
}

// Scope of a member, as found by the session.
func (m Member) Scope() Scope {
	return Scope{workspace: m.Workspace.ID, user: m.User.ID, role: m.Role, comment: m.Workspace.ViewersComment}
}

// System is the scope of the studio itself in a workspace: triggers, schedules, recovery. It holds every permission.
func System(workspace string) Scope { return Scope{workspace: workspace, role: Owner} }

// Workspace returns the workspace's id.
func (s Scope) Workspace() string { return s.workspace }

// User returns the id of the user who acts, or "" for the studio itself.
func (s Scope) User() string { return s.user }

// Allows tells whether the scope holds a permission.
func (s Scope) Allows(p Permission) bool {
	if s.key != nil && (s.key.Workspace != s.workspace || !permits(s.key.Scopes, p)) {
		return false
	}
	return s.workspace != "" && (s.role.Allows(p) || p == WorkflowComment && s.comment && s.role == Viewer)
}
