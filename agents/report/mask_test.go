package report_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/report"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// What findings mask stands nowhere else either, in whatever form a page shows it, and what is compared stays comparable.
func TestSecretsAreMaskedEverywhere(t *testing.T) {
	t.Parallel()
	const (
		odd    = `p<a'ss/"word&ü`
		cookie = "c0ffee11d00d2233beef4455"
		inLink = "5f2b9a77c01d4e8890aa1234"
		csrf   = "q8Zt3Lk0Vw9Xy2Bn5Mc7"
		typed  = "four words and more"
	)
	link := "http://shop.test/list?page=2&sessionid=" + inLink
	after := "http://shop.test/cart;jsessionid=" + inLink
	r := example(t)
	r.Settings.Accounts[0].Password, r.Sessions = odd, []string{cookie}
	r.Settings.Journeys = []journey.Journey{{Name: "buy", Steps: []journey.Step{{Fill: &journey.Fill{Field: "Card", With: typed}}}}}
	escaped, err := json.Marshal(odd)
	if err != nil {
		t.Fatal(err)
	}
	shown := strings.Join([]string{odd, url.QueryEscape(odd), "p&lt;a&#39;ss/&#34;word&amp;ü", "p&lt;a&#x27;ss/&quot;word&amp;ü", string(escaped), "'sessionid': '" + cookie + "'", link}, "\n")
	debug := &wire.Exchange{Request: wire.Request{Method: "GET", URL: link}, Status: 200, Body: []byte(shown), Fault: &wire.Fault{Kind: wire.OutOfScope, Text: "redirects to " + link}}
	f := agents.Finding{Probe: "page-title", Title: "Debug", Severity: agents.Low, Text: shown, Where: agents.Place{URL: after}, Evidence: []agents.Evidence{agents.Exchanged("answer", debug)}}
	r.Findings = append(r.Findings, campaign.Agreed{Finding: f, ID: f.Print(), Area: agents.Usability, Places: []agents.Place{f.Where}})
	page, shape := &surface.Page{URL: link, From: link, Answer: debug}, &surface.Link{URL: link, Page: link, Tag: `<a href="` + link + `">`, Hops: []wire.Hop{{URL: link, To: link}}}
	key := page.Key()
	r.Surface.Pages = append(r.Surface.Pages, page)
	r.Surface.Links = []*surface.Link{shape}
	r.Surface.Inputs = []*surface.Input{{URL: link, In: surface.InQuery, Name: "sessionid", Known: inLink, Others: url.Values{"csrf_token": {csrf}}, Page: link}}
	r.Surface.Forms = []*surface.Form{{Page: link, Action: link, HTML: `<form><input name="csrf_token" value="` + csrf + `"></form>`, Fields: []surface.Field{{Name: "csrf_token", Type: "hidden", Value: csrf}}}}
	r.Surface.Unseen = []surface.Unseen{{URL: link, Reason: "not asked: " + link}}
	r.Cases = append(r.Cases, &campaign.Case{ID: "page-title " + shape.Key(), Item: shape.Key(), Address: link, Probe: "page-title", Area: agents.Usability, Outcome: agents.Outcome{Verdict: agents.Failed, Saw: link, Findings: []agents.Finding{f}}},
		&campaign.Case{ID: "x", Address: link, Probe: "axe-wcag-a", Area: agents.Usability, Outcome: agents.Skip("%s did not answer", link)})
	r.Counts[agents.Usability].Add(agents.Skip("%s did not answer", link))

	var b bytes.Buffer
	if err := of(r).JSON(&b); err != nil {
		t.Fatal(err)
	}
	file, err := report.Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	before := report.BaselineOf(r)
	left, err := before.Encode()
	if err != nil {
		t.Fatal(err)
	}
	told := file.Result.Findings[3]
	said := b.String() + string(left) + told.Text + string(told.Evidence[0].Exchange.Body)
	if pages := file.Result.Surface.Pages; len(pages) == 2 {
		said += string(pages[1].Answer.Body)
	}
	for _, open := range []string{odd, url.QueryEscape(odd), "word&amp;", `ss/\"word`, cookie, inLink, csrf, typed} {
		if at := strings.Index(said, open); at >= 0 {
			t.Errorf("%q stands in %q", open, said[max(0, at-80):min(len(said), at+80)])
		}
	}
	if !strings.Contains(told.Where.URL, "/cart;jsessionid="+surface.Veil) || told.Print() != told.ID || before.Findings[3].Print() != told.ID {
		t.Errorf("%s, print %s of %s", told.Where.URL, told.Print(), told.ID)
	}
	if _, ok := before.Seen[key]; !ok || file.Result.Surface.Pages[1].Key() != key || strings.Contains(key, inLink) {
		t.Errorf("the page %q cannot be compared any more: %v", key, before.Seen)
	}
	if page.URL != link || shape.URL != link || r.Settings.Journeys[0].Steps[0].Fill.With != typed || r.Surface.Forms[0].Fields[0].Value != csrf {
		t.Error("the result itself was changed")
	}
}

// What a retest and the next campaign find things again by stays, also where a password is a word of an address.
func TestNamesStay(t *testing.T) {
	t.Parallel()
	const page = "http://127.0.0.1:1/admin/users"
	shown := &surface.Page{URL: page}
	r := &campaign.Result{
		Settings: campaign.Settings{Target: "http://127.0.0.1:1", Accounts: []campaign.Login{{Role: "admin", User: "root", Password: "admin"}}},
		Surface:  &surface.Surface{Target: "http://127.0.0.1:1", Pages: []*surface.Page{shown}},
		Cases:    []*campaign.Case{{ID: "title " + shown.Key(), Probe: "title", Item: shown.Key(), Address: page, State: campaign.Done, Outcome: agents.Pass()}},
	}
	var b bytes.Buffer
	if err := of(r).JSON(&b); err != nil {
		t.Fatal(err)
	}
	data := b.String()
	if !strings.Contains(data, `title page /admin/users`) || !strings.Contains(data, page) {
		t.Errorf("names are masked: %s", data)
	}
	if left := report.BaselineOf(r); left.Surface.Pages[0].Key() != shown.Key() {
		t.Errorf("the next campaign does not know %s again: %s", shown.Key(), left.Surface.Pages[0].Key())
	}
}
