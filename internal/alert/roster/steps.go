package roster

import (
	"slices"
	"time"
)

// defaultWait is how long the first may take to answer where no steps are configured.
const defaultWait = 10 * time.Minute

// Escalation is the steps in force. Where none are configured, first those who are on
// call are called (without rotations the first person), and after 10 minutes everybody.
func (p *Plan) Escalation() []Step {
	if len(p.Steps) > 0 {
		return p.Steps
	}
	first := Step{Wait: defaultWait}
	for _, r := range p.Rotations {
		first.Rotations = append(first.Rotations, r.Name)
	}
	if name, ok := p.first(); ok && len(p.Rotations) == 0 {
		first.People = []string{name}
	}
	return []Step{first, {Everybody: true}}
}

// NoStep says that there is no such step: the one before was the last.
func (p *Plan) NoStep(step int) bool { return step < 0 || step >= len(p.Escalation()) }

// Called are those whom a step calls at a time in addition to the steps before it, in
// order and each once. It may be nobody, where a rotation is outside its hours or a step
// adds none: then there is nothing to wait for in this step.
func (p *Plan) Called(step int, at time.Time) []Person {
	if p.NoStep(step) {
		return nil
	}
	on := p.OnCall(at)
	before := map[string]bool{}
	var out []Person
	for i, s := range p.Escalation()[:step+1] {
		for _, name := range p.names(i, s, on) {
			who, known := p.Person(name)
			if known && !before[name] && i == step {
				out = append(out, who)
			}
			before[name] = true
		}
	}
	return out
}

// First are those of the first step that calls anybody at a time; everybody, at an hour at
// which none does.
func (p *Plan) First(at time.Time) []Person {
	for i := range p.Escalation() {
		if people := p.Called(i, at); len(people) > 0 {
			return people
		}
	}
	return p.People
}

// names are those whom a step names, doubles included.
func (p *Plan) names(i int, s Step, on []Shift) (out []string) {
	people := s.People
	if i == 0 && len(p.Rotations) == 0 { // the duty without a name is in the first step
		holder, _ := p.first()
		for _, shift := range on {
			out = append(out, shift.Person)
		}
		people = slices.DeleteFunc(slices.Clone(people), func(name string) bool { return name == holder })
	}
	for _, name := range s.Rotations {
		for _, shift := range on {
			if shift.Rotation == name {
				out = append(out, shift.Person)
			}
		}
	}
	out = append(out, people...)
	if s.Everybody {
		for _, who := range p.People {
			out = append(out, who.Name)
		}
	}
	return out
}
