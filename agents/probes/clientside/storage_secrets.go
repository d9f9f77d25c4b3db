package clientside

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func storageSecrets() *agents.Probe {
	return &agents.Probe{
		ID: "storage-secrets", Title: "Tokens of a sign-in lie where every script reads them",
		Decides:  "After signing in by the page's own form, or on a page that an account sees, local or session storage holds a JSON Web Token, or something random under the name of a token, a session or a key.",
		Keeps:    "The key, and the value masked.",
		Advice:   "Keep what signs people in in a cookie with HttpOnly, Secure and SameSite, or in memory only.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, References: []string{"CWE-922", "WSTG-CLNT-12"}, Skills: []string{"DOM XSS"},
		Check: agents.Each(signing, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			v, err := lab.Visits.Visit(ctx, p.URL, p.As)
			if err != nil {
				return agents.BlockOn(err)
			}
			local, session := v.Snapshot.Local, v.Snapshot.Session
			if f := formOn(lab.Surface, p); f != nil {
				i := slices.IndexFunc(lab.Accounts, func(a agents.Account) bool { return a.Password != "" })
				if i < 0 {
					return agents.Skip("no account signs in by the form")
				}
				if local, session, err = signedIn(ctx, lab, f, lab.Accounts[i]); err != nil {
					return agents.BlockOn(err)
				}
			}
			var findings []agents.Finding
			for name, storage := range map[string]map[string]string{"localStorage": local, "sessionStorage": session} {
				for _, key := range slices.Sorted(maps.Keys(storage)) {
					value := storage[key]
					if !isSecret(key, value) {
						continue
					}
					f := agents.Finding{
						Text:  "A script that is smuggled into a page reads " + key + " and sends it away.",
						Where: agents.Place{URL: p.URL, Parameter: key, As: p.As}, Cause: name + " " + key,
						Evidence: []agents.Evidence{agents.Table(name, agents.ByBrowser, []string{"key", "value"}, []string{key, mask(value)})},
					}
					if name == "sessionStorage" { // it is gone with the tab
						f.Severity = agents.Low
					}
					findings = append(findings, f)
				}
			}
			slices.SortFunc(findings, func(a, b agents.Finding) int { return cmp.Compare(a.Cause, b.Cause) })
			return agents.Fail(findings...)
		}),
	}
}

// signing are pages on which people sign in, and those that only accounts see.
func signing(s *surface.Surface) []*surface.Page {
	return slices.DeleteFunc(pages.Drawn(s), func(p *surface.Page) bool { return p.As == "" && formOn(s, p) == nil })
}

func formOn(s *surface.Surface, p *surface.Page) *surface.Form {
	for _, f := range s.Forms {
		if f.Page == p.URL && f.Purpose == surface.ForSignIn {
			return f
		}
	}
	return nil
}

// signedIn signs in with a browser, and returns what the storages hold after.
func signedIn(ctx context.Context, lab *agents.Lab, f *surface.Form, a agents.Account) (local, session map[string]string, err error) {
	tab, err := lab.Open(ctx, "", browser.Setting{})
	if err != nil {
		return nil, nil, err
	}
	defer tab.Close()
	if err := tab.Go(ctx, f.Page); err != nil {
		return nil, nil, err
	}
	in := f.SignIn()
	user, password := in.Name, in.Password
	script := `(() => { const set = (e, v) => { const p = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value"); p.set.call(e, v); e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); };
		const password = document.querySelector("input[type=password][name=" + JSON.stringify(` + browser.Quote(password) + `) + "]") || document.querySelector("input[type=password]");
		if (!password) return false;
		const form = password.form || document;
		const user = form.querySelector("input[name=" + JSON.stringify(` + browser.Quote(user) + `) + "]") || form.querySelector("input[type=text], input[type=email], input:not([type])");
		if (user) set(user, ` + browser.Quote(a.User) + `); set(password, ` + browser.Quote(a.Password) + `);
		const button = form.querySelector("button[type=submit], input[type=submit], button:not([type])") || document.querySelector("button[type=submit], button");
		if (button) setTimeout(() => button.click()); else if (password.form) setTimeout(() => password.form.requestSubmit());
		return true; })()`
	if _, err := browser.Eval[bool](ctx, tab, script); err != nil {
		return nil, nil, err
	}
	if _, err := browser.Eval[bool](ctx, tab, `new Promise((done) => setTimeout(() => done(true), 300))`); err != nil && ctx.Err() != nil {
		return nil, nil, err // it went to another page meanwhile
	}
	if err := tab.Settle(ctx); err != nil {
		return nil, nil, err
	}
	kept, err := browser.Eval[[2]map[string]string](ctx, tab, `[{...localStorage}, {...sessionStorage}]`)
	return kept[0], kept[1], err
}

var (
	jwt        = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*`)
	secretKey  = regexp.MustCompile(`(?i)token|jwt|auth|session|secret|passw|credential|api[-_]?key|bearer`)
	noSecret   = regexp.MustCompile(`(?i)[cx]srf|analytics|amplitude|mixpanel|segment|sentry|firebase|posthog|intercom|debug|anonymous|device|visitor|client[-_]?id|^_`)
	inJSON     = regexp.MustCompile(`"([^"]{1,60})"\s*:\s*"([^"]{16,})"`)
	passphrase = regexp.MustCompile(`(?i)passw`)
)

// isSecret tells whether what storage holds signs somebody in.
func isSecret(key, value string) bool {
	if noSecret.MatchString(key) {
		return false
	}
	if jwt.MatchString(value) || passphrase.MatchString(key) && value != "" && !strings.HasPrefix(value, "{") {
		return true
	}
	if secretKey.MatchString(key) && reading.Random(strings.Trim(value, `"`)) {
		return true
	}
	for _, m := range inJSON.FindAllStringSubmatch(value, 50) {
		if secretKey.MatchString(m[1]) && !noSecret.MatchString(m[1]) && reading.Random(m[2]) {
			return true
		}
	}
	return false
}

func mask(value string) string {
	value = inJSON.ReplaceAllStringFunc(value, func(pair string) string {
		m := inJSON.FindStringSubmatch(pair)
		return `"` + m[1] + `":"` + reading.Mask(m[2]) + `"`
	})
	if !strings.HasPrefix(value, "{") {
		return reading.Mask(value)
	}
	return reading.Shorten(jwt.ReplaceAllStringFunc(value, reading.Mask), 300)
}
