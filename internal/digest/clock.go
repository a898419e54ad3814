package digest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/internal/alert/roster"
)

// Clock is when a digest is due, by the practice's clock.
type Clock struct {
	// At is the time of day, such as "07:30". Where the clock leaves it out in spring, it is
	// the moment after; where it shows it twice in autumn, the first.
	At string
	// Days are on which days of the week; none: Monday to Friday.
	Days []time.Weekday
	// Holidays are days without one.
	Holidays map[roster.Date]string
	// Zone is the practice's; nil: UTC.
	Zone *time.Location
}

// workdays are the days where none are named.
var workdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}

// farthest is how many days a clock is asked for at most: a year of holidays has none.
const farthest = 370

// Validate says what is wrong with the time of day, and what to write.
func (c Clock) Validate() error {
	if t, err := time.Parse("15:04", c.At); err != nil || t.Format("15:04") != c.At {
		return errors.New(`a time of day is needed, by the practice's clock: write it such as "07:30"`)
	}
	return nil
}

// ParseDays reads the days of the week on which a digest is sent, such as
// "Mon", "Tue"; in English, by their first three letters.
func ParseDays(names []string) ([]time.Weekday, error) {
	var out []time.Weekday
	for n, name := range names {
		i := slices.IndexFunc(allDays, func(d time.Weekday) bool { return strings.EqualFold(d.String()[:3], strings.TrimSpace(name)) })
		if i < 0 {
			return nil, fmt.Errorf(`entry %d is no day of the week: write "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" or "Sun"`, n+1)
		}
		out = append(out, allDays[i])
	}
	return out, nil
}

var allDays = []time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}

// Next is the first time after an instant at which the digest is due; zero: not in a year.
func (c Clock) Next(after time.Time) time.Time { return c.find(after, 1) }

// Last is the last time, up to an instant and at it, at which it was due; zero: not in a year.
func (c Clock) Last(until time.Time) time.Time { return c.find(until, -1) }

// find goes from the day of t forwards or backwards.
func (c Clock) find(t time.Time, step int) time.Time {
	y, m, d := t.In(c.zone()).Date()
	for i := range farthest {
		// Noon UTC of a day is on that day: only its date is asked.
		day := time.Date(y, m, d+i*step, 12, 0, 0, 0, time.UTC)
		at, due := c.due(day)
		if due && at.After(t) == (step > 0) {
			return at
		}
	}
	return time.Time{}
}

// due is when the digest of a day is due, if it has one.
func (c Clock) due(day time.Time) (at time.Time, ok bool) {
	days := c.Days
	if len(days) == 0 {
		days = workdays
	}
	date := roster.DateOf(day)
	if _, holiday := c.Holidays[date]; holiday || !slices.Contains(days, day.Weekday()) {
		return at, false
	}
	at, err := roster.ParseStart(date.String()+" "+c.At, c.zone())
	if err != nil {
		return at, false
	}
	at = at.In(c.zone())
	return at, roster.DateOf(at) == date // not on a day that a zone left out
}

// Day names the day of a time by this clock, such as "2026-11-23".
func (c Clock) Day(t time.Time) string { return roster.DateOf(t.In(c.zone())).String() }

func (c Clock) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}
