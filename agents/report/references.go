package report

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	wcag = regexp.MustCompile(`^WCAG (\d\.\d{1,2}\.\d{1,2})$`)
	wstg = regexp.MustCompile(`^WSTG-([A-Z]{4})-\d{2}$`)
	rfc  = regexp.MustCompile(`^RFC (\d{2,5})$`)
	top  = regexp.MustCompile(`^A(\d{2})$`)
	api  = regexp.MustCompile(`^API(\d{1,2})$`)
)

// criteria are the pages about WCAG's success criteria, by their numbers.
var criteria = map[string]string{
	"1.1.1": "non-text-content", "1.2.1": "audio-only-and-video-only-prerecorded", "1.2.2": "captions-prerecorded", "1.3.1": "info-and-relationships",
	"1.3.2": "meaningful-sequence", "1.3.3": "sensory-characteristics", "1.3.4": "orientation", "1.3.5": "identify-input-purpose", "1.4.1": "use-of-color",
	"1.4.2": "audio-control", "1.4.3": "contrast-minimum", "1.4.4": "resize-text", "1.4.5": "images-of-text", "1.4.10": "reflow", "1.4.11": "non-text-contrast",
	"1.4.12": "text-spacing", "1.4.13": "content-on-hover-or-focus", "2.1.1": "keyboard", "2.1.2": "no-keyboard-trap", "2.1.4": "character-key-shortcuts",
	"2.2.1": "timing-adjustable", "2.2.2": "pause-stop-hide", "2.3.1": "three-flashes-or-below-threshold", "2.4.1": "bypass-blocks", "2.4.2": "page-titled",
	"2.4.3": "focus-order", "2.4.4": "link-purpose-in-context", "2.4.5": "multiple-ways", "2.4.6": "headings-and-labels", "2.4.7": "focus-visible",
	"2.4.11": "focus-not-obscured-minimum", "2.5.1": "pointer-gestures", "2.5.2": "pointer-cancellation", "2.5.3": "label-in-name", "2.5.4": "motion-actuation",
	"2.5.7": "dragging-movements", "2.5.8": "target-size-minimum", "3.1.1": "language-of-page", "3.1.2": "language-of-parts", "3.1.5": "reading-level",
	"3.2.1": "on-focus", "3.2.2": "on-input", "3.2.3": "consistent-navigation", "3.2.4": "consistent-identification", "3.2.6": "consistent-help",
	"3.3.1": "error-identification", "3.3.2": "labels-or-instructions", "3.3.3": "error-suggestion", "3.3.4": "error-prevention-legal-financial-data",
	"3.3.7": "redundant-entry", "3.3.8": "accessible-authentication-minimum", "4.1.2": "name-role-value", "4.1.3": "status-messages",
}

// chapters are those of OWASP's testing guide, by the letters of its tests.
var chapters = map[string]string{
	"INFO": "01-Information_Gathering", "CONF": "02-Configuration_and_Deployment_Management_Testing", "IDNT": "03-Identity_Management_Testing",
	"ATHN": "04-Authentication_Testing", "ATHZ": "05-Authorization_Testing", "SESS": "06-Session_Management_Testing", "INPV": "07-Input_Validation_Testing",
	"ERRH": "08-Testing_for_Error_Handling", "CRYP": "09-Testing_for_Weak_Cryptography", "BUSL": "10-Business_Logic_Testing", "CLNT": "11-Client-side_Testing", "APIT": "12-API_Testing",
}

// risks are OWASP's ten of web applications and of APIs.
var (
	risks = map[string]string{
		"01": "A01_2021-Broken_Access_Control", "02": "A02_2021-Cryptographic_Failures", "03": "A03_2021-Injection", "04": "A04_2021-Insecure_Design",
		"05": "A05_2021-Security_Misconfiguration", "06": "A06_2021-Vulnerable_and_Outdated_Components", "07": "A07_2021-Identification_and_Authentication_Failures",
		"08": "A08_2021-Software_and_Data_Integrity_Failures", "09": "A09_2021-Security_Logging_and_Monitoring_Failures", "10": "A10_2021-Server-Side_Request_Forgery_%28SSRF%29",
	}
	apiRisks = map[string]string{
		"1": "0xa1-broken-object-level-authorization", "2": "0xa2-broken-authentication", "3": "0xa3-broken-object-property-level-authorization",
		"4": "0xa4-unrestricted-resource-consumption", "5": "0xa5-broken-function-level-authorization", "6": "0xa6-unrestricted-access-to-sensitive-business-flows",
		"7": "0xa7-server-side-request-forgery", "8": "0xa8-security-misconfiguration", "9": "0xa9-improper-inventory-management", "10": "0xaa-unsafe-consumption-of-apis",
	}
)

// others are references that name a source as a whole.
var others = map[string]string{
	"HTML": "https://html.spec.whatwg.org/", "CWV": "https://web.dev/articles/vitals", "Lighthouse": "https://developer.chrome.com/docs/lighthouse/overview",
	"MDN BCD": "https://github.com/mdn/browser-compat-data", "MDN": "https://developer.mozilla.org/docs/Web", "OpenAPI": "https://spec.openapis.org/oas/latest.html",
	"OpenAPI 3.x": "https://spec.openapis.org/oas/latest.html", "MDN Observatory": "https://developer.mozilla.org/observatory/docs/tests_and_scoring",
	"W3C Trace Context": "https://www.w3.org/TR/trace-context/", "GPC": "https://www.w3.org/TR/gpc/", "GDPR 13": "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
	"GDPR 44": "https://eur-lex.europa.eu/eli/reg/2016/679/oj", "ePrivacy 5(3)": "https://eur-lex.europa.eu/eli/dir/2002/58/oj", "WCAG": "https://www.w3.org/TR/WCAG22/",
	"WCAG A": "https://www.w3.org/TR/WCAG22/", "WCAG AA": "https://www.w3.org/TR/WCAG22/", "Nielsen 1": nielsen, "Nielsen 5": nielsen, "Nielsen 9": nielsen,
	"web.dev TTFB": "https://web.dev/articles/ttfb",
}

const nielsen = "https://www.nngroup.com/articles/ten-usability-heuristics/"

// linkOf is where a reference can be read; "" for one that is not known.
func linkOf(reference string) string {
	find := func(shape *regexp.Regexp) string {
		if found := shape.FindStringSubmatch(reference); found != nil {
			return found[1]
		}
		return ""
	}
	under := func(base, page string) string {
		if page == "" {
			return ""
		}
		return base + page
	}
	if link := others[reference]; link != "" {
		return link
	}
	if u, err := url.Parse(reference); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(reference, " \"<>") {
		return reference
	}
	if n := find(cwe); n != "" {
		return "https://cwe.mitre.org/data/definitions/" + n + ".html"
	}
	if n := find(rfc); n != "" {
		return "https://www.rfc-editor.org/rfc/rfc" + n
	}
	for _, sort := range []struct {
		shape *regexp.Regexp
		pages map[string]string
		base  string
	}{
		{wcag, criteria, "https://www.w3.org/WAI/WCAG22/Understanding/"},
		{wstg, chapters, "https://owasp.org/www-project-web-security-testing-guide/latest/4-Web_Application_Security_Testing/"},
		{top, risks, "https://owasp.org/Top10/"},
		{api, apiRisks, "https://owasp.org/API-Security/editions/2023/en/"},
	} {
		if key := find(sort.shape); key != "" {
			return under(sort.base, sort.pages[key])
		}
	}
	return ""
}
