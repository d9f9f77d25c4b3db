package engine

import (
	"container/list"
	"sync"
)

// planCache keeps the plans of the revisions that ran last.
type planCache struct {
	mu    sync.Mutex
	byKey map[planKey]*list.Element
	order list.List // of planEntry, newest first
}

type planKey struct {
	workflow string
	revision int64
	doc      *Workflow // for drawings without a revision
}

type planEntry struct {
	key  planKey
	plan *plan
}

const cachedPlans = 256

func (c *planCache) get(s *Stored, make func() (*plan, []Problem)) (*plan, error) {
	key := planKey{workflow: s.ID, revision: s.Revision}
	if s.Revision == 0 {
		key.doc = s.Doc
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		c.order.MoveToFront(e)
		return e.Value.(planEntry).plan, nil
	}
	p, problems := make()
	if len(problems) > 0 {
		return nil, &InvalidWorkflow{Problems: problems}
	}
	if c.byKey == nil {
		c.byKey = map[planKey]*list.Element{}
	}
	c.byKey[key] = c.order.PushFront(planEntry{key, p})
	if c.order.Len() > cachedPlans {
		last := c.order.Back()
		delete(c.byKey, last.Value.(planEntry).key)
		c.order.Remove(last)
	}
	return p, nil
}
