package web_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

func TestCredentialPages(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	wantPage(t, ada.get("/credentials"), http.StatusOK, "No credentials yet")
	wantPage(t, ada.get("/credentials/new"), http.StatusOK, "Name and password", "/credentials/new?type=http.basic")
	wantPage(t, ada.get("/credentials/new?type=http.basic"), http.StatusOK, `name="value-user"`, `type="password"`)
	wantPage(t, ada.post("/credentials", "type", "http.basic", "name", "Orders", "value-user", "ada"), http.StatusUnprocessableEntity, "This is needed", `value="Orders"`)
	wantRedirect(t, ada.post("/credentials", "type", "http.basic", "name", "Orders", "value-user", "ada", "value-password", "canary", "value-note", "n"), "/credentials")
	list := ada.get("/credentials")
	wantPage(t, list, http.StatusOK, "Orders", "Name and password", "is saved")
	edit := regexp.MustCompile(`href="(/credentials/[^"]+)">Orders`).FindStringSubmatch(list.Text)
	if edit == nil {
		t.Fatal("the list does not lead to the credential")
	}
	page := ada.get(edit[1])
	wantPage(t, page, http.StatusOK, "Leave empty to keep it", "No workflow uses this")
	for _, text := range []string{list.Text, page.Text, ada.get("/api/v1/credentials").Text, s.Log.String()} {
		if strings.Contains(text, "canary") {
			t.Fatal("a secret came back")
		}
	}
	values := func() map[string]string {
		_, values, err := s.Store.Secret(t.Context(), ada.Member.Workspace.ID, "Orders")
		if err != nil {
			t.Fatal(err)
		}
		return values
	}
	wantRedirect(t, ada.post(edit[1], "name", "Orders", "value-user", "grace", "clear-note", "on"), "/credentials")
	if v := values(); v["user"] != "grace" || v["password"] != "canary" || v["note"] != "" {
		t.Errorf("after a change of one field: %v", v)
	}
	if _, err := s.Store.CreateWorkflow(t.Context(), ada.Member.Scope(), "", "", &engine.Workflow{
		Format: engine.Format, Name: "Fetch orders",
		Nodes: []engine.Node{{ID: "a", Kind: "flow.noop", Name: "A", Params: map[string]any{"credential": "Orders"}}},
	}); err != nil {
		t.Fatal(err)
	}
	wantPage(t, ada.get(edit[1]), http.StatusOK, "Fetch orders", "1 workflow uses it")
	wantRedirect(t, ada.post(edit[1], "name", "Renamed", "value-user", "x"), "/credentials")
	if v := values(); v["user"] != "x" {
		t.Errorf("the name changed under a workflow that uses it: %v", v)
	}
	wantRedirect(t, ada.post(edit[1]+"/delete"), "/credentials")
	wantPage(t, ada.get(edit[1]), http.StatusNotFound)
}

func TestVariablePages(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	ada := s.owner(t, "ada@example.org")
	wantPage(t, ada.get("/variables"), http.StatusOK, "No variables yet")
	const hostile = `"><script>alert(1)</script>`
	wantRedirect(t, ada.post("/variables", "name", "BASE", "value", hostile), "/variables")
	page := ada.get("/variables")
	wantPage(t, page, http.StatusOK, "BASE")
	if strings.Contains(page.Text, "<script>alert") || !strings.Contains(html.UnescapeString(page.Text), hostile) {
		t.Error("the value was not escaped")
	}
	wantPage(t, ada.post("/variables", "name", "BASE", "value", "other"), http.StatusUnprocessableEntity, "already")
	wantPage(t, ada.post("/variables", "name", "no good", "value", "other"), http.StatusUnprocessableEntity, "letters")
	wantRedirect(t, ada.post("/variables/BASE", "value", "changed"), "/variables")
	wantPage(t, ada.get("/api/v1/variables"), http.StatusOK, `"value":"changed"`)
	wantRedirect(t, ada.post("/variables/BASE/delete"), "/variables")
	wantPage(t, ada.get("/variables"), http.StatusOK, "No variables yet")
	// JSON that a form on another site could send is not taken.
	if res := ada.do("POST", "/api/v1/variables", "text/plain", `{"name":"A","value":"1"}`); res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("JSON as text/plain: %d", res.StatusCode)
	}
}
