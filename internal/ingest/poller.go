package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Poller lets the source of one account look again and again, names what it
// finds, and hands each version of each comment on once: first its content to
// the Keeper, then its event to the Sink, and only then the mark moves. A crash
// in between costs a repeat, never a loss.
//
// A Source that is Metered is looked at within Budget, more often while comments
// come; one that is a Peeker too by cheap looks between the sweeps. Any other is
// swept each Every.
type Poller struct {
	Platform, Account string
	Source            Source
	Names             Namer
	Keep              Keeper
	Sink              Sink
	Marks             Marks
	// Erased reports whether a comment was erased: it is not handed on any more.
	// nil: none ever was.
	Erased func(id string) bool
	// Deletions are looked for after each sweep; nil: they are not.
	Deletions *Deletions
	// Every is the time from one look to the next at the fastest.
	Every time.Duration
	// Budget is how many calls an hour the looks and all else that the Source's
	// meter counts may take on average; half a day's worth may be saved up. 0: two
	// for each Every, which for a minute is 60 % of the 200 that the Graph API
	// grants a Page with a single engaged user.
	Budget int
	// Aside counts the calls that others make within the account's budget, and by
	// another Source; nil: there are none.
	Aside func() int64
	// Whole is the time from one sweep to the next at the slowest, unless sweeps
	// alone took half of the budget; 0: an hour.
	Whole time.Duration
	Log   *zap.Logger
	// Now is the clock.
	Now func() time.Time

	mu     sync.Mutex
	health Health
	begun  time.Time // the present look
	// before are the states, by id, in which comments were handed on last, as far
	// as the last complete sweep or a peek since then found them; found are those
	// that the present sweep found, peeked those of the peeks since the last one.
	before, found, peeked map[string]string

	again map[string]bool // erased comments that were shown again
	pace  pace
	turn  look // which is due
	meter Metered
	mark  Mark
	fence uint64

	failures  [2]failure // by look
	tries     int        // of the back-fill
	permitted time.Time  // when the account was last asked what it may do
}

// Run looks until ctx ends, or until another process reads the account under a
// later fence: then it returns ErrStale. Trouble with the platform shows in
// Health and is tried again; it never ends the run. A Poller may run again; it
// remembers nothing of the run before but what is withheld.
func (p *Poller) Run(ctx context.Context, fence uint64) error {
	p.begin(fence)
	timer := time.NewTimer(rest(p.used(), p.Now()))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		wait, err := p.once(ctx)
		if err != nil || ctx.Err() != nil {
			return err
		}
		timer.Reset(wait)
	}
}

// begin forgets the run before.
func (p *Poller) begin(fence uint64) {
	p.fence, p.before, p.peeked, p.again = fence, map[string]string{}, map[string]string{}, nil
	p.turn, p.failures, p.permitted = sweeping, [2]failure{}, time.Time{}
	if p.Deletions != nil {
		p.Deletions.forget()
	}
	budget := float64(p.Budget)
	if budget <= 0 {
		budget = 2 / p.Every.Hours()
	}
	p.pace = pace{every: p.Every, whole: p.Whole, budget: budget}
	if p.Whole <= 0 {
		p.pace.whole = time.Hour
	}
	p.meter, _ = p.Source.(Metered)
	if _, ok := p.Source.(Peeker); ok && p.meter != nil {
		p.pace.peeks = true
	}
	p.pace.begin(p.Now(), p.used().Calls)
}

// used is what the source's meter shows.
func (p *Poller) used() Meter {
	if p.meter == nil {
		return Meter{}
	}
	m := p.meter.Meter()
	if p.Aside != nil {
		m.Calls += p.Aside()
	}
	return m
}

