package roster

import (
	"errors"
	"regexp"
	"strconv"
	"time"
)

// Turn is how long somebody is on call: a number of days, or of hours.
type Turn struct{ Days, Hours int }

// longestTurn is how long a turn may be, in days.
const longestTurn = 366

var turnPattern = regexp.MustCompile(`^([1-9][0-9]{0,3})([wdh])$`)

// ParseTurn reads a turn: weeks, days or hours, such as "1w", "3d" or "12h". Days are
// those of the calendar, so that "1d" hands over at the same hour when the clocks change
// and "24h" does not.
func ParseTurn(text string) (Turn, error) {
	wrong := errors.New(`a turn must be a number of weeks, days or hours, at most 366 days: write it such as "1w", "3d" or "12h"`)
	m := turnPattern.FindStringSubmatch(text)
	if m == nil {
		return Turn{}, wrong
	}
	n, _ := strconv.Atoi(m[1])
	t := map[string]Turn{"w": {Days: 7 * n}, "d": {Days: n}, "h": {Hours: n}}[m[2]]
	if !t.valid() {
		return Turn{}, wrong
	}
	return t, nil
}

func (t Turn) valid() bool {
	return t.Days >= 0 && t.Hours >= 0 && (t.Days == 0) != (t.Hours == 0) && t.Days <= longestTurn && t.Hours <= 24*longestTurn
}

// String is the turn as ParseTurn reads it.
func (t Turn) String() string {
	switch {
	case t.Hours > 0:
		return strconv.Itoa(t.Hours) + "h"
	case t.Days%7 == 0:
		return strconv.Itoa(t.Days/7) + "w"
	}
	return strconv.Itoa(t.Days) + "d"
}

// turn is whose turn it is in a rotation at a moment, clipped by its hours; ok false: the
// moment is outside them. Before the start the turns are counted backwards, so that
// nobody's absence follows from a start in the future.
func (p *Plan) turn(r *Rotation, m moment) (s Shift, ok bool) {
	if len(r.People) == 0 {
		return Shift{}, false
	}
	n := clock(0)
	s = Shift{Rotation: r.Name}
	switch {
	case r.Turn.Days > 0:
		start, length := clockAt(r.Start, p.zone()), clock(r.Turn.Days)*day
		n = floor(m.clock-start, length)
		s.From, s.Until = (start + n*length).in(p.zone()), (start + (n+1)*length).in(p.zone())
	case r.Turn.Hours > 0:
		start, length := clock(r.Start.Unix()), clock(r.Turn.Hours)*60*60
		n = floor(clock(m.Unix())-start, length)
		s.From, s.Until = time.Unix(int64(start+n*length), 0).In(p.zone()), time.Unix(int64(start+(n+1)*length), 0).In(p.zone())
	}
	count := clock(len(r.People))
	s.Person = r.People[((n%count)+count)%count]
	return s, r.Hours.None() || p.clip(&s, r.Hours, m)
}

// clip shortens a shift to the hours around the moment; false: it is outside them.
func (p *Plan) clip(s *Shift, h Hours, m moment) bool {
	w := week{h, p.Holidays}
	lo, hi := m.clock-longestTurn*day, m.clock+longestTurn*day
	if !s.Until.IsZero() {
		lo, hi = clockAt(s.From, p.zone()), clockAt(s.Until, p.zone())
	}
	end := w.until(m.clock, max(hi, m.clock+1))
	if end == m.clock {
		return false
	}
	if from := w.since(m.clock, lo).in(p.zone()); s.From.Before(from) {
		s.From = from
	}
	if until := end.in(p.zone()); s.lasts(until) {
		s.Until = until
	}
	return true
}
