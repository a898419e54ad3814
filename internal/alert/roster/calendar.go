package roster

import (
	"slices"
	"time"
)

// Shifts are those that touch the time from one instant until another, by rotation and
// then by time. Each is whole, as OnCall gives it, even if it began before or ends after.
func (p *Plan) Shifts(from, until time.Time) (out []Shift) {
	for _, d := range p.duties() {
		for t := from; t.Before(until); {
			s, ok := p.shift(&d, p.moment(t))
			if !ok {
				t = p.next(&d, t, until)
				continue
			}
			out = append(out, s)
			if s.Until.IsZero() {
				break
			}
			t = s.Until
		}
	}
	return out
}

// next is when somebody has a duty again that at t nobody has; until:
// not before.
func (p *Plan) next(d *duty, t, until time.Time) time.Time {
	next := until
	if len(d.People) > 0 {
		c := clockAt(t, p.zone())
		limit := max(clockAt(until, p.zone()), c)
		if begins := (week{d.Hours, p.Holidays}).next(c, limit); begins < limit {
			next = begins.in(p.zone())
		}
	}
	for _, o := range d.overrides {
		if o.From.After(t) && o.From.Before(next) {
			next = o.From
		}
	}
	return next
}

// Gaps are the times from one instant until another in which a page would call nobody at
// the first step: shifts of no rotation and no person.
func (p *Plan) Gaps(from, until time.Time) (out []Shift) {
	first := p.Escalation()[0]
	if len(p.People) > 0 && first.Everybody || slices.ContainsFunc(first.People, p.knows) {
		return nil
	}
	shifts := slices.DeleteFunc(p.Shifts(from, until), func(s Shift) bool {
		return len(p.Rotations) > 0 && !slices.Contains(first.Rotations, s.Rotation) || !p.knows(s.Person)
	})
	slices.SortFunc(shifts, func(a, b Shift) int { return a.From.Compare(b.From) })
	t := from
	for _, s := range shifts {
		if s.From.After(t) {
			out = append(out, Shift{From: t.In(p.zone()), Until: s.From})
		}
		if s.Until.IsZero() {
			return out
		}
		if s.Until.After(t) {
			t = s.Until
		}
	}
	if t.Before(until) {
		out = append(out, Shift{From: t.In(p.zone()), Until: until.In(p.zone())})
	}
	return out
}
