package web

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strings"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/talk"
	"github.com/atelier-studio/atelier/store"
)

type judgedIn struct {
	ID      string       `path:"id" json:"-"`
	Verdict talk.Verdict `query:"verdict" json:"-" doc:"up or down."`
	Reason  talk.Reason  `query:"reason" json:"-"`
	Open    bool         `query:"open" json:"-" doc:"Only those of which no judged question was made."`
	Query   string       `query:"q" json:"-" doc:"Words of the question, the answer and the remark."`
	Cursor  string       `query:"cursor" json:"-"`
	Limit   int          `query:"limit" json:"-"`
}

type judgedOut struct {
	Answers []talk.Judged `json:"answers" doc:"Without their passages."`
	Next    string        `json:"next,omitempty"`
}

// apiJudged lists answers on which those who asked said what they think.
func apiJudged(s *Server, c *Ctx, in judgedIn) (judgedOut, error) {
	list, next, err := s.Store.Judged(c.Context(), c.Scope(), in.ID, store.JudgedFilter{Verdict: in.Verdict, Reason: in.Reason, Open: in.Open, Query: in.Query, Cursor: in.Cursor, Limit: in.Limit})
	return judgedOut{list, next}, err
}

type judgedAnswerIn struct {
	ID      string `path:"id" json:"-"`
	Message string `path:"message" json:"-"`
}

type judgedAnswerOut struct {
	talk.Judged
	Before []talk.Message `json:"before" doc:"What was asked in the conversation before, the oldest first."`
}

func apiJudgedAnswer(s *Server, c *Ctx, in judgedAnswerIn) (out judgedAnswerOut, err error) {
	out.Judged, out.Before, err = s.Store.JudgedAnswer(c.Context(), c.Scope(), in.ID, in.Message)
	return out, err
}

func apiJudgedTrace(s *Server, c *Ctx, in judgedAnswerIn) (json.RawMessage, error) {
	return s.Store.MessageTrace(c.Context(), c.Scope(), in.ID, in.Message, true)
}

type makeQuestionIn struct {
	ID           string   `path:"id" json:"-"`
	Message      string   `path:"message" json:"-"`
	Question     string   `json:"question"`
	Unanswerable bool     `json:"unanswerable,omitempty" doc:"Nothing in the collection answers it."`
	Chunks       []uint32 `json:"chunks,omitempty" doc:"Of the answer or of its search: the passages that answer it."`
}

type makeQuestionOut struct {
	ID string `json:"id" doc:"Of the judged question."`
}

// apiMakeQuestion makes a judged question of a judged answer: nothing becomes one by itself.
func apiMakeQuestion(s *Server, c *Ctx, in makeQuestionIn) (out makeQuestionOut, err error) {
	ctx := c.Context()
	j, _, err := s.Store.JudgedAnswer(ctx, c.Scope(), in.ID, in.Message)
	if err != nil {
		return out, err
	}
	q := evaluate.Question{Question: in.Question, Unanswerable: in.Unanswerable}
	if len(in.Chunks) > maxChosen {
		return out, invalidInput("A question has at most %d passages.", maxChosen)
	}
	if len(in.Chunks) > 0 {
		known, err := s.passages(c, in.ID, &j.Message)
		if err != nil {
			return out, err
		}
		for _, n := range in.Chunks {
			k, found := known[n]
			if !found {
				return out, absent("The answer and its search have no passage %d.", n)
			}
			d, err := s.Store.Document(ctx, c.Scope(), in.ID, k.Document)
			if err != nil {
				return out, err
			}
			q.Good = append(q.Good, evaluate.Passage{Document: d.Name, Quote: quoteOf(k.Text)})
		}
	}
	out.ID, err = s.Store.MakeQuestion(ctx, c.Scope(), in.ID, in.Message, q)
	return out, err
}

// passages are the chunks that an answer or its search named, as they stood then.
func (s *Server) passages(c *Ctx, collection string, m *talk.Message) (map[uint32]rag.Chunk, error) {
	known := map[uint32]rag.Chunk{}
	data, err := s.Store.MessageTrace(c.Context(), c.Scope(), collection, m.ID, true)
	if err == nil {
		var t talk.Trace
		if err := json.Unmarshal(data, &t); err != nil {
			return nil, err
		}
		known = t.Chunks
		if known == nil {
			known = map[uint32]rag.Chunk{}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if m.Answer != nil {
		for _, list := range [][]rag.Hit{m.Answer.Sources, m.Answer.Nearest} {
			for _, h := range list {
				known[h.ID] = h.Chunk
			}
		}
	}
	return known, nil
}

// maxQuoteBytes is how much of a passage names it: enough to be found again.
const maxQuoteBytes = 2000

func quoteOf(text string) string {
	text = strings.TrimSuffix(text, "…")
	if len(text) > maxQuoteBytes {
		text = strings.ToValidUTF8(text[:maxQuoteBytes], "")
	}
	return strings.TrimSpace(text)
}
