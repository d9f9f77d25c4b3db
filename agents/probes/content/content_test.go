package content_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/content"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// site serves pages by their paths. A page that begins with a media type and a line break is sent as that.
type site map[string]string

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, ok := s[r.URL.Path]
	if !ok {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `<!doctype html><title>Not found</title><p>There is nothing here.</p>`)
		return
	}
	kind, body, typed := strings.Cut(page, "\n")
	if !typed || !strings.HasPrefix(kind, "text/html") {
		kind, body = "text/html; charset=utf-8", page
	}
	w.Header().Set("Content-Type", kind)
	if !strings.Contains(body, "<html") {
		body = `<!doctype html><html lang="en"><title>A page</title><body>` + body
	}
	fmt.Fprint(w, body)
}

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range content.Probes() {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no probe %s", id)
	return nil
}

const english = `<p>We have moved into a bigger workshop by the harbour, and we would like you to come and see us. The doors are open on every day of the week from nine to six, and there is coffee for all who come by.
	If you have bought something from us and it does not work, bring it with you: we will look at it while you wait, and most of what breaks can be mended on the spot. What cannot be mended we take back.</p>
	<p>The workshop was built for boats, so there is a lot of room, and the light comes from the water. We have put the benches along the windows, where you can watch how things are made by people who have done it for years.
	Children are welcome as long as somebody looks after them, because there are sharp things around. Bring old clothes if you want to try it for yourself, and tell us before so that there is a place for you at one of the benches.
	We look forward to seeing you, and we will be glad to show you around and to answer whatever you may want to ask about the wood, the tools and the people. There is a bus from the station that stops in front of the gate every twenty minutes, and you can leave your bicycle in the yard.</p>`

const german = `<p>Wir sind in eine größere Werkstatt am Hafen gezogen und freuen uns, wenn Sie uns dort besuchen. Die Türen sind an jedem Tag der Woche von neun bis sechs Uhr geöffnet, und für alle, die vorbeikommen, gibt es Kaffee.
	Wenn Sie bei uns etwas gekauft haben, das nicht mehr funktioniert, bringen Sie es mit: Wir sehen es uns an, während Sie warten, und das meiste, was zerbricht, lässt sich gleich reparieren. Was sich nicht reparieren lässt, nehmen wir zurück.</p>
	<p>Die Werkstatt wurde für Boote gebaut, deshalb gibt es viel Platz, und das Licht kommt vom Wasser. Wir haben die Bänke an die Fenster gestellt, wo Sie zusehen können, wie Dinge von Leuten gemacht werden, die das seit Jahren tun.
	Kinder sind willkommen, solange jemand auf sie achtet, weil überall scharfe Dinge liegen. Bringen Sie alte Kleidung mit, wenn Sie es selbst versuchen möchten, und sagen Sie uns vorher Bescheid, damit an einer der Bänke ein Platz für Sie frei ist.
	Wir freuen uns auf Sie und zeigen Ihnen gern alles, und wir beantworten jede Frage zum Holz, zu den Werkzeugen und zu den Menschen. Vom Bahnhof fährt alle zwanzig Minuten ein Bus, der vor dem Tor hält, und Ihr Fahrrad können Sie im Hof abstellen. Bis bald also in der neuen Werkstatt am Wasser, und grüßen Sie alle, die uns kennen.</p>`

const hard = `<p>Notwithstanding aforementioned organisational responsibilities, intercontinental administrative representatives systematically operationalise multidimensional interoperability considerations, incorporating heterogeneous authentication infrastructures alongside disproportionately complicated authorisation configurations.</p>`

