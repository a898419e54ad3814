package digest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"triage/internal/alert"
)

// Call is one alert, from when it began to when it was over.
type Call struct {
	// Key, Severity, What, Where and Count are the alert's.
	Key      string         `json:"key"`
	Severity alert.Severity `json:"severity"`
	What     string         `json:"what"`
	Where    string         `json:"where,omitempty"`
	Count    int            `json:"count,omitempty"`
	// Began is when it was first seen, Acked when somebody first said that she deals with
	// it, Over when it had passed; zero: it has not, nobody has.
	Began time.Time `json:"began"`
	Acked time.Time `json:"acked,omitzero"`
	Over  time.Time `json:"over,omitzero"`
	// Hidden: a broader alert was told in its place.
	Hidden bool `json:"hidden,omitempty"`
}

// CallsOf is what a duty remembers of its alerts: all that last, and those lately over.
func CallsOf(d *alert.Duty) []Call {
	if d == nil || d.Memory == nil {
		return nil
	}
	acked := map[string]time.Time{}
	if d.Acks != nil {
		for _, a := range d.Acks.All() {
			acked[a.Key] = a.At
		}
	}
	var out []Call
	for _, t := range d.Memory.All() {
		a := t.Alert
		c := Call{Key: a.Key, Severity: a.Severity, What: a.What, Where: a.Where, Count: a.Count, Began: t.Began, Over: t.Gone, Hidden: t.HiddenBy != ""}
		if at := acked[a.Key]; !at.Before(t.Began) {
			c.Acked = at
		}
		out = append(out, c)
	}
	return out
}

// calls are those that began in a time, in their order. whole: nothing is missing.
func (s *Source) calls(ctx context.Context, from, until time.Time) (out []Call, whole bool) {
	all, whole := CallsOf(s.Duty), false
	if s.Calls != nil {
		known, err := s.Calls(ctx, from, until)
		s.unknown("the alerts", err)
		if err == nil {
			all, whole = known, true
		}
	}
	for _, c := range all {
		if !c.Hidden {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Call) int { return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(a.Key, b.Key)) })
	return out, whole
}

func within(t, from, until time.Time) bool { return !t.Before(from) && t.Before(until) }

// pages are the calls of a time that called a person.
func pages(all []Call, from, until time.Time) (out []Call) {
	for _, c := range all {
		if c.Severity == alert.Page && within(c.Began, from, until) {
			out = append(out, c)
		}
	}
	return out
}

// tells counts the calls of a time that told the team.
func tells(all []Call, from, until time.Time) (n int) {
	for _, c := range all {
		if c.Severity != alert.Page && within(c.Began, from, until) {
			n++
		}
	}
	return n
}

// unread is for how long, in a time, each account could not be read, by its name.
func unread(all []Call, from, until time.Time) map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, c := range all {
		about, isSource := strings.CutPrefix(c.Key, "sources/")
		if !isSource || c.Where == "" || soft(about) {
			continue
		}
		begin, end := later(c.Began, from), until
		if !c.Over.IsZero() {
			end = earlier(c.Over, until)
		}
		if end.After(begin) {
			out[c.Where] += end.Sub(begin)
		}
	}
	return out
}

// soft reports whether an alert about a source is one of those with which it is read all
// the same: its token will end, some permission is missing.
func soft(about string) bool {
	for _, kind := range []string{"/expiry", "/permissions", "/deletions"} {
		if strings.HasSuffix(about, kind) {
			return true
		}
	}
	return false
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
