package vector

import (
	"cmp"
	"slices"
)

// candidate is a row that may be among the best.
type candidate struct {
	score     float32
	slot, row int32
}

// top keeps the best candidates: a heap whose root is the worst of them.
type top struct {
	most int
	heap []candidate
}

// offer takes a candidate in when it is better than the worst.
func (t *top) offer(c candidate) {
	if len(t.heap) < t.most {
		t.heap = append(t.heap, c)
		for i := len(t.heap) - 1; i > 0; {
			parent := (i - 1) / 2
			if t.heap[parent].score <= t.heap[i].score {
				break
			}
			t.heap[parent], t.heap[i] = t.heap[i], t.heap[parent]
			i = parent
		}
		return
	}
	if t.most == 0 || c.score <= t.heap[0].score {
		return
	}
	t.heap[0] = c
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t.heap); child++ {
			if t.heap[child].score < t.heap[least].score {
				least = child
			}
		}
		if least == i {
			return
		}
		t.heap[i], t.heap[least] = t.heap[least], t.heap[i]
		i = least
	}
}

// best gives the k best hits, of the same score those with the lower number first.
func best(hits []Hit, k int) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID)) })
	return hits[:min(k, len(hits))]
}
