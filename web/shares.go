package web

import "sync"

// shares counts what each person has going at once, so that one does not take everybody's part.
type shares struct {
	mu     sync.Mutex
	counts map[string]int
}

// enter takes one more place for a person, or says that they have too many.
func (n *shares) enter(user string, most int) (leave func(), ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.counts == nil {
		n.counts = map[string]int{}
	}
	if n.counts[user] >= most {
		return nil, false
	}
	n.counts[user]++
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.counts[user]--; n.counts[user] == 0 {
			delete(n.counts, user)
		}
	}, true
}
