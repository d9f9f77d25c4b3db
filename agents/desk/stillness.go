package desk

import "time"

// stillness is since when nothing happens in a campaign that is paused.
type stillness struct {
	since    time.Time
	requests int64
}

// lasts tells how long nothing has happened: no case is under way, and nothing was sent.
func (s *stillness) lasts(b *Board, now time.Time) time.Duration {
	// What is authorised or explained is not held up by a pause, and ends by itself; while a language model thinks, nothing
	// is to be seen of it.
	moves := !b.Paused || b.Busy > 0 || b.Requests != s.requests || b.Stage == "" || b.Stage == "exploring" || b.Stage == "explaining"
	if moves || s.since.IsZero() {
		s.since, s.requests = now, b.Requests
	}
	return now.Sub(s.since)
}
