package oncall

import (
	"slices"
	"strings"
	"time"

	"triage/internal/alert/roster"
)

// days is how far the calendar looks.
const days = 14

// day is a day of the calendar on which something begins.
type day struct {
	Name    string
	Holiday string
	Today   bool
	Of      []shift
}

// shift is a line of the calendar: who is on call from when to when.
type shift struct {
	When, Person, Rotation, By string
	// Gap: nobody is.
	Gap, Me, Now bool

	begins time.Time
}

// override is an override that is not over, as it is listed.
type override struct {
	ID, Says string
	// May: the reader may take it back. Stale says why it does not count.
	May   bool
	Stale string
}

// calendar says who is on call on the next days, and who takes whose place.
func (l *look) calendar(out *onCallPage) {
	until := midnight(l.now).AddDate(0, 0, days)
	var all []shift
	for _, s := range l.plan.Shifts(l.now, until) {
		all = append(all, l.shift(s))
	}
	for _, s := range l.gaps(until) {
		gap := l.shift(s)
		gap.Gap, gap.Person = true, l.Say("Nobody")
		switch whole := s.Until.Equal(until); {
		case whole && gap.Now:
			gap.When = l.Say("always")
		case whole:
			gap.When = l.Say("from %s", gap.begins.Format("15:04"))
		}
		all = append(all, gap)
	}
	slices.SortStableFunc(all, func(a, b shift) int { return a.begins.Compare(b.begins) })
	for t := l.now; t.Before(until); t = midnight(t).AddDate(0, 0, 1) {
		l.day(out, t, all)
	}
	out.Taken = l.taken()
}

// gaps are when nobody is on call; where nobody ever is, the page says so itself.
func (l *look) gaps(until time.Time) []roster.Shift {
	if len(l.plan.People) == 0 {
		return nil
	}
	return l.plan.Gaps(l.now, until)
}

// day adds a day on which something begins.
func (l *look) day(out *onCallPage, t time.Time, all []shift) {
	holiday, is := l.plan.Holidays[roster.DateOf(t)]
	one := day{Name: l.Day(t), Holiday: holiday, Today: roster.DateOf(t) == roster.DateOf(l.now)}
	if is && holiday == "" {
		one.Holiday = l.Say("holiday")
	}
	for _, s := range all {
		if roster.DateOf(s.begins) == roster.DateOf(t) {
			one.Of = append(one.Of, s)
		}
	}
	if len(one.Of) > 0 || is {
		out.Days = append(out.Days, one)
	}
}

func (l *look) shift(s roster.Shift) shift {
	from := s.From
	if from.Before(l.now) {
		from = l.now
	}
	out := shift{Rotation: s.Rotation, Person: s.Person, Me: s.Person != "" && s.Person == l.me.Name, Now: !s.From.After(l.now), begins: from.In(l.now.Location())}
	switch {
	case s.Until.IsZero() && out.Now:
		out.When = l.Say("always")
	case s.Until.IsZero():
		out.When = l.Say("from %s", from.In(l.now.Location()).Format("15:04"))
	case out.Now:
		out.When = l.Say("until %s", l.ends(s.Until, out.begins))
	default:
		out.When = l.Say("%s to %s", out.begins.Format("15:04"), l.ends(s.Until, out.begins))
	}
	if o, ok := l.override(s.Override); ok {
		out.By = l.tookOver(o)
	}
	return out
}

// ends says when something ends that begins at a time: its hour, and its day unless that
// is the same.
func (l *look) ends(t, begins time.Time) string { return l.Coming(t, begins) }

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// taken lists the overrides that are not over.
func (l *look) taken() (out []override) {
	stale := l.plan.Stale()
	all := slices.DeleteFunc(slices.Clone(l.plan.Overrides), func(o roster.Override) bool { return !o.Until.After(l.now) })
	slices.SortFunc(all, func(a, b roster.Override) int {
		if d := a.From.Compare(b.From); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	for _, o := range all {
		one := override{ID: o.ID, Says: l.says(o), May: l.mayRemove(o)}
		if slices.ContainsFunc(stale, func(s roster.Override) bool { return s.ID == o.ID }) {
			one.Stale = l.Say("It does not count: the configuration no longer has her, or this duty.")
		}
		out = append(out, one)
	}
	return out
}

// says is an override in words.
func (l *look) says(o roster.Override) string {
	from, until := l.soon(o.From), l.soon(o.Until)
	switch {
	case o.Rotation == "" && o.By == o.Person:
		return l.Say("%s takes over everything from %s to %s.", o.Person, from, until)
	case o.Rotation == "":
		return l.Say("%s takes over everything from %s to %s, arranged by %s.", o.Person, from, until, o.By)
	case o.By == o.Person:
		return l.Say("%s takes over %s from %s to %s.", o.Person, o.Rotation, from, until)
	}
	return l.Say("%s takes over %s from %s to %s, arranged by %s.", o.Person, o.Rotation, from, until, o.By)
}

// mayRemove: one's own may be taken back, those of others by who arranges the plan.
func (l *look) mayRemove(o roster.Override) bool {
	return l.arranges() || o.Person == l.me.Name && l.listed(l.me.Name)
}
