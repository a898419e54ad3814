package ingest

import (
	"math"
	"time"
)

// look is a way to look at an account.
type look int

const (
	peeking look = iota
	sweeping
)

// pace decides when an account is looked at next, and how, within a budget of
// calls. What is not spent is saved up, and spent when comments come: one is
// seldom alone. It keeps no clock and calls nobody.
type pace struct {
	// every is the shortest time between two looks, whole the longest between two
	// sweeps unless those alone took half of the budget.
	every, whole time.Duration
	budget       float64 // calls an hour

	at    time.Time // up to when the following are reckoned
	calls int64     // by the platform's meter
	saved float64   // calls
	warm  float64   // comments that came lately

	cost  [2]float64       // of a look, in calls
	seen  [2]int           // complete looks
	took  [2]time.Duration // the last good look
	swept time.Time        // when the last complete sweep ended; zero: there was none
	after time.Time        // no sweep before
	peeks bool             // the source can peek
	tried bool             // a sweep was tried, and did not come to its end
}

const (
	// saveHours of the budget are saved at most: a day may then take 36 hours' worth.
	saveHours = 12
	// warmth is how long it takes until recent comments count half.
	warmth = 15 * time.Minute
	// lately is how old a comment may be to say that more may come.
	lately = time.Hour
	// sweepShare is the part of the budget that sweeps take at least.
	sweepShare = 0.15
	// slowest is the longest time between two looks that the budget allows.
	slowest = 5 * time.Minute
	// learning is how much the newest look counts for what one costs.
	learning = 0.3

	slowFrom = 75               // percent used: fewer looks from here
	stopFrom = 95               // percent used: none from here
	recheck  = 30 * time.Minute // where the platform does not say when it grants anew
	longStop = 24 * time.Hour   // no platform's limit rolls over more
)

// begin begins a run with half of what can be saved, where a long run settles.
// The first look is a sweep.
func (p *pace) begin(now time.Time, calls int64) {
	p.at, p.calls = now, calls
	p.saved = p.budget * saveHours / 2
	p.cost = [2]float64{1, 1}
}

// spend reckons with what was called since it last was, by whom ever, and
// returns that.
func (p *pace) spend(calls int64, now time.Time) (spent float64) {
	p.reckon(now)
	spent = float64(calls - p.calls)
	p.saved -= spent
	p.calls = calls
	return spent
}

// learn takes note of what a complete look cost.
func (p *pace) learn(l look, spent float64) {
	if p.seen[l]++; p.seen[l] == 1 {
		p.cost[l] = spent
	}
	p.cost[l] = max(1, p.cost[l]+learning*(spent-p.cost[l]))
}

// failed takes note of a look that failed and cost so much, and returns for how
// long not to look again so: where nothing is saved, such looks take half of the
// budget at most.
func (p *pace) failed(l look, spent float64) time.Duration {
	if p.seen[l] == 0 {
		p.cost[l] = max(p.cost[l], spent)
	}
	p.tried = p.tried || l == sweeping
	if p.saved >= 0 {
		return 0
	}
	return hours(2 * spent / p.budget)
}

// reckon brings what is saved and what is warm up to now.
func (p *pace) reckon(now time.Time) {
	passed := now.Sub(p.at)
	p.saved = min(p.saved+p.budget*passed.Hours(), p.budget*saveHours)
	p.warm *= math.Exp2(-float64(passed) / float64(warmth))
	p.at = now
}

// arrived takes note of a comment of somebody else that was not known.
func (p *pace) arrived(created, now time.Time) {
	if now.Sub(created) < lately {
		p.warm++
	}
}

// next is when to look again after a look that ended now, and how.
func (p *pace) next(now time.Time, m Meter) (look, time.Duration) {
	l := p.cheapest()
	wait := p.until(l, now, m)
	if l == sweeping || rest(m, now) > 0 {
		return l, wait
	}
	due := p.swept.Add(time.Duration(float64(p.sweepEvery()) * slowness(m)))
	if due.Before(p.after) {
		due = p.after
	}
	if left := due.Sub(now); left <= wait {
		return sweeping, max(left, p.every)
	}
	return peeking, wait
}

// until is how long to wait for a look of this kind.
func (p *pace) until(l look, now time.Time, m Meter) time.Duration {
	if rest := rest(m, now); rest > 0 {
		return rest
	}
	budget := p.budget
	if l == peeking {
		budget -= p.cost[sweeping] / p.sweepEvery().Hours()
	}
	wait := p.between(l, budget)
	return max(wait, min(recheck, time.Duration(float64(wait)*slowness(m))))
}

// canPeek reports whether peeks are possible: a sweep goes first. If it failed, it
// is no reason not to look for what is new.
func (p *pace) canPeek() bool { return p.peeks && (p.tried || !p.swept.IsZero()) }

// cheapest is the look with which to find out whether there is anything new.
func (p *pace) cheapest() look {
	if p.canPeek() && p.cost[peeking] < p.cost[sweeping] {
		return peeking
	}
	return sweeping
}

// between is the time from one look to the next that spends so many calls an
// hour on average, more of them now if it is worth it.
func (p *pace) between(l look, budget float64) time.Duration {
	full := p.saved / (p.budget * saveHours)
	worth := max(0.05, 0.5+full+max(0, full)*2*(math.Sqrt(1+p.warm)-1))
	mean := hours(p.cost[l] / budget)
	return max(p.every, min(time.Duration(float64(mean)/worth), max(slowest, mean)))
}

// sweepEvery is the time from one sweep to the next: what the peeks leave of the
// budget goes to them.
func (p *pace) sweepEvery() time.Duration {
	left := p.budget - p.cost[peeking]/p.every.Hours()
	often := hours(p.cost[sweeping] / max(left, sweepShare*p.budget))
	return max(p.every, min(often, max(p.whole, hours(2*p.cost[sweeping]/p.budget))))
}

// slowness is how many times as long to wait, up to stopFrom.
func slowness(m Meter) float64 {
	if m.Used <= slowFrom {
		return 1
	}
	return float64(stopFrom-slowFrom) / float64(stopFrom-min(m.Used, stopFrom-1))
}

// rest is how long to call nothing at all; 0: there is no need.
func rest(m Meter, now time.Time) time.Duration {
	switch {
	case m.Used < stopFrom:
		return 0
	case m.Reset.After(now):
		return min(m.Reset.Sub(now), longStop)
	default:
		return recheck
	}
}

// hours is n of them; a number out of all reason is a year.
func hours(n float64) time.Duration {
	const year = 365 * 24
	if !(n >= 0 && n < year) {
		n = year
	}
	return time.Duration(n * float64(time.Hour))
}
