//go:build race

package sandbox_test

// raceDetector makes the interpreter some twenty times slower; it is one goroutine, in which there is nothing to find.
const raceDetector = true
