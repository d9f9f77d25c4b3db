//go:build !unix

package sandbox

import "time"

// processorTime is unknown here; only the clock counts.
func processorTime() time.Duration { return 0 }
