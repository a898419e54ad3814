package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/bus"
	"triage/internal/digest"
)

// toldRecord is the pager's memory of one trouble, under a key the bucket takes.
type toldRecord struct{ alert.Told }

// Key implements bus.Keyed.
func (t toldRecord) Key() string { return t.Alert.Key }

type ackRecord struct{ alert.Ack }

// Key implements bus.Keyed.
func (a ackRecord) Key() string { return a.Ack.Key }

type channelRecord struct{ alert.State }

// Key implements bus.Keyed.
func (s channelRecord) Key() string { return s.Channel }

type shiftRecord struct{ roster.Override }

// Shifts are the overrides; those that ended long ago are let go when one is made.
type Shifts struct {
	shelf[shiftRecord, roster.Override]
	now func() time.Time
}

// shiftKept is for how long an override that has ended is kept, to be seen.
const shiftKept = 35 * 24 * time.Hour

// Put stores an override over whatever is there.
func (s *Shifts) Put(ctx context.Context, o roster.Override) error {
	for _, old := range s.All() {
		if s.now().Sub(old.Until) > shiftKept {
			if err := s.Delete(ctx, old.ID); err != nil {
				return err
			}
		}
	}
	return s.shelf.Put(ctx, o)
}

// Key implements bus.Keyed.
func (o shiftRecord) Key() string { return o.ID }

// shelf is a bucket of one kind of record, as the pager and the desk see it.
type shelf[R bus.Keyed, T any] struct {
	bucket *bus.Bucket[R]
	in     func(T) R
	out    func(R) T
}

// All lists what is kept, in no order.
func (k *shelf[R, T]) All() []T {
	list := k.bucket.All()
	out := make([]T, len(list))
	for i, r := range list {
		out[i] = k.out(r.Value)
	}
	return out
}

// Put stores a value over whatever is there.
func (k *shelf[R, T]) Put(ctx context.Context, v T) error {
	_, err := k.bucket.Put(ctx, k.in(v))
	return err
}

// Delete removes what is under a key; what is not there is harmless.
func (k *shelf[R, T]) Delete(ctx context.Context, key string) error { return k.bucket.Delete(ctx, key) }

// OnChange has f called after each change, in whatever process it was made.
func (k *shelf[R, T]) OnChange(f func()) { k.bucket.OnChange(f) }

// pastRecord is an alert that is over.
type pastRecord struct{ alert.Past }

// Key implements bus.Keyed.
func (p pastRecord) Key() string { return fmt.Sprintf("%s-%d", p.Name, p.Began.UnixMilli()) }

// Pasts implements alert.History.
type Pasts struct {
	bucket *bus.Bucket[pastRecord]
	pruned time.Time // when what is too old was last let go
}

// pastKept is for how long: the weekly report compares two weeks.
const pastKept = 35 * 24 * time.Hour

// Keep stores what is over, and once a day lets go of what is too old.
func (p *Pasts) Keep(ctx context.Context, past alert.Past) error {
	if day := 24 * time.Hour; past.Over.Sub(p.pruned).Abs() > day {
		for _, r := range p.bucket.All() {
			if past.Over.Sub(r.Value.Over) > pastKept {
				if err := p.bucket.Delete(ctx, r.Value.Key()); err != nil {
					return err
				}
			}
		}
		p.pruned = past.Over
	}
	_, err := p.bucket.Put(ctx, pastRecord{past})
	return err
}

// Calls are the alerts that began before until and were not over at from, for a digest.
func (o *OnCall) Calls(d *alert.Duty, from, until time.Time) []digest.Call {
	var out []digest.Call
	for _, c := range digest.CallsOf(d) {
		if c.Began.Before(until) {
			out = append(out, c)
		}
	}
	for _, r := range o.Past.bucket.All() {
		if p := r.Value.Past; p.Began.Before(until) && p.Over.After(from) {
			a := p.Alert
			out = append(out, digest.Call{Key: a.Key, Severity: a.Severity, What: a.What, Where: a.Where, Count: a.Count, Began: p.Began, Acked: p.Acked, Over: p.Over, Hidden: p.Hidden})
		}
	}
	return out
}

// digestRecord is how sending a digest stands.
type digestRecord struct{ digest.Mark }

// Key implements bus.Keyed.
func (m digestRecord) Key() string { return m.Mark.Key }

// Digests implements digest.Marks.
type Digests struct{ bucket *bus.Bucket[digestRecord] }

// Get returns the zero Mark where there is none.
func (d Digests) Get(ctx context.Context, key string) (digest.Mark, error) {
	r, err := d.bucket.Get(ctx, key)
	if errors.Is(err, bus.ErrNotFound) {
		return digest.Mark{Key: key}, nil
	}
	r.Value.Revision = r.Revision
	return r.Value.Mark, err
}

// Put stores m over the revision that it has, else digest.ErrTaken.
func (d Digests) Put(ctx context.Context, m digest.Mark) (_ digest.Mark, err error) {
	if m.Revision == 0 {
		m.Revision, err = d.bucket.Insert(ctx, digestRecord{m})
	} else {
		m.Revision, err = d.bucket.Update(ctx, digestRecord{m}, m.Revision)
	}
	if errors.Is(err, bus.ErrExists) || errors.Is(err, bus.ErrConflict) {
		return m, digest.ErrTaken
	}
	return m, err
}

// OnCall is what is kept of calling people.
type OnCall struct {
	// Told implements alert.Memory, Acks alert.Acks, Channels alert.States, and Shifts
	// alert.Overrides.
	Told     shelf[toldRecord, alert.Told]
	Acks     shelf[ackRecord, alert.Ack]
	Channels shelf[channelRecord, alert.State]
	Shifts   Shifts
	Digests  Digests
	Past     Pasts
}

// ownLines gives a trouble a map of its own: what the bucket keeps in its index is read
// by the desk while the pager goes on writing.
func ownLines(t alert.Told) alert.Told {
	lines := make(map[string]alert.Heard, len(t.Lines))
	maps.Copy(lines, t.Lines)
	t.Lines = lines
	return t
}

func newOnCall(now func() time.Time) *OnCall {
	return &OnCall{
		Told: shelf[toldRecord, alert.Told]{
			in:  func(t alert.Told) toldRecord { return toldRecord{ownLines(t)} },
			out: func(r toldRecord) alert.Told { return ownLines(r.Told) },
		},
		Acks:     shelf[ackRecord, alert.Ack]{in: func(a alert.Ack) ackRecord { return ackRecord{a} }, out: func(r ackRecord) alert.Ack { return r.Ack }},
		Channels: shelf[channelRecord, alert.State]{in: func(s alert.State) channelRecord { return channelRecord{s} }, out: func(r channelRecord) alert.State { return r.State }},
		Shifts:   Shifts{now: now, shelf: shelf[shiftRecord, roster.Override]{in: func(o roster.Override) shiftRecord { return shiftRecord{o} }, out: func(r shiftRecord) roster.Override { return r.Override }}},
	}
}

// OnChange has f called after each change of what is wrong, who deals with it and who is
// called.
func (o *OnCall) OnChange(f func()) {
	o.Told.OnChange(f)
	o.Acks.OnChange(f)
	o.Channels.OnChange(f)
	o.Shifts.OnChange(f)
}
