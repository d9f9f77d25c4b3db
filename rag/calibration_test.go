package rag_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/rag"
)

// without hides chunks.
type without func(id uint32) bool

func (w without) Contains(id uint32) bool { return !w(id) }

// sureness is how sure searches were, by what was asked of what.
type sureness struct {
	t    *testing.T
	sure map[string][]float64     // of the questions that are reported on: the best probability of each
	fit  map[string][]rag.Example // of the others
}

// ask puts every second question aside for the fit.
func (s *sureness) ask(kind string, i int, r *rag.Retriever, question string, filter rag.Filter) {
	s.t.Helper()
	found, err := r.Search(s.t.Context(), question, rag.DefaultSettings, filter)
	if err != nil {
		s.t.Fatal(err)
	}
	if even(i) {
		if e, ok := found.Example(!strings.HasPrefix(kind, "no: ")); ok {
			s.fit[kind] = append(s.fit[kind], e)
		}
		return
	}
	p := 0.0
	for _, h := range append(found.Hits, found.Below...) {
		p = max(p, h.Probability)
	}
	s.sure[kind] = append(s.sure[kind], p)
}

// auroc tells the questions of some kinds from those of others, and how many of each pass the threshold.
func (s *sureness) auroc(name string, answerable, not []string) float64 {
	var scores []float64
	var good []bool
	var kept [2]float64
	var all [2]float64
	for side, kinds := range [][]string{not, answerable} {
		for _, kind := range kinds {
			for _, p := range s.sure[kind] {
				scores, good = append(scores, p), append(good, side == 1)
				all[side]++
				if p >= rag.DefaultSettings.Threshold {
					kept[side]++
				}
			}
		}
	}
	a := rag.AUROC(scores, good)
	s.t.Logf("%s: AUROC %.3f, above the threshold %.3f of %g answerable and %.3f of %g others", name, a, kept[1]/all[1], all[1], kept[0]/all[0], all[0])
	return a
}

// How well the probability tells questions that a collection answers from those that it does not: about other matters, about
// the same matters, and those of which only the chunks with the answer were taken out, where what stands beside them stays.
func TestCalibration(t *testing.T) {
	t.Parallel()
	names := []string{"state_of_the_union"}
	if *judge {
		names = allTexts
	}
	lite, texts, help := newLite(t), readChunking(t, names...), readParaphrases(t)
	inTexts, inHelp := texts.retriever(t, lite), help.retriever(t, lite)
	s := &sureness{t, map[string][]float64{}, map[string][]rag.Example{}}
	for i, q := range texts.questions {
		s.ask("texts", i, inTexts, q, nil)
		s.ask("no: texts, chunks out", i, inTexts, q, without(func(id uint32) bool { return texts.good[i][id] }))
		if *judge {
			s.ask("no: texts elsewhere", i, inTexts, q, without(func(id uint32) bool { return texts.chunks[id].Document == texts.of[i] }))
		} else {
			s.ask("no: texts elsewhere", i, inHelp, q, nil)
		}
	}
	for i, q := range help.questions {
		s.ask("help", i, inHelp, q, nil)
		s.ask("no: help elsewhere", i, inTexts, q, nil)
		s.ask("no: help, passage out", i, inHelp, q, without(func(id uint32) bool { return help.good[i][id] }))
	}
	for i, q := range readUnanswerable(t) {
		switch {
		case q.Text == "help":
			s.ask("no: help, never told", 2*i+1, inHelp, q.Question, nil)
		case *judge || q.Text == names[0]:
			s.ask("no: texts, never told", 2*i+1, inTexts, q.Question, nil)
		}
	}
	var fit []rag.Example
	for _, kind := range []string{"texts", "help", "help", "no: texts elsewhere", "no: help elsewhere", "no: help elsewhere"} {
		fit = append(fit, s.fit[kind]...)
	}
	c, err := rag.Fit(fit)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("fitted %+v", c)
	both := []string{"texts", "help"}
	elsewhere := s.auroc("texts, asked elsewhere", both[:1], []string{"no: texts elsewhere"})
	s.auroc("help, asked elsewhere", both[1:], []string{"no: help elsewhere"})
	mixed := s.auroc("both, asked elsewhere", both, []string{"no: texts elsewhere", "no: help elsewhere"})
	s.auroc("texts, never told", both[:1], []string{"no: texts, never told"})
	s.auroc("help, never told", both[1:], []string{"no: help, never told"})
	told := s.auroc("both, never told", both, []string{"no: texts, never told", "no: help, never told"})
	s.auroc("texts, chunks out", both[:1], []string{"no: texts, chunks out"})
	s.auroc("help, passage out", both[1:], []string{"no: help, passage out"})
	s.reliability([]string{"texts", "help", "no: texts elsewhere", "no: help elsewhere"})
	if *judge && (elsewhere < 0.98 || mixed < 0.965 || told < 0.86) {
		t.Error("the probability tells too little")
	}
}

// reliability is how many of the searches that were so and so sure were of questions with an answer.
func (s *sureness) reliability(kinds []string) {
	const bands = 5
	var n, good, sum [bands]float64
	for _, kind := range kinds {
		for _, p := range s.sure[kind] {
			b := min(int(p*bands), bands-1)
			n[b]++
			sum[b] += p
			if !strings.HasPrefix(kind, "no: ") {
				good[b]++
			}
		}
	}
	for b := range bands {
		s.t.Logf("said %.2f on average, true %.2f, %g searches", sum[b]/n[b], good[b]/n[b], n[b])
	}
}

type unanswerable struct{ Text, Question, Absent string }

func readUnanswerable(t *testing.T) []unanswerable {
	t.Helper()
	data, err := os.ReadFile("testdata/unanswerable/questions.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Questions []unanswerable }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Questions
}

// Questions that are said to be about something that a text never names: it does not.
func TestUnanswerableAreNotNamed(t *testing.T) {
	t.Parallel()
	all := map[string]string{}
	for _, name := range allTexts {
		all[name] = unzip(t, name+".md.gz")
	}
	for _, c := range readParaphrases(t).chunks {
		all["help"] += c.Text + " "
	}
	for name, text := range all {
		all[name] = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	}
	list := readUnanswerable(t)
	if len(list) < 100 {
		t.Errorf("%d questions", len(list))
	}
	for _, q := range list {
		if all[q.Text] == "" || q.Absent != "" && strings.Contains(all[q.Text], q.Absent) {
			t.Errorf("the text %q has %q, which %q asks for", q.Text, q.Absent, q.Question)
		}
	}
}
