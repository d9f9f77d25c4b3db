package discover

import (
	"bytes"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of what is kept of answers: probes read them as long as the campaign lasts.
const (
	maxKept  = 256 << 20 // bytes of bodies in all
	keptHead = 64 << 10  // of each that comes when there are so many
	maxAhead = 64        // answers that are held before they are read
)

// keep shortens a body that was read, once too much is kept.
func (d *discovery) keep(x *wire.Exchange) {
	if d.kept+len(x.Body) > maxKept && len(x.Body) > keptHead {
		x.Body, x.Cut = bytes.Clone(x.Body[:keptHead]), true
	}
	d.kept += len(x.Body)
}
