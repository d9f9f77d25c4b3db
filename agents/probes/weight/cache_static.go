package weight

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// longEnough is how long a browser should be allowed to keep what never changes.
const longEnough = 30 * 24 * time.Hour

func cacheStatic() *agents.Probe {
	return &agents.Probe{
		ID: "cache-static", Title: "Static files that browsers fetch again and again",
		Decides:  "A file with a print of its content in its name may be kept for less than 30 days, or another static file comes with neither a validator (ETag, Last-Modified) nor leave to keep it that long. Nobody may keep a file that is the same for all, though its address has a version, or it is a font or a style sheet of several pages.",
		Keeps:    "The address and the headers that decide about keeping.",
		Advice:   "Send files with a print in their name with Cache-Control: public, max-age=31536000, immutable, and all others with an ETag.",
		Severity: agents.Low, References: []string{"Lighthouse: uses-long-cache-ttl", "RFC 9111"}, Skills: []string{"caching"},
		Check: agents.Each(static, kept),
	}
}

// static are assets that stay the same until somebody changes them.
func static(s *surface.Surface) []*surface.Asset {
	var list []*surface.Asset
	for _, a := range served(s) {
		switch a.Kind {
		case surface.Script, surface.Style, surface.Image, surface.Font:
			if made(a) {
				continue
			}
			list = append(list, a)
		}
	}
	return list
}

// made tells whether an asset is most likely made anew for each who asks: its address says no kind of file, or it has a
// query that is no version.
func made(a *surface.Asset) bool {
	u, err := url.Parse(a.URL)
	if err != nil || path.Ext(u.Path) == "" {
		return true
	}
	for name := range u.Query() {
		if !version.MatchString(name) {
			return true
		}
	}
	return false
}

var (
	version = regexp.MustCompile(`(?i)^(?:v|ver|version|rev|hash|h|t|[0-9a-f]{6,})$`)
	// hex and base62 prints, as bundlers write them: app.3f9a1c2b.js, app-BxK3d9_z.css.
	inName = regexp.MustCompile(`[._-]([0-9a-f]{8,64}|[A-Za-z0-9_-]{8,22})\.[A-Za-z0-9.]{2,12}$`)
)

// printed is the print of its content that an address carries; "" when it carries none.
func printed(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	m := inName.FindStringSubmatch(path.Base(u.Path))
	if m == nil {
		return ""
	}
	word := m[1]
	digits := strings.ContainsAny(strings.TrimRight(word, "0123456789"), "0123456789") // Component2 is no print
	letters := strings.ContainsAny(word, "abcdefABCDEF")
	mixed := word != strings.ToLower(word) && word != strings.ToUpper(word)
	if strings.Trim(word, "0123456789abcdef") == "" && strings.ContainsAny(word, "0123456789") && letters || digits && mixed && !strings.ContainsAny(word, "-_") {
		return word
	}
	return ""
}

func kept(_ context.Context, lab *agents.Lab, a *surface.Asset) agents.Outcome {
	x := a.Answer
	settings := reading.Settings(x.Header, "Cache-Control", ',')
	age, explicit := lifetime(x, settings)
	_, never := settings["no-store"]
	headers := agents.Excerpt("Headers", reading.Lines(x.Header, "Cache-Control", "Expires", "ETag", "Last-Modified", "Age"))
	if printed(a.URL) != "" {
		if explicit && age >= longEnough {
			return agents.Pass()
		}
		text := fmt.Sprintf("The name of %s changes with its content, so a browser could keep it for good; the answer allows %s.", pathOf(a.URL), words(age, explicit))
		return agents.Fail(agents.Finding{Cause: "files with a print in their name", Text: text, Evidence: []agents.Evidence{headers}})
	}
	if never && forAll(x) && (versioned(a.URL) || shared(lab.Surface, a)) {
		text := fmt.Sprintf("%s is the same for everybody, and the answer forbids to keep it (no-store): browsers fetch it whole for every page.", pathOf(a.URL))
		return agents.Fail(agents.Finding{Cause: "files that nobody may keep", Text: text, Evidence: []agents.Evidence{headers}})
	}
	if never || x.Header.Get("ETag") != "" || x.Header.Get("Last-Modified") != "" || explicit && age >= longEnough {
		return agents.Pass() // no-store is a decision, however dear
	}
	text := fmt.Sprintf("%s has neither ETag nor Last-Modified, and the answer allows %s: when its time is over, a browser has to fetch it whole, also when it is the same.", pathOf(a.URL), words(age, explicit))
	return agents.Fail(agents.Finding{Cause: "files without a validator", Text: text, Evidence: []agents.Evidence{headers}})
}

// forAll tells whether an answer came to nobody in particular, and sets no cookie.
func forAll(x *wire.Exchange) bool {
	_, varies := reading.Settings(x.Header, "Vary", ',')["cookie"]
	return x.Request.As == "" && len(x.Header.Values("Set-Cookie")) == 0 && !varies
}

// stamped is a version that is a time, as servers of development write it to have everything fetched anew.
var stamped = regexp.MustCompile(`^\d{10,}$`)

// versioned tells whether the address of an asset has a version in its query that changes with its content.
func versioned(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	for name, values := range u.Query() {
		if version.MatchString(name) && !strings.EqualFold(name, "t") && values[0] != "" && !stamped.MatchString(values[0]) {
			return true
		}
	}
	return false
}

// shared tells whether an asset is a font, or a style sheet of several pages. Scripts and pictures that all pages have may
// be forbidden to keep for good reasons: settings of the place where it runs, counters.
func shared(s *surface.Surface, a *surface.Asset) bool {
	if a.Kind == surface.Font {
		return true
	}
	if a.Kind != surface.Style {
		return false
	}
	on := 0
	for _, p := range s.Pages {
		doc := reading.HTML(p.Answer)
		if doc == nil {
			continue
		}
		doc.Find("link[href]").EachWithBreak(func(_ int, e *goquery.Selection) bool {
			if u := doc.Resolve(e.AttrOr("href", "")); u != nil && u.String() == a.URL {
				on++
				return false
			}
			return true
		})
		if on > 1 {
			return true
		}
	}
	return false
}

// lifetime is how long an answer may be kept, and whether it says so itself.
func lifetime(x *wire.Exchange, settings map[string]string) (age time.Duration, explicit bool) {
	for _, no := range []string{"no-store", "no-cache"} {
		if _, ok := settings[no]; ok {
			return 0, true
		}
	}
	if seconds, err := strconv.Atoi(strings.Trim(settings["max-age"], `"`)); err == nil {
		return time.Duration(min(seconds, 10*365*24*3600)) * time.Second, true
	}
	expires, err := time.Parse(time.RFC1123, x.Header.Get("Expires"))
	if err != nil {
		return 0, x.Header.Get("Expires") != ""
	}
	return expires.Sub(x.At), true
}

func words(age time.Duration, explicit bool) string {
	switch {
	case !explicit:
		return "nothing in so many words"
	case age <= 0:
		return "none of it"
	case age < 48*time.Hour:
		return "it for " + age.Round(time.Second).String()
	}
	return fmt.Sprintf("it for %d days", int(age.Hours()/24))
}
