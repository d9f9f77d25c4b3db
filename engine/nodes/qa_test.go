package nodes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	campaigns "github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

const shopSite = "http://127.0.0.1:3000"

// What several campaigns found is one list, compared with what was known.
func TestWeighFindings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		before, now []string // in their order
		params      map[string]any
		marked      string
		want        string // title, severity and change of each
		verdict     string
		changes     string
	}{
		{"the first time", nil, []string{"a fail high, b fail low, c pass"}, nil, "", "Fault a high new, Fault b low new", "failed", "2 0 0 0"},
		{"bad enough", nil, []string{"a fail high, b fail low, c fail info"}, map[string]any{"least": "medium"}, "", "Fault a high new", "failed", "3 0 0 0"},
		{"nothing new", []string{"a fail high, b pass"}, []string{"a fail high, b pass"}, nil, "", "", "failed", "0 1 0 0"},
		{"still there", []string{"a fail high, b pass"}, []string{"a fail high, b fail low"}, map[string]any{"which": "open"}, "", "Fault a high still there, Fault b low new", "failed", "1 1 0 0"},
		{"fixed, and not looked at", []string{"a fail high, b fail low"}, []string{"a pass, b skip"}, map[string]any{"which": "all"}, "", "Fault a high fixed, Fault b low not re-tested", "passed", "0 0 1 1"},
		{"the last one looked elsewhere", []string{"a fail high, b pass", "z pass"}, []string{"a fail high, b fail low"}, nil, "", "Fault b low new", "failed", "1 1 0 0"},
		{"it is back", []string{"a fail high", "a pass"}, []string{"a fail high"}, nil, "", "Fault a high new", "failed", "1 0 0 0"},
		{"two halves of a night", []string{"a fail high", "b fail low, c fail low"}, []string{"a fail high", "b fail low, c pass, d fail medium"}, nil, "", "Fault d medium new", "failed", "1 2 0 1"},
		{"it is marked as false", []string{"b pass"}, []string{"a fail high, b fail low"}, nil, "Fault a", "Fault b low new", "failed", "1 0 0 0"},
		{"all is well", nil, []string{"a pass"}, nil, "", "", "passed", "0 0 0 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			k := w.withCampaigns()
			k.was(w, "http://127.0.0.1:3001", "a fail high") // another application
			for _, comes := range tt.before {
				k.was(w, shopSite, comes)
			}
			var ids []map[string]any
			for _, comes := range tt.now {
				ids = append(ids, map[string]any{"campaign": k.was(w, shopSite, comes)})
			}
			ids = append(ids, ids[0]) // named twice
			last := fmt.Sprint(ids[0]["campaign"])
			found, err := k.CampaignFindings(t.Context(), auth.System("w"), last)
			must(t, err)
			for i := range found {
				if found[i].Title == tt.marked {
					must(t, k.MarkFinding(t.Context(), auth.System("w"), last, found[i].ID, "It is meant to."))
				}
			}
			out, err := w.step("qa.coordinate", tt.params, map[string][]map[string]any{"main": ids})
			must(t, err)
			var got []string
			for _, it := range out["main"] {
				got = append(got, fmt.Sprintf("%s %s %s", it.JSON["title"], it.JSON["severity"], it.JSON["change"]))
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			summary := out["summary"][0].JSON
			changes, _ := summary["changes"].(map[string]any)
			if c := fmt.Sprint(changes["new"], changes["still there"], changes["not re-tested"], changes["fixed"]); summary["verdict"] != tt.verdict || c != tt.changes || len(out["summary"]) != 1 {
				t.Errorf("the summary is %v: %v %s", summary, summary["verdict"], c)
			}
			if none := len(out["none"]) == 1; none != (tt.want == "") {
				t.Errorf("by the port for nothing came %s", text(out["none"]))
			}
			if n := len(out["main"]); summary["count"] != float64(n) || strings.Count(text(summary["text"]), `\n- `) != n || !strings.Contains(text(summary["text"]), "/campaigns/") {
				t.Errorf("%v", summary)
			}
		})
	}
}

