package say

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Span says how long something is: "42 seconds", "3 minutes", "2 days".
func (w *Words) Span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return w.Count(max(0, int((d+time.Second-1)/time.Second)), "%d second")
	case d < 2*time.Hour:
		return w.Count(int(d/time.Minute), "%d minute")
	case d < 48*time.Hour:
		return w.Count(int(d/time.Hour), "%d hour")
	}
	return w.Count(int(d/(24*time.Hour)), "%d day")
}

// Ago says how long ago something was.
func (w *Words) Ago(d time.Duration) string { return w.Say("%s ago", w.Span(d)) }

// Short says how long something is in a table: "3 min", "6 d".
func (w *Words) Short(d time.Duration) string {
	switch {
	case d < time.Minute:
		return w.Say("now")
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 24*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " d"
}

// Clock says when something happened, at now and where now is: the time if it is
// today, else the day too.
func (w *Words) Clock(t, now time.Time) string {
	t = t.In(now.Location())
	switch {
	case t.IsZero():
		return w.Say("some time ago")
	case SameDay(t, now):
		return t.Format("15:04")
	case now.Sub(t) < 6*24*time.Hour && t.Before(now):
		return w.Say(t.Format("Mon")) + t.Format(" 15:04")
	}
	return t.Format("2 ") + w.Say(t.Format("Jan")) + t.Format(" 2006 15:04")
}

// SameDay reports whether two times are on one day, where the first is.
func SameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.In(a.Location()).Date()
	return ay == by && am == bm && ad == bd
}

var number = regexp.MustCompile(`^(\d{1,3}(?:,\d{3})*) (.+)$`)

// counted takes "3 days" apart into the number and what Count calls it.
func counted(s string) (n int, of string, ok bool) {
	m := number.FindStringSubmatch(s)
	if m == nil {
		return 0, "", false
	}
	n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
	if err != nil {
		return 0, "", false
	}
	if n != 1 {
		m[2] = strings.TrimSuffix(m[2], "s")
	}
	return n, "%d " + m[2], true
}

// Coming says when something to come happens, at now and where now is: the time if it is
// today, the day of the week if that says which, else the day too.
func (w *Words) Coming(t, now time.Time) string {
	t = t.In(now.Location())
	switch {
	case SameDay(t, now):
		return t.Format("15:04")
	case t.Before(now):
		return w.Clock(t, now)
	case t.Sub(now) < 6*24*time.Hour:
		return w.Say(t.Format("Mon")) + t.Format(" 15:04")
	}
	return w.Day(t) + t.Format(" 15:04")
}

// Day names a day where t is: "Mon 2 Mar".
func (w *Words) Day(t time.Time) string {
	return w.Say(t.Format("Mon")) + t.Format(" 2 ") + w.Say(t.Format("Jan"))
}
