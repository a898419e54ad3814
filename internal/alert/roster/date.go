package roster

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Date is a day by the practice's clock.
type Date struct {
	Year  int
	Month int
	Day   int
}

// DateOf is the day of t in t's zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, int(m), d}
}

// String is the date as it is written in the configuration, such as "2026-12-25".
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// dateOf is the date of a day since 1970.
func dateOf(n clock) Date { return DateOf(time.Unix(int64(n*day), 0).UTC()) }

// Years in which a date is taken: what is outside is a slip of the pen.
const (
	firstYear = 2000
	lastYear  = 2199
)

// ParseDate reads a date such as "2026-12-25".
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return Date{}, errors.New(`a day that exists is needed: write it as year, month and day, such as "2026-12-25"`)
	}
	return DateOf(t), nil
}

// ParseHoliday reads a day and what it is called, such as "2026-12-25 Christmas"; the
// name may be left out.
func ParseHoliday(text string) (Date, string, error) {
	written, name, _ := strings.Cut(strings.TrimSpace(text), " ")
	d, err := ParseDate(written)
	return d, strings.TrimSpace(name), err
}

// Holiday says whether at is on a holiday by the practice's clock, and which.
func (p *Plan) Holiday(at time.Time) (name string, is bool) {
	name, is = p.Holidays[DateOf(at.In(p.zone()))]
	return name, is
}

// startLayout is how the start of a rotation is written.
const startLayout = "2006-01-02 15:04"

// ParseStart reads when a rotation began, such as "2026-11-23 09:00", by the clock of
// zone: the first of an hour that is shown twice, and the moment after one that is left out.
func ParseStart(text string, zone *time.Location) (time.Time, error) {
	t, err := time.Parse(startLayout, strings.TrimSpace(text))
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, errors.New(`the start must be a day and an hour by the practice's clock: write it such as "2026-11-23 09:00"`)
	}
	return clock(t.Unix()).in(zone), nil
}
