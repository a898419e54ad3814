package ingest

import (
	"context"
	"errors"
	"time"
)

// Backfill is how reading what was written long ago goes.
type Backfill struct {
	// Since is from when on everything is read; zero: nobody asked for it.
	Since time.Time `json:"since,omitzero"`
	// Read counts the comments that were read, known ones too.
	Read int64 `json:"read,omitempty"`
	// Done is when all was read; zero: it is not yet.
	Done time.Time `json:"done,omitzero"`
	// Why tells why it was given up, with what to do; empty: it was not.
	Why string `json:"why,omitempty"`
}

// open reports whether there is something left to do.
func (b Backfill) open() bool { return !b.Since.IsZero() && b.Done.IsZero() && b.Why == "" }

// backfillTries is how often a back-fill is begun.
const backfillTries = 3

// Backfill asks that a sweep, once one went well, reads everything since then, as far back as
// the platform shows it. When the budget is spent it waits for more, and peeks
// meanwhile. It may be called at any time, and takes the place of an earlier wish.
// A restart forgets it: what was handed on until then stays handed on.
func (p *Poller) Backfill(since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.health.Backfill, p.tries = Backfill{Since: since}, 0
}

// backfilling is the back-fill that is due: once a first sweep told what is known.
func (p *Poller) backfilling() (b Backfill, due bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.health.Backfill, p.health.Backfill.open() && !p.pace.swept.IsZero()
}

// sweepSince sweeps from the mark, or from before where a back-fill is due.
func (p *Poller) sweepSince(ctx context.Context, mark Mark) (Mark, error) {
	b, due := p.backfilling()
	if !due {
		return p.Source.Sweep(ctx, mark, p.take)
	}
	from := mark
	if from.Time.IsZero() || from.Time.After(b.Since) {
		from.Time = b.Since
	}
	next, err := p.Source.Sweep(ctx, from, func(ctx context.Context, batch []Comment) error {
		if err := p.take(ctx, batch); err != nil {
			return err
		}
		p.progress(b.Since, func(b *Backfill) { b.Read += int64(len(batch)) })
		return p.afford(ctx)
	})
	if ctx.Err() == nil {
		p.progress(b.Since, func(b *Backfill) { p.settle(b, err) })
	}
	return next, err
}

// progress notes how the back-fill goes, unless another was asked for meanwhile.
func (p *Poller) progress(since time.Time, note func(*Backfill)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.health.Backfill.Since.Equal(since) {
		note(&p.health.Backfill)
	}
}

// settle notes how a back-fill ended. One that fails is begun anew a few times.
func (p *Poller) settle(b *Backfill, err error) {
	if err == nil {
		b.Done = p.Now()
		return
	}
	if p.tries++; p.tries < backfillTries {
		b.Read = 0
		return
	}
	b.Why = "older comments could not all be read; see the log, and ask for them again"
	var read *ReadError
	if errors.As(err, &read) {
		b.Why = "older comments could not all be read, ask for them again once this is mended: " + read.Why
	}
}

// afford waits until the budget has calls to spare and the platform grants them,
// and peeks meanwhile.
func (p *Poller) afford(ctx context.Context) error {
	for p.meter != nil {
		m := p.used()
		p.pace.spend(m.Calls, p.Now())
		if p.pace.saved > 0 && m.Used <= slowFrom {
			return nil
		}
		l := sweeping // this one
		if p.pace.canPeek() {
			l = peeking
		}
		wait := p.pace.until(l, p.Now(), m)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(jitter(wait)):
		}
		if l == peeking {
			if err := p.peek(ctx); err != nil {
				return err
			}
			p.went(peeking)
		}
	}
	return nil
}
