// Package ops tells how the studio is doing: its log, its metrics and its version. It knows nothing else of the studio.
package ops
