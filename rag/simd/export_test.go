package simd

// The loops in Go, to hold the assembly against.
var (
	MulAddGo = mulAddGo
	BytesGo  = bytesGo
)
