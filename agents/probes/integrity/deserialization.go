package integrity

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func deserialization() *agents.Probe {
	return &agents.Probe{
		ID: "deserialization", Title: "Serialised object in what a browser sends", Severity: agents.High, References: []string{"CWE-502"},
		Decides: "A parameter or a cookie begins as a serialised object of Java, PHP, .NET, Python, Ruby or Node does, and is not signed.",
		Keeps:   "The first bytes.",
		Advice:  "Send an id or signed JSON, and never turn what a browser sends back into objects of the program.",
		Check:   agents.Each(carriers, serialised),
	}
}

// carriers are what may carry an object to the server: inputs with a value, and cookies.
func carriers(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, i := range s.Inputs {
		list = append(list, i)
	}
	for _, c := range s.Cookies {
		list = append(list, c)
	}
	return list
}

// objectShapes are how serialised objects begin.
var objectShapes = []struct {
	of    string
	shape *regexp.Regexp
}{
	{"Java", regexp.MustCompile(`^(?:rO0AB[A-Za-z0-9+/_=-]{6,}|\xac\xed\x00\x05|(?i:aced0005)[0-9a-fA-F]+)`)},
	{"PHP", regexp.MustCompile(`^(?:O:\d+:"[A-Za-z_\\][\w\\]*":\d+:\{|a:\d+:\{[is]:)`)},
	{"PHP", regexp.MustCompile(`^(?:Tzo[0-9A-Za-z+/]{10,}|YTo[0-9A-Za-z+/]{10,})`)}, // the same in base64
	{".NET", regexp.MustCompile(`^AAEAAAD/////`)},
	{"Python", regexp.MustCompile(`^(?:gASV|gAN[9jcVYX]|KGRw|Y29z)[A-Za-z0-9+/_=-]{8,}|^\x80[\x02-\x05]`)},
	{"Ruby", regexp.MustCompile(`^BAh[7bJvo][A-Za-z0-9+/=]{6,}`)},
	{"Node", regexp.MustCompile(`_\$\$ND_FUNC\$\$_`)},
}

// signed is a value with a signature after it, which a browser cannot change.
var signed = regexp.MustCompile(`--[0-9a-f]{40,128}$|\.[A-Za-z0-9_-]{27,}$`)

func serialised(_ context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
	var values []string
	place := agents.Place{URL: item.Address()}
	switch item := item.(type) {
	case *surface.Input:
		values = append(values, item.Known)
		place.Method, place.Parameter, place.As = item.Method, item.Name, item.As
	case *surface.Cookie:
		values = cookieValues(lab, item)
		place.Parameter, place.As = item.Name, item.As
	}
	for _, value := range values {
		plain, err := url.QueryUnescape(value)
		if err != nil {
			plain = value
		}
		for _, text := range []string{value, plain} {
			for _, o := range objectShapes {
				if !o.shape.MatchString(text) || signed.MatchString(text) {
					continue
				}
				head := text[:min(len(text), 24)]
				return agents.Fail(agents.Finding{
					Text:  fmt.Sprintf("%s carries a serialised object of %s. Whoever sends another one in its place may make the server build, and run, what they like.", place.Parameter, o.of),
					Where: place, Cause: place.Parameter,
					Evidence: []agents.Evidence{agents.Table("first bytes", agents.ByReading, []string{"text", "bytes"}, []string{head, hex.EncodeToString([]byte(head))}), agents.Excerpt("value", reading.Mask(text))},
				})
			}
		}
	}
	return agents.Pass()
}

// cookieValues are the values that a cookie was seen with.
func cookieValues(lab *agents.Lab, c *surface.Cookie) []string {
	var values []string
	for _, a := range lab.Accounts {
		for _, cookie := range lab.Client.Cookies(a.Name, lab.Client.Scope().Target()) {
			if cookie.Name == c.Name {
				values = append(values, cookie.Value)
			}
		}
	}
	for _, p := range lab.Surface.Pages {
		if p.Answer == nil {
			continue
		}
		for _, cookie := range (&http.Response{Header: p.Answer.Header}).Cookies() {
			if cookie.Name == c.Name && len(values) < 20 {
				values = append(values, cookie.Value)
			}
		}
	}
	return values
}
