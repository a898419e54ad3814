package oncall

import (
	"slices"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
)

// coming is something that happens unless somebody says that she is on it.
type coming struct {
	// At is its time, empty if it is due; In how long until then as it is said, and Seconds
	// likewise as a number.
	At, In  string
	Seconds int
	// Whom says who is called by what.
	Whom string

	when time.Time
}

// soonest is how many such things are shown.
const soonest = 3

// next says what comes, the soonest first: lines of the same people that wait their time,
// the next step, and when it is said again.
func (l *look) next(s alert.Standing) (out []coming) {
	if s.HiddenBy != "" {
		return nil
	}
	out = append(out, l.later(s)...)
	out = append(out, l.again(s)...)
	if at, called := l.step(s); len(called) > 0 {
		out = append(out, coming{when: at, Whom: l.byFirst(called)})
	}
	slices.SortStableFunc(out, func(a, b coming) int { return a.when.Compare(b.when) })
	out = out[:min(len(out), soonest)]
	for i := range out {
		left := out[i].when.Sub(l.now)
		if out[i].In = l.in(left); left > 0 {
			out[i].At, out[i].Seconds = l.soon(out[i].when), int(left/time.Second)
		}
	}
	return out
}

// step is whom escalation calls next, and when; one that calls nobody takes no time.
func (l *look) step(s alert.Standing) (at time.Time, called []roster.Person) {
	steps := l.plan.Escalation()
	if s.Stepped.IsZero() || s.Step >= len(steps) || len(l.plan.People) == 0 {
		return at, nil
	}
	at = s.Stepped.Add(steps[s.Step].Wait)
	for i := s.Step + 1; i < len(steps); i++ {
		if called = l.plan.Called(i, at); len(called) > 0 {
			return at, called
		}
	}
	return at, nil
}

// later are the lines of people who were told that are tried too if they do not answer.
func (l *look) later(s alert.Standing) (out []coming) {
	for _, who := range l.plan.People {
		first := time.Time{}
		for _, h := range heardBy(s, who.Name) {
			if first.IsZero() || h.First.Before(first) {
				first = h.First
			}
		}
		for _, line := range who.Lines {
			heard := slices.ContainsFunc(heardBy(s, who.Name), func(h alert.Heard) bool { return h.Channel == line.Channel })
			if line.After > 0 && !heard && !first.IsZero() {
				out = append(out, coming{when: first.Add(line.After), Whom: l.whom(who.Name, line.Channel)})
			}
		}
	}
	return out
}

// again is when it is said again to whom it was said; for want of people, to the team.
func (l *look) again(s alert.Standing) (out []coming) {
	every := s.Alert.Again
	if every == 0 {
		every = l.pace.Repeat
	}
	alone := len(l.plan.People) == 0
	for _, h := range s.Lines {
		if h.Round != s.Round || h.First.IsZero() || (h.Person == "") != alone || l.isScreen(h.Channel) {
			continue
		}
		whom := l.Say("%s again, by %s", h.Person, l.way(h.Channel))
		if alone {
			whom = l.Say("The team again, by %s", l.way(h.Channel))
		}
		out = append(out, coming{when: h.Last.Add(every), Whom: whom})
	}
	slices.SortFunc(out, func(a, b coming) int { return a.when.Compare(b.when) })
	return out
}

// heardBy is what the lines of somebody took in this round.
func heardBy(s alert.Standing, name string) (out []alert.Heard) {
	for _, h := range s.Lines {
		if h.Person == name && h.Round == s.Round && !h.First.IsZero() {
			out = append(out, h)
		}
	}
	return out
}

// byFirst names people who are called, and by what if it is the same for all of them.
func (l *look) byFirst(called []roster.Person) string {
	by := ""
	for i, who := range called {
		way := ""
		if line, ok := l.firstLine(who); ok {
			way = l.way(line.Channel)
		}
		if i > 0 && way != by {
			return l.names(namesOf(called))
		}
		by = way
	}
	if by == "" {
		return l.names(namesOf(called))
	}
	return l.Say("%s, by %s", l.names(namesOf(called)), by)
}

// firstLine is the one on which somebody is called first: the next where one fails.
func (l *look) firstLine(who roster.Person) (first roster.Line, ok bool) {
	for _, i := range order(who.Lines) {
		if line := who.Lines[i]; l.reaches(who, line) {
			return line, true
		}
	}
	return roster.Line{}, false
}

// order is that in which somebody's lines are tried, as places in them.
func order(lines []roster.Line) (out []int) {
	for i := range lines {
		out = append(out, i)
	}
	slices.SortStableFunc(out, func(a, b int) int { return int(lines[a].After - lines[b].After) })
	return out
}

// in says how long it is until something, to the minute.
func (l *look) in(left time.Duration) string {
	switch {
	case left <= 0:
		return l.Say("now")
	case left < 45*time.Second:
		return l.Say("in less than a minute")
	case left < 2*time.Hour:
		return l.Say("in %s", l.Count(int(left.Round(time.Minute)/time.Minute), "%d minute"))
	}
	return l.Say("in %s", l.Span(left))
}
