package roster

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Validate says the first thing that is wrong with the plan of a configuration, in a
// sentence with what to write; a *Fault where it is one entry's. Overrides that were stored once are better left out: one
// that no longer fits is in Stale and does no harm.
func (p *Plan) Validate() error {
	for _, check := range []func() error{p.checkZone, p.checkPeople, p.checkRotations, p.checkSteps, p.checkTeam} {
		if err := check(); err != nil {
			return err
		}
	}
	for _, o := range p.Overrides {
		if err := p.CheckOverride(o); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) checkZone() error {
	if p.Zone == nil {
		return errors.New(`the practice's zone is missing: write it such as "America/New_York"`)
	}
	return nil
}

func (p *Plan) checkPeople() error {
	for i, who := range p.People {
		bad := faulty("person", i, fmt.Sprintf("person %q", who.Name))
		if err := checkName("person", p.peopleNames(), i); err != nil {
			return err
		}
		if err := checkLines(who.Lines); err != nil {
			return bad("reach", "%v", err)
		}
		if !slices.ContainsFunc(who.Lines, func(l Line) bool { return l.After == 0 }) {
			return &Fault{"person", i, "reach", fmt.Sprintf(`person %q is called at once on no line: give her one without "after", such as "sms +15035550100"`, who.Name)}
		}
	}
	return nil
}

func (p *Plan) peopleNames() (names []string) {
	for _, who := range p.People {
		names = append(names, who.Name)
	}
	return names
}

// checkLines names no address: they are personal.
func checkLines(lines []Line) error {
	type place struct{ channel, to string }
	seen := map[place]bool{}
	for i, l := range lines {
		where := place{l.Channel, l.To}
		switch {
		case l.Channel == "":
			return fmt.Errorf(`line %d has no channel: write its name first, such as "sms +15035550100"`, i+1)
		case seen[where]:
			return fmt.Errorf("line %d is the same as one before it: remove it", i+1)
		case l.After < 0 || l.After > longestAfter:
			return fmt.Errorf(`line %d is tried too late: write a time up to 24 hours, such as "after 5m"`, i+1)
		}
		seen[where] = true
	}
	return nil
}

// checkName demands a name that a step can mention, and that none before it has.
func checkName(section string, names []string, i int) error {
	why, name := "", names[i]
	switch {
	case name == "":
		why = fmt.Sprintf("%s %d has no name: write one", section, i+1)
	case strings.Contains(name, ",") || strings.Join(strings.Fields(name), " ") != name:
		why = fmt.Sprintf("%s %q: a name must have no comma and no spaces around it: write it without", section, name)
	case slices.Contains(names[:i], name):
		why = fmt.Sprintf("%s %q is there twice: remove one or give it another name", section, name)
	default:
		return nil
	}
	return &Fault{section, i, "name", why}
}

func (p *Plan) checkRotations() error {
	for i, r := range p.Rotations {
		if err := checkName("rotation", p.rotationNames(), i); err != nil {
			return err
		}
		if err := p.checkRotation(r, faulty("rotation", i, fmt.Sprintf("rotation %q", r.Name))); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) rotationNames() (names []string) {
	for _, r := range p.Rotations {
		names = append(names, r.Name)
	}
	return names
}

func (p *Plan) checkRotation(r Rotation, bad func(key, format string, args ...any) error) error {
	if len(r.People) == 0 {
		return bad("people", "it has nobody: write at least one person's name")
	}
	for i, name := range r.People {
		if !p.knows(name) {
			return bad("people", "%v", p.unknown(name))
		}
		if i > 0 && r.People[i-1] == name {
			return bad("people", "%q comes twice in a row: write her once, or a longer turn", name)
		}
	}
	if !r.Turn.valid() {
		return bad("turn", `the turn is missing or no turn: write weeks, days or hours, such as "1w", "3d" or "12h"`)
	}
	if r.Start.IsZero() {
		return bad("start", `the start is missing: write when the first of them began, such as "2026-11-23 09:00"`)
	}
	return nil
}

func (p *Plan) unknown(name string) error {
	return fmt.Errorf("there is no person %q: write the name of one, or add her to the people (%s)", name, listed(p.peopleNames()))
}

func (p *Plan) checkSteps() error {
	for i, s := range p.Steps {
		if err := p.checkStep(s, i == len(p.Steps)-1, faulty("step", i, fmt.Sprintf("step %d", i+1))); err != nil {
			return err
		}
	}
	for i, r := range p.Rotations {
		if len(p.Steps) > 0 && !slices.ContainsFunc(p.Steps, func(s Step) bool { return slices.Contains(s.Rotations, r.Name) }) {
			return &Fault{"rotation", i, "name", fmt.Sprintf(`rotation %q is called by no step: write "rotation %s" in a step or remove it`, r.Name, r.Name)}
		}
	}
	return nil
}

func (p *Plan) checkStep(s Step, last bool, bad func(key, format string, args ...any) error) error {
	if len(s.Rotations)+len(s.People) == 0 && !(s.Everybody && len(p.People) > 0) {
		return bad("call", `it calls nobody: write such as "rotation primary", "person dana" or "everybody"`)
	}
	for i, name := range s.Rotations {
		if !slices.Contains(p.rotationNames(), name) {
			return bad("call", "there is no rotation %q: write the name of one, or add it to the rotations (%s)", name, listed(p.rotationNames()))
		}
		if slices.Contains(s.Rotations[:i], name) {
			return bad("call", "rotation %q is there twice: remove one", name)
		}
	}
	for i, name := range s.People {
		if !p.knows(name) {
			return bad("call", "%v", p.unknown(name))
		}
		if slices.Contains(s.People[:i], name) {
			return bad("call", "person %q is there twice: remove one", name)
		}
	}
	if s.Wait < 0 || s.Wait > longestWait || s.Wait == 0 && !last {
		return bad("wait", `the wait is missing or longer than 24 hours: write how long somebody has to answer, such as "10m"`)
	}
	return nil
}

func (p *Plan) checkTeam() error {
	if err := checkLines(p.Team); err != nil {
		return fmt.Errorf("team: %w", err)
	}
	if slices.ContainsFunc(p.Team, func(l Line) bool { return l.After != 0 }) {
		return errors.New(`team: all its lines are told at once: remove "after"`)
	}
	if p.Quiet.always() {
		return errors.New(`the quiet hours are all of the week, so that the team would never be told: write fewer, such as "22:00-07:00"`)
	}
	return nil
}

// longestOverride is how long one override may last: a longer one is a change of plan.
const longestOverride = 366 * 24 * time.Hour

// CheckOverride says what is wrong with an override that somebody wants to make.
func (p *Plan) CheckOverride(o Override) error {
	switch {
	case !p.knows(o.Person):
		return p.unknown(o.Person)
	case o.Rotation != "" && !slices.Contains(p.rotationNames(), o.Rotation):
		return fmt.Errorf("there is no rotation %q: choose another or all", o.Rotation)
	case o.From.IsZero() || !o.From.Before(o.Until):
		return errors.New("the end must be after the beginning: write a later end")
	case o.Until.Sub(o.From) > longestOverride:
		return errors.New("it lasts longer than a year: write an earlier end")
	}
	return nil
}
