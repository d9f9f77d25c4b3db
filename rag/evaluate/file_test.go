package evaluate_test

import (
	"bytes"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/rag/evaluate"
)

func TestQuestionFiles(t *testing.T) {
	t.Parallel()
	questions := []evaluate.Question{
		{Question: "=HYPERLINK(\"x\") and, a comma?", Good: []evaluate.Passage{{Document: "a b.md", Quote: "two\nlines; \"quoted\""}, {Document: "-b.md", Start: 3, End: 9}}},
		{Question: "Whole?", Good: []evaluate.Passage{{Document: "c.md"}}},
		{Question: "Nothing?", Good: []evaluate.Passage{}, Unanswerable: true},
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"CSV":  func(b *bytes.Buffer) error { return evaluate.WriteCSV(b, questions) },
		"JSON": func(b *bytes.Buffer) error { return evaluate.WriteJSON(b, questions) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if name == "CSV" && strings.Contains(b.String(), "\n=") {
			t.Errorf("a spreadsheet would run %s", &b)
		}
		back, err := evaluate.ReadQuestions(b.Bytes())
		if err != nil || !reflect.DeepEqual(back, questions) {
			t.Errorf("%s gave %+v, %v", name, back, err)
		}
	}
	for _, text := range []string{
		"\xef\xbb\xbfQuestion;Document\nOne?;a.md\n", `[{"question":"One?","good":[{"document":"a.md"}]}]`, " {\"questions\": [{\"question\": \" One? \", \"good\": [{\"document\": \"a.md\"}]}]}",
	} {
		got, err := evaluate.ReadQuestions([]byte(text))
		if err != nil || len(got) != 1 || got[0].Question != "One?" || got[0].Good[0].Document != "a.md" {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "a,b\n1,2\n", "question\n", "[", "{}", "[]", "question,document\nNo passage?,\n", "question,document\n\"open", `[{"question":"x","unanswerable":true,"good":[{"document":"a"}]}]`} {
		if _, err := evaluate.ReadQuestions([]byte(text)); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Files that are small on the way and large in memory are refused before they are there.
func TestQuestionFileBombs(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ data, want string }{
		"many questions":   {"[" + strings.Repeat("{},", 1_000_000) + "{}]", "more than 2000 questions"},
		"questions within": {`{"questions":[` + strings.Repeat("{},", 1_000_000) + "{}]}", "more than 2000 questions"},
		"many passages":    {`[{"question":"x","good":[` + strings.Repeat("{},", 1_000_000) + `{}]}]`, "more than 524288 bytes"},
		"many rows":        {"question,document\n" + strings.Repeat("x,a.md\n", 500_000), "more than 20 passages"},
		"a deep one":       {`[{"question":` + strings.Repeat("[", 1_000_000), "exceeded max depth"},
		"no list":          {`{"questions":{"a":1}}`, "no list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := evaluate.ReadQuestions([]byte(tt.data)); !errors.Is(err, fs.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("it should say %q: %v", tt.want, err)
			}
		})
	}
}