// once looks, notes how it went, and returns how long to wait. Only ErrStale is
// an error.
func (p *Poller) once(ctx context.Context) (wait time.Duration, err error) {
	defer p.looking()()
	l, more := p.turn, false
	p.pace.spend(p.used().Calls, p.Now()) // by others than looks
	if l == peeking {
		err = p.peek(ctx)
	} else {
		more, err = p.Sweep(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return 0, nil
	case errors.Is(err, ErrStale):
		return 0, err
	}
	spent := p.pace.spend(p.used().Calls, p.Now())
	if p.askPermit(ctx, err); err != nil {
		return p.failed(l, err, spent), nil
	}
	p.pace.learn(l, spent)
	p.went(l)
	if more {
		return 0, nil
	}
	return p.meant(l, jitter(p.schedule())), nil
}

// schedule decides which look is next, and says when.
func (p *Poller) schedule() (wait time.Duration) {
	if p.meter == nil {
		return p.Every
	}
	p.turn, wait = p.pace.next(p.Now(), p.used())
	if _, due := p.backfilling(); due && !p.Now().Before(p.pace.after) {
		p.turn = sweeping
	}
	return wait
}

// Sweep reads the account once and reports whether there is more at once.
func (p *Poller) Sweep(ctx context.Context) (more bool, err error) {
	mark, err := p.Marks.Load(ctx, p.Platform, p.Account)
	if err != nil {
		return false, fmt.Errorf("load mark: %w", err)
	}
	p.found, p.mark = map[string]string{}, mark
	if p.before == nil {
		p.before = map[string]string{}
	}
	if p.Deletions != nil {
		p.Deletions.begin()
	}
	next, err := p.sweepSince(ctx, mark)
	if err != nil {
		maps.Copy(p.before, p.found)
		return false, err
	}
	for id, state := range p.peeked { // a sweep may leave out what peeks show
		if _, ok := p.found[id]; !ok {
			p.found[id] = state
		}
	}
	p.before, p.peeked = p.found, map[string]string{}
	more, next.More = next.More, false
	if next != mark {
		if err := p.Marks.Save(ctx, p.Platform, p.Account, next, p.fence); err != nil {
			return false, fmt.Errorf("save mark: %w", err)
		}
	}
	p.mark = next
	return more, p.missing(ctx)
}

// peek looks for what is new. What it misses is left to the next sweep: it moves
// no mark, and what it does not find is not missed.
func (p *Poller) peek(ctx context.Context) error {
	known := func(item string) bool {
		id := p.Names.ID(p.Platform, p.Account, item)
		_, ok := p.before[id]
		return ok || p.erased(id)
	}
	return p.Source.(Peeker).Peek(ctx, p.mark, known, func(ctx context.Context, batch []Comment) error {
		states, err := p.handOn(ctx, p.named(batch), p.before)
		maps.Copy(p.before, states)
		maps.Copy(p.peeked, states)
		return err
	})
}

// take takes a batch of a sweep.
func (p *Poller) take(ctx context.Context, batch []Comment) error {
	batch = p.named(batch)
	if p.Deletions != nil {
		for _, c := range batch {
			p.Deletions.saw(c)
		}
	}
	states, err := p.handOn(ctx, batch, p.found)
	maps.Copy(p.found, states)
	return err
}

func (p *Poller) named(batch []Comment) []Comment {
	out := make([]Comment, len(batch))
	for i, c := range batch {
		out[i] = p.Names.Name(c, p.Now())
	}
	return out
}

// state is what makes a comment another one to hand on.
func state(c Comment) string { return c.Version + string(c.Standing) }

// handOn hands on what is not in the state that was last found, in this look or
// before, and returns the states of the batch once they are safe.
func (p *Poller) handOn(ctx context.Context, batch []Comment, found map[string]string) (map[string]string, error) {
	states, fresh, unknown := p.sift(batch, found)
	if len(fresh) == 0 {
		return states, nil
	}
	if err := p.Keep.Keep(ctx, fresh); err != nil {
		return nil, fmt.Errorf("keep texts: %w", err)
	}
	if err := p.Sink.Publish(ctx, fresh); err != nil {
		return nil, fmt.Errorf("publish comments: %w", err)
	}
	for _, c := range unknown {
		p.pace.arrived(c.Created, c.Seen)
	}
	p.mu.Lock()
	p.health.Comments += int64(len(fresh))
	p.mu.Unlock()
	return states, nil
}

// sift finds what is to be handed on, and which of that is of others and was not
// known at all.
func (p *Poller) sift(batch []Comment, found map[string]string) (states map[string]string, fresh, unknown []Comment) {
	states = make(map[string]string, len(batch))
	for _, c := range batch {
		if p.erased(c.ID) {
			p.refuse(c.ID)
			continue
		}
		last, seen := states[c.ID]
		if !seen {
			last, seen = found[c.ID]
		}
		if !seen {
			last, seen = p.before[c.ID]
		}
		if !seen && !c.Own {
			unknown = append(unknown, c)
		}
		if last != state(c) {
			fresh = append(fresh, c)
		}
		states[c.ID] = state(c)
	}
	return states, fresh, unknown
}

// refuse says once a run that a comment came back which was erased: it may have
// been erased by mistake, or be shown although it should not.
func (p *Poller) refuse(id string) {
	if p.again[id] {
		return
	}
	if p.again == nil {
		p.again = map[string]bool{}
	}
	p.again[id] = true
	p.Log.Info("an erased comment is shown by the platform and ignored", zap.String("comment", id))
}

func (p *Poller) erased(id string) bool { return p.Erased != nil && p.Erased(id) }
