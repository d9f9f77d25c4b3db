package rag

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag/lexical"
)

// maxQuestion is how long a question may be, in characters.
const maxQuestion = 4000

// Settings say how a collection is searched. The zero value is not valid: begin with DefaultSettings.
type Settings struct {
	Fusion      Fusion  `json:"fusion"`
	WordWeight  float64 `json:"word_weight"`  // of the words, for Convex, 0 to 1
	Candidates  int     `json:"candidates"`   // after fusion
	Results     int     `json:"results"`      // after reranking
	Threshold   float64 `json:"threshold"`    // probability from which a hit is evidence
	Relevance   float64 `json:"relevance"`    // 1: by score alone; less: rather something new
	PerDocument int     `json:"per_document"` // results of one document, at most; 0: any number
	Weights     Weights `json:"weights"`
	Expand      bool    `json:"expand,omitempty"` // search for other wordings of the question too, which a model writes
}

// DefaultSettings are those of the mission: 50 candidates, 10 results, a probability of 0.7.
var DefaultSettings = Settings{
	Fusion: Adaptive, WordWeight: 0.7, Candidates: 50, Results: 10, Threshold: 0.7, Relevance: 1, Weights: DefaultWeights,
}

// Check says what is wrong with settings.
func (s Settings) Check() error {
	switch {
	case s.Candidates < 1 || s.Candidates > 1000:
		return fmt.Errorf("candidates must be 1 to 1000, not %d: %w", s.Candidates, fs.ErrInvalid)
	case s.Results < 1 || s.Results > s.Candidates:
		return fmt.Errorf("results must be 1 to the number of candidates (%d), not %d: %w", s.Candidates, s.Results, fs.ErrInvalid)
	case !(s.Threshold >= 0 && s.Threshold <= 1) || !(s.WordWeight >= 0 && s.WordWeight <= 1) || !(s.Relevance >= 0 && s.Relevance <= 1):
		return fmt.Errorf("threshold, word_weight and relevance must be 0 to 1: %w", fs.ErrInvalid)
	case s.PerDocument < 0:
		return fmt.Errorf("per_document must not be negative: %w", fs.ErrInvalid)
	}
	for _, f := range Fusions() {
		if s.Fusion == f {
			return nil
		}
	}
	return fmt.Errorf("there is no fusion %q; there are adaptive, convex, rrf, lexical and vector: %w", s.Fusion, fs.ErrInvalid)
}

// Space is one kind of vectors of a collection: what makes them, and the index of them.
type Space struct {
	Embedder Embedder
	Index    Vectors
}

// Retriever finds the chunks of a collection that answer a question.
type Retriever struct {
	Words       *lexical.Index
	Spaces      []Space // none: by words only
	Source      Source
	Rerank      Reranker  // nil: by features alone
	Wordings    llm.Model // writes a question in other words, where the settings want it; nil: there is none
	Calibration Calibration
	// Watch, when not nil, is told how long each stage took, of searches by its name and of answers "answer" with the mode
	// as its result, for metrics.
	Watch func(stage, result string, took time.Duration)
}

// Hit is a chunk that was found, with all its scores on the way.
type Hit struct {
	Chunk
	Words       float64 `json:"words"`  // BM25F; 0: not found by words
	Vector      float64 `json:"vector"` // cosine; 0: not found by meaning
	Fused       float64 `json:"fused"`
	Reranked    float64 `json:"reranked"`
	Probability float64 `json:"probability"`
	Coverage    float64 `json:"coverage"`  // share of the question's words, by their rarity
	Proximity   float64 `json:"proximity"` // how near its neighbouring words stand to each other
}

// Stage is one step of a search, for people who want to see why.
type Stage struct {
	Name string        `json:"name"` // "lexical", "vector", "fused", "reranked"
	Took time.Duration `json:"took"`
	Hits []Ranked      `json:"hits"` // the best first
	Note string        `json:"note,omitempty"`
}

