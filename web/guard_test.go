package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
)

// A key for drawings alone cannot send personas by way of a drawing; it may draw around what colleagues drew.
func TestDrawingTakesThePermissionOfKinds(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	ada := s.owner(t, "ada@example.org")
	pool := engine.Node{ID: "pool", Kind: "qa.pool", Name: "pool", Params: object{"target": "http://127.0.0.1:1"}}
	w := ada.draw("Nightly", start(), pool, engine.Node{ID: "rest", Kind: "flow.noop"})
	drawer, tester := string(auth.WorkflowEdit)+" "+string(auth.WorkflowRun), string(auth.WorkflowEdit)+" "+string(auth.CampaignEdit)
	keys := map[string]string{}
	for _, scopes := range []string{drawer, tester} {
		_, keys[scopes] = ada.key(time.Hour, strings.Fields(scopes)...)
	}
	program := s.browser(t)
	ask := func(scopes, path string, body object, want int) {
		t.Helper()
		res := program.api("POST", path, body, nil, want, "Authorization", "Bearer "+keys[scopes])
		if want == http.StatusForbidden && (!strings.Contains(res.Text, "campaign.edit") || !strings.Contains(res.Text, "Send personas")) {
			t.Errorf("it is not told why: %s", res.Text)
		}
	}
	edit := func(scopes string, want int, ops ...object) {
		t.Helper()
		ask(scopes, "/workflows/"+w.ID+"/ops", object{"base": 1, "ops": ops}, want)
	}
	set := func(id, path string, value any) object {
		return object{"op": "node.set", "id": id, "path": path, "value": value}
	}
	other := pool
	other.ID = "other"
	with := object{"name": "Mine", "nodes": []engine.Node{other}}

	edit(drawer, http.StatusOK, set("rest", "note", "colleagues draw the rest"), object{"op": "node.move", "id": "pool", "at": []int{10, 10}})
	edit(drawer, http.StatusOK, object{"op": "node.rename", "id": "pool", "value": "Everybody"}, object{"op": "edge.remove", "edge": w.Doc.Edges[1]})
	for _, op := range []object{
		set("pool", "params.target", "http://127.0.0.1:2"), set("pool", "disabled", true), set("rest", "kind", "qa.pool"),
		{"op": "node.add", "node": engine.Node{ID: "more", Kind: "qa.pool", Name: "more"}}, {"op": "workflow.replace", "doc": with},
	} {
		edit(drawer, http.StatusForbidden, op)
	}
	ask(drawer, "/workflows", object{"doc": with}, http.StatusForbidden)
	ask(drawer, "/workflows/import", object{"format": "atelier/v1", "name": "Mine", "nodes": with["nodes"]}, http.StatusForbidden)
	edit(drawer, http.StatusOK, object{"op": "node.remove", "id": "pool"})
	ask(drawer, "/workflows/"+w.ID+"/revisions/1/restore", nil, http.StatusForbidden)

	ask(tester, "/workflows/"+w.ID+"/revisions/1/restore", nil, http.StatusOK)
	edit(tester, http.StatusOK, set("pool", "params.target", "http://127.0.0.1:2"))
	ask(tester, "/workflows", object{"doc": with}, http.StatusCreated)

	for _, k := range nodes.Catalogue(&nodes.Deps{}).Kinds() {
		if k.Permission != "" && !auth.Owner.Allows(auth.Permission(k.Permission)) {
			t.Errorf("%s takes the permission %q, which nobody has", k.Name, k.Permission)
		}
		if (k.Permission != "") != (k.Group == "Testing") {
			t.Errorf("%s takes the permission %q", k.Name, k.Permission)
		}
	}
}
