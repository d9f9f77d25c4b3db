package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/web"
)

// concrete fills the parameters of a row's path.
func concrete(path string, ids map[string]string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		switch {
		case strings.HasPrefix(part, ":"):
			parts[i] = "absent"
			for kind, id := range ids {
				if i > 0 && parts[i-1] == kind && id != "" {
					parts[i] = id
				}
			}
		case part == "*":
			parts[i] = "absent"
		}
	}
	return strings.Join(parts, "/")
}

// ask sends a row the emptiest request that its reader takes.
func (b *browser) ask(row web.Row, path string) answer {
	b.t.Helper()
	body, kind := "", ""
	if row.Method != "GET" && row.Method != "HEAD" {
		kind = "application/x-www-form-urlencoded"
		if strings.HasPrefix(row.Path, "/api/") {
			body, kind = "{}", "application/json"
		}
	}
	return b.do(row.Method, path, kind, body)
}

func TestEveryRowHasAPermission(t *testing.T) {
	t.Parallel()
	known := []auth.Permission{auth.Public, auth.SignedIn}
	for _, p := range []auth.Permission{
		auth.WorkflowView, auth.WorkflowEdit, auth.WorkflowRun, auth.WorkflowComment, auth.RunView, auth.RunCancel, auth.CredentialView, auth.CredentialEdit, auth.CollectionView, auth.CollectionEdit, auth.CampaignView, auth.CampaignEdit,
		auth.VariableView, auth.VariableEdit, auth.UsageView, auth.MemberView, auth.MemberManage, auth.WorkspaceManage,
	} {
		if !auth.Owner.Allows(p) {
			t.Errorf("owners lack %s", p)
		}
		known = append(known, p)
	}
	seen := map[string]bool{}
	for _, row := range web.Rows() {
		name := row.Method + " " + row.Path
		if seen[name] {
			t.Errorf("%s stands twice", name)
		}
		seen[name] = true
		found := false
		for _, p := range known {
			found = found || row.Permission == p
		}
		if !found || !row.HasHandler {
			t.Errorf("%s has the permission %q", name, row.Permission)
		}
		if row.Open && (row.Method != "GET" || row.Permission != auth.Public) {
			t.Errorf("%s is open but not a public page", name)
		}
	}
	for _, r := range []struct {
		role   auth.Role
		denied auth.Permission
	}{{auth.Viewer, auth.WorkflowEdit}, {auth.Viewer, auth.CredentialView}, {auth.Viewer, auth.WorkflowRun}, {auth.Viewer, auth.WorkflowComment}, {auth.Editor, auth.MemberManage}} {
		if r.role.Allows(r.denied) {
			t.Errorf("a %s may %s", r.role, r.denied)
		}
	}
}

func TestRoutesByRole(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	owner := s.owner(t, "ada@example.org")
	who := map[auth.Role]*browser{
		auth.Owner:  owner,
		auth.Editor: s.member(t, owner, "edith@example.org", auth.Editor),
		auth.Viewer: s.member(t, owner, "vera@example.org", auth.Viewer),
	}
	stranger := s.browser(t)
	for _, row := range web.Rows() {
		path := concrete(row.Path, nil)
		name := row.Method + " " + path
		res := stranger.ask(row, path)
		wantHeaders(t, name+" by a stranger", row, res)
		if row.Permission == auth.Public {
			if res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden || res.StatusCode >= 500 {
				t.Errorf("%s by a stranger: %d %s", name, res.StatusCode, res.Text)
			}
			continue
		}
		api := strings.HasPrefix(path, "/api/") || path == "/ws" || row.ByKey()
		if api && (res.StatusCode != http.StatusUnauthorized || res.Header.Get("Content-Type") != "application/problem+json" && !strings.HasPrefix(path, "/v1/")) {
			t.Errorf("%s by a stranger: %d %s", name, res.StatusCode, res.Header.Get("Content-Type"))
		}
		if !api && (res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/signin")) {
			t.Errorf("%s by a stranger: %d to %s", name, res.StatusCode, res.Header.Get("Location"))
		}
		for role, b := range who {
			res := b.ask(row, path)
			wantHeaders(t, name+" by "+string(role), row, res)
			allowed := row.Permission == auth.SignedIn || role.Allows(row.Permission)
			switch {
			case !allowed && res.StatusCode != http.StatusForbidden:
				t.Errorf("%s by a %s, who lacks %s: %d", name, role, row.Permission, res.StatusCode)
			case allowed && (res.StatusCode == http.StatusForbidden || res.StatusCode == http.StatusUnauthorized && path != "/ws" || res.StatusCode == http.StatusInternalServerError):
				t.Errorf("%s by a %s, who has %s: %d %s", name, role, row.Permission, res.StatusCode, res.Text)
			}
		}
	}
}

