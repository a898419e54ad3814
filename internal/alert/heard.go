package alert

import (
	"errors"
	"time"
)

// wants is why a line is to be told next, and when.
func (h Heard) wants(a Alert, repeat, more time.Duration) (Change, time.Time) {
	switch {
	case h.Times == 0 || h.Change == Over:
		return New, time.Time{}
	case a.Again == 0 && grew(a, h.Latest, h.Count):
		return More, h.Last.Add(more)
	}
	return Still, h.Last.Add(repeat)
}

// rest is until when a line that failed is left alone; zero: it did not.
func (h Heard) rest() time.Time {
	if h.Tries == 0 {
		return time.Time{}
	}
	return h.Tried.Add(h.Rest)
}

const (
	hiccup   = 5 * time.Second // the pause after a first failure
	sickness = 5 * time.Minute // and the longest one
)

// restAfter is how long a line is left alone after so many failures in a row: longer each
// time, as long as the provider asks, and long where only a person can mend it.
func restAfter(tries int, err error) time.Duration {
	rest := min(hiccup<<min(tries-1, 10), sickness)
	if f, ok := errors.AsType[*Failure](err); ok {
		if f.Final {
			rest = sickness
		}
		rest = max(rest, min(f.After, time.Hour))
	}
	return rest
}

// notBefore takes back what would lie ahead because the clock was set back: until then
// nothing would be repeated.
func (t *Told) notBefore(now time.Time) {
	back := func(at *time.Time) {
		if at.After(now) {
			*at = now
		}
	}
	back(&t.Stepped)
	back(&t.Gone)
	for key, h := range t.Lines {
		back(&h.First)
		back(&h.Last)
		back(&h.Tried)
		t.Lines[key] = h
	}
}
