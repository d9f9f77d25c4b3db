package store

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// latencies is the number of classes of how long a call took.
const latencies = 12

// latencyBounds are their upper ends; the last class has none.
var latencyBounds = [latencies - 1]time.Duration{
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second,
	8 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute,
}

func latencyOf(took time.Duration) int {
	for i, bound := range latencyBounds {
		if took <= bound {
			return i
		}
	}
	return latencies - 1
}

// quantile is the time that a share of the calls stayed below, between the ends of its class; 0 without calls.
func quantile(counts [latencies]int64, share float64) time.Duration {
	var all int64
	for _, n := range counts {
		all += n
	}
	if all == 0 {
		return 0
	}
	want, seen := share*float64(all), 0.0
	for i, n := range counts {
		if n == 0 || seen+float64(n) < want {
			seen += float64(n)
			continue
		}
		low, high := time.Duration(0), 5*time.Minute // the longest that a call may take
		if i > 0 {
			low = latencyBounds[i-1]
		}
		if i < len(latencyBounds) {
			high = latencyBounds[i]
		}
		return low + time.Duration((want-seen)/float64(n)*float64(high-low))
	}
	return latencyBounds[len(latencyBounds)-1]
}

// maxUsageRows is how many rows a workspace has for one day: of more only the kind of use is kept apart.
const maxUsageRows = 2000

// room is where an account is written: in its own row while there are not too many, or it is there already.
func (l *Ledger) room(ctx context.Context, q querier, key account, rows map[[2]any]int) (account, error) {
	place := [2]any{key.workspace, key.day}
	n, counted := rows[place]
	if !counted {
		if err := q.row(ctx, "SELECT count(*) FROM model_usage WHERE workspace = $1 AND day = $2", key.workspace, key.day).Scan(&n); err != nil {
			return key, err
		}
	}
	rows[place] = n + 1
	if n < maxUsageRows {
		return key, nil
	}
	var there int
	err := q.row(ctx, `SELECT count(*) FROM model_usage WHERE workspace = $1 AND day = $2 AND model = $3 AND credential = $4 AND kind = $5 AND subject = $6 AND part = $7 AND api_key = $8`,
		key.workspace, key.day, key.model, key.credential, key.kind, key.subject, key.part, key.apiKey).Scan(&there)
	if err != nil || there > 0 {
		return key, err
	}
	return key.folded(), nil
}

var (
	usageSums    = []string{"calls", "failed", "kept", "unpriced", "estimated", "input", "output", "cached", "micros", "took", "l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "l9", "l10", "l11"}
	usageColumns = "workspace, day, model, provider, credential, kind, subject, part, api_key, name, key_name, " + strings.Join(usageSums, ", ")
	usageUpsert  = usageUpsertText()
)

func usageUpsertText() string {
	marks := make([]string, 11+len(usageSums))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	sets := []string{"provider = excluded.provider", "name = excluded.name", "key_name = excluded.key_name"}
	for _, name := range usageSums {
		sets = append(sets, name+" = model_usage."+name+" + excluded."+name)
	}
	return "INSERT INTO model_usage (" + usageColumns + ") VALUES (" + strings.Join(marks, ", ") +
		") ON CONFLICT (workspace, day, model, credential, kind, subject, part, api_key) DO UPDATE SET " + strings.Join(sets, ", ")
}

func upsertUsage(ctx context.Context, q querier, key account, s *sums) error {
	name, keyName := s.name, s.keyName
	if key.subject == "" {
		name = ""
	}
	if key.apiKey == "" {
		keyName = ""
	}
	args := []any{key.workspace, key.day, key.model, s.provider, key.credential, key.kind, key.subject, key.part, key.apiKey, name, keyName,
		s.calls, s.failed, s.kept, s.unpriced, s.estimated, s.input, s.output, s.cached, s.micros, s.took}
	for _, n := range s.latency {
		args = append(args, n)
	}
	_, err := q.exec(ctx, usageUpsert, args...)
	return err
}
