package roster

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	longDays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

	joints       = regexp.MustCompile(`\s*([-,])\s*`)
	timesPattern = regexp.MustCompile(`^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$`)

	errHours = errors.New(`hours must be days, times or both: write them such as "Mon-Fri 08:00-18:00", "Sat", "holidays 09:00-12:00" or "22:00-07:00"`)
	errTimes = errors.New(`times must be two different times of day: write them such as "08:00-18:00", or "22:00-07:00" over midnight, or only the days for all of the day`)
)

// ParseHours reads times of the week, each such as "Mon-Fri 08:00-18:00" or, for whole
// days, "Sat,Sun". Without days they hold every day, holidays too; a holiday is otherwise
// only meant by "holidays". Times over midnight belong to the day on which they begin.
func ParseHours(entries []string) (Hours, error) {
	var h Hours
	for i, entry := range entries {
		s, err := parseSpan(entry)
		if err != nil {
			return Hours{}, fmt.Errorf("entry %d: %w", i+1, err)
		}
		h.spans = append(h.spans, s)
	}
	return h, nil
}

func parseSpan(entry string) (s span, err error) {
	entry = strings.NewReplacer("–", "-", "—", "-").Replace(entry)
	words := strings.Fields(joints.ReplaceAllString(entry, "$1"))
	s = span{days: everyDay, to: day}
	if len(words) == 0 || len(words) > 2 {
		return span{}, errHours
	}
	if timed := strings.Contains(words[len(words)-1], ":"); timed {
		if s.from, s.to, err = parseTimes(words[len(words)-1]); err != nil {
			return span{}, err
		}
		words = words[:len(words)-1]
	}
	if len(words) > 1 {
		return span{}, errHours
	}
	if len(words) == 1 {
		s.days, err = parseDays(words[0])
	}
	return s, err
}

func parseTimes(text string) (from, to clock, err error) {
	m := timesPattern.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, errTimes
	}
	from, to = timeOfDay(m[1], m[2]), timeOfDay(m[3], m[4])
	if from < 0 || from >= day || to < 0 || from == to {
		return 0, 0, errTimes
	}
	if to < from {
		to += day
	}
	return from, to, nil
}

// timeOfDay is negative where there is no such time; 24:00 is the end of the day.
func timeOfDay(hour, minute string) clock {
	h, _ := strconv.Atoi(hour) // two digits by the pattern
	m, _ := strconv.Atoi(minute)
	if c := clock(h*60+m) * 60; m < 60 && c <= day {
		return c
	}
	return -1
}

func parseDays(text string) (days uint8, err error) {
	for _, part := range strings.Split(text, ",") {
		if strings.EqualFold(part, "holidays") || strings.EqualFold(part, "holiday") {
			days |= holidays
			continue
		}
		first, last, isRange := strings.Cut(part, "-")
		a, b := weekday(first), weekday(last)
		if !isRange {
			b = a
		}
		if a < 0 || b < 0 {
			return 0, errHours
		}
		for i := a; ; i = (i + 1) % 7 {
			days |= dayBit(i)
			if i == b {
				break
			}
		}
	}
	return days, nil
}

// weekday is the place of a day in a week that begins on Monday; -1: it is none.
func weekday(name string) int {
	same := func(day string) bool { return strings.EqualFold(day, name) }
	return max(slices.IndexFunc(weekdays, same), slices.IndexFunc(longDays, same))
}

func dayBit(i int) uint8 { return 1 << ((i + 1) % 7) }

// Entries are the hours as ParseHours reads them.
func (h Hours) Entries() (out []string) {
	for _, s := range h.spans {
		out = append(out, s.String())
	}
	return out
}

// String is the hours for people.
func (h Hours) String() string { return strings.Join(h.Entries(), "; ") }

func (s span) String() string {
	times := fmt.Sprintf("%s-%s", hourText(s.from), hourText(s.to))
	switch {
	case s.days == everyDay:
		return times
	case s.from == 0 && s.to == day:
		return s.dayText()
	}
	return s.dayText() + " " + times
}

func hourText(c clock) string {
	if c > day {
		c -= day
	}
	return fmt.Sprintf("%02d:%02d", c/3600, c/60%60)
}

func (s span) dayText() string {
	var parts []string
	for i := 0; i < 7; i++ {
		if s.days&dayBit(i) == 0 {
			continue
		}
		first := i
		for i+1 < 7 && s.days&dayBit(i+1) != 0 {
			i++
		}
		name := weekdays[first]
		if i > first {
			name += "-" + weekdays[i]
		}
		parts = append(parts, name)
	}
	if s.days&holidays != 0 {
		parts = append(parts, "holidays")
	}
	return strings.Join(parts, ",")
}
