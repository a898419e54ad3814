package settings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// What callers branch on where a change takes a second person.
var (
	// ErrAlone says that nobody else is there who could confirm.
	ErrAlone = errors.New("this takes a second person, and nobody else here may change settings: add another privacy officer or admin first")
	// ErrSame says that whoever proposed a change cannot confirm it.
	ErrSame = errors.New("this takes a second person: you proposed it yourself")
	// ErrNothingProposed says that there is no proposal to confirm or to withdraw.
	ErrNothingProposed = errors.New("nothing is proposed for this setting any more: look at it again")
)

// Proposed is a change that waits for a second person. It is not in force.
type Proposed struct {
	At time.Time `json:"at"`
	By string    `json:"by"`
	// Value is what is wanted; FromFile: the file's.
	Value    string `json:"value,omitempty"`
	FromFile bool   `json:"from_file,omitempty"`
}

// takesTwo reports whether a change has to be confirmed, or cannot be made because
// nobody could confirm it or what comes after.
func (s *Settings) takesTwo(e *entry, c Change, from, to any) (bool, error) {
	two := s.fourEyes() && e.Widens != nil && e.Widens(from, to)
	if (two || e.Eyes && to == any(true) && from != to) && c.Others == 0 {
		return false, fmt.Errorf("setting %s: %w", e.Name, ErrAlone)
	}
	return two, nil
}

// Second reports whether a change, or for reset giving the setting back to the file,
// waits for a second person. Its errors are those of Set.
func (s *Settings) Second(c Change, reset bool) (bool, error) {
	e := s.known[c.Name]
	if e == nil {
		return false, fmt.Errorf("setting %s: %w", c.Name, ErrUnknown)
	}
	next := e.state(Record{Name: c.Name, Value: c.Value, FromFile: reset})
	if next.refused != nil {
		return false, next.refused
	}
	return s.takesTwo(e, c, e.now.Load().value, next.value)
}

// fourEyes reports whether changes that widen take a second person.
func (s *Settings) fourEyes() bool {
	for _, e := range s.known {
		if e.Eyes {
			on, _ := e.now.Load().value.(bool)
			return on
		}
	}
	return false
}

// propose stores a change beside what is in force, which stays.
func (s *Settings) propose(ctx context.Context, e *entry, c Change, want Record) error {
	r := e.now.Load().record
	r.Proposed = &Proposed{At: time.Now().UTC(), By: c.By, Value: want.Value, FromFile: want.FromFile}
	return s.put(ctx, r, c)
}

// Confirm puts in force what somebody else proposed; c.By is the second person, and
// c.Value says nothing. Its errors are those of Set, ErrSame and ErrNothingProposed.
func (s *Settings) Confirm(ctx context.Context, c Change) error {
	e, p, err := s.proposed(c)
	if err != nil {
		return err
	}
	if p.By == c.By {
		return fmt.Errorf("setting %s: %w", c.Name, ErrSame)
	}
	r := Record{Name: c.Name, Value: p.Value, FromFile: p.FromFile}
	next := e.state(r)
	if next.refused != nil {
		return next.refused
	}
	now := e.now.Load()
	edit := Edit{By: p.By, Second: c.By, From: now.said(), To: next.text, ToFile: r.FromFile}
	r.History = now.record.with(edit)
	return s.put(ctx, r, c)
}

// Withdraw takes back what somebody proposed, herself or another.
func (s *Settings) Withdraw(ctx context.Context, c Change) error {
	e, _, err := s.proposed(c)
	if err != nil {
		return err
	}
	r := e.now.Load().record
	r.Proposed = nil
	return s.put(ctx, r, c)
}

// proposed finds what is proposed for a setting, as c saw it.
func (s *Settings) proposed(c Change) (*entry, Proposed, error) {
	e := s.known[c.Name]
	if e == nil {
		return nil, Proposed{}, fmt.Errorf("setting %s: %w", c.Name, ErrUnknown)
	}
	if c.By == "" {
		return nil, Proposed{}, fmt.Errorf("setting %s: nobody changes it", c.Name)
	}
	s.refresh()
	r := e.now.Load().record
	switch {
	case r.Proposed == nil:
		return nil, Proposed{}, fmt.Errorf("setting %s: %w", c.Name, ErrNothingProposed)
	case r.Revision != c.Version:
		return nil, Proposed{}, fmt.Errorf("setting %s: %w", c.Name, ErrConflict)
	}
	return e, *r.Proposed, nil
}

// with is the history with another change, made now.
func (r Record) with(e Edit) []Edit {
	e.At = time.Now().UTC()
	all := append(slices.Clone(r.History), e)
	return all[max(0, len(all)-historyMost):]
}

// put stores a record over the version that was seen, and puts it in force.
func (s *Settings) put(ctx context.Context, r Record, c Change) (err error) {
	if r.Revision, err = s.store.Put(ctx, r, c.Version); err != nil {
		if errors.Is(err, ErrConflict) {
			s.refresh() // so that whoever looks again sees what there is
		}
		return fmt.Errorf("setting %s: %w", c.Name, err)
	}
	s.take(r)
	return nil
}
