package hook

import (
	"slices"
	"sync"
)

// manySeen is how many answers are remembered: a day of a busy practice has fewer.
const manySeen = 1000

// seen remembers which answers have been acted upon, so that one which comes again, or
// is played back by somebody who caught it, acknowledges nothing that began since. It
// is this process's: after a restart an answer counts once more.
type seen struct {
	mu  sync.Mutex
	ids []string
}

// has reports whether the answer was acted upon; one without a name never was.
func (s *seen) has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return id != "" && slices.Contains(s.ids, id)
}

// add remembers an answer; the oldest is forgotten.
func (s *seen) add(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ids) == manySeen {
		s.ids = slices.Delete(s.ids, 0, 1)
	}
	s.ids = append(s.ids, id)
}
