package oncall

import (
	"slices"
	"time"

	"triage/internal/alert/roster"
)

// duty is who is on call in one rotation.
type duty struct {
	// Rotation is its name; empty: there is only one.
	Rotation, Person, Until string
	// By says how it came to be hers, if it is not her turn.
	By string
	// Fault says that she cannot be reached.
	Fault string
	Me    bool
}

// step is whom a step of escalation calls, and after how long.
type step struct{ After, People string }

// who says who is called if something happens now.
func (l *look) who(out *onCallPage) {
	for _, s := range l.plan.OnCall(l.now) {
		one := duty{Rotation: s.Rotation, Person: s.Person, Until: l.until(s.Until), Me: s.Person == l.me.Name}
		if o, ok := l.override(s.Override); ok {
			one.By = l.tookOver(o)
		}
		if who, ok := l.plan.Person(s.Person); ok && !l.reachable(who) {
			one.Fault = l.Say("cannot be reached: every way to reach her fails")
		}
		out.On = append(out.On, one)
	}
	out.Steps = l.steps()
	if until, quiet := l.plan.QuietUntil(l.now); quiet {
		out.Quiet = l.Say("It is a quiet hour until %s: only what is urgent is told now.", l.soon(until))
	}
	out.Team = l.whatCanWait()
}

// whatCanWait says who is told of what calls nobody.
func (l *look) whatCanWait() string {
	by, screenOnly := l.team()
	switch {
	case screenOnly:
		return l.Say("What can wait is only shown on the screen where triage runs.")
	case by != "":
		return l.Say("What can wait is told to the team, by %s.", by)
	case len(l.plan.People) > 0:
		return l.Say("What can wait is told to whoever is on call, once it is no quiet hour.")
	}
	return ""
}

// steps are whom escalation calls now. A step that calls nobody takes no time, nor does one
// as long as nobody so far can be reached; where no step reaches anybody all are called.
func (l *look) steps() (out []step) {
	var after time.Duration
	var listed []string
	reached := false
	add := func(called []string) {
		one := step{After: l.Say("At once"), People: l.names(called)}
		if after > 0 {
			one.After = l.Say("After %s", l.exact(after))
		}
		out, listed = append(out, one), append(listed, called...)
	}
	for i, s := range l.plan.Escalation() {
		called := l.plan.Called(i, l.now)
		if len(called) == 0 {
			continue
		}
		add(namesOf(called))
		if reached = reached || slices.ContainsFunc(called, l.reachable); reached {
			after += s.Wait
		}
	}
	rest := slices.DeleteFunc(namesOf(l.plan.People), func(name string) bool { return slices.Contains(listed, name) })
	if !reached && len(rest) > 0 {
		add(rest)
	}
	return out
}

// until says when a shift ends; empty: it does not.
func (l *look) until(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.soon(t)
}

func (l *look) tookOver(o roster.Override) string {
	if o.By == o.Person {
		return l.Say("took over")
	}
	return l.Say("takes over, arranged by %s", o.By)
}

func (l *look) override(id string) (roster.Override, bool) {
	i := slices.IndexFunc(l.plan.Overrides, func(o roster.Override) bool { return id != "" && o.ID == id })
	if i < 0 {
		return roster.Override{}, false
	}
	return l.plan.Overrides[i], true
}

// reachable reports whether a channel leads to somebody that nobody knows to fail.
func (l *look) reachable(who roster.Person) bool {
	return slices.ContainsFunc(who.Lines, func(line roster.Line) bool { return l.reaches(who, line) })
}

// reaches reports whether a line works, and for her.
func (l *look) reaches(who roster.Person, line roster.Line) bool {
	_, fails := l.state[line.Channel].Of[who.Name]
	return l.works(line.Channel) && !fails
}

func (l *look) works(channel string) bool {
	return l.rings(channel) && l.state[channel].Failing.IsZero()
}

// rings reports whether a channel is there and can call a person.
func (l *look) rings(name string) bool {
	c, ok := l.channel(name)
	return ok && !c.Silent
}

// The reasons for which nobody would be called, as sentences of the source.
const (
	noPeople   = "Nobody can be called: the configuration names nobody. Whoever looks after triage adds people there, and how each is reached."
	noChannels = "Nobody can be called: the configuration has no way that reaches anybody. Whoever looks after triage adds one, such as text messages or e-mail."
	noPerson   = "The configuration names nobody who is called: what is urgent is told to the team only, and again and again. Whoever looks after triage adds people there, and how each is reached."
	onlyTeam   = "Nobody who is called can be reached now: what is urgent is told to the team only. Look here yourself, and tell whoever looks after triage."
	noWays     = "Nobody can be reached now: every way fails. Keep this desk open and look here yourself, and tell whoever looks after triage. The list of them below says what is wrong."
)

// danger says why nobody would be called, first of all on the page, and where the plan
// has a hole.
func (l *look) danger(out *onCallPage) {
	if why := l.nobody(); why != "" {
		out.Red = append(out.Red, l.Say(why))
		return
	}
	if len(l.plan.People) == 0 {
		out.Warn = append(out.Warn, l.Say(noPerson))
		return
	}
	first := l.plan.Called(0, l.now)
	switch {
	case !slices.ContainsFunc(l.plan.People, l.reachable):
		out.Red = append(out.Red, l.Say(onlyTeam))
	case len(first) == 0:
		out.Red = append(out.Red, l.Say("Nobody is on call now: what is urgent goes to %s. Take over below, or ask somebody who can.", l.names(l.instead())))
	case !slices.ContainsFunc(first, l.reachable):
		out.Red = append(out.Red, l.Say("Every way to reach %s fails: what is urgent goes to %s. Take over below, or call her yourself.", l.names(namesOf(first)), l.names(l.instead())))
	}
	gaps := l.plan.Gaps(l.now, l.now.AddDate(0, 0, days))
	if i := slices.IndexFunc(gaps, func(s roster.Shift) bool { return s.From.After(l.now) }); i >= 0 {
		out.Warn = append(out.Warn, l.Say("Nobody is on call from %s to %s: what is urgent goes to %s then. Somebody should take over.",
			l.soon(gaps[i].From), l.soon(gaps[i].Until), l.names(namesOf(l.plan.First(gaps[i].From)))))
	}
}

// nobody says why nothing would reach anybody now, as a sentence of the source; empty: it
// would.
func (l *look) nobody() string {
	switch {
	case l.teamHears():
		return "" // it is told what reaches nobody else
	case len(l.plan.People) == 0:
		return noPeople
	case !slices.ContainsFunc(l.plan.People, func(p roster.Person) bool {
		return slices.ContainsFunc(p.Lines, func(line roster.Line) bool { return l.rings(line.Channel) })
	}):
		return noChannels
	case !slices.ContainsFunc(l.plan.People, l.reachable): // all of them are called where no step reaches anybody
		return noWays
	}
	return ""
}

// teamHears reports whether a line of the team works.
func (l *look) teamHears() bool {
	return slices.ContainsFunc(l.plan.Team, func(line roster.Line) bool { return l.works(line.Channel) })
}

// instead are those who are called at once where the first step reaches nobody.
func (l *look) instead() []string {
	for i := range l.plan.Escalation() {
		if called := l.plan.Called(i, l.now); i > 0 && slices.ContainsFunc(called, l.reachable) {
			return namesOf(called)
		}
	}
	return namesOf(slices.DeleteFunc(slices.Clone(l.plan.People), func(who roster.Person) bool { return !l.reachable(who) }))
}
