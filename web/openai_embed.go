package web

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"net/http"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/rag"
)

// Bounds of one request for vectors.
const (
	maxEmbedded     = 512
	maxEmbeddedText = 32_000 // characters
)

// openaiEmbeddings makes vectors: by the embedder of the collection that "model" names, or by the one that needs nothing.
func openaiEmbeddings(s *Server, c *Ctx) error {
	var in struct {
		Model  string          `json:"model"`
		Input  json.RawMessage `json:"input"`
		Format string          `json:"encoding_format"`
		Dims   int             `json:"dimensions"`
	}
	if err := readDoor(c, &in); err != nil {
		return err
	}
	texts, err := embedded(in.Input)
	if err != nil {
		return err
	}
	if in.Format != "" && in.Format != "float" && in.Format != "base64" {
		return failure{Status: http.StatusBadRequest, Text: "encoding_format must be float or base64."}
	}
	embedder, err := s.embedderOf(c, in.Model)
	if err != nil {
		return err
	}
	vectors, err := embedder.Embed(c.Context(), texts)
	if err != nil {
		return err
	}
	type vector struct {
		Object string `json:"object"`
		Index  int    `json:"index"`
		Vector any    `json:"embedding"`
	}
	data, tokens := make([]vector, len(vectors)), 0
	for i, v := range vectors {
		if in.Dims != 0 && in.Dims != len(v) {
			return failure{Status: http.StatusBadRequest, Text: "This model cannot make vectors of another length: leave dimensions out."}
		}
		data[i] = vector{"embedding", i, v}
		if in.Format == "base64" {
			data[i].Vector = packed(v)
		}
		tokens += (utf8.RuneCountInString(texts[i]) + 3) / 4 // a guess, as nothing here counts them
	}
	return writeJSON(c, http.StatusOK, map[string]any{
		"object": "list", "data": data, "model": in.Model, "usage": map[string]int{"prompt_tokens": tokens, "total_tokens": tokens},
	})
}

func embedded(input json.RawMessage) ([]string, error) {
	var texts []string
	var one string
	if json.Unmarshal(input, &one) == nil {
		texts = []string{one}
	} else if err := json.Unmarshal(input, &texts); err != nil {
		return nil, failure{Status: http.StatusBadRequest, Text: "The input must be a text or a list of texts; numbers of tokens are not taken.", Err: err}
	}
	if len(texts) == 0 || len(texts) > maxEmbedded {
		return nil, failure{Status: http.StatusBadRequest, Text: "The input must have 1 to 512 texts."}
	}
	for _, t := range texts {
		if t == "" || len(t) > 4*maxEmbeddedText || utf8.RuneCountInString(t) > maxEmbeddedText {
			return nil, failure{Status: http.StatusBadRequest, Text: "Each text of the input must have 1 to 32000 characters."}
		}
	}
	return texts, nil
}

func (s *Server) embedderOf(c *Ctx, model string) (rag.Embedder, error) {
	if s.Library == nil {
		return nil, errNoLibrary
	}
	builtIn, err := s.Library.Embedders(c.Context(), c.Scope().Workspace(), "")
	if err != nil || model == "" || model == builtIn.Name() {
		return builtIn, err
	}
	known, err := s.Store.Collection(c.Context(), c.Scope(), model)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, absent("There is no such model: it must be the name of a collection, or one of /v1/models.")
	}
	if err != nil {
		return nil, err
	}
	c.about(known.ID, known.Name)
	return s.Library.Embedders(c.Context(), c.Scope().Workspace(), known.Embedder)
}

// packed is a vector as base64 of little-endian numbers, as some clients ask for it.
func packed(v []float32) string {
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return base64.StdEncoding.EncodeToString(b)
}
