package roster

import "time"

// clock is what the practice's clock shows: the seconds since 1970 that it would have
// counted had it never been changed.
type clock int64

const day clock = 24 * 60 * 60

// longestChange is more than any zone's clock was ever moved, a skipped day included.
const longestChange = 48 * time.Hour

// clockAt is the latest that the clock has shown up to t. Where it is put back it stands
// still until it shows something new, so that nothing begins or ends a second time.
func clockAt(t time.Time, zone *time.Location) clock {
	t = t.In(zone)
	latest, oldest := shows(t), t.Add(-longestChange)
	for {
		start, _ := t.ZoneBounds()
		if start.IsZero() || start.Before(oldest) {
			return latest
		}
		t = start.Add(-time.Second)
		latest = max(latest, shows(t))
	}
}

func shows(t time.Time) clock {
	_, offset := t.Zone()
	return clock(t.Unix() + int64(offset))
}

// in is the first instant at which the clock shows c or later: of an hour that is shown
// twice the first, of one that is left out the moment after. So c.in(zone) is not after t
// exactly where c is not after clockAt(t, zone), and intervals stay in their order.
func (c clock) in(zone *time.Location) time.Time {
	t := time.Unix(int64(c-day), 0).In(zone) // no zone is a whole day from UTC
	for {
		_, offset := t.Zone()
		at := time.Unix(int64(c)-int64(offset), 0).In(zone)
		start, end := t.ZoneBounds()
		switch {
		case !end.IsZero() && !at.Before(end):
			t = end
		case at.Before(start):
			return start
		default:
			return at
		}
	}
}

// day counts the days since 1970.
func (c clock) day() clock { return floor(c, day) }

// floor divides and rounds down, before 1970 too.
func floor(a, b clock) clock {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// moment is an instant and what the practice's clock shows at it.
type moment struct {
	time.Time
	clock clock
}

func (p *Plan) moment(t time.Time) moment { return moment{t, clockAt(t, p.zone())} }

func (p *Plan) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}
