// Package privacy holds the probes of whoever asks what a site does with its visitors: what it keeps and whom it tells before
// they were asked, whether a refusal holds, and whether it says so where the law wants it said.
package privacy

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/publicsuffix"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of reports.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		cookiesBeforeConsent(), thirdPartyRequests(), rejectWorks(), cookieLifetime(), privacyLink(), termsLink(), piiInURL(), piiInHeaders(), gpc(), accessibilityStatement(), securityTxt(),
	}
}

// open are pages that everybody sees: who is signed in has agreed to something.
func open(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range pages.Drawn(s) {
		if p.As == "" {
			list = append(list, p)
		}
	}
	return list
}

// front is the page of the target's own address; nil when it was not seen.
func front(s *surface.Surface) *surface.Page {
	for _, p := range open(s) {
		if p.Via == surface.ByTarget {
			return p
		}
	}
	if list := open(s); len(list) > 0 {
		return list[0]
	}
	return nil
}

// siteOf is the name that belongs to one owner: shop.example of www.shop.example.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return host
}

// strangers are the requests of a page that go to others, the first of each of them. What the page's own policy stops is
// never sent.
func strangers(target string, log browser.Log) []browser.Request {
	var list []browser.Request
	seen := map[string]bool{"": true, siteOf(target): true}
	for _, q := range log.Requests {
		site := siteOf(q.URL)
		if q.Blocked && !seen[site] && !strings.Contains(q.Failed, "BLOCKED_BY_CSP") && (strings.HasPrefix(q.URL, "http") || strings.HasPrefix(q.URL, "ws")) {
			seen[site] = true
			list = append(list, q)
		}
	}
	return list
}

var (
	privacyWords = regexp.MustCompile(`(?i)privac|data[- _]?protection|datenschutz|confidentialit|protection[- ]des[- ]donn|protecci[oó]n[- ]de[- ]datos|gegevensbescherming|personuppgift|privatliv|ochrana[- ]osobn|prywatno|gizlilik|persondata|プライバシー|隐私|隱私|конфиденциальн|\bgdpr\b|\bdsgvo\b|\brgpd\b`)
	imprintWords = regexp.MustCompile(`(?i)imprint|impressum|legal[- _]?notice|mentions[- ]l[eé]gales|aviso[- ]legal|note[- ]legali|colof[oó]n|\blegal\b`)
	termsWords   = regexp.MustCompile(`(?i)\bterms\b|conditions|\btos\b|\bagb\b|nutzungsbedingungen|geschäftsbedingungen|condiciones|condizioni|voorwaarden|условия|利用規約|条款|條款|regulamin`)
	accessWords  = regexp.MustCompile(`(?i)accessibilit|barrierefrei|accesibilidad|toegankelijk|tillgänglighet|tilgængelighed|dostępno|přístupnost|无障碍|アクセシビリティ`)
)

// linksTo tells whether a document links to something, as the words or the address of a link tell.
func linksTo(doc *reading.Document, words ...*regexp.Regexp) bool {
	found := false
	doc.Find("a[href], area[href]").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		text := e.Text() + " " + e.AttrOr("aria-label", "") + " " + e.AttrOr("title", "") + " " + e.Find("img").AttrOr("alt", "")
		for _, shape := range words {
			found = found || shape.MatchString(text) || shape.MatchString(pathIn(e.AttrOr("href", "")))
		}
		return !found
	})
	return found
}

func pathIn(reference string) string {
	u, err := url.Parse(reference)
	if err != nil {
		return ""
	}
	return u.Path + "#" + u.Fragment
}

// pathOf is an address without its origin.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}

// email is an address of somebody, as it stands in texts and, with %40, in addresses.
var email = regexp.MustCompile(`(?i)[a-z0-9][a-z0-9._+-]{0,63}(?:@|%40)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,12}\b`)

// maskedEmail hides who it is.
func maskedEmail(text string) string {
	return email.ReplaceAllStringFunc(text, func(found string) string {
		at := strings.IndexAny(found, "@%")
		return found[:1] + "•••" + found[at:]
	})
}
