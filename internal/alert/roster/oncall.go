package roster

import (
	"slices"
	"time"
)

// OnCall is who is on call at a time, one shift for each rotation in which somebody is,
// in the plan's order. A shift is as long as it really is: ended by the turn, by the
// rotation's hours and by overrides. An override holds outside the hours too.
//
// A plan without rotations has one duty without a name: the first person whom the first
// step calls has it always (From and Until zero), and an override takes it from her.
func (p *Plan) OnCall(at time.Time) []Shift {
	var out []Shift
	m := p.moment(at)
	for _, d := range p.duties() {
		if s, ok := p.shift(&d, m); ok {
			out = append(out, s)
		}
	}
	return out
}

// duty is a rotation with the overrides that count in it.
type duty struct {
	Rotation
	overrides []*Override
}

// duties are the rotations, or the one that stands for them. An override for somebody who
// is no longer in the plan does not count: it would call nobody.
func (p *Plan) duties() []duty {
	var out []duty
	for _, r := range p.Rotations {
		out = append(out, duty{Rotation: r})
	}
	if first, ok := p.first(); ok && len(out) == 0 {
		out = []duty{{Rotation: Rotation{People: []string{first}}}}
	}
	known := make(map[string]bool, len(p.People))
	for _, who := range p.People {
		known[who.Name] = true
	}
	for i := range p.Overrides {
		o := &p.Overrides[i]
		if !known[o.Person] || !o.From.Before(o.Until) {
			continue
		}
		for d := range out {
			if o.Rotation == "" || o.Rotation == out[d].Name {
				out[d].overrides = append(out[d].overrides, o)
			}
		}
	}
	return out
}

// first is whom the first step calls where there are no rotations.
func (p *Plan) first() (string, bool) {
	if len(p.Steps) > 0 {
		for _, name := range p.Steps[0].People {
			if p.knows(name) {
				return name, true
			}
		}
	}
	if len(p.People) > 0 {
		return p.People[0].Name, true
	}
	return "", false
}

func (p *Plan) knows(name string) bool {
	return slices.ContainsFunc(p.People, func(who Person) bool { return who.Name == name })
}

// Person gives somebody by her name.
func (p *Plan) Person(name string) (Person, bool) {
	i := slices.IndexFunc(p.People, func(who Person) bool { return who.Name == name })
	if i < 0 {
		return Person{}, false
	}
	return p.People[i], true
}

// shift is who has a duty at a moment; ok false: nobody.
func (p *Plan) shift(d *duty, m moment) (s Shift, ok bool) {
	top := d.override(m.Time)
	if top != nil {
		s = Shift{Rotation: d.Name, Person: top.Person, From: top.From.In(p.zone()), Until: top.Until.In(p.zone()), Override: top.ID}
	} else if s, ok = p.turn(&d.Rotation, m); !ok {
		return Shift{}, false
	}
	for _, o := range d.overrides {
		switch {
		case o.From.After(m.Time) && s.lasts(o.From) && o.beats(top):
			s.Until = o.From.In(p.zone())
		case !o.Until.After(m.Time) && s.From.Before(o.Until) && o.beats(top):
			s.From = o.Until.In(p.zone())
		}
	}
	return s, true
}

// override is the one that holds at a time; nil: none does.
func (d *duty) override(at time.Time) (top *Override) {
	for _, o := range d.overrides {
		if !o.From.After(at) && o.Until.After(at) && o.beats(top) {
			top = o
		}
	}
	return top
}

// beats says that o was said after other; the turn itself, nil, is beaten by all.
func (o *Override) beats(other *Override) bool {
	if other == nil {
		return true
	}
	if later := o.At.Compare(other.At); later != 0 {
		return later > 0
	}
	return o.ID > other.ID
}

// lasts says that a shift goes on after t.
func (s Shift) lasts(t time.Time) bool { return s.Until.IsZero() || t.Before(s.Until) }

// Stale are the overrides that cannot hold, because the person or the rotation is no
// longer in the plan: whoever looks at the plan should know.
func (p *Plan) Stale() (out []Override) {
	for _, o := range p.Overrides {
		gone := o.Rotation != "" && !slices.ContainsFunc(p.Rotations, func(r Rotation) bool { return r.Name == o.Rotation })
		if gone || !p.knows(o.Person) {
			out = append(out, o)
		}
	}
	return out
}
