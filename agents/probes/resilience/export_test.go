package resilience

import (
	"time"

	"github.com/atelier-studio/atelier/agents"
)

// Quick are the probes that need a browser, with less patience.
func Quick() []*agents.Probe {
	return []*agents.Probe{offline(), apiError(), apiSlow(slowness/2, looksAt/2), apiMalformed(), thirdPartyBlocked(), monkey(60), wsReconnect(2 * time.Second), retryStorm(2 * time.Second)}
}