func TestReading(t *testing.T) {
	t.Parallel()
	version := func(lang, other, body string) string {
		return `<!doctype html><html lang="` + lang + `"><title>Shop</title><link rel=alternate hreflang="` + other + `" href="/` + other + `"><body><nav><a href="/de">Deutsch</a><a href="/en">English</a></nav>` + body
	}
	head := "text/html\n<!doctype html><html lang=en>"
	for _, x := range []struct {
		probe, name string
		target      site
		want        int
	}{
		{"mojibake", "read as another", site{"/": `<p>Ein schÃ¶ner CafÃ© fÃ¼r alle â€“ itâ€™s open</p>`}, 1},
		{"mojibake", "bytes that are none", site{"/": "<p>Un caf\xe9 pour tous</p>"}, 1},
		{"mojibake", "once broken, in two pages of one footer", site{"/": `<a href=/b>b</a><p>GrÃ¼ÃŸe</p>`, "/b": `<h1>B</h1><p>GrÃ¼ÃŸe</p>`}, 1},
		{"mojibake", "fine", site{"/": `<p>Ein schöner Café für alle – it’s open. Â and Ã are letters: IRMÃ»s, «À», »Ü«, 10 €, 20 °C.</p><p>The sign � stands for what cannot be read.</p><code>CafÃ©</code>`}, 0},
		{"mojibake", "said to be Latin 1, and is", site{"/": "text/html; charset=iso-8859-1\n<p>Un caf\xe9 pour tous, gr\xfc\xdfe</p>"}, 0},
		{"charset", "nothing", site{"/": head + `<title>x</title><p>x <a href=/b>b</a></p>`, "/b": head + `<title>y</title><p>y</p>`}, 1},
		{"charset", "two names", site{"/": "text/html; charset=utf-8\n" + `<!doctype html><html><meta charset="iso-8859-1"><title>x</title>`}, 1},
		{"charset", "no encoding", site{"/": head + `<meta charset="utf8mb4"><title>x</title>`}, 1},
		{"charset", "two names of one", site{"/": "text/html; charset=UTF8\n" + `<!doctype html><html><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>x</title>`}, 0},
		{"charset", "a mark", site{"/": "text/html\n\xEF\xBB\xBF<!doctype html><html><title>x</title>"}, 0},
		{"lang-mismatch", "German as English", site{"/": german}, 1},
		{"lang-mismatch", "English as English", site{"/": english + `<blockquote lang="de">` + german + `</blockquote>`}, 0},
		{"lang-mismatch", "two languages", site{"/": english + german}, 0},
		{"lang-mismatch", "names and code", site{"/": english + `<pre>` + german + `</pre>` + strings.Repeat(`<li>Jürgen Müller, Straße des Friedens</li>`, 10)}, 0},
		{"untranslated", "names of texts", site{"/": `<h1>app.title</h1><button>button.save</button><p>Hello</p>`}, 1},
		{"untranslated", "names in capitals", site{"/": `<h1>HOME.TITLE</h1>`}, 1},
		{"untranslated", "files, hosts and code", site{"/": `<h1>example.com</h1><p>node.js</p><th>index.html</th><p>console.log</p><h2>org.example</h2><button><code>app.title</code></button><label>e.g.</label>`}, 0},
		{"untranslated", "left in English", site{"/": version("en", "de", `<button>Add this to the cart</button>`), "/en": version("en", "de", `<button>Add this to the cart</button>`), "/de": version("de", "en", `<button>Add this to the cart</button><p>und so weiter</p>`)}, 1},
		{"untranslated", "translated, and a name", site{"/": version("en", "de", `<button>Add this to the cart</button><h2>The House of Wood</h2>`), "/en": version("en", "de", `<button>Add this to the cart</button><h2>The House of Wood</h2>`), "/de": version("de", "en", `<button>In den Warenkorb legen</button><h2>The House of Wood</h2>`)}, 0},
		{"spelling", "misspelt", site{"/": `<p>You will get more informations.</p>`}, 1},
		{"spelling", "against the site's own words", site{"/": `<html lang=fi><p>` + strings.Repeat("tilaus saapuu huomenna ", 9) + `tilaus saapuu huomnena</p>`}, 1},
		{"spelling", "fine", site{"/": `<p>You will receive it separately, by contract. ` + strings.Repeat("contact ", 9) + `</p><code>informations</code>`}, 0},
		{"readability", "hard", site{"/": `<a href=/help>Help</a>`, "/help": `<h1>Help</h1>` + strings.Repeat(hard, 5)}, 1},
		{"readability", "easy", site{"/": `<a href=/help>Help</a>`, "/help": `<h1>Help</h1>` + english}, 0},
		{"date-number", "three dates", site{"/": `<p>From 2026-03-04 to 05/03/2026, and 4.3.2026; €1,234.50 or 1.234,50 €</p>`}, 2},
		{"date-number", "one form", site{"/": `<p>From 2026-03-04 to 2026-03-05; version 1.2.3; €12.50 or €1,234.50; 192.168.0.1</p>`}, 0},
		{"alt-text-quality", "all sorts", site{"/": `<img src="/a.png" alt="IMG_2034.JPG"><div><img src=b.png alt="image"></div><p><img src=c.png alt="` + strings.Repeat("long words ", 20) + `"></p>`}, 3},
		{"alt-text-quality", "fine", site{"/": `<img src="/chair.jpg" alt="chair"><img src="x.png" alt=""><img src="/y.png" alt="A chair by a window, seen from the side"><img src=z.png alt="Image of a tree" aria-hidden=true>`}, 0},
		{"hreflang", "one side only", site{"/": version("en", "de", "x"), "/de": `<html lang=de><title>x</title><p>x</p>`}, 1},
		{"hreflang", "both sides", site{"/": `<html lang=de><title>x</title><link rel=alternate hreflang=en href=/en>`, "/en": `<html lang=en><title>x</title><link rel=alternate hreflang=de href=/>`}, 0},
	} {
		t.Run(x.probe+"/"+x.name, func(t *testing.T) {
			t.Parallel()
			list := try.Found(try.Probe(t, probe(t, x.probe), x.target, try.Options{}), x.probe)
			if len(list) != x.want {
				t.Errorf("found %d, want %d", len(list), x.want)
				for _, f := range list {
					t.Logf("%s: %s", f.Where.URL, f.Text)
				}
			}
		})
	}
}

func TestLongerTexts(t *testing.T) {
	t.Parallel()
	target := site{
		"/":      `<a href="/fixed">Fixed</a> <a href="/grows">Grows</a>`,
		"/fixed": `<title>Fixed</title><button style="width:110px;white-space:nowrap;overflow:hidden;padding:2px">Add to basket</button>`,
		"/grows": `<title>Grows</title><button style="padding:2px">Add to basket</button><p>Some words that may be longer.</p><div style="width:60px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">A long name that is cut</div>`,
	}
	found := try.Want(t, try.Probe(t, probe(t, "pseudo-long"), target, try.Options{Browser: true}), "pseudo-long", 1)
	if len(found) == 1 && (!strings.HasSuffix(found[0].Where.URL, "/fixed") || len(found[0].Evidence) != 2 || len(found[0].Evidence[1].Picture) == 0) {
		t.Errorf("%+v", found[0].Where)
	}
}
