package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/internal/alert/roster"
	"triage/internal/ingest"
)

// checkDuty says who is called when, as the file has it: who makes a plan sees first by
// names and hours whether it is the one that was meant. plan has people. Addresses are
// not said, for they are personal.
func checkDuty(cfg config, plan roster.Plan, now time.Time) []ingest.Finding {
	out := append(calledNow(plan, now), nextOnCall(plan, now)...)
	out = append(out, nobodyOn(plan, now)...)
	for _, p := range plan.People {
		if !slices.ContainsFunc(p.Lines, func(l roster.Line) bool { return !cfg.quietly(l.Channel) }) {
			out = append(out, ingest.Finding{OK: true, What: fmt.Sprintf("alerts: %s is called only where nothing rings at night (%s)", p.Name, linesText(p.Lines)),
				Mend: "give her a line that wakes her: sms, voice, pushover, ntfy, pagerduty or opsgenie (docs/alerting-channels.md)"})
		}
	}
	return out
}

// calledNow goes through the steps as the pager does: one that calls nobody is not
// waited for.
func calledNow(plan roster.Plan, now time.Time) (out []ingest.Finding) {
	var after time.Duration
	for i, step := range plan.Escalation() {
		people := plan.Called(i, now)
		if len(people) == 0 {
			continue
		}
		when := "now"
		if len(out) > 0 {
			when = "if nobody acknowledges within " + duration{after}.text()
		}
		out = append(out, ingest.Finding{OK: true, What: "alerts: called " + when + ": " + strings.Join(reached(plan, people, now), "; ")})
		after += step.Wait
	}
	return out
}

// reached is how each of them is called, with the duty that she has.
func reached(plan roster.Plan, people []roster.Person, now time.Time) (out []string) {
	on := plan.OnCall(now)
	for _, p := range people {
		text := p.Name
		if i := slices.IndexFunc(on, func(s roster.Shift) bool { return s.Person == p.Name && s.Rotation != "" }); i >= 0 {
			text += fmt.Sprintf(" (%s until %s)", on[i].Rotation, atClock(on[i].Until))
		}
		out = append(out, text+" by "+linesText(p.Lines))
	}
	return out
}

// linesText names the channels of lines in the order in which they are tried: of those
// with the same time the next where one fails.
func linesText(lines []roster.Line) string {
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b roster.Line) int { return cmp.Compare(a.After, b.After) })
	var parts []string
	for i, l := range lines {
		text := l.Channel
		switch {
		case i > 0 && lines[i-1].After == l.After:
			text += " if that fails"
		case l.After > 0:
			text += " after " + duration{l.After}.text()
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// farAhead is how far is looked for who is next: longer than most turns.
const farAhead = 62

// nextOnCall is who comes after those who are on call, of each rotation.
func nextOnCall(plan roster.Plan, now time.Time) (out []ingest.Finding) {
	for _, r := range plan.Rotations {
		shifts := slices.DeleteFunc(plan.Shifts(now, now.AddDate(0, 0, farAhead)), func(s roster.Shift) bool {
			return s.Rotation != r.Name || !s.From.After(now)
		})
		if len(shifts) > 0 {
			out = append(out, ingest.Finding{OK: true, What: fmt.Sprintf("alerts: next in %s: %s from %s", r.Name, shifts[0].Person, atClock(shifts[0].From))})
		}
	}
	return out
}

// nobodyOn is when the first step calls nobody, and who is called instead.
func nobodyOn(plan roster.Plan, now time.Time) []ingest.Finding {
	gaps := plan.Gaps(now, now.AddDate(0, 0, 14))
	if len(gaps) == 0 {
		return nil
	}
	instead := "everybody"
	if first := plan.First(gaps[0].From); len(first) < len(plan.People) {
		instead = strings.Join(namesOf(first), ", ")
	}
	return []ingest.Finding{{OK: true,
		What: fmt.Sprintf("alerts: in the next 14 days nobody is on call %s, first from %s to %s: what pages then calls %s at once",
			plural(len(gaps), "time"), atClock(gaps[0].From), atClock(gaps[0].Until), instead),
		Mend: "if that is not meant, give a rotation of the first step the missing hours (docs/alerting.md)"}}
}

func namesOf(people []roster.Person) (out []string) {
	for _, p := range people {
		out = append(out, p.Name)
	}
	return out
}

// atClock is a time of the next weeks by the practice's clock.
func atClock(t time.Time) string { return t.Format("Mon 2 Jan 15:04") }

// quietly reports whether what comes by a channel makes no telephone ring as it is set
// up by itself; of a kind whose end is not known it may.
func (c *config) quietly(channel string) bool {
	kind := terminalChannel
	for _, s := range c.channels() {
		if *s.name == channel {
			kind = s.kind
		}
	}
	return slices.Contains([]string{terminalChannel, "email", "slack", "teams"}, kind)
}