// Applications are told apart, and what cannot be weighed is said.
func TestWeighFindingsOfSeveral(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	k := w.withCampaigns()
	one, two := k.was(w, shopSite, "a fail high"), k.was(w, "http://127.0.0.1:3001", "a fail low")
	out, err := w.step("qa.coordinate", map[string]any{"field": "ids"}, map[string][]map[string]any{"main": {{"ids": []any{two, one}}}})
	must(t, err)
	if got := objects(out["main"]); len(got) != 2 || got[0]["target"] == got[1]["target"] || got[0]["curl"] != "curl -i --globoff --path-as-is --url 'http://127.0.0.1:3000/a'" {
		t.Errorf("%s", text(got))
	}
	for _, tt := range []struct{ item, want string }{{"", "by its id"}, {"nowhere", "no campaign"}} {
		if _, err := w.step("qa.coordinate", nil, map[string][]map[string]any{"main": {{"campaign": tt.item}}}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v", tt.item, err)
		}
	}
	k.busy.Store(true)
	o, err := k.AddCampaign(t.Context(), auth.System("w"), campaigns.Campaign{Name: "Open", Settings: k.settings(shopSite)}, "")
	must(t, err)
	for _, kind := range []string{"qa.coordinate", "qa.report"} {
		if _, err := w.step(kind, nil, map[string][]map[string]any{"main": {{"campaign": o.ID}}}); err == nil || !strings.Contains(err.Error(), "has not ended") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	w.deps.Campaigns = nil
	for kind, params := range map[string]map[string]any{"qa.pool": {"target": shopSite}, "qa.coordinate": nil, "qa.report": nil} {
		if _, err := w.step(kind, params, map[string][]map[string]any{"main": {{"campaign": "x"}}}); err == nil || !strings.Contains(err.Error(), "need the studio") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestWriteAReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	k := w.withCampaigns()
	id := k.was(w, shopSite, "a fail high, b skip")
	for form, name := range map[string]string{"html": "report.html", "json": "report.json", "junit": "junit.xml", "sarif": "findings.sarif"} {
		out, err := w.step("qa.report", map[string]any{"form": form, "days": 7}, map[string][]map[string]any{"main": {{"campaign": id, "kept": true}}})
		must(t, err)
		it := out["main"][0]
		f := it.Files["report"]
		if f.Name != name || f.Size == 0 || it.JSON["kept"] != true || it.JSON["shared"] != "http://studio.example.com/shared/7" ||
			it.JSON["text"] != "Shop: failed (1 high).\nhttp://studio.example.com/campaigns/"+id {
			t.Errorf("%s: %s %+v", form, text(it.JSON), f)
		}
	}
}

// The step that waits survives a restart with its campaign, and another attempt makes another only when one could not test.
func TestSendPersonas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	k := w.withCampaigns()
	ada := auth.User{ID: "ada", Email: "ada@example.org", Name: "Ada", PasswordHash: "x"}
	must(t, k.CreateUser(t.Context(), ada))
	must(t, k.CreateWorkspace(t.Context(), auth.Workspace{ID: "w", Name: "W"}, ada)) // with the key that seals passwords
	w.creds.add("Admin", "http.basic", map[string]string{"user": "ada", "password": "s3cret-s3cret"})
	w.creds.add("Token", "http.bearer", map[string]string{"token": "t0ken-t0ken"})
	doc := &engine.Workflow{Format: engine.Format, Name: "Send", Nodes: []engine.Node{
		{ID: "start", Kind: "trigger.manual", Name: "Start"},
		{ID: "it", Kind: "qa.pool", Name: "Send", Params: asJSON(map[string]any{
			"target": shopSite, "personas": []any{"session_tester"}, "require": []any{map[string]any{"area": "security", "percent": 100}},
			"accounts": []any{map[string]any{"role": "admin", "credential": "Admin"}, map[string]any{"credential": "Token"}},
		}), Retry: &engine.Retry{Attempts: 3}},
	}, Edges: []engine.Edge{{From: "start", Out: "main", To: "it", In: "main"}}}
	k.busy.Store(true)
	first := w.kept("first", doc)
	h, err := first.Start(t.Context(), engine.StartRequest{Workspace: "w", WorkflowID: "agent", Trigger: "manual"})
	must(t, err)
	all := func() []campaigns.Campaign {
		list, _, err := k.Campaigns(t.Context(), auth.System("w"), store.CampaignFilter{})
		must(t, err)
		return list
	}
	for end := time.Now().Add(30 * time.Second); len(all()) == 0; <-time.After(5 * time.Millisecond) {
		if time.Now().After(end) {
			run, _, err := first.journal.Load(t.Context(), "w", h.ID)
			t.Fatalf("no campaign was made: %+v %v", run, err)
		}
	}
	first.end()
	k.busy.Store(false)
	must(t, w.kept("second", doc).Recover(t.Context(), time.Now().Add(time.Hour).UnixMicro()))
	var outputs []engine.Outputs
	for end := time.Now().Add(30 * time.Second); outputs == nil; <-time.After(5 * time.Millisecond) {
		run, chunks, err := first.journal.Load(t.Context(), "w", h.ID)
		must(t, err)
		for _, c := range chunks {
			events, err := engine.DecodeEvents(c.Events)
			must(t, err)
			for _, e := range events {
				if e.Type == engine.StepFinished && e.Node == "it" {
					outputs = append(outputs, e.Outputs)
				}
			}
		}
		if run.Status == engine.Failed || time.Now().After(end) {
			t.Fatalf("%s: %s", run.Status, run.Error)
		}
	}
	list := all()
	if len(list) != 1 || list[0].Run != h.ID || len(list[0].Settings.Personas) != 1 || strings.Contains(text(list), "s3cret") || strings.Contains(text(list), "t0ken") {
		t.Fatalf("%s", text(list))
	}
	if l := *k.logins.Load(); len(l) != 2 || l[0].User != "ada" || l[0].Password != "s3cret-s3cret" || l[1].Header != "Authorization: Bearer t0ken-t0ken" || l[1].Role != "user" {
		t.Errorf("%+v", l)
	}
	got := outputs[0][0][0].JSON
	if got["campaign"] != list[0].ID || got["verdict"] != "failed" || got["worst"] != "high" || text(got["found"]) != `{"high":1,"low":1}` || got["link"] != "http://studio.example.com/campaigns/"+list[0].ID ||
		text(got["coverage"]) != `{"security":{"of":3,"share":1,"tested":3}}` {
		t.Errorf("%s", text(got))
	}

	for attempts, want := range []int{1, 1, 2} {
		before := len(all())
		doc = doc.Clone()
		doc.Nodes[1].Params, doc.Nodes[1].Retry = map[string]any{"target": "http://127.0.0.1:1"}, nil
		if attempts > 0 {
			doc.Nodes[1].Retry = &engine.Retry{Attempts: attempts}
		}
		run, _ := w.run(engine.StartRequest{Workspace: "w", Doc: doc, Trigger: "manual"})
		if run.Status != engine.Failed || !strings.Contains(run.Error, "could not test: connection refused") {
			t.Errorf("%s: %s", run.Status, run.Error)
		}
		if n := len(all()) - before; n != want {
			t.Errorf("%d attempts made %d campaigns", attempts, n)
		}
	}
	doc = doc.Clone()
	doc.Nodes[1].Params = asJSON(map[string]any{"target": shopSite, "accounts": []any{map[string]any{"credential": "Reports"}}})
	if run, _ := w.run(engine.StartRequest{Workspace: "w", Doc: doc, Trigger: "manual"}); !strings.Contains(run.Error, "of the type sql.sqlite") {
		t.Errorf("%s", run.Error)
	}
}

// The form shows who can be sent.
func TestPersonasToChoose(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.withCampaigns()
	kind, _ := w.set.Kind("qa.pool")
	for at, want := range map[string]int{"personas": 27, "areas": 9} {
		choices, err := kind.Choices(t.Context(), "w", nil, []string{at})
		if err != nil || len(choices) != want || slices.ContainsFunc(choices, func(c engine.Choice) bool { return c.Value == "" || c.Label == "" }) {
			t.Errorf("%s: %d choices, %v", at, len(choices), err)
		}
	}
}
