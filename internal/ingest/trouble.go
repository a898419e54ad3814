package ingest

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.uber.org/zap"
)

// failure is how many looks of one kind failed in a row, and why the last did.
type failure struct {
	n   int
	why string
}

// Pauses after a failed look.
const (
	pauseFirst = 2 * time.Second
	pauseMost  = 5 * time.Minute
	pauseDead  = 10 * time.Minute
)

// What Health says when the platform grants little or nothing more.
const (
	whySlow = "most of the calls that the platform grants this account are used, so comments are looked for less often; nothing to do unless it lasts: then find out which other program uses the account, or lower the account's budget"
	whyLong = "the present look at the account takes very long, and new comments wait for it; nothing to do unless it lasts: then see the log, and how busy this machine and its network are"
	whyStop = "nearly all calls that the platform grants this account are used, so reading rests until it grants more; nothing to do unless it lasts: then find out which other program uses the account, or lower the account's budget"
)

// failed notes that a look failed, decides which is next, and returns when. It is
// the one place that decides when reading is tried again: after pauses that grow
// and keep to the budget, and first with the look that costs least. A sweep that
// fails by itself holds up sweeps alone.
func (p *Poller) failed(l look, err error, spent float64) time.Duration {
	f := &p.failures[l]
	f.n++
	f.why = "our own store does not take comments: see the log"
	var read *ReadError
	if errors.As(err, &read) {
		f.why = read.Why
	}
	p.tell()
	wait := max(p.pause(f.n, read), p.pace.failed(l, spent))
	if l == peeking {
		p.turn, _ = p.pace.next(p.Now().Add(wait), p.used())
	} else {
		p.pace.after = p.Now().Add(wait)
		p.turn = p.pace.cheapest()
		alone := read == nil || read.RetryAfter == 0 && (read.Kind == Temporary || read.Kind == Bad)
		if alone && p.turn == peeking {
			wait = min(wait, p.pause(p.failures[peeking].n+1, nil))
		}
	}
	wait = max(wait, rest(p.used(), p.Now()))
	p.Log.Warn(failedWord[l], zap.String("platform", p.Platform), zap.String("account", p.Account),
		zap.Duration("again_in", wait), zap.Error(err))
	return jitter(wait)
}

var failedWord = [2]string{peeking: "peek failed", sweeping: "sweep failed"}

// pause is how long to wait after the nth failure in a row.
func (p *Poller) pause(n int, read *ReadError) time.Duration {
	wait := min(pauseFirst<<min(n-1, 10), pauseMost)
	if read == nil {
		return wait
	}
	switch read.Kind {
	case Dead, Forbidden:
		wait = pauseDead
	case Bad:
		wait = max(wait, p.Every)
	case Throttled:
		wait = max(wait, min(p.used().Reset.Sub(p.Now()), longStop))
	}
	return max(wait, read.RetryAfter)
}

// went notes that a look went well.
func (p *Poller) went(l look) {
	p.failures[l] = failure{}
	if l == sweeping {
		p.pace.swept = p.Now()
	}
	if p.pace.cheapest() == sweeping { // then there are no peeks any more
		p.failures[peeking] = failure{}
	}
	p.mu.Lock()
	p.health.LastOK = p.Now()
	p.mu.Unlock()
	p.tell()
}

// tell brings Health up to date.
func (p *Poller) tell() {
	m, now := p.used(), p.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	h := &p.health
	h.Skew = m.Skew
	switch {
	case p.failures[sweeping].n > 0:
		h.Why = p.failures[sweeping].why
	case p.failures[peeking].n > 0:
		h.Why = p.failures[peeking].why
	case rest(m, now) > 0:
		h.Why = whyStop
	default:
		h.Since, h.Why = time.Time{}, ""
		if m.Used > slowFrom {
			h.Why = whySlow
		}
		return
	}
	if h.Since.IsZero() {
		h.Since = now
	}
}

// permitEvery is how often an account is asked what it may do, and until when.
const permitEvery = 6 * time.Hour

// askPermit asks now and then, and when the platform refused: it may be able to
// tell what is missing. Where it does not answer, nothing is changed.
func (p *Poller) askPermit(ctx context.Context, failed error) {
	asked, ok := p.Source.(Permitted)
	if !ok {
		return
	}
	var read *ReadError
	refused := errors.As(failed, &read) && (read.Kind == Dead || read.Kind == Forbidden)
	due := failed == nil && p.Now().Sub(p.permitted) >= permitEvery && rest(p.used(), p.Now()) == 0
	if !refused && !due {
		return
	}
	if p.permitted = p.Now(); refused {
		p.permitted = time.Time{} // and once more when it refuses no longer
	}
	permit, err := asked.Permit(ctx)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.health.Expires, p.health.Lacks = permit.Expires, permit.Lacks
}

// longLook is how long a look may take until people are told.
const longLook = 30 * time.Minute

// looking notes that a look begins, and lets note that it ended.
func (p *Poller) looking() (ended func()) {
	note := func(at time.Time) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.begun = at
	}
	note(p.Now())
	return func() { note(time.Time{}) }
}

// meant notes how long the look that ended took, and what is meant to pass until the end
// of the next one after so long a pause.
func (p *Poller) meant(l look, wait time.Duration) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pace.took[l] = p.Now().Sub(p.begun)
	p.health.Gap = wait + max(p.pace.took[peeking], p.pace.took[sweeping])
	return wait
}

// Health tells how reading goes.
func (p *Poller) Health() Health {
	p.mu.Lock()
	defer p.mu.Unlock()
	h, now := p.health, p.Now()
	h.Platform, h.Account = p.Platform, p.Account
	if h.Since.IsZero() && !p.begun.IsZero() && now.Sub(p.begun) > longLook && now.Sub(h.LastOK) > longLook {
		h.Since, h.Why, h.Stuck = p.begun, whyLong, true
	}
	return h
}

// jitter makes d longer by up to a tenth, so that accounts do not march in step.
// It is never shorter: a platform may have asked for it.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration(rand.Float64()*float64(min(d/10, jitterMost)))
}

const jitterMost = 5 * time.Minute
