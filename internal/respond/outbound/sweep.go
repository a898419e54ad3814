package outbound

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/gate"
)

// Sweep holds what one account said long ago against the gate, each reply beside
// what it answers. It reads with a Client of its own, so that the poller's knows no
// less, and keeps of what it reads only what must go.
type Sweep struct {
	Platform, Account string
	Client            Client
	Desk              *respond.Desk
	// Keep and Publish take what must go, as they do of the poller.
	Keep, Publish ingest.Emit
	// Afford waits until the account's budget has calls to spare.
	Afford func(ctx context.Context) error
	// Progress is told now and then how far it is; nil: nobody is.
	Progress func(Tally)

	since   time.Time
	tally   Tally
	recent  words
	failed  bool             // the platform did: it is asked for nothing more
	waiting []ingest.Comment // replies that pass, and whose comment was not read yet
}

// Tally counts what a sweep read.
type Tally struct {
	// Read counts everything, Own the practice's own, Refused those of them that the
	// gate refuses, Unread those among these in a language that it cannot read, and
	// Alone those whose comment could not be read.
	Read, Own, Refused, Unread, Alone int
	// Oldest is when the oldest of everything was written: how far the platform goes back.
	Oldest time.Time
}

// Beginning is before any of the platforms had comments: to read everything.
var Beginning = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// silentMost is how many comments in a row the platform may not answer for: then it
// is down, and the next run goes on.
const silentMost = 3

// waitingMost is how many replies wait for their comment.
const waitingMost = 500

// Run reads the account since then. What it found until an error stays found;
// running again doubles nothing.
func (s *Sweep) Run(ctx context.Context, since time.Time) (Tally, error) {
	s.since = since
	_, err := s.Client.Sweep(ctx, ingest.Mark{Time: since}, s.take)
	s.failed = err != nil
	err = errors.Join(err, s.flush(ctx)) // also after an error: those were read
	return s.tally, err
}

func (s *Sweep) take(ctx context.Context, batch []ingest.Comment) error {
	now := s.Desk.Now()
	var own []ingest.Comment
	for _, c := range batch {
		c = s.Desk.Names.Name(c, now)
		s.tally.Read++
		if s.tally.Oldest.IsZero() || c.Created.Before(s.tally.Oldest) {
			s.tally.Oldest = c.Created
		}
		if !c.Own {
			s.recent.add(c.Content.Item, c.Content.Text)
		} else if !c.Created.Before(s.since) && c.Standing != ingest.Rejected {
			own = append(own, c)
		}
	}
	for _, c := range own { // once the whole batch is known
		if err := s.one(ctx, c); err != nil {
			return err
		}
	}
	if len(s.waiting) >= waitingMost {
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
	if s.Progress != nil {
		s.Progress(s.tally)
	}
	return s.Afford(ctx)
}

// one looks at a reply, beside its comment if that was read already. What passes
// waits for it otherwise.
func (s *Sweep) one(ctx context.Context, own ingest.Comment) error {
	said, known := s.recent.get(own.Content.Parent)
	refused, err := s.check(ctx, own, said)
	switch {
	case err != nil:
		return err
	case !refused && !known && own.Content.Parent != "":
		s.waiting = append(s.waiting, own)
		return nil
	}
	s.tally.Own++
	return nil
}

// flush looks at what waits. A comment that did not come is asked for by itself.
func (s *Sweep) flush(ctx context.Context) error {
	silent := 0
	for i, own := range s.waiting {
		said, known := s.recent.get(own.Content.Parent)
		if !known && s.failed {
			continue // the next run reads it anew
		}
		if !known {
			call, cancel := context.WithTimeout(ctx, callTime)
			seen, err := s.Client.Observe(call, own.Content.Parent)
			cancel()
			if err == nil {
				silent = 0
			} else if silent++; silent >= silentMost {
				s.waiting = nil
				return err
			}
			if err != nil || seen.Gone {
				s.tally.Alone++
			}
			said = seen.Text
			s.recent.add(own.Content.Parent, said)
			if err := s.Afford(ctx); err != nil {
				s.waiting = s.waiting[i:]
				return err
			}
		}
		if _, err := s.check(ctx, own, said); err != nil {
			s.waiting = s.waiting[i:]
			return err
		}
		s.tally.Own++
	}
	s.waiting = nil
	return nil
}

// check opens the case of a reply that the gate refuses: kept first, and published
// last, so that a crash between leaves nothing that the next run does not mend.
func (s *Sweep) check(ctx context.Context, own ingest.Comment, said string) (refused bool, err error) {
	problems := s.Desk.Gate.Check(respond.Outgoing{Text: own.Content.Text, Comment: said, Platform: own.Platform})
	if len(problems) == 0 || s.Desk.WasErased(own.ID) {
		return false, nil
	}
	one := []ingest.Comment{own}
	if err := s.Keep(ctx, one); err != nil {
		return true, fmt.Errorf("keep an old reply: %w", err)
	}
	opened, err := s.Desk.TakeOld(ctx, own, problems)
	if err != nil {
		return true, err
	}
	if opened {
		s.tally.Refused++
		if !slices.ContainsFunc(problems, func(p respond.Problem) bool { return p.Rule != gate.RuleLanguage }) {
			s.tally.Unread++
		}
	}
	if err := s.Publish(ctx, one); err != nil {
		return true, fmt.Errorf("publish an old reply: %w", err)
	}
	return true, nil
}

// wordsMost is how many comments' words are remembered at once, at least.
const wordsMost = 2000

// words remembers what was read last, by the platform's id.
type words struct{ young, old map[string]string }

func (w *words) add(item, text string) {
	if item == "" {
		return
	}
	if w.young == nil || len(w.young) >= wordsMost {
		w.young, w.old = map[string]string{}, w.young
	}
	w.young[item] = text
}

func (w *words) get(item string) (string, bool) {
	if text, ok := w.young[item]; ok {
		return text, true
	}
	text, ok := w.old[item]
	return text, ok
}
