// Package embed turns texts into vectors without a network: Lite is a small neural model whose weights are in the binary,
// for English; LSA is fitted on a collection and speaks whatever language the collection does.
//
// Every embedder has a name that says which space its vectors live in. Vectors of two names must never be compared.
package embed

import "context"

// Embedder turns texts into vectors of length one. The name stands for the space: the same name always gives the same
// vectors. It is the same interface as the one that providers over the network have.
type Embedder interface {
	Name() string
	Dims() int
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}
