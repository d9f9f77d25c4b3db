package probes

// vectors are CVSS 3.1 base vectors of what can be exploited as it stands; the severity of these probes is the rating of
// their vector. Hardening that is missing has none, nor has what depends on what lies behind: whose data it is, and which
// library it is.
//
// Source: FIRST, Common Vulnerability Scoring System v3.1: Specification Document.
var vectors = map[string]string{
	// Statements, commands and templates: anybody, at once, everything.
	"sqli-error": everything, "sqli-boolean": everything, "sqli-union": everything, "sqli-time": everything,
	"os-command": everything, "ssti": everything, "default-credentials": everything, "bfla-admin": everything, "mass-assignment": everything,
	// Doors that are open: all data, to read and to change.
	"auth-bypass-sqli": readAndChange, "jwt-alg-none": readAndChange, "jwt-weak-secret": readAndChange, "missing-auth": readAndChange,
	// Data that anybody reads.
	"xxe": readAll, "xpath-ldap-nosql": readAll, "path-traversal": readAll, "ignored-auth": readAll, "verb-tampering": readAll, "forced-browsing": readAll,
	"excessive-data": readAll, "exposed-vcs": readAll, "exposed-config": readAll, "secrets-in-js": readAll,
	// With the help of somebody who follows a link or looks at a page.
	"xss-stored":    "CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:H/I:H/A:H",
	"xss-reflected": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:L/A:N", "dom-xss": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:L/A:N",
	"cors-reflect": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:N/A:N",
	"csrf-replay":  "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:H/A:H",
	"ws-origin":    victimsAccount, "session-fixation": victimsAccount,
	"html-injection": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:N/I:L/A:N",
	"open-redirect":  misled, "open-redirect-dom": misled, "host-header": misled,
	"clickjacking": pushed, "csrf-token": pushed, "content-type-confusion": pushed, "get-state-change": pushed,
	"jsonp": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:L/I:N/A:N", "postmessage-star": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:L/I:L/A:N",
	"session-in-url": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:L/I:N/A:N", "secret-in-url": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:L/I:N/A:N",
	// From between, or with patience.
	"login-http": between, "cert-valid": between, "session-entropy": between,
	"hsts": listening, "https-redirect": listening, "tls-versions": listening, "tls-ciphers": listening, "mixed-content": listening, "login-rate-limit": listening, "logout-effective": listening,
	"weak-hash":     "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N",
	"weak-password": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N",
	"cache-private": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N",
	// From within.
	"ssrf":         "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:L/A:N",
	"access-table": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:N", "access-table-changes": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:N",
	// A part of what is inside.
	"dir-listing": hint, "user-enumeration": hint, "debug-endpoint": hint, "stack-trace": hint, "debug-error": hint, "backup-files": hint, "source-disclosure": hint, "pii": hint,
	// Until it stands still.
	"redos":     "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
	"page-size": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L", "graphql-depth": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L",
}

const (
	everything     = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
	readAndChange  = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"
	readAll        = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
	victimsAccount = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:N"
	misled         = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"
	pushed         = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:L/A:N"
	between        = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N"
	listening      = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:N"
	hint           = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"
)
