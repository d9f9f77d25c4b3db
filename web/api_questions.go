package web

import (
	"bytes"
	"io"
	"net/http"

	"github.com/atelier-studio/atelier/rag/evaluate"
)

type questionsOut struct {
	Questions []evaluate.Question `json:"questions" doc:"The oldest first."`
}

func apiQuestions(s *Server, c *Ctx, in collectionIn) (questionsOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return questionsOut{}, err
	}
	found, err := s.Store.Questions(ctx, scope, known.ID)
	return questionsOut{list(found)}, err
}

type putQuestionsIn struct {
	ID        string       `path:"id" json:"-"`
	Questions []questionIn `json:"questions" doc:"All are kept or, where one is wrong, none."`
}

type questionIn struct {
	ID           string             `json:"id,omitempty" doc:"Of the question that is changed; left out: a new one, or the one in the same words."`
	Question     string             `json:"question"`
	Good         []evaluate.Passage `json:"good,omitempty" doc:"What answers it: a document by its name, with a quote, with where it begins and ends in bytes of the text, or as a whole."`
	Chunks       []uint32           `json:"chunks,omitempty" doc:"Numbers of chunks that answer it, as a search gives them: they are kept as quotes of their documents, beside what good says."`
	Unanswerable bool               `json:"unanswerable,omitempty" doc:"Nothing in the collection answers it."`
}

type putQuestionsOut struct {
	IDs []string `json:"ids" doc:"In the order of the questions."`
}

func apiPutQuestions(s *Server, c *Ctx, in putQuestionsIn) (putQuestionsOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return putQuestionsOut{}, err
	}
	questions := make([]evaluate.Question, len(in.Questions))
	for i, q := range in.Questions {
		questions[i] = evaluate.Question{ID: q.ID, Question: q.Question, Good: q.Good, Unanswerable: q.Unanswerable}
		quoted, err := s.quoted(c, known.ID, q.Chunks)
		if err != nil {
			return putQuestionsOut{}, err
		}
		questions[i].Good = append(questions[i].Good, quoted...)
	}
	ids, err := s.Store.PutQuestions(ctx, scope, known.ID, questions)
	return putQuestionsOut{list(ids)}, err
}

// maxChosen is how many passages of one question can be named by their numbers: each of them is looked up.
const maxChosen = 20

// quoted are chunks as quotes, which stay right when their documents are cut anew.
func (s *Server) quoted(c *Ctx, collection string, numbers []uint32) ([]evaluate.Passage, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	if len(numbers) > maxChosen {
		return nil, invalidInput("A question has at most %d passages.", maxChosen)
	}
	ctx, scope := c.Request().Context(), c.Scope()
	chunks, err := s.Store.Library().Chunks(ctx, scope.Workspace(), collection, numbers)
	if err != nil {
		return nil, err
	}
	if len(chunks) < len(numbers) {
		return nil, invalidInput("A passage that was chosen is not there any more: search for it again.")
	}
	list := make([]evaluate.Passage, len(chunks))
	for i, k := range chunks {
		d, err := s.Store.Document(ctx, scope, collection, k.Document)
		if err != nil {
			return nil, err
		}
		list[i] = evaluate.Quote(d.Name, k)
	}
	return list, nil
}

type questionFileIn struct {
	ID     string `path:"id"`
	Format string `query:"format" doc:"csv or json; json when left out."`
}

func apiExportQuestions(s *Server, c *Ctx, in questionFileIn) error {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return err
	}
	found, err := s.Store.Questions(ctx, scope, known.ID)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	kind, ending := "application/json", ".json"
	write := evaluate.WriteJSON
	if in.Format == "csv" {
		kind, ending, write = "text/csv; charset=utf-8", ".csv", evaluate.WriteCSV
	}
	if err := write(&b, found); err != nil {
		return err
	}
	cage(c.Response().Header())
	c.Response().Header().Set("Content-Disposition", attachment(known.Name+" "+c.T("questions")+ending))
	return c.Blob(http.StatusOK, kind, b.Bytes())
}

// maxQuestionFile is how large a file of questions may be.
const maxQuestionFile = 16 << 20

// apiImportQuestions takes the questions of a file in: all of them or, where one is wrong, none.
func apiImportQuestions(s *Server, c *Ctx, in collectionIn) error {
	data, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	ids, err := s.importQuestions(c, in.ID, data)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, putQuestionsOut{list(ids)})
}

func (s *Server) importQuestions(c *Ctx, collection string, data []byte) ([]string, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, collection)
	if err != nil {
		return nil, err
	}
	questions, err := evaluate.ReadQuestions(data)
	if err != nil {
		return nil, err
	}
	return s.Store.PutQuestions(ctx, scope, known.ID, questions)
}

type oneQuestionIn struct {
	ID       string `path:"id"`
	Question string `path:"question"`
}

func apiDeleteQuestion(s *Server, c *Ctx, in oneQuestionIn) (nothing, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.Store.DeleteQuestion(ctx, scope, known.ID, in.Question)
}
