package report_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/report"
	"github.com/atelier-studio/atelier/agents/wire"
)

// What is kept of a case before its campaign ends has no secrets, and is still known as what it was.
func TestCaseMask(t *testing.T) {
	t.Parallel()
	mask := report.CaseMask(campaign.Settings{Accounts: []campaign.Login{{User: "ada", Password: "market"}, {Header: "X-Key: hunter2"}}})
	signIn := &wire.Exchange{Request: wire.Request{Method: "POST", URL: "http://shop.test/login", Header: http.Header{"X-Key": {"hunter2"}}, Body: []byte("user=ada&password=market")}, Status: 302}
	was := campaign.Case{ID: "fixation page /market", State: campaign.Done, Outcome: agents.Outcome{Verdict: agents.Failed, Saw: "signed in with market", Findings: []agents.Finding{
		{Probe: "fixation", Text: "It keeps the session.", Where: agents.Place{URL: "http://shop.test/market"}, Evidence: []agents.Evidence{agents.Exchanged("signing in", signIn)}},
	}}}
	mark := was.Outcome.Findings[0].Print()
	kept := mask(was)
	kept.ID = ""
	data, err := json.Marshal(kept)
	if err != nil || strings.Contains(string(data), "market") || strings.Contains(string(data), "hunter2") || len(kept.Outcome.Findings[0].Evidence) != 1 {
		t.Errorf("%s, %v", data, err)
	}
	if got := kept.Outcome.Findings[0].Print(); got != mark {
		t.Errorf("its print is %s, and was %s", got, mark)
	}
	if string(signIn.Request.Body) != "user=ada&password=market" || was.Outcome.Findings[0].Printed != "" {
		t.Error("the case itself was changed")
	}
}
