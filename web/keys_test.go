package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/web"
)

// key makes a key for the person of a browser.
func (b *browser) key(life time.Duration, scopes ...string) (id, text string) {
	b.t.Helper()
	k, text, err := b.studio.Auth.NewKey(b.t.Context(), auth.Principal{User: b.User, Member: b.Member}, "program", scopes, life)
	if err != nil {
		b.t.Fatal(err)
	}
	return k.ID, text
}

// A key opens the rows of the API that its scopes name, as far as its person may, and nothing else.
func TestRoutesByKey(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	vera := s.member(t, ada, "vera@example.org", auth.Viewer)
	all := auth.KeyPermissions()
	program := s.browser(t)
	for _, k := range []struct {
		person *browser
		role   auth.Role
		scopes []string
		may    []auth.Permission
	}{
		{ada, auth.Owner, []string{"edit"}, all},
		{ada, auth.Owner, []string{"view"}, []auth.Permission{auth.WorkflowView, auth.RunView, auth.CollectionView, auth.CampaignView, auth.VariableView, auth.MemberView}},
		{ada, auth.Owner, []string{string(auth.CollectionView)}, []auth.Permission{auth.CollectionView}},
		{vera, auth.Viewer, []string{"edit"}, all},
	} {
		_, text := k.person.key(time.Hour, k.scopes...)
		for _, row := range web.Rows() {
			if row.Permission == auth.Public {
				continue
			}
			path := concrete(row.Path, nil)
			name := row.Method + " " + path + " with a key of a " + string(k.role) + " for " + strings.Join(k.scopes, ", ")
			body, kind := "{}", "application/json"
			if row.Method == "GET" {
				body, kind = "", ""
			}
			res := program.do(row.Method, path, kind, body, "Authorization", "Bearer "+text, "Sec-Fetch-Site", "cross-site", "Accept", "application/json")
			allowed := row.Permission == auth.SignedIn
			for _, p := range k.may {
				allowed = allowed || p == row.Permission && k.role.Allows(p)
			}
			switch {
			case !row.ByKey() && res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusForbidden:
				t.Errorf("%s, which no key opens: %d", name, res.StatusCode)
			case row.ByKey() && !allowed && res.StatusCode != http.StatusForbidden:
				t.Errorf("%s: %d", name, res.StatusCode)
			case row.ByKey() && allowed && (res.StatusCode == http.StatusForbidden || res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusInternalServerError):
				t.Errorf("%s, which has %s: %d %s", name, row.Permission, res.StatusCode, res.Text)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	s := newStudio(t, func(o *web.Options) { o.RequestRate = 5 })
	ada := s.owner(t, "ada@example.org")
	bob := s.member(t, ada, "bob@example.org", auth.Editor)
	program := s.browser(t)
	ask := func(text string) answer {
		return program.do("GET", "/api/v1/variables", "", "", "Authorization", "Bearer "+text)
	}
	refused := func(what, text string) {
		t.Helper()
		res := ask(text)
		if res.StatusCode != http.StatusUnauthorized || !strings.Contains(res.Text, "This API key is not valid") || !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: %d %v %s", what, res.StatusCode, res.Header, res.Text)
		}
	}

	wantPage(t, ada.get("/settings/keys"), http.StatusOK, "No API keys yet")
	wantPage(t, ada.post("/settings/keys", "name", "", "scope", "view", "expires", "30"), http.StatusUnprocessableEntity, "Give a name")
	wantPage(t, ada.post("/settings/keys", "name", "n", "expires", "30"), http.StatusUnprocessableEntity, "Choose what the key may do")
	wantPage(t, ada.post("/settings/keys", "name", "n", "scope", "member.manage", "expires", "30"), http.StatusUnprocessableEntity, "from the list")
	wantPage(t, ada.post("/settings/keys", "name", "n", "scope", "view", "expires", "7000"), http.StatusUnprocessableEntity, "when the key ends")
	made := ada.post("/settings/keys", "name", "Weekly <b>", "scope", "view", "expires", "30")
	wantPage(t, made, http.StatusOK, "only this once", "Weekly &lt;b&gt;")
	text := regexp.MustCompile(`atl_[\w-]{43}`).FindString(made.Text)
	if res := ask(text); res.StatusCode != http.StatusOK {
		t.Fatalf("a new key: %d %s", res.StatusCode, res.Text)
	}
	list := ada.get("/settings/keys")
	wantPage(t, list, http.StatusOK, text[len(text)-4:], "Revoke")
	if strings.Contains(list.Text, text) || strings.Contains(s.Log.String(), text) {
		t.Error("the key can be read after it was made")
	}
	if page := bob.get("/settings/keys"); strings.Contains(page.Text, "Weekly") {
		t.Error("another member sees the key")
	}
	for name, wrong := range map[string]string{
		"no key": "", "another kind of token": "sk-1", "a prefix": text[:20], "one letter more": text + "a", "another case": strings.ToUpper(text),
		"the hash": auth.HashToken(text), "much": "atl_" + strings.Repeat("a", 10_000), "bytes": "atl_\x80' OR 1=1 --",
	} {
		refused(name, wrong)
	}
	// A browser that is signed in beside it is not asked: the key decides.
	if res := ada.do("GET", "/api/v1/variables", "", "", "Authorization", "Bearer atl_none"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong key in a browser that is signed in: %d", res.StatusCode)
	}

	// Every key has a pace of its own.
	_, second := ada.key(0, "view")
	s.Advance(10 * time.Second)
	for n := 0; ; n++ {
		if res := ask(text); res.StatusCode == http.StatusTooManyRequests {
			break
		} else if n > 30 {
			t.Fatal("a key can ask as much as it likes")
		}
	}
	if res := ask(second); res.StatusCode != http.StatusOK {
		t.Errorf("another key: %d", res.StatusCode)
	}

	s.Advance(31 * 24 * time.Hour)
	refused("an expired key", text)
	if res := ask(second); res.StatusCode != http.StatusOK {
		t.Errorf("a key without end: %d", res.StatusCode)
	}

	// The person's present role counts; without a place in the workspace the key is gone.
	id, edits := bob.key(0, "edit")
	write := func() int {
		s.Advance(time.Minute)
		return program.do("POST", "/api/v1/variables", "application/json", `{"name":"A","value":"1"}`, "Authorization", "Bearer "+edits).StatusCode
	}
	if got := write(); got != http.StatusOK && got != http.StatusNoContent {
		t.Errorf("an editor's key: %d", got)
	}
	if err := s.Store.SetRole(t.Context(), ada.Member.Scope(), bob.User.ID, auth.Viewer); err != nil {
		t.Fatal(err)
	}
	if got := write(); got != http.StatusForbidden {
		t.Errorf("the key of an editor who has become a viewer: %d", got)
	}
	ada = s.signIn(t, "ada@example.org")
	if res := ada.post("/settings/keys/" + id + "/revoke"); res.StatusCode != http.StatusNotFound {
		t.Errorf("another member's key is revoked: %d", res.StatusCode)
	}
	if err := s.Store.RemoveMember(t.Context(), ada.Member.Scope(), bob.User.ID); err != nil {
		t.Fatal(err)
	}
	refused("the key of somebody who was removed", edits)

	mine, err := s.Store.Keys(t.Context(), ada.Member.Scope())
	if err != nil || len(mine) == 0 {
		t.Fatal(mine, err)
	}
	for _, k := range mine {
		wantRedirect(t, ada.post("/settings/keys/"+k.ID+"/revoke"), "/settings/keys")
	}
	refused("a revoked key", second)
}
