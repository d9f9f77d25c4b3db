package live

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// heard finds out to which topics of the offers in a batch someone listens, on any replica. Redis is asked when they are
// about to be published, and the answer is not kept: who subscribes after it reads from the record what was offered
// before, and who had subscribed is counted.
func (b *Redis) heard(ctx context.Context, batch []outgoing) func(topic string) bool {
	elsewhere := map[string]bool{}
	var channels []string
	for _, m := range batch {
		if _, asked := elsewhere[m.topic]; m.give != nil && !asked && !b.local.Heard(m.topic) {
			elsewhere[m.topic] = false
			channels = append(channels, b.prefix+m.topic)
		}
	}
	answer := func(topic string) bool { return elsewhere[topic] || b.local.Heard(topic) }
	if len(channels) == 0 || b.Ready() != nil {
		return answer
	}
	everyone := func(string) bool { return true }
	if b.uncounted.Load() {
		return everyone
	}
	counts, err := b.client.PubSubNumSub(ctx, channels...).Result()
	if _, refused := errors.AsType[redis.Error](err); refused { // it is there, but this account may not ask
		b.uncounted.Store(true)
		return everyone
	}
	if err != nil {
		if ctx.Err() == nil {
			b.broke(fmt.Errorf("it could not be asked who listens: %w", err))
		}
		return answer
	}
	for channel, n := range counts {
		if n > 0 {
			elsewhere[strings.TrimPrefix(channel, b.prefix)] = true
		}
	}
	return answer
}

// countable finds out whether Redis knows of everyone who listens; until then, and where it does not, all is published.
// The servers of a cluster know only of those who are connected to them.
func (b *Redis) countable(ctx context.Context) {
	info, err := b.client.Info(ctx, "cluster").Result()
	b.uncounted.Store(err != nil || strings.Contains(info, "cluster_enabled:1"))
}