// Ranked is a chunk with its score in a stage.
type Ranked struct {
	ID    uint32  `json:"id"`
	Score float64 `json:"score"`
}

// Found is the result of a search.
type Found struct {
	Hits       []Hit     `json:"hits"`  // evidence: those at or above the threshold
	Below      []Hit     `json:"below"` // the nearest of the rest
	Coverage   float64   `json:"coverage"`
	WordWeight float64   `json:"word_weight"`        // that the fusion used
	Wordings   []string  `json:"wordings,omitempty"` // that were searched for too
	Stages     []Stage   `json:"stages"`
	best       *signal   // of the first hit
	spent      llm.Usage // for wordings
}

// candidatesPerList is how many candidates each way of finding brings before fusion.
const candidatesPerList = 100

// Search finds the chunks for a question. An embedder or a reranker that fails is passed over, and the stage says so.
func (r *Retriever) Search(ctx context.Context, text string, s Settings, filter Filter) (*Found, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if text = strings.TrimSpace(text); text == "" {
		return nil, fmt.Errorf("there is no question: %w", fs.ErrInvalid)
	}
	if utf8.RuneCountInString(text) > maxQuestion {
		return nil, fmt.Errorf("the question has more than %d characters: %w", maxQuestion, fs.ErrInvalid)
	}
	found := new(Found)
	began := time.Now()
	note, err := r.wordings(ctx, text, s, found)
	if err != nil {
		return nil, err
	}
	n := max(candidatesPerList, s.Candidates)
	words := r.Words.Search(text, n, filter)
	byWords := make([]scored, len(words.Hits))
	for i, h := range words.Hits {
		byWords[i] = scored{h.ID, h.Score}
	}
	if len(found.Wordings) > 0 {
		byWords = r.alsoByWords(byWords, words.Most, found.Wordings, n, filter)
	}
	found.Coverage = words.Coverage
	found.stage("lexical", began, byWords, note)

	began = time.Now()
	byMeaning, cosines, note, err := r.near(ctx, append([]string{text}, found.Wordings...), s, filter, n)
	if err != nil {
		return nil, err
	}
	found.stage("vector", began, byMeaning, note)

	began = time.Now()
	q := newQuestion(r.Words, text)
	peak, mean := standOut(byMeaning, cosines)
	found.WordWeight = s.Fusion.wordWeight(s.WordWeight, evidence{words.Coverage, words.Matched, peak}, len(byMeaning) > 0)
	view := outlook{found.WordWeight, mean, r.Words.Rarity("")}
	fused := s.Fusion.fuse(byWords, byMeaning, found.WordWeight, s.Candidates)
	found.stage("fused", began, fused, "")

	began = time.Now()
	list, err := r.load(ctx, fused)
	if err != nil {
		return nil, err
	}
	scores := map[uint32]float64{}
	for _, w := range byWords {
		scores[w.id] = w.score
	}
	for i := range list {
		c := &list[i]
		c.words, c.hasWords = scores[c.ID]
		c.vector, c.hasVector = cosines[c.ID]
	}
	note, err = r.rerank(ctx, text, q, s.Weights.of(found.WordWeight), list)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].probability = r.Calibration.probability(list[i].signal(view))
	}
	sortCandidates(list)
	if s.Relevance < 1 || s.PerDocument > 0 {
		list = diversify(r.Words.Analyzer(), list, s.Results, s.PerDocument, s.Relevance)
	}
	ranked := make([]scored, len(list))
	for i, c := range list {
		ranked[i] = scored{c.ID, c.reranked}
	}
	found.stage("reranked", began, ranked, note)
	if len(list) > 0 {
		first := list[0].signal(view)
		found.best = &first
	}
	found.divide(list, s)
	for _, stage := range found.Stages {
		r.watchStage(stage)
	}
	return found, nil
}

// watchStage tells of a stage; one with a note did without what it was to ask.
func (r *Retriever) watchStage(s Stage) {
	if r.Watch == nil {
		return
	}
	result := "ok"
	if s.Note != "" {
		result = "without"
	}
	r.Watch(s.Name, result, s.Took)
}

