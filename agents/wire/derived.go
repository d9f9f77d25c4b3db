package wire

import "weak"

// Derived is what is made of an answer, such as its parsed document: made once for all who ask while somebody still holds
// it or the memory is not needed otherwise, and made again after. Who asks for two sorts gets each of them, but only the
// last is kept.
func Derived[T any](x *Exchange, make func() *T) *T {
	x.derived.Lock()
	defer x.derived.Unlock()
	if kept, ok := x.derived.weak.(weak.Pointer[T]); ok {
		if value := kept.Value(); value != nil {
			return value
		}
	}
	value := make()
	if value != nil {
		x.derived.weak = weak.Make(value)
	}
	return value
}
