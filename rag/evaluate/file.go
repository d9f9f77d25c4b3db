package evaluate

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// columns are those of a table of questions. A question with several passages has as many lines.
var columns = []string{"question", "document", "quote", "start", "end", "unanswerable"}

// filed is a question as it stands in a file.
type filed struct {
	Question     string    `json:"question"`
	Good         []Passage `json:"good,omitempty"`
	Unanswerable bool      `json:"unanswerable,omitempty"`
}

// ReadQuestions reads judged questions from a file: JSON, which is a list or an object with the list as questions, or CSV
// with a line of column names. The questions have no ids.
func ReadQuestions(data []byte) ([]Question, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var list []filed
	var err error
	switch trimmed := bytes.TrimLeft(data, " \t\r\n"); {
	case bytes.HasPrefix(trimmed, []byte("[")):
		list, err = readList(data)
	case bytes.HasPrefix(trimmed, []byte("{")):
		var whole struct{ Questions json.RawMessage }
		if err = json.Unmarshal(data, &whole); err == nil && len(whole.Questions) > 0 && string(whole.Questions) != "null" {
			list, err = readList(whole.Questions)
		}
	default:
		list, err = readTable(data)
	}
	if err != nil {
		if errors.Is(err, fs.ErrInvalid) {
			return nil, err
		}
		return nil, fmt.Errorf("the file of questions cannot be read: %w: %w", err, fs.ErrInvalid)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("there are no questions in the file: %w", fs.ErrInvalid)
	}
	if len(list) > MaxQuestions {
		return nil, fmt.Errorf("the file has more than %d questions: %w", MaxQuestions, fs.ErrInvalid)
	}
	out := make([]Question, len(list))
	for i, f := range list {
		out[i] = Question{Question: strings.TrimSpace(f.Question), Good: f.Good, Unanswerable: f.Unanswerable}
		if out[i].Good == nil {
			out[i].Good = []Passage{}
		}
		if err := out[i].Check(); err != nil {
			return nil, fmt.Errorf("question %d of the file: %w", i+1, err)
		}
	}
	return out, nil
}

// maxFiled is how many bytes a question of a file may take, with all its passages.
const maxFiled = 512 << 10

// readList reads a list in JSON, one question after the other: many small ones, or many small passages, would take far more
// memory than they take in the file.
func readList(data []byte) (list []filed, err error) {
	if !json.Valid(data) {
		return nil, json.Unmarshal(data, &list) // it says what is wrong
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if token, err := d.Token(); err != nil || token != json.Delim('[') {
		return nil, fmt.Errorf("the questions are no list: %w", fs.ErrInvalid)
	}
	for d.More() && len(list) <= MaxQuestions { // one more is told where they are counted
		var one json.RawMessage
		if err := d.Decode(&one); err != nil {
			return nil, err
		}
		if len(one) > maxFiled {
			return nil, fmt.Errorf("question %d of the file has more than %d bytes: %w", len(list)+1, maxFiled, fs.ErrInvalid)
		}
		var f filed
		if err := json.Unmarshal(one, &f); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

func readTable(data []byte) ([]filed, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	if first, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';' // as some spreadsheets write it
	}
	head, err := r.Read()
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	if _, ok := at["question"]; !ok {
		return nil, fmt.Errorf("the first line of the table must name its columns, of which question is one; the others are %s: %w", strings.Join(columns[1:], ", "), fs.ErrInvalid)
	}
	var list []filed
	places := map[string]int{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		cell := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return bare(strings.TrimSpace(row[i]))
			}
			return ""
		}
		text := cell("question")
		if text == "" {
			continue
		}
		i, known := places[text]
		if !known {
			if len(list) > MaxQuestions {
				return list, nil // told where they are counted
			}
			i = len(list)
			places[text], list = i, append(list, filed{Question: text})
		}
		if slices.Contains([]string{"1", "true", "yes", "x"}, strings.ToLower(cell("unanswerable"))) {
			list[i].Unanswerable = true
		}
		if name := cell("document"); name != "" {
			p := Passage{Document: name, Quote: cell("quote")}
			p.Start, _ = strconv.Atoi(cell("start"))
			p.End, _ = strconv.Atoi(cell("end"))
			list[i].Good = append(list[i].Good, p)
		}
	}
}

// WriteJSON writes questions as ReadQuestions reads them.
func WriteJSON(w io.Writer, list []Question) error {
	out := struct {
		Questions []filed `json:"questions"`
	}{make([]filed, len(list))}
	for i, q := range list {
		out.Questions[i] = filed{q.Question, q.Good, q.Unanswerable}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// WriteCSV writes questions as a table that ReadQuestions reads.
func WriteCSV(w io.Writer, list []Question) error {
	c := csv.NewWriter(w)
	if err := c.Write(columns); err != nil {
		return err
	}
	for _, q := range list {
		passages := q.Good
		if len(passages) == 0 {
			passages = []Passage{{}}
		}
		for _, p := range passages {
			if err := c.Write([]string{guarded(q.Question), guarded(p.Document), guarded(p.Quote), number(p.Start), number(p.End), mark(q.Unanswerable)}); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func mark(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}

// guarded keeps a spreadsheet from taking a text for a formula: it begins with an apostrophe then, which bare takes off.
func guarded(text string) string {
	if text != "" && strings.ContainsRune("=+-@'\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func bare(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.ContainsRune("=+-@'\t\r", rune(text[1])) {
		return text[1:]
	}
	return text
}
