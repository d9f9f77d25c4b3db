package web_test

import (
	"net/http"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/locales"
)

// Whoever chooses a language comes back to where they were, and never to another site.
func TestLanguageComesBackToThisStudio(t *testing.T) {
	t.Parallel()
	b := newStudio(t).browser(t)
	for back, want := range map[string]string{
		"/workflows?q=a": "/workflows?q=a", "/signin": "/signin", "": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/",
		"/\t/evil.example": "/", "/\n/evil.example": "/", "/\r\n/evil.example": "/", "\t//evil.example": "/",
	} {
		res := b.post("/language", "language", "de", "back", back)
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want {
			t.Errorf("%q leads to %d %q", back, res.StatusCode, res.Header.Get("Location"))
		}
	}
}

// The journal of a run is kept in English, and its errors reach every person in their own language: by the API, while the
// run goes on, and afterwards.
func TestErrorsOfRunsAreToldInEachLanguage(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	english := s.owner(t, "ada@example.org")
	w := english.draw("Failing", start(), engine.Node{ID: "set", Kind: "data.set", Params: object{"fields": []any{object{"name": "a", "value": "={{ nowhere.b }}"}}}})
	var run engine.Run
	english.api("POST", "/workflows/"+w.ID+"/runs?wait=10s", object{"input": object{"n": 1}}, &run, http.StatusOK)
	told := func() (said []string) {
		var out struct{ Events []engine.Event }
		english.api("GET", "/runs/"+run.ID, nil, &run, http.StatusOK)
		english.api("GET", "/runs/"+run.ID+"/events", nil, &out, http.StatusOK)
		line := english.socket()
		line.send(object{"t": "watch", "run": run.ID})
		for {
			f := line.next()
			if f.Event.Type == engine.RunFinished {
				t.Fatal("nothing failed")
			}
			if f.Event.Type == engine.StepFailed {
				return []string{run.Error, out.Events[len(out.Events)-1].Error, f.Event.Error}
			}
		}
	}
	plain := told()
	english.post("/language", "language", "de", "back", "/")
	for i, got := range told() {
		if want := locales.Retell(locales.German, plain[i]); got != want || got == plain[i] {
			t.Errorf("%d: %q is told as %q, want %q", i, plain[i], got, want)
		}
	}
}
