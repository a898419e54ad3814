package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/settings"
)

// mark is how far an account was read.
type mark struct {
	Platform string      `json:"platform"`
	Account  string      `json:"account"`
	Mark     ingest.Mark `json:"mark"`
	// Token is the lease's under which it was written.
	Token uint64 `json:"token,omitempty"`
}

// Key implements bus.Keyed.
func (m mark) Key() string { return m.Platform + "/" + m.Account }

// Fence tells a stale owner's mark from the present one's.
func (m mark) Fence() uint64 { return m.Token }

// Marks implements ingest.Marks.
type Marks struct{ bucket *bus.Bucket[mark] }

// Load implements ingest.Marks.
func (s Marks) Load(ctx context.Context, platform, account string) (ingest.Mark, error) {
	r, err := s.bucket.Get(ctx, mark{Platform: platform, Account: account}.Key())
	if errors.Is(err, bus.ErrNotFound) {
		return ingest.Mark{}, nil
	}
	return r.Value.Mark, err
}

// Save implements ingest.Marks.
func (s Marks) Save(ctx context.Context, platform, account string, m ingest.Mark, token uint64) error {
	_, err := bus.PutFenced(ctx, s.bucket, mark{platform, account, m, token})
	if errors.Is(err, bus.ErrStale) {
		return ingest.ErrStale
	}
	return err
}

// source is how reading one account goes, as whoever reads it last said.
type source struct{ ingest.Health }

// Key implements bus.Keyed.
func (s source) Key() string { return s.Platform + "/" + s.Account }

// Sources tells every process how reading each account goes.
type Sources struct {
	bucket *bus.Bucket[source]
	now    func() time.Time

	mu   sync.Mutex
	seen map[string]sighting
}

// sighting is when a report was first seen, by our own clock.
type sighting struct {
	revision uint64
	at       time.Time
}

func newSources(now func() time.Time) *Sources {
	return &Sources{now: now, seen: map[string]sighting{}}
}

// ReportEvery is how often whoever reads an account says so at least; after
// four times that, nobody does.
const ReportEvery = 15 * time.Second

// Report stores how reading an account goes.
func (s *Sources) Report(ctx context.Context, h ingest.Health) error {
	_, err := s.bucket.Put(ctx, source{h})
	return err
}

// unread is what is wrong with an account of which nothing is heard.
const unread = "no process of triage reads this account: see that one with the role ingest runs"

// Of is how reading an account goes, as whoever reads it last said.
func (s *Sources) Of(platform, account string) ingest.Health {
	h := ingest.Health{Platform: platform, Account: account}
	r, ok := s.bucket.Peek(source{h}.Key())
	if ok {
		h = r.Value.Health
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := source{h}.Key()
	last, known := s.seen[key]
	if !known || last.revision != r.Revision {
		last = sighting{r.Revision, s.now()}
		s.seen[key] = last
	}
	if h.Since.IsZero() && s.now().Sub(last.at) > 4*ReportEvery {
		h.Since, h.Why, h.Stuck = last.at, unread, true
	}
	return h
}

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