func (f *Found) stage(name string, began time.Time, list []scored, note string) {
	stage := Stage{Name: name, Took: time.Since(began), Note: note, Hits: make([]Ranked, len(list))}
	for i, s := range list {
		stage.Hits[i] = Ranked{s.id, s.score}
	}
	f.Stages = append(f.Stages, stage)
}

// divide puts the results above the threshold apart from those below.
func (f *Found) divide(list []candidate, s Settings) {
	f.Hits, f.Below = []Hit{}, []Hit{}
	for i, c := range list[:min(s.Results, len(list))] {
		h := Hit{c.Chunk, c.words, c.vector, c.fused, c.reranked, c.probability, c.Coverage, c.Proximity}
		if c.probability >= s.Threshold {
			f.Hits = append(f.Hits, h)
		} else if len(f.Below) < 10 || i < s.Results {
			f.Below = append(f.Below, h)
		}
	}
}

// near searches all spaces by the meaning of a question, which is the first text, and of its other wordings. A chunk's score is the mean of its places in the spaces, its
// cosine the best.
func (r *Retriever) near(ctx context.Context, texts []string, s Settings, filter Filter, n int) (list []scored, cosines map[uint32]float64, note string, err error) {
	cosines = map[uint32]float64{}
	if s.Fusion == Lexical || len(r.Spaces) == 0 {
		return nil, cosines, "", nil
	}
	sum := map[uint32]float64{}
	for _, space := range r.Spaces {
		vectors, err := space.Embedder.Embed(ctx, texts)
		if ctx.Err() != nil {
			return nil, nil, "", ctx.Err()
		}
		if llm.Stops(err) {
			return nil, nil, "", err
		}
		if err != nil || len(vectors) != len(texts) {
			note = "The embedder " + space.Embedder.Name() + " did not answer; the question was searched by its words."
			continue
		}
		best := map[uint32]float64{}
		for i, v := range vectors {
			for _, h := range space.Index.Search(v, n, filter) {
				if i > 0 {
					h.Cosine *= ofWording
				}
				if before, seen := best[h.ID]; !seen || h.Cosine > before {
					best[h.ID] = h.Cosine
				}
			}
		}
		here := make([]scored, 0, len(best))
		for id, cosine := range best {
			here = append(here, scored{id, cosine})
			cosines[id] = max(cosines[id], cosine)
		}
		sortScored(here)
		here = here[:min(n, len(here))]
		for _, h := range unit(here) {
			sum[h.id] += h.score / float64(len(r.Spaces))
		}
	}
	for id, score := range sum {
		list = append(list, scored{id, score})
	}
	sortScored(list)
	return list, cosines, note, nil
}

func (r *Retriever) load(ctx context.Context, fused []scored) ([]candidate, error) {
	ids := make([]uint32, len(fused))
	score := map[uint32]float64{}
	for i, f := range fused {
		ids[i], score[f.id] = f.id, f.score
	}
	chunks, err := r.Source.Chunks(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("load the chunks that were found: %w", err)
	}
	list := make([]candidate, len(chunks))
	for i, c := range chunks {
		list[i] = candidate{Chunk: c, fused: score[c.ID]}
	}
	return list, nil
}

// rerank scores candidates by features, and by the model where there is one.
func (r *Retriever) rerank(ctx context.Context, text string, q *question, w Weights, list []candidate) (note string, err error) {
	rerankByFeatures(q, r.Words.Analyzer(), w, list)
	if r.Rerank == nil || len(list) == 0 {
		return "", nil
	}
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].Text
	}
	scores, err := r.Rerank.Rerank(ctx, text, texts)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if llm.Stops(err) {
		return "", err
	}
	if err != nil || len(scores) != len(list) {
		return "The reranker " + r.Rerank.Name() + " did not answer; the built-in one ordered the results.", nil //nolint:nilerr // the stage says so
	}
	for i := range list {
		list[i].reranked = scores[i]
	}
	return "", nil
}
