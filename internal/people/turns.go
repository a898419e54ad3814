package people

import (
	"context"
	"slices"
	"sync"
)

// atOnce is how many hashes are computed at a time: more would take the memory.
const atOnce = 2

// turns lets in who waits for a hash: first those who did not fail lately, then the
// others, each in the order in which they came. So a flood of guesses does not keep
// the owner waiting. The zero value is ready.
type turns struct {
	mu   sync.Mutex
	busy int
	// waiting are those in front, and those who failed.
	waiting [2][]chan struct{}
}

// take runs f in its turn, or not at all if ctx ends before.
func (t *turns) take(ctx context.Context, failed bool, f func()) error {
	if err := t.wait(ctx, failed); err != nil {
		return err
	}
	defer t.next()
	f()
	return nil
}

func (t *turns) wait(ctx context.Context, failed bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	mine, row := make(chan struct{}), 0
	if failed {
		row = 1
	}
	t.mu.Lock()
	if t.busy < atOnce {
		t.busy++
		t.mu.Unlock()
		return nil
	}
	t.waiting[row] = append(t.waiting[row], mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
		t.leave(row, mine)
		return ctx.Err()
	}
}

// leave gives up waiting; a turn that came meanwhile goes to the next.
func (t *turns) leave(row int, mine chan struct{}) {
	t.mu.Lock()
	i := slices.Index(t.waiting[row], mine)
	if i >= 0 {
		t.waiting[row] = slices.Delete(t.waiting[row], i, i+1)
	}
	t.mu.Unlock()
	if i < 0 {
		t.next()
	}
}

// next ends a turn.
func (t *turns) next() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for row, all := range t.waiting {
		if len(all) > 0 {
			close(all[0])
			t.waiting[row] = all[1:]
			return
		}
	}
	t.busy--
}
