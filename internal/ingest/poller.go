package ingest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Poller lets the source of one account sweep again and again, names what it
// finds, and hands each version of each comment on once: first its content to
// the Keeper, then its event to the Sink, and only then the mark moves. A crash
// in between costs a repeat, never a loss.
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
	// Every is the time from one sweep to the next.
	Every time.Duration
	Log   *zap.Logger
	// Now is the clock.
	Now func() time.Time

	mu     sync.Mutex
	health Health

	// before are the versions, by id, that the last complete sweep found last and
	// this one need not hand on again; found are those of this one.
	before, found map[string]string
	again         map[string]bool // erased comments that were shown again
	trouble       int             // failed sweeps in a row
	fence         uint64
}

// Run sweeps until ctx ends, or until another process reads the account under a
// later fence: then it returns ErrStale. Trouble with the platform shows in
// Health and is tried again; it never ends the run. A Poller may run again; it
// remembers nothing of the run before but what is withheld.
func (p *Poller) Run(ctx context.Context, fence uint64) error {
	p.fence, p.before, p.found, p.again, p.trouble = fence, nil, nil, nil, 0
	if p.Deletions != nil {
		p.Deletions.forget()
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		wait, err := p.once(ctx)
		if err != nil {
			return err
		}
		timer.Reset(wait)
	}
}

// once sweeps, notes how it went, and returns how long to wait. Only ErrStale is
// an error.
func (p *Poller) once(ctx context.Context) (time.Duration, error) {
	more, err := p.Sweep(ctx)
	switch {
	case ctx.Err() != nil:
		return 0, nil
	case errors.Is(err, ErrStale):
		return 0, err
	}
	p.note(err)
	if err != nil {
		wait := p.pause(err)
		p.Log.Warn("sweep failed", zap.String("platform", p.Platform), zap.String("account", p.Account),
			zap.Duration("again_in", wait), zap.Error(err))
		return wait, nil
	}
	if more {
		return 0, nil
	}
	return jitter(p.Every), nil
}

// Sweep reads the account once and reports whether there is more at once.
func (p *Poller) Sweep(ctx context.Context) (more bool, err error) {
	mark, err := p.Marks.Load(ctx, p.Platform, p.Account)
	if err != nil {
		return false, fmt.Errorf("load mark: %w", err)
	}
	p.found = map[string]string{}
	if p.Deletions != nil {
		p.Deletions.begin()
	}
	next, err := p.Source.Sweep(ctx, mark, p.take)
	if err != nil {
		p.before = nil // what this sweep saw is not known: hand all on again
		return false, err
	}
	p.before = p.found
	if more, next.More = next.More, false; next != mark {
		if err := p.Marks.Save(ctx, p.Platform, p.Account, next, p.fence); err != nil {
			return false, fmt.Errorf("save mark: %w", err)
		}
	}
	return more, p.missing(ctx)
}

// take names a batch and hands on what the last sweep had not found.
func (p *Poller) take(ctx context.Context, batch []Comment) error {
	fresh := make([]Comment, 0, len(batch))
	for _, c := range batch {
		c = p.Names.Name(c, p.Now())
		if p.Deletions != nil {
			p.Deletions.saw(c)
		}
		if p.erased(c.ID) {
			p.refuse(c.ID)
			continue
		}
		last, seen := p.found[c.ID]
		if !seen {
			last = p.before[c.ID]
		}
		if last != c.Version {
			fresh = append(fresh, c)
		}
		p.found[c.ID] = c.Version
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := p.Keep.Keep(ctx, fresh); err != nil {
		return fmt.Errorf("keep texts: %w", err)
	}
	if err := p.Sink.Publish(ctx, fresh); err != nil {
		return fmt.Errorf("publish comments: %w", err)
	}
	p.mu.Lock()
	p.health.Comments += int64(len(fresh))
	p.mu.Unlock()
	return nil
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

// Health tells how reading goes.
func (p *Poller) Health() Health {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.health
	h.Platform, h.Account = p.Platform, p.Account
	return h
}

func (p *Poller) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.health.LastOK, p.health.Since, p.health.Why = p.Now(), time.Time{}, ""
		p.trouble = 0
		return
	}
	p.trouble++
	if p.health.Since.IsZero() {
		p.health.Since = p.Now()
	}
	p.health.Why = "our own store does not take comments: see the log"
	var read *ReadError
	if errors.As(err, &read) {
		p.health.Why = read.Why
	}
}

// Pauses after a failed sweep.
const (
	pauseFirst = 2 * time.Second
	pauseMost  = 5 * time.Minute
	pauseDead  = 10 * time.Minute
)

// pause is how long to wait after a failed sweep. It is the one place that
// decides when reading is tried again.
func (p *Poller) pause(err error) time.Duration {
	wait := min(pauseFirst<<min(p.trouble-1, 10), pauseMost)
	var read *ReadError
	if errors.As(err, &read) {
		switch read.Kind {
		case Dead, Forbidden:
			wait = pauseDead
		case Bad:
			wait = max(wait, p.Every)
		}
		wait = max(wait, read.RetryAfter)
	}
	return jitter(wait)
}

// jitter spreads d by a tenth to either side, so that accounts do not march in
// step.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-0.5)*0.2*float64(d))
}