func wantHeaders(t *testing.T, name string, row web.Row, res answer) {
	t.Helper()
	h := res.Header
	want := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
	if !row.Foreign {
		want["Cross-Origin-Opener-Policy"], want["X-Frame-Options"] = "same-origin", "DENY"
	}
	for header, value := range want {
		if h.Get(header) != value {
			t.Errorf("%s: %s is %q", name, header, h.Get(header))
		}
	}
	if h.Get("X-Request-Id") == "" {
		t.Errorf("%s has no request id", name)
	}
	policy := h.Get("Content-Security-Policy")
	parts := []string{"default-src 'self'", "script-src 'self' 'nonce-", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'"}
	if row.Foreign {
		parts = []string{"sandbox"}
	}
	for _, part := range parts {
		if !strings.Contains(policy, part) {
			t.Errorf("%s: the policy %q lacks %q", name, policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "allow-same-origin") {
		t.Errorf("%s: the policy is %q", name, policy)
	}
	if !row.Open && !strings.Contains(h.Get("Cache-Control"), "no-store") {
		t.Errorf("%s may be cached: %q", name, h.Get("Cache-Control"))
	}
	if kind := h.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && strings.ToLower(kind) != "text/html; charset=utf-8" {
		t.Errorf("%s has the type %q", name, kind)
	}
}

// Another workspace's things are as absent as those that never were, whatever one may do at home.
func TestOtherWorkspace(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada, eve := s.owner(t, "ada@example.org"), s.owner(t, "eve@example.org")
	made, err := s.Store.CreateWorkflow(t.Context(), ada.Member.Scope(), "", "", &engine.Workflow{
		Format: engine.Format, Name: "Ada's",
		Nodes: []engine.Node{{ID: "a", Kind: "trigger.manual", Name: "Start", Params: map[string]any{}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	cred, err := s.Store.PutCredential(t.Context(), ada.Member.Scope(), engine.Credential{Name: "key", Type: "http.basic"}, map[string]string{"password": "canary"})
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Runner.Start(t.Context(), engine.StartRequest{Workspace: ada.Member.Workspace.ID, WorkflowID: made.ID, Trigger: "manual", Node: "a"})
	if err != nil {
		t.Fatal(err)
	}
	<-run.Done()
	ids := map[string]string{"workflows": made.ID, "credentials": cred.ID, "runs": run.ID, "members": ada.User.ID}
	for _, row := range web.Rows() {
		path := concrete(row.Path, ids)
		own := false
		for _, id := range ids {
			own = own || strings.Contains(path, id)
		}
		if !own {
			continue
		}
		res := eve.ask(row, path)
		if res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusUnprocessableEntity && res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %s by another workspace's owner: %d %s", row.Method, path, res.StatusCode, res.Text)
		}
		if strings.Contains(res.Text, "Ada's") || strings.Contains(res.Text, "ada@example.org") {
			t.Errorf("%s %s tells another workspace's owner: %s", row.Method, path, res.Text)
		}
	}
	if w, err := s.Store.Workflow(t.Context(), ada.Member.Scope(), made.ID); err != nil || w.Deleted != 0 || w.Archived || w.Revision != made.Revision {
		t.Errorf("the other owner changed the workflow: %+v, %v", w, err)
	}
}

func TestCrossOriginIsRefused(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	for _, row := range web.Rows() {
		if row.Method == "GET" || row.Method == "HEAD" || row.Foreign {
			continue
		}
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
			if res := ada.do(row.Method, concrete(row.Path, nil), "application/json", "{}", header...); res.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s with %v: %d", row.Method, row.Path, header, res.StatusCode)
			}
		}
	}
	if res := ada.get("/workflows"); res.StatusCode != http.StatusOK {
		t.Errorf("afterwards the session is gone: %d", res.StatusCode)
	}
}
