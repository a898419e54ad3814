package alert

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Local keeps values in this process only, by key: for a pager that must call people when
// nothing can be stored. It is safe for concurrent use.
type Local[T any] struct {
	// Key is that of a value.
	Key func(T) string

	mu  sync.Mutex
	all map[string]T
}

// All lists the values, in no order.
func (l *Local[T]) All() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Values(l.all))
}

// Put keeps a value over whatever is there.
func (l *Local[T]) Put(_ context.Context, v T) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]T{}
	}
	l.all[l.Key(v)] = v
	return nil
}

// Delete removes what is under a key.
func (l *Local[T]) Delete(_ context.Context, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, key)
	return nil
}

// Lifeboat is a pager of the same people that needs no store: it starts with nothing and
// looks at one check alone. Every process may run one; providers that keep incidents know
// by the name that several tell of the same.
func (p *Pager) Lifeboat(c Check) *Pager {
	return &Pager{
		Checks: []Check{c}, Channels: p.Channels, Plan: p.Plan, Watch: p.Watch, Pace: p.Pace,
		Memory: &Local[Told]{Key: func(t Told) string { return t.Alert.Key }}, Acks: &Local[Ack]{Key: func(a Ack) string { return a.Key }},
		States: &Local[State]{Key: func(s State) string { return s.Channel }}, Practice: p.Practice, From: p.From, Desk: p.Desk,
		Every: p.Every, Log: p.Log, Now: p.Now,
	}
}
