package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/report"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
	"github.com/atelier-studio/atelier/locales"
)

const (
	wild    = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`]]>\x00\x1b[31m\u202e\xff{{7*7}}"
	secret  = "correct horse/battery"
	session = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5"
	bearer  = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
)

var probes = map[string]*agents.Probe{
	"sqli-error":      {ID: "sqli-error", Title: "Database error after a quotation mark", Decides: "A quotation mark raises an error of a database.", Advice: "Bind values as parameters.", Severity: agents.Critical, References: []string{"CWE-89", "WSTG-INPV-05"}},
	"cookie-httponly": {ID: "cookie-httponly", Title: "Session cookie that scripts can read", Decides: "A session cookie has no HttpOnly.", Advice: "Set HttpOnly.", Severity: agents.Medium, References: []string{"CWE-1004"}},
	"page-title":      {ID: "page-title", Title: "Page without a title", Decides: "The title is empty.", Advice: "Give it a title.", Severity: agents.Medium, References: []string{"WCAG 2.4.2", wild, "javascript:alert(1)"}},
	"font-display":    {ID: "font-display", Title: "Font without font-display", Severity: agents.Info},
	"axe-wcag-a":      {ID: "axe-wcag-a", Title: "Accessibility rules of level A", Severity: agents.High},
}

// picture is one that a browser could have taken.
func picture(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 120))
	for x := range 320 {
		for y := range 120 {
			img.Set(x, y, color.RGBA{uint8(200 - x/3), 220, uint8(120 + y), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// example is a result with everything in it, and with hostile texts wherever a target has a say.
func example(t testing.TB) *campaign.Result {
	t.Helper()
	begun := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	x := &wire.Exchange{
		Request: wire.Request{Method: "POST", URL: "http://shop.test/find?q=%27", Header: http.Header{"Authorization": {"Bearer " + bearer}, "Cookie": {"sid=" + session + "; theme='1"}}, Body: []byte("q='" + wild + "&password=correct+horse%2Fbattery"), As: "ada"},
		URL:     "http://shop.test/find", Status: 500, Proto: "HTTP/1.1", Header: http.Header{"Set-Cookie": {"sid=" + session + "; HttpOnly"}, "X-Wild": {wild}},
		Body: []byte(`{"access_token": "` + session + `", "error": "near "" ` + wild + `"}`), Took: 42 * time.Millisecond,
	}
	big := &wire.Exchange{Request: wire.Request{Method: "GET", URL: "http://shop.test/big"}, Status: 200, Proto: "HTTP/1.1", Header: http.Header{"Content-Type": {"image/png"}}, Body: bytes.Repeat([]byte{0xff, 0}, 1<<20)}
	findings := []agents.Finding{
		{Probe: "sqli-error", Title: "Database error after a quotation mark", Severity: agents.Critical, Text: "The answer names a database: " + wild, Where: agents.Place{URL: "http://shop.test/find?q=1", Parameter: "q" + wild, As: "ada"},
			Evidence: []agents.Evidence{agents.Exchanged("the request", x), agents.Exchanged("a large one", big), agents.Table("answers", agents.ByHTTP, []string{"value", "status"}, []string{wild, secret})},
			Advice:   "Bind values as parameters.", References: probes["sqli-error"].References, Vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
		{Probe: "page-title", Title: "Page without a title", Severity: agents.Medium, Text: "It has none.", Where: agents.Place{URL: "javascript:alert(1)//" + wild, Element: "head > " + wild, Line: 3},
			Evidence: []agents.Evidence{agents.Excerpt("head", "<head>"+wild+"</head> token "+bearer), agents.Shot("the page", picture(t))}, References: probes["page-title"].References},
		{Probe: "font-display", Title: "Font without font-display", Severity: agents.Info, Text: "To know.", Where: agents.Place{URL: "http://shop.test/a.css"}},
	}
	r := &campaign.Result{
		Settings: campaign.Settings{Target: "http://shop.test/", Seed: 7, Intrusive: true, Accounts: []campaign.Login{{Role: "member", User: "ada", Password: secret}}, Personas: []agents.Persona{
			{ID: "injection_tester", Name: "Injection specialist", Area: agents.Security}, {ID: "accessibility_tester", Name: "Accessibility " + wild, Area: agents.Usability}}},
		Begun: begun, Ended: begun.Add(83 * time.Second), Authorised: "it is this machine", Requests: 412, Bytes: 3 << 20,
		Accounts: []agents.Account{{Name: "ada", Role: "member", User: "ada", Password: secret, In: true}},
		Surface:  &surface.Surface{Target: "http://shop.test/", Pages: []*surface.Page{{URL: "http://shop.test/", Title: wild, Answer: x}}, Forms: []*surface.Form{{}}, Unseen: []surface.Unseen{{URL: "http://shop.test/" + wild, Reason: "more than 200 pages", Count: 12}}},
		Counts:   map[agents.Area]*agents.Count{}, ByProbe: map[string]*agents.Count{},
	}
	add := func(probe string, area agents.Area, owner string, o agents.Outcome) {
		c := &campaign.Case{ID: probe + string(rune('a'+len(r.Cases))), Probe: probe, Area: area, Owner: owner, By: owner, State: campaign.Done, Outcome: o}
		if o.Verdict == agents.NotTested {
			c.By = ""
		}
		r.Cases = append(r.Cases, c)
		if r.Counts[area] == nil {
			r.Counts[area] = &agents.Count{}
		}
		r.Counts[area].Add(o)
	}
	add("sqli-error", agents.Security, "injection_tester", agents.Fail(findings[0]))
	add("sqli-error", agents.Security, "injection_tester", agents.Block("it took longer than 1m0s"))
	add("cookie-httponly", agents.Security, "injection_tester", agents.Pass())
	add("page-title", agents.Usability, "accessibility_tester", agents.Fail(findings[1]))
	add("page-title", agents.Usability, "accessibility_tester", agents.Pass())
	add("axe-wcag-a", agents.Usability, "accessibility_tester", agents.Skip("no browser: %s", wild))
	add("font-display", agents.Performance, "accessibility_tester", agents.Fail(findings[2]))
	for i, f := range findings {
		a := campaign.Agreed{Finding: f, ID: f.Print(), Area: r.Cases[[]int{0, 3, 6}[i]].Area, Places: []agents.Place{f.Where}, By: []string{"injection_tester"}, Kinds: []agents.EvidenceKind{agents.ByHTTP}, Confirmed: i == 0}
		if i == 0 {
			a.Places = append(a.Places, agents.Place{URL: "http://shop.test/other?q=ü b\"", Parameter: "q"})
		}
		r.Findings = append(r.Findings, a)
	}
	r.Gates = agents.Requirements{agents.Security: 0.9, agents.Usability: 0.5, agents.Data: 0.1}.Check(r.Counts)
	return r
}

func of(r *campaign.Result) report.Report {
	return report.Report{Result: r, Probes: probes, Version: "1.2.3"}
}

func html(t *testing.T, r *campaign.Result, l locales.Language) string {
	t.Helper()
	var b bytes.Buffer
	if err := of(r).HTML(locales.With(t.Context(), l), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTML(t *testing.T) {
	t.Parallel()
	page := html(t, example(t), locales.English)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find("script, iframe, object, embed, form, link, base, [onerror], [onclick], [src^=http]").Length(); n != 0 {
		t.Errorf("%d elements that no report has", n)
	}
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		if href := a.AttrOr("href", ""); !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "https://") {
			t.Errorf("a link to %q", href)
		} else if strings.HasPrefix(href, "#") && doc.Find(`[id="`+href[1:]+`"]`).Length() != 1 {
			t.Errorf("%s leads nowhere", href)
		}
	})
	doc.Find("img").Each(func(_ int, img *goquery.Selection) {
		if !strings.HasPrefix(img.AttrOr("src", ""), "data:image/png;base64,iVBOR") || img.AttrOr("alt", "") == "" {
			t.Errorf("picture %.60s, %q", img.AttrOr("src", ""), img.AttrOr("alt", ""))
		}
	})
	if doc.Find("article").Length() != 3 || doc.Find("img").Length() != 1 {
		t.Errorf("%d findings, %d pictures", doc.Find("article").Length(), doc.Find("img").Length())
	}
	text := strings.Join(strings.Fields(doc.Find("body").Text()), " ")
	for _, want := range []string{
		"Failed", "2 faults were found", "2 of 3 requirements of coverage are not met", "</script><script>alert(1)</script>", "66.6 %", "it took longer than 1m0s", "Seen at 2 places", "Seen once: this probe is not repeated", "curl -i", "How to repeat",
		"image/png", "more than 200 pages", "Not confirmed", "Bind values as parameters", "CWE-89", "Injection specialist", "A quotation mark raises an error",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.ContainsAny(page, "\x00\x1b\u202e") {
		t.Error("the page has signs that no page can hold")
	}
}

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	r := example(t)
	for name, write := range map[string]func(report.Report, *bytes.Buffer) error{
		"HTML":  func(r report.Report, b *bytes.Buffer) error { return r.HTML(t.Context(), b) },
		"JSON":  func(r report.Report, b *bytes.Buffer) error { return r.JSON(b) },
		"JUnit": func(r report.Report, b *bytes.Buffer) error { return r.JUnit(b) },
		"SARIF": func(r report.Report, b *bytes.Buffer) error { return r.SARIF(b) },
	} {
		var b bytes.Buffer
		if err := write(of(r), &b); err != nil {
			t.Fatal(err)
		}
		said := b.String()
		if name == "JSON" { // bodies are in base64
			file, err := report.Read(&b)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range file.Result.Findings {
				for _, e := range f.Evidence {
					if e.Exchange != nil {
						said += string(e.Exchange.Body) + string(e.Exchange.Request.Body)
					}
				}
			}
			said += string(file.Result.Surface.Pages[0].Answer.Body)
		}
		for _, open := range []string{secret, "correct+horse", session, "dozjgNryP4J3jVmNHl0w5N"} {
			if strings.Contains(said, open) {
				t.Errorf("%s tells %q", name, open)
			}
		}
		if len(said) > 1<<20 {
			t.Errorf("%s has %d bytes", name, len(said))
		}
	}
	if x := r.Findings[0].Evidence[0].Exchange; !strings.Contains(x.Request.Header.Get("Cookie"), session) || len(r.Cases[0].Outcome.Findings[0].Evidence) == 0 {
		t.Error("the result itself was changed")
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	page := html(t, example(t), locales.German)
	for _, want := range []string{`lang="de"`, "Befunde", "66,6 %"} {
		if !strings.Contains(page, want) {
			t.Errorf("there is no %q", want)
		}
	}
}

func TestConclude(t *testing.T) {
	t.Parallel()
	empty := &campaign.Result{Settings: campaign.Settings{Target: "http://shop.test/"}}
	if !strings.Contains(html(t, empty, locales.English), "Could not test") {
		t.Error("nothing tested is something")
	}
	clean := example(t)
	clean.Findings, clean.Gates = clean.Findings[2:], nil
	stopped := *clean
	stopped.Stopped = "the campaign was stopped"
	unmet := *clean
	unmet.Gates = agents.Requirements{agents.Data: 0.1}.Check(clean.Counts)
	for r, want := range map[*campaign.Result]report.Conclusion{empty: report.NotTested, clean: report.Passed, &stopped: report.NotFinished, &unmet: report.Failed, example(t): report.Failed} {
		if got := of(r).Conclude(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := of(example(t)).JSON(&b); err != nil {
		t.Fatal(err)
	}
	file, err := report.Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	r := file.Result
	if file.Conclusion != report.Failed || len(r.Findings) != 3 || r.Findings[0].Severity != agents.Critical || len(r.Findings[1].Evidence[1].Picture) == 0 || len(r.Cases) != 7 || r.Cases[5].Outcome.Reason == "" ||
		r.Counts[agents.Security].Applicable != 3 || r.Settings.Seed != 7 || r.Findings[0].ID != example(t).Findings[0].ID || len(r.Surface.Pages) != 1 {
		t.Errorf("%+v", file)
	}
	for _, bad := range []string{"", "[]", "{}", `{"schema":"other/1","result":{}}`, `{"schema":"atelier-report/1"}`, "{"} {
		if _, err := report.Read(strings.NewReader(bad)); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := of(example(t)).JUnit(&b); err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
				Skipped *struct {
					Message string `xml:"message,attr"`
				} `xml:"skipped"`
				Out string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(b.Bytes(), &parsed); err != nil {
		t.Fatal(err)
	}
	if parsed.Tests != 9 || parsed.Failures != 4 || parsed.Skipped != 1 || len(parsed.Suites) != 4 || parsed.Suites[0].Name != "security" {
		t.Fatalf("%+v", parsed)
	}
	sqli, cookie := parsed.Suites[0].Cases[0], parsed.Suites[0].Cases[1]
	if sqli.Failure == nil || !strings.Contains(sqli.Failure.Text, "parameter q") || !strings.Contains(sqli.Out, "tested 1 of 2") || cookie.Failure != nil || cookie.Skipped != nil {
		t.Errorf("%+v %+v", sqli, cookie)
	}
	if font := parsed.Suites[1].Cases[0]; font.Failure != nil || !strings.Contains(font.Out, "[info]") {
		t.Errorf("what is only to know fails: %+v", font)
	}
	if axe := parsed.Suites[2].Cases[1]; axe.Skipped == nil || !strings.Contains(axe.Skipped.Message, "no browser") {
		t.Errorf("%+v", axe)
	}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := of(example(t)).SARIF(&b); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string `json:"version"`
		Runs    []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID         string         `json:"id"`
						HelpURI    string         `json:"helpUri"`
						Properties map[string]any `json:"properties"`
					} `json:"rules"`
				} `json:"driver"`
			} `json:"tool"`
			Results []struct {
				RuleID    string            `json:"ruleId"`
				RuleIndex int               `json:"ruleIndex"`
				Kind      string            `json:"kind"`
				Level     string            `json:"level"`
				Prints    map[string]string `json:"partialFingerprints"`
				Related   []any             `json:"relatedLocations"`
			} `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || len(run.Tool.Driver.Rules) != 5 || len(run.Results) != 3 {
		t.Fatalf("%+v", log)
	}
	for i, want := range []string{"fail error", "fail warning", "informational none"} {
		result := run.Results[i]
		if run.Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID || result.Kind+" "+result.Level != want || result.Prints["atelierCause/v1"] == "" {
			t.Errorf("%+v", result)
		}
	}
	for _, rule := range run.Tool.Driver.Rules {
		if rule.ID == "sqli-error" && (rule.HelpURI != "https://cwe.mitre.org/data/definitions/89.html" || rule.Properties["security-severity"] != "9.5") {
			t.Errorf("%+v", rule)
		}
	}
	if len(run.Results[0].Related) != 1 {
		t.Errorf("%+v", run.Results[0].Related)
	}
}
