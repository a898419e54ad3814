// Package desktest is a desk for tests: over memory, with a clock that the test
// sets and a platform whose comments and answers it tells.
package desktest

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// Cases are respond.Cases in memory, with the store's compare-and-set.
type Cases struct {
	mu sync.Mutex
	m  map[string]respond.Case
	// Refuse is the id of a case whose changes are not taken: ErrRefused.
	Refuse string
	// Updating, if set, is called before each change, with the case as it is to be.
	Updating func(c respond.Case)
}

// ErrRefused is the store's answer about a case that it is to refuse.
var ErrRefused = errors.New("no space")

// Create stores those that are new.
func (s *Cases) Create(_ context.Context, cases []respond.Case) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range cases {
		if _, taken := s.m[c.ID()]; !taken {
			c.Revision = 1
			s.m[c.ID()] = clone(c)
		}
	}
	return nil
}

// Get returns respond.ErrNotFound where there is none.
func (s *Cases) Get(_ context.Context, id string) (respond.Case, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.m[id]
	if !ok {
		return respond.Case{}, respond.ErrNotFound
	}
	return clone(c), nil
}

// Update stores c, or says respond.ErrConflict.
func (s *Cases) Update(_ context.Context, c respond.Case) (respond.Case, error) {
	if s.Updating != nil {
		s.Updating(c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ID() == s.Refuse || c.Partial {
		return c, ErrRefused
	}
	if s.m[c.ID()].Revision != c.Revision {
		return c, respond.ErrConflict
	}
	c.Revision++
	s.m[c.ID()] = clone(c)
	return clone(c), nil
}

// All goes over the light forms, always in the same order.
func (s *Cases) All() iter.Seq[*respond.Case] {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*respond.Case
	for _, id := range slices.Sorted(maps.Keys(s.m)) {
		c := s.m[id].Light()
		out = append(out, &c)
	}
	return slices.Values(out)
}

// Count is how many cases there are.
func (s *Cases) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.m)
}

// clone is what reading a case from the store gives: nothing shared.
func clone(c respond.Case) respond.Case {
	c.Actions = append([]respond.Action(nil), c.Actions...)
	c.History = append([]respond.Entry(nil), c.History...)
	return c
}

// Texts are respond.Texts in memory.
type Texts struct {
	mu sync.Mutex
	m  map[string]ingest.Content
}

// Open returns respond.ErrGone for a text that was erased, or never known.
func (s *Texts) Open(_ context.Context, key string) (ingest.Content, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.m[key]
	if !ok {
		return c, respond.ErrGone
	}
	return c, nil
}

// Save keeps an outgoing text.
func (s *Texts) Save(_ context.Context, key, text string) error {
	s.keep(key, ingest.Content{Text: text})
	return nil
}

func (s *Texts) keep(key string, c ingest.Content) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[key] = c
}

// EraseAll erases every text.
func (s *Texts) EraseAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.m)
}
