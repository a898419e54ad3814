package store

import (
	"context"
	"errors"
	"iter"

	"triage/internal/bus"
	"triage/internal/respond"
)

// Cases implements respond.Cases.
type Cases struct{ bucket *bus.Bucket[respond.Case] }

// Create implements respond.Cases.
func (s Cases) Create(ctx context.Context, in []respond.Case) error { return s.bucket.Create(ctx, in) }

// Get implements respond.Cases.
func (s Cases) Get(ctx context.Context, id string) (respond.Case, error) {
	r, err := s.bucket.Get(ctx, id)
	if errors.Is(err, bus.ErrNotFound) {
		return respond.Case{}, respond.ErrNotFound
	}
	r.Value.Revision = r.Revision
	return r.Value, err
}

// Update implements respond.Cases.
func (s Cases) Update(ctx context.Context, c respond.Case) (respond.Case, error) {
	rev, err := s.bucket.Update(ctx, c, c.Revision)
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
			if !yield(&r.Value) {
				return
			}
		}
	}
}

// OnChange calls f after every change of a case, whichever process made it.
func (s Cases) OnChange(f func()) { s.bucket.OnChange(f) }

// InThread lists the comments of a thread that have a case and words.
func (s Cases) InThread(thread string) []string {
	var ids []string
	for c := range s.All() {
		if c.Comment.Thread == thread && c.Erased == "" {
			ids = append(ids, c.ID())
		}
	}
	return ids
}
