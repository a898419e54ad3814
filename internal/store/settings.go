package store

import (
	"context"
	"errors"

	"triage/internal/bus"
	"triage/internal/settings"
)

// setting is a changed setting under its name.
type setting struct{ settings.Record }

// Key implements bus.Keyed.
func (s setting) Key() string { return s.Name }

// settingsBucket implements settings.Store.
type settingsBucket struct{ bucket *bus.Bucket[setting] }

// All implements settings.Store.
func (s settingsBucket) All() []settings.Record {
	var out []settings.Record
	for _, r := range s.bucket.All() {
		one := r.Value.Record
		one.Revision = r.Revision
		out = append(out, one)
	}
	return out
}

// Put implements settings.Store.
func (s settingsBucket) Put(ctx context.Context, r settings.Record, revision uint64) (uint64, error) {
	rev, err := s.bucket.Update(ctx, setting{r}, revision)
	if errors.Is(err, bus.ErrConflict) {
		return 0, settings.ErrConflict
	}
	return rev, err
}

// OnChange implements settings.Store.
func (s settingsBucket) OnChange(f func()) { s.bucket.OnChange(f) }
