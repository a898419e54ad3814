package oncall

import (
	"slices"
	"strings"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
)

// kinds says in everyday words by what a channel reaches people. What is not here goes by
// the name that the practice gave it.
var kinds = map[string]string{"email": "e-mail", "sms": "text message", "voice": "phone call", "terminal": "the screen where triage runs",
	"slack": "Slack", "teams": "Teams", "ntfy": "ntfy", "pushover": "Pushover", "pagerduty": "PagerDuty", "opsgenie": "Opsgenie", "alertmanager": "Alertmanager"}

const screen = "terminal"

// channel is the channel of a name; ok false: the configuration no longer has it.
func (l *look) channel(name string) (c alert.Channel, ok bool) {
	i := slices.IndexFunc(l.duty.Channels, func(c alert.Channel) bool { return c.Name == name })
	if i < 0 {
		return alert.Channel{}, false
	}
	return l.duty.Channels[i], true
}

// kind is what a channel is, in everyday words; empty: its name has to do.
func (l *look) kind(c alert.Channel) string {
	if words, known := kinds[c.Kind]; known {
		return l.Say(words)
	}
	return ""
}

// way says by what a channel reaches people, such as "text message"; with its name where
// several channels do so.
func (l *look) way(name string) string {
	c, _ := l.channel(name)
	words := l.kind(c)
	if words == "" {
		return name
	}
	alike := 0
	for _, other := range l.duty.Channels {
		if other.Kind == c.Kind {
			alike++
		}
	}
	if alike > 1 && !strings.EqualFold(words, name) {
		return words + " (" + name + ")"
	}
	return words
}

// ways are those of some lines, each once.
func (l *look) ways(lines []roster.Line) (out []string) {
	for _, line := range lines {
		if way := l.way(line.Channel); !slices.Contains(out, way) {
			out = append(out, way)
		}
	}
	return out
}

// age says for how long something has been so, to the minute.
func (l *look) age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return l.Say("less than a minute")
	case d < 2*time.Hour:
		return l.Count(int(d/time.Minute), "%d minute")
	}
	return l.Span(d)
}

// exact says a time of the configuration as it is there: "1 hour 30 minutes".
func (l *look) exact(d time.Duration) string {
	if d < time.Minute || d >= 48*time.Hour {
		return l.Span(d)
	}
	var parts []string
	for _, unit := range []struct {
		n    time.Duration
		name string
	}{{d / time.Hour, "%d hour"}, {d % time.Hour / time.Minute, "%d minute"}, {d % time.Minute / time.Second, "%d second"}} {
		if unit.n > 0 {
			parts = append(parts, l.Count(int(unit.n), unit.name))
		}
	}
	return strings.Join(parts, " ")
}

// isScreen reports whether a channel only shows things where triage runs.
func (l *look) isScreen(name string) bool {
	c, _ := l.channel(name)
	return c.Kind == screen
}

// whom says who is told by a channel; person empty: the team is.
func (l *look) whom(person, channel string) string {
	switch {
	case person == "" && l.isScreen(channel):
		return l.Say("The screen where triage runs")
	case person == "":
		return l.Say("The team, by %s", l.way(channel))
	case l.isScreen(channel):
		return l.Say("%s, on the screen where triage runs", person)
	}
	return l.Say("%s, by %s", person, l.way(channel))
}

// team says to whom goes what calls nobody, or for want of people everything; empty: the
// configuration has no team.
func (l *look) team() (by string, screenOnly bool) {
	shown := func(line roster.Line) bool { return l.isScreen(line.Channel) }
	if len(l.plan.Team) == 0 {
		return "", false
	}
	if heard := slices.DeleteFunc(slices.Clone(l.plan.Team), shown); len(heard) > 0 {
		return l.names(l.ways(heard)), false
	}
	return "", true
}
