// Package bench measures what Atelier promises, on the real parts: go test -bench . ./bench for the engine with its
// store; bench/rooms for the hub beside others; and bench/run for all, with the comparison with Node-RED through HTTP.
package bench
