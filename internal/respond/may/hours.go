package may

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Hours are the same hours of every day, by the clock of a place. The zero value
// is none.
type Hours struct {
	from, to clock
	zone     *time.Location
}

// clock is a time of the day.
type clock struct{ hour, minute int }

func (c clock) on(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), c.hour, c.minute, 0, 0, day.Location())
}

// ParseHours reads hours such as "22:00-07:00", by the clock of zone; "" is none.
func ParseHours(s string, zone *time.Location) (Hours, error) {
	if s = strings.TrimSpace(s); s == "" {
		return Hours{}, nil
	}
	from, to, _ := strings.Cut(s, "-")
	a, err := time.Parse("15:04", strings.TrimSpace(from))
	b, errTo := time.Parse("15:04", strings.TrimSpace(to))
	if err != nil || errTo != nil || a.Equal(b) {
		return Hours{}, fmt.Errorf("%q are no hours: write from and to by the clock, such as \"22:00-07:00\", or \"\" for none", s)
	}
	return Hours{clock{a.Hour(), a.Minute()}, clock{b.Hour(), b.Minute()}, zone}, nil
}

// Until is the end of the hours that t is in; zero: it is in none.
func (h Hours) Until(t time.Time) time.Time {
	if h.zone == nil {
		return time.Time{}
	}
	for back := range 2 { // those that began today, or yesterday
		day := t.In(h.zone).AddDate(0, 0, -back)
		begin, end := h.from.on(day), h.to.on(day)
		if !end.After(begin) {
			end = h.to.on(day.AddDate(0, 0, 1))
		}
		if !t.Before(begin) && t.Before(end) {
			return end
		}
	}
	return time.Time{}
}

// String is as ParseHours reads it.
func (h Hours) String() string {
	if h.zone == nil {
		return ""
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.from.hour, h.from.minute, h.to.hour, h.to.minute)
}

// FreeAgain is when fewer than most of these times are younger than Day; zero: they
// are. The times are put in order.
func FreeAgain(at []time.Time, most int) time.Time {
	if len(at) < most {
		return time.Time{}
	}
	slices.SortFunc(at, time.Time.Compare)
	return at[len(at)-most].Add(Day)
}

// Day is in which time what went out is counted.
const Day = 24 * time.Hour
