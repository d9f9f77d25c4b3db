package similar_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/wire"
)

func answer(status int, body string) *wire.Exchange {
	return &wire.Exchange{Status: status, Body: []byte(body), Header: http.Header{}}
}

// What varies by itself, or was sent, makes no difference; what a target says otherwise does.
func TestOf(t *testing.T) {
	t.Parallel()
	page := `<h1>Chairs</h1><p>12 found</p><ul><li>Oak chair 90 EUR<li>Pine chair 70 EUR</ul><input name=csrf value="%s"><script nonce="%s"></script><p>Drawn in %s at %s for %s</p>`
	for name, c := range map[string]struct {
		a, b     *wire.Exchange
		sent     []string
		min, max float64
	}{
		"tokens, times and ids": {
			answer(200, fmt.Sprintf(page, "kJ8sKq2LmX0aPq9Zt3", "r4nd0m", "12 ms", "2026-01-02T10:00:00Z", "7d444840-9dc0-11d1-b245-5ffdce74fad2")),
			answer(200, fmt.Sprintf(page, "Zt3aPq9kJ8sKq2LmX0", "0th3r", "7.5 ms", "2026-01-02T10:00:03Z", "00000000-9dc0-11d1-b245-5ffdce74fad3")), nil, 1, 1,
		},
		"what was sent": {
			answer(200, `<p>Nothing for "1"</p><input value="1"><a href="?id=1">1</a> 21 items`),
			answer(200, `<p>Nothing for "1' AND '7'='7"</p><input value="1&#39; AND &#39;7&#39;=&#39;7"><a href="?id=1%27%20AND%20%277%27%3D%277">1</a> 21 items`),
			[]string{"1", "1' AND '7'='7"}, 1, 1,
		},
		"one row less": {
			answer(200, `<ul><li>Oak chair 90 EUR<li>Pine chair 70 EUR</ul>`), answer(200, `<ul><li>Oak chair 90 EUR</ul>`), nil, 0.3, 0.9,
		},
		"a number within another":  {answer(200, `21 items`), answer(200, `2 items`), []string{"1"}, 0, 0.9},
		"other order":              {answer(200, `alpha beta gamma delta`), answer(200, `delta gamma beta alpha`), nil, 0.3, 0.99},
		"nothing in common":        {answer(200, `alpha beta`), answer(200, `gamma delta`), nil, 0, 0},
		"another status":           {answer(200, `alpha beta`), answer(500, `alpha beta`), nil, 0.5, 0.5},
		"two without a body":       {answer(204, ``), answer(204, ``), nil, 1, 1},
		"no answer and one":        {&wire.Exchange{}, answer(200, `x`), nil, 0, 0},
		"long words are no tokens": {answer(200, `internationalisation /account/preferences/list`), answer(200, `denationalisation /account/privileges/list`), nil, 0, 0.9},
		"redirects lead elsewhere": {&wire.Exchange{Status: 302, Header: http.Header{"Location": {"/home"}}}, &wire.Exchange{Status: 302, Header: http.Header{"Location": {"/login"}}}, nil, 0, 0},
		"redirects with what was sent": {
			&wire.Exchange{Status: 302, Header: http.Header{"Location": {"/list?q=a%20b"}}}, &wire.Exchange{Status: 302, Header: http.Header{"Location": {"/list?q=c%20d"}}}, []string{"a b", "c d"}, 1, 1,
		},
	} {
		if got := similar.Of(c.a, c.b, c.sent...); got < c.min || got > c.max {
			t.Errorf("%s: %v is not from %v to %v\n%q\n%q", name, got, c.min, c.max, similar.Text(string(c.a.Body), c.sent...), similar.Text(string(c.b.Body), c.sent...))
		}
	}
}

// Symmetric, between 0 and 1, 1 for equal, and less for every word that is another.
func TestProperties(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	words := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("w%d", random.IntN(40))
		}
		return list
	}
	for range 500 {
		x, y := words(random.IntN(60)), words(random.IntN(60))
		a, b := answer(200, strings.Join(x, " ")), answer(200+random.IntN(2), strings.Join(y, " "))
		one, other := similar.Of(a, b), similar.Of(b, a)
		if one != other || one < 0 || one > 1 {
			t.Fatalf("%v and %v for %v and %v", one, other, x, y)
		}
		if similar.Of(a, a) != 1 || similar.Of(b, answer(b.Status, string(b.Body))) != 1 {
			t.Fatalf("%v is not like itself", x)
		}
		if len(x) == 0 {
			continue
		}
		changed := append([]string(nil), x...)
		last := 1.0
		for i := range changed {
			changed[i] = "different"
			if got := similar.Of(a, answer(200, strings.Join(changed, " "))); got >= last {
				t.Fatalf("%v after %v with %d words changed of %v", got, last, i+1, x)
			} else {
				last = got
			}
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("1111 abc 1", "1")
	f.Add("eyJhbGciOi.eyJzdWIi.x 2026-01-02 nonce='x'", "")
	f.Fuzz(func(t *testing.T, text, sent string) {
		once := similar.Text(text, sent)
		if len(once) > len(text) {
			t.Errorf("%q became longer: %q", text, once)
		}
		if similar.Ratio(once, once) != 1 {
			t.Errorf("%q", once)
		}
	})
}
