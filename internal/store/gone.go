package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/vault"
)

// tombstone says that everything about a comment was erased. It is written
// before the erasure and kept as long as the audit: what was erased never comes
// back and is never answered.
type tombstone struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
	By string    `json:"by"`
	// OS and From are an audit.Act's.
	OS   string `json:"os,omitempty"`
	From string `json:"from,omitempty"`
	Why  string `json:"why"`
	// Done: everything is gone. Without it the erasure is finished later.
	Done bool `json:"done,omitempty"`
}

// Key implements bus.Keyed.
func (t tombstone) Key() string { return t.ID }

// Gone are the tombstones.
type Gone struct{ bucket *bus.Bucket[tombstone] }

// Has reports whether the comment was erased. It costs no call.
func (g Gone) Has(id string) bool {
	_, ok := g.bucket.Peek(id)
	return ok
}

// Scrubber takes out of a case what was erased; respond.Desk is one.
type Scrubber interface {
	Erase(ctx context.Context, e respond.Erasure) error
}

// Erasure is a comment to be erased, why, and who wants it.
type Erasure struct {
	Comment string
	// Why is a code of respond's: author-deleted or request.
	Why string
	// Act says who: By, OS and From are read.
	Act audit.Act
}

// Erase removes every copy of what was said and by whom, for good: texts and
// their keys, events, and what the case knew of them. It leaves the fact and a
// tombstone. Erasing twice is harmless and no second act; one that was cut short
// is finished by Mend or by doing it again.
func (s *Store) Erase(ctx context.Context, desk Scrubber, e Erasure) error {
	stone := tombstone{ID: e.Comment, At: s.now(), By: e.Act.By, OS: e.Act.OS, From: e.Act.From, Why: e.Why}
	_, err := s.Gone.bucket.Insert(ctx, stone)
	if errors.Is(err, bus.ErrExists) {
		var first bus.Revised[tombstone]
		first, err = s.Gone.bucket.Get(ctx, e.Comment)
		stone = first.Value
	}
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	return s.wipe(ctx, desk, stone)
}

// wipe does what a tombstone says, once it is in the audit who ordered it.
func (s *Store) wipe(ctx context.Context, desk Scrubber, stone tombstone) error {
	order := audit.Act{At: stone.At, By: stone.By, OS: stone.OS, From: stone.From, Do: "erasure-ordered", On: stone.ID, Note: stone.Why}
	if err := s.Audit.Project(ctx, "erasure."+stone.ID, 0, []audit.Act{order}); err != nil { // once, however often it is tried
		return fmt.Errorf("erase: %w", err)
	}
	err := errors.Join(
		desk.Erase(ctx, respond.Erasure{Comment: stone.ID, By: stone.By, Why: stone.Why}),
		s.Texts.erase(ctx, stone.ID),
		s.Verdicts.topic.Erase(ctx, stone.ID),
		s.Comments.topic.Erase(ctx, stone.ID))
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	stone.Done = true
	if _, err := s.Gone.bucket.Put(ctx, stone); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	return nil
}

// Mend finishes the erasures that were cut short, and those that a case opened
// at the same moment escaped.
func (s *Store) Mend(ctx context.Context, desk Scrubber) error {
	var errs []error
	for _, r := range s.Gone.bucket.All() {
		c, isCase := s.Cases.peek(r.Value.ID)
		if !r.Value.Done || isCase && c.Erased == "" {
			errs = append(errs, s.wipe(ctx, desk, r.Value))
		}
	}
	return errors.Join(errs...)
}

// Written finds the comments of an author: the ids of those whose texts are
// still kept. It opens every text, one after the other; progress is told how
// many were looked at. With an error, it returns those that it found.
func (s *Store) Written(ctx context.Context, platform, author string, progress func(int)) ([]string, error) {
	found := map[string]bool{}
	n, closed := 0, 0
	err := s.Comments.topic.Each(ctx, func(c comment) error {
		if n++; n%1000 == 0 {
			progress(n)
		}
		if c.Platform != platform || found[c.ID] {
			return nil
		}
		content, err := s.Texts.Open(ctx, c.Comment.Key())
		switch {
		case errors.Is(err, respond.ErrGone):
			return nil
		case errors.Is(err, vault.ErrSealed): // one of another person, perhaps, and no reason to keep hers
			closed++
			return nil
		case err == nil && content.AuthorID == author:
			found[c.ID] = true
		}
		return err
	})
	if err == nil && closed > 0 {
		err = fmt.Errorf("%d texts cannot be opened, it is not known who wrote them: put the keys back under which they were sealed", closed)
	}
	return slices.Sorted(maps.Keys(found)), err
}

// loadGone takes over the tombstones of a backup. Each is to be carried out
// anew: the backup may hold what was erased after it was made.
func (s *Store) loadGone(ctx context.Context, next func() (bus.Message, error)) error {
	for {
		m, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var stone tombstone
		if err := json.Unmarshal(m.Data, &stone); err != nil {
			return fmt.Errorf("read tombstone: %w", err)
		}
		stone.Done = false
		if _, err := s.Gone.bucket.Insert(ctx, stone); err != nil && !errors.Is(err, bus.ErrExists) {
			return err
		}
	}
}

// Knows reports whether a comment of this id was ever read.
func (s *Store) Knows(ctx context.Context, id string) (bool, error) {
	if _, isCase := s.Cases.peek(id); isCase || s.Gone.Has(id) {
		return true, nil
	}
	known, err := s.Comments.topic.LastOf(ctx, []string{id})
	return len(known) > 0, err
}

// Said opens what a comment says by its newest version, or returns
// respond.ErrGone.
func (s *Store) Said(ctx context.Context, id string) (ingest.Content, error) {
	newest, err := s.Comments.topic.Last(ctx, id)
	if errors.Is(err, bus.ErrNotFound) {
		return ingest.Content{}, respond.ErrGone
	}
	if err != nil {
		return ingest.Content{}, err
	}
	return s.Texts.Open(ctx, newest.Comment.Key())
}

// Kept lists the comments of which something was kept before then, and still is.
func (s *Store) Kept(ctx context.Context, then time.Time) ([]string, error) {
	return s.old(ctx, then)
}
