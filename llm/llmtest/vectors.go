package llmtest

import (
	"hash/fnv"
	"math"
	"net/http"
	"strings"
)

// Dims is the length of the vectors.
const Dims = 64

// Vector is the vector of a text: its words, hashed. Texts with common words are near each other.
func Vector(text string) []float32 {
	v := make([]float32, Dims)
	for _, word := range words(text) {
		h := fnv.New32a()
		h.Write([]byte(word))
		v[h.Sum32()%Dims]++
	}
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		v[0], sum = 1, 1
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" \t\n.,;:!?()\"'", r) })
}

func embeddings(w http.ResponseWriter, a *Asked, f Fault) {
	dims := Dims
	if n, ok := a.Body["dimensions"].(float64); ok {
		dims = min(int(n), Dims)
	}
	if f.Dims > 0 {
		dims = f.Dims
	}
	var data []object
	tokens := 0
	for i := len(a.Texts) - 1; i >= 0; i-- { // the order is not part of the protocol
		if f.Fewer && i == len(a.Texts)-1 {
			continue
		}
		v := Vector(a.Texts[i])
		for len(v) < dims {
			v = append(v, 0)
		}
		tokens += len(words(a.Texts[i]))
		data = append(data, object{"object": "embedding", "index": i, "embedding": v[:dims]})
	}
	write(w, object{"data": data, "model": a.Model, "usage": object{"prompt_tokens": tokens}})
}

// rerank judges by the share of the query's words that a text has.
func rerank(w http.ResponseWriter, a *Asked, f Fault) {
	tei := a.Path == "/tei/rerank"
	if _, ok := a.Body["texts"]; tei != ok {
		fail(w, a, Fault{Status: 422, Message: "missing field"})
		return
	}
	query, _ := a.Body["query"].(string)
	var list []object
	for i, t := range a.Texts {
		if f.Fewer && i == 0 {
			continue
		}
		has := 0
		for _, word := range words(query) {
			if strings.Contains(strings.ToLower(t), word) {
				has++
			}
		}
		score := float64(has) / float64(max(1, len(words(query))))
		if tei {
			list = append([]object{{"index": i, "score": score}}, list...)
		} else {
			list = append([]object{{"index": i, "relevance_score": score}}, list...)
		}
	}
	if tei {
		write(w, list)
		return
	}
	write(w, object{"results": list})
}

// list answers what models there are, and tells whether the path was such a question.
func (s *Server) list(w http.ResponseWriter, path string) bool {
	switch path {
	case "/v1/models":
		var data []object
		for _, m := range s.Models {
			data = append(data, object{"id": m, "object": "model"})
		}
		write(w, object{"data": data})
	case "/api/tags":
		var models []object
		for _, m := range s.Models {
			models = append(models, object{"name": m, "size": 1 << 30, "details": object{"family": "llama"}})
		}
		write(w, object{"models": models})
	default:
		return false
	}
	return true
}
