package outbound

import (
	"context"
	"time"

	"triage/internal/ingest"
)

// Ration lets a sweep take half of what an account may spend, so that the other half
// is left for watching: an hour's worth at once, and then as it comes.
type Ration struct {
	Meter ingest.Metered
	// Hourly is the account's budget of calls an hour.
	Hourly float64
	// Wait waits; nil is the machine's clock.
	Wait func(ctx context.Context, d time.Duration) error
	Now  func() time.Time

	begun time.Time
}

const (
	slowFrom = 75 // percent used of what the platform grants: a sweep is what waits
	recheck  = 15 * time.Minute
)

// Afford waits until there are calls to spare.
func (r *Ration) Afford(ctx context.Context) error {
	if r.begun.IsZero() {
		r.begun = r.Now()
	}
	wait := max(r.throttled(), r.wait())
	if wait <= 0 {
		return ctx.Err()
	}
	return r.sleep(ctx, wait)
}

// throttled is how long to wait for the platform. What it grants then only the next
// call tells.
func (r *Ration) throttled() time.Duration {
	m, now := r.Meter.Meter(), r.Now()
	switch {
	case m.Used <= slowFrom:
		return 0
	case m.Reset.After(now):
		return min(m.Reset.Sub(now), 24*time.Hour)
	}
	return recheck
}

// wait is how long until what was spent is earned.
func (r *Ration) wait() time.Duration {
	m, now := r.Meter.Meter(), r.Now()
	rate := r.Hourly / 2
	over := float64(m.Calls) - r.Hourly - rate*now.Sub(r.begun).Hours()
	return time.Duration(max(0, over) / rate * float64(time.Hour))
}

func (r *Ration) sleep(ctx context.Context, d time.Duration) error {
	if r.Wait != nil {
		return r.Wait(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// purse is what watching may spend at an account: it fills with time, up to two
// hours' worth, and may be overdrawn by what is begun.
type purse struct {
	hourly, left float64
	at           time.Time
}

// purse is that of an account; nil: it has no bound.
func (w *Watch) purse(account string) *purse {
	hourly, bound := w.Hourly[account]
	if w.purses[account] == nil && bound {
		w.purses[account] = &purse{hourly: hourly, left: 2 * hourly, at: w.Desk.Now()}
	}
	return w.purses[account]
}

// holds reports whether there is something in it.
func (p *purse) holds(now time.Time) bool {
	if p == nil {
		return true
	}
	p.left = min(2*p.hourly, p.left+p.hourly*max(0, now.Sub(p.at).Hours()))
	p.at = now
	return p.left >= 1
}

func (p *purse) take() {
	if p != nil {
		p.left--
	}
}
