package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/respond"
)

// Retention says how long texts are kept, by class. What is not decided yet is
// kept until it is; what is picked for a sample, until that is drawn, and then as
// a decided case.
type Retention struct {
	// Unflagged: after the verdict on a comment that became no case.
	Unflagged time.Duration
	// Decided: after the last thing that happened to a case.
	Decided time.Duration
}

// Retain erases the texts whose time is over and returns of how many comments.
// It leaves events, verdicts and cases: they hold no words.
func (s *Store) Retain(ctx context.Context, desk Scrubber, r Retention) (n int, err error) {
	now := s.now()
	ids, err := s.old(ctx, now.Add(-min(r.Unflagged, r.Decided)))
	if err != nil {
		return 0, err
	}
	var errs []error
	for page := range slices.Chunk(ids, 250) {
		known, err := s.known(ctx, page)
		if err != nil {
			return n, err
		}
		for _, k := range known {
			erased, err := s.retain(ctx, desk, k, r)
			if erased {
				n++
			}
			errs = append(errs, err)
		}
	}
	return n, errors.Join(errs...)
}

// retain erases the texts of a comment if their time is over, by what was known
// a moment ago and by what is known now: an edit may have come in between.
func (s *Store) retain(ctx context.Context, desk Scrubber, k known, r Retention) (erased bool, err error) {
	now := s.now()
	if over, _ := s.over(k, now, r); !over {
		return false, nil
	}
	again, err := s.known(ctx, []string{k.id})
	if err != nil {
		return false, err
	}
	over, isCase := s.over(again[0], now, r)
	if !over {
		return false, nil
	}
	if isCase {
		err = desk.Erase(ctx, respond.Erasure{Comment: k.id, By: respond.Machine, Why: respond.WhyRetention})
	}
	if err == nil { // else something happened to the case meanwhile
		err = s.Texts.erase(ctx, k.id)
	}
	return err == nil, err
}

// known is what is known of a comment of which texts are kept.
type known struct {
	id           string
	newest       comment
	verdict      verdict
	read, judged bool // there is a newest, a verdict
}

func (s *Store) known(ctx context.Context, ids []string) ([]known, error) {
	comments, err := s.Comments.topic.LastOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	verdicts, err := s.Verdicts.topic.LastOf(ctx, ids)
	out := make([]known, len(ids))
	for i, id := range ids {
		k := known{id: id}
		k.newest, k.read = comments[id]
		k.verdict, k.judged = verdicts[id]
		out[i] = k
	}
	return out, err
}

// over reports whether the time of a comment's texts is over, and whether it
// became a case. An edit that waits to be judged keeps all of them.
func (s *Store) over(k known, now time.Time, r Retention) (over, isCase bool) {
	c, isCase := s.Cases.peek(k.id)
	switch {
	case s.Gone.Has(k.id), !k.read && !isCase: // kept as it was erased, or never published
		return true, isCase
	case isCase:
		done := c.Settled() || c.Lane == respond.LaneSample // which nobody must look at
		return done && now.Sub(c.LastStep()) >= r.Decided && now.Sub(k.newest.Seen) >= r.Decided, true
	}
	return k.judged && k.verdict.Comment.Edit == k.newest.Edit && now.Sub(k.verdict.At) >= r.Unflagged && !s.Samples.picked(k.id), false
}

// old lists the comments of which texts were kept before then. It reads them all
// before anything is done, since a walk does not wait for long.
func (s *Store) old(ctx context.Context, then time.Time) ([]string, error) {
	var ids []string
	seen := map[string]bool{}
	err := s.Texts.blobs.Names(ctx, then, func(key string, _ time.Time) error {
		if id := idOf(key); !seen[id] {
			seen[id], ids = true, append(ids, id)
		}
		return ctx.Err()
	})
	return ids, err
}

// RetentionTrouble is an error once nothing could be erased for a while.
func (s *Store) RetentionTrouble() error {
	if s.unretained.Load() < 2 {
		return nil
	}
	return errors.New("texts whose time is over are still kept: see the log")
}

// Keeper is a desk as far as keeping needs it; respond.Desk is one.
type Keeper interface {
	Scrubber
	Sampler
}

// purgeAfter is how long after the decision what a platform's terms do not let be
// kept goes: as long as the decision can be taken back by who just made it.
const purgeAfter = time.Minute

// purge erases what was decided and may not be kept then.
func (s *Store) purge(ctx context.Context, desk Scrubber) error {
	var due []string
	for c := range s.Cases.Lively() {
		if c.Lane == respond.LaneRoutine && c.Erased == "" && c.Settled() && s.now().Sub(c.LastStep()) >= purgeAfter {
			due = append(due, c.ID())
		}
	}
	var errs []error
	for _, id := range due {
		errs = append(errs, s.Erase(ctx, desk, Erasure{Comment: id, Why: respond.WhyTerms, Act: audit.Act{By: respond.Machine, From: "service"}}))
	}
	return errors.Join(errs...)
}

// settled is how long after the start retaining waits: it reads through all that
// is kept, and the start has enough to do.
const settled = time.Minute

// KeepRetained finishes what erasures were cut short, purges what was decided and
// may not be kept, and retains once an hour, until ctx ends, after drawing the
// samples that are due. What cannot be erased now is erased later.
func (s *Store) KeepRetained(ctx context.Context, desk Keeper, rule func() Retention) error {
	timer := time.NewTimer(settled)
	defer timer.Stop()
	purge := time.NewTicker(purgeAfter / 2)
	defer purge.Stop()
	s.note(ctx, s.Mend(ctx, desk))
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-purge.C:
			if err := s.purge(ctx, desk); err != nil && ctx.Err() == nil {
				s.log.Error("what may not be kept stays for now", zap.Error(err))
			}
			continue
		case <-timer.C:
		}
		drawn := s.Draw(ctx, desk)
		n, err := s.Retain(ctx, desk, rule())
		s.note(ctx, errors.Join(drawn, err, s.Mend(ctx, desk)))
		if n > 0 {
			s.log.Info("texts erased because their time is over", zap.Int("comments", n))
		}
		timer.Reset(time.Hour)
	}
}

// note remembers how erasing went.
func (s *Store) note(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		s.unretained.Store(0)
		return
	}
	s.log.Error("texts whose time is over stay for now", zap.Error(err))
	s.unretained.Add(1)
}
