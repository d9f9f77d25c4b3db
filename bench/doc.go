// Package bench measures what Atelier promises, on the real parts: go test -bench . ./bench for the engine with its
// store, and bench/run for the comparison with Node-RED through HTTP.
package bench
