package roster

import "time"

// Hours are times of the week, such as "Mon-Fri 08:00-18:00", by the practice's clock;
// the zero Hours have none, and what that means is said where they are used.
type Hours struct{ spans []span }

// span is one stretch of some days.
type span struct {
	// days has a bit for each time.Weekday and one for holidays.
	days uint8
	// from and to are counted from the midnight at which such a day begins; to may be on
	// the day after.
	from, to clock
}

const (
	holidays uint8 = 1 << 7
	everyDay uint8 = 1<<8 - 1
)

// None says that there are no hours at all.
func (h Hours) None() bool { return len(h.spans) == 0 }

// always says that they leave out no time of a week without holidays.
func (h Hours) always() bool { return week{Hours: h}.until(0, 7*day) >= 7*day }

// week is Hours on the days of a practice.
type week struct {
	Hours
	holidays map[Date]string
}

// kind is the bit of the day: a holiday is no weekday.
func (w week) kind(n clock) uint8 {
	if len(w.holidays) > 0 {
		if _, is := w.holidays[dateOf(n)]; is {
			return holidays
		}
	}
	return 1 << uint8(((n+4)%7+7)%7) // 1970 began on a Thursday
}

// spansNear calls f with the spans of the day of c and of the day before, which may last
// into it.
func (w week) spansNear(c clock, f func(from, to clock)) {
	for n := c.day() - 1; n <= c.day(); n++ {
		kind := w.kind(n)
		for _, s := range w.spans {
			if s.days&kind != 0 {
				f(n*day+s.from, n*day+s.to)
			}
		}
	}
}

// until is when the hours that hold c end, c if there are none; it looks no further than
// limit.
func (w week) until(c, limit clock) clock {
	for c < limit {
		end := c
		w.spansNear(c, func(from, to clock) {
			if from <= c && c < to {
				end = max(end, to)
			}
		})
		if end == c {
			return c
		}
		c = end
	}
	return c
}

// since is when the hours that last until c or beyond it began; it looks no further back
// than limit.
func (w week) since(c, limit clock) clock {
	for c > limit {
		start := c
		w.spansNear(c, func(from, to clock) {
			if from < c && c <= to {
				start = min(start, from)
			}
		})
		if start == c {
			return c
		}
		c = start
	}
	return c
}

// next is when hours begin after c; limit: they do not before.
func (w week) next(c, limit clock) clock {
	for n := c.day(); n <= limit.day(); n++ {
		found, kind := limit, w.kind(n)
		for _, s := range w.spans {
			if start := n*day + s.from; s.days&kind != 0 && start > c {
				found = min(found, start)
			}
		}
		if found < limit {
			return found
		}
	}
	return limit
}

// longestQuiet is how far ahead the end of quiet hours is looked for.
const longestQuiet = 400 * day

// QuietUntil says whether the team is not to be told at a time, and until when.
func (p *Plan) QuietUntil(at time.Time) (until time.Time, quiet bool) {
	c := clockAt(at, p.zone())
	end := week{p.Quiet, p.Holidays}.until(c, c+longestQuiet)
	if end == c {
		return time.Time{}, false
	}
	return end.in(p.zone()), true
}
