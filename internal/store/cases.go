package store

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"triage/internal/bus"
	"triage/internal/respond"
)

// Cases implements respond.Cases.
type Cases struct {
	bucket *bus.Bucket[kept]
	apart  *apart
}

// Create implements respond.Cases.
func (s Cases) Create(ctx context.Context, in []respond.Case) error {
	values := make([]kept, len(in))
	for i := range in {
		values[i].whole = &in[i]
	}
	return s.bucket.Create(ctx, values)
}

// Get implements respond.Cases.
func (s Cases) Get(ctx context.Context, id string) (respond.Case, error) {
	r, err := s.bucket.Get(ctx, id)
	if errors.Is(err, bus.ErrNotFound) {
		return respond.Case{}, respond.ErrNotFound
	}
	if err != nil {
		return respond.Case{}, err
	}
	c := *r.Value.whole
	c.Revision = r.Revision
	return c, nil
}

// Update implements respond.Cases.
func (s Cases) Update(ctx context.Context, c respond.Case) (respond.Case, error) {
	rev, err := s.bucket.Update(ctx, kept{whole: &c}, c.Revision)
	if errors.Is(err, bus.ErrConflict) {
		return c, respond.ErrConflict
	}
	c.Revision = rev
	return c, err
}

// All implements respond.Cases.
func (s Cases) All() iter.Seq[*respond.Case] {
	stored := s.bucket.All()
	return func(yield func(*respond.Case) bool) {
		for _, r := range stored {
			if !yield(r.Value.form()) {
				return
			}
		}
	}
}

// peek is the light form of a case, if there is one.
func (s Cases) peek(id string) (c *respond.Case, found bool) {
	r, found := s.bucket.Peek(id)
	if found {
		c = r.Value.form()
	}
	return c, found
}

// OnChange calls f after every change of a case, whichever process made it.
func (s Cases) OnChange(f func()) { s.bucket.OnChange(f) }

// Feed begins a list of what has changed for one reader: each call of what it returns
// gives the cases that did since the call before, the first one all; nil is one that
// is gone. They are shared as those of All are.
func (s Cases) Feed() func() iter.Seq2[string, *respond.Case] {
	feed := s.bucket.Feed()
	return func() iter.Seq2[string, *respond.Case] {
		changes := feed.Take()
		return func(yield func(string, *respond.Case) bool) {
			for _, c := range changes {
				var now *respond.Case
				if c.Value != nil {
					now = c.Value.form()
				}
				if !yield(c.Key, now) {
					return
				}
			}
		}
	}
}

// InThread lists the comments of a thread that have a case and words.
func (s Cases) InThread(thread string) []string {
	var ids []string
	for c := range s.Thread(thread) {
		if c.Erased == "" {
			ids = append(ids, c.ID())
		}
	}
	return ids
}

// apart are cases that are looked for often, so that it need not be among all.
type apart struct {
	feed *bus.Feed[kept]
	now  func() time.Time

	mu     sync.Mutex
	lively map[string]*respond.Case
	// threads are the ids of the cases of each: what is commented on never changes.
	threads map[string][]string
}

func newApart(b *bus.Bucket[kept], now func() time.Time) *apart {
	return &apart{feed: b.Feed(), now: now, lively: map[string]*respond.Case{}, threads: map[string][]string{}}
}

// catchUp takes in what has changed. The caller holds the lock.
func (a *apart) catchUp() {
	now := a.now()
	for _, c := range a.feed.Take() {
		delete(a.lively, c.Key)
		if c.Value == nil {
			continue
		}
		one := c.Value.form()
		if lively(one, now) {
			a.lively[c.Key] = one
		}
		if t := strings.Clone(one.Comment.Thread); t != "" && !slices.Contains(a.threads[t], c.Key) {
			a.threads[t] = append(a.threads[t], c.Key)
		}
	}
}

// lately is how long a case that is settled counts as lively after the last attempt:
// twice what limits of sending look back.
const lately = 48 * time.Hour

func lively(c *respond.Case, now time.Time) bool {
	purged := c.Lane == respond.LaneRoutine && c.Erased == ""
	return !c.Settled() || purged || c.Comment.Own || c.Paused.After(now) || slices.ContainsFunc(c.Actions, func(a respond.Action) bool {
		return a.Intent != nil && now.Sub(a.Intent.Started) < lately
	})
}

// Lively goes over the cases that respond.Desk.Lively asks for, and over those that are
// purged once they are settled.
func (s Cases) Lively() iter.Seq[*respond.Case] {
	a := s.apart
	a.mu.Lock()
	defer a.mu.Unlock()
	a.catchUp()
	now := a.now()
	var out []*respond.Case
	for id, c := range a.lively {
		if lively(c, now) {
			out = append(out, c)
		} else {
			delete(a.lively, id)
		}
	}
	return slices.Values(out)
}

// Thread goes over the cases of the comments on one thing.
func (s Cases) Thread(thread string) iter.Seq[*respond.Case] {
	a := s.apart
	a.mu.Lock()
	defer a.mu.Unlock()
	a.catchUp()
	ids := a.threads[thread]
	return func(yield func(*respond.Case) bool) {
		for _, id := range ids {
			if c, found := s.peek(id); found && !yield(c) {
				return
			}
		}
	}
}
