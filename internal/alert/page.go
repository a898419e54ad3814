package alert

import (
	"slices"
	"time"

	"triage/internal/alert/roster"
)

// page calls people until somebody says that she deals with it.
func (d *decision) page(t *Told) {
	if ack, acked := d.acks[t.Alert.Key]; acked && ack.of(t) {
		d.acknowledged(t, ack)
		return
	}
	if len(d.plan.People) == 0 {
		d.toTeam(t)
		return
	}
	called, lost := d.called(t)
	for d.step(t, called, lost) {
		called, lost = d.called(t)
	}
	if !lost {
		return
	}
	// The steps call nobody now, or nobody who can be reached: everybody, then.
	for _, p := range d.plan.People {
		if !d.person(t, p) {
			lost = false
		}
	}
	if lost { // whoever reads along may know somebody
		d.toTeam(t)
	}
}

// called calls everybody of the steps so far, and reports whether the last of them calls
// anybody else, and whether all of them are lost: no line of theirs takes it.
func (d *decision) called(t *Told) (anybody, lost bool) {
	lost = true
	for i := 0; i <= t.Step; i++ {
		for _, p := range d.callees(i) {
			anybody = anybody || i == t.Step
			if !d.person(t, p) {
				lost = false
			}
		}
	}
	return anybody, lost
}

// callees are whom a step calls now.
func (d *decision) callees(step int) []roster.Person {
	people, known := d.steps[step]
	if !known {
		people = d.plan.Called(step, d.now)
		d.steps[step] = people
	}
	return people
}

// step goes to the next step of escalation if it is time to, or nobody can be reached on
// this one; it reports whether it did.
func (d *decision) step(t *Told, anybody, lost bool) bool {
	steps := d.plan.Escalation()
	if t.Step+1 >= len(steps) {
		return false
	}
	if when := t.Stepped.Add(steps[t.Step].Wait); d.now.Before(when) && anybody && !lost {
		d.at(when)
		return false
	}
	t.Step, t.Stepped = t.Step+1, d.now
	d.changed = append(d.changed, t)
	return true
}

// person calls somebody on the lines that are due, and reports whether none of hers
// takes anything.
func (d *decision) person(t *Told, p roster.Person) (lost bool) {
	first := d.first(t, p)
	lost = true
	for _, group := range groups(p.Lines) {
		at := first.Add(group[0].After)
		if group[0].After > 0 && !lost && (first.IsZero() || d.now.Before(at)) {
			if !first.IsZero() {
				d.at(at)
			}
			return false
		}
		if d.group(t, p, group) {
			lost = false
		}
	}
	return lost
}

// first is when a line of hers first took it in this round.
func (d *decision) first(t *Told, p roster.Person) (first time.Time) {
	for _, l := range p.Lines {
		h, heard := t.Lines[d.heardKey(d.lineKey(l), t)]
		if heard && h.in(t.Round) && (first.IsZero() || h.First.Before(first)) {
			first = h.First
		}
	}
	return first
}

// groups are the lines that are tried at the same time, one in the place of the other.
func groups(lines []roster.Line) (out [][]roster.Line) {
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b roster.Line) int { return int(a.After - b.After) })
	for i, l := range lines {
		if i == 0 || l.After != lines[i-1].After {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], l)
	}
	return out
}

// group tells somebody on the first of a group's lines that does not fail, and reports
// whether there is one.
func (d *decision) group(t *Told, p roster.Person, lines []roster.Line) (taken bool) {
	last := d.last(t, lines)
	change, when := last.wants(t.Alert, d.repeat(t.Alert), 0)
	if d.now.Before(when) {
		d.at(when)
		return true
	}
	why, waits, failing := d.kindOf(t), false, 0
	allowed := d.allows(p, why)
	for _, l := range lines {
		key := d.heardKey(d.lineKey(l), t)
		h := t.Lines[key]
		if !d.channel[l.Channel].Keeps && !(allowed && d.takes(key)) {
			continue
		}
		if rest := h.rest(); h.Round == t.Round && d.now.Before(rest) {
			d.at(rest)
			failing = max(failing, h.Tries)
			continue
		}
		c := call{told: t, heard: key, line: l, person: p.Name, change: change, round: t.Round}
		if d.flying[t] == 0 && d.busy[d.busyKey(c)] { // with something else
			waits = true
			continue
		}
		d.add(t, c)
		return true
	}
	if !allowed && why != news { // what nobody has heard of goes on to the next
		return true
	}
	// She was told before, and this may be a hiccup.
	return waits || last.Times > 0 && failing < doubtful
}

// doubtful is how many failures in a row are no hiccup any more.
const doubtful = 4

func (d *decision) repeat(a Alert) time.Duration {
	if a.Again > 0 {
		return a.Again
	}
	return d.Pace.Repeat
}

// last is what a group's lines were last told in this round.
func (d *decision) last(t *Told, lines []roster.Line) (last Heard) {
	for _, l := range lines {
		h := t.Lines[d.heardKey(d.lineKey(l), t)]
		if h.in(t.Round) && h.Last.After(last.Last) {
			last = h
		}
	}
	return last
}

// acknowledged reminds whoever said that she deals with it, and calls everybody anew if
// she does not say so again.
func (d *decision) acknowledged(t *Told, ack Ack) {
	for _, key := range d.keeping(t) {
		h := t.Lines[key]
		if line, known := d.lines[lineOnly(key)]; known && !d.now.Before(h.rest()) {
			d.add(t, call{heard: key, line: line, person: h.Person, change: Taken, round: h.Round})
		}
	}
	forgotten := ack.At.Add(d.Pace.Forgotten)
	if d.now.Before(forgotten) {
		d.at(forgotten)
		return
	}
	lines := d.linesOf(ack.By)
	if gaveUp := forgotten.Add(d.Pace.Repeat); len(lines) > 0 && d.now.Before(gaveUp) {
		d.at(gaveUp)
		d.remind(t, ack, lines)
		return
	}
	t.raise(d.now)
	d.changed = append(d.changed, t)
	d.page(t)
}

// keeping are the incidents of this round that providers have open and unacknowledged.
func (d *decision) keeping(t *Told) (keys []string) {
	for key, h := range t.Lines {
		if d.channel[h.Channel].Keeps && d.channel[h.Channel].Renew == 0 && h.in(t.Round) && h.Change != Taken && h.Change != Over && h.Change != Forgotten {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// linesOf are those of somebody by name; none: she is not among those who can be called.
func (d *decision) linesOf(name string) []roster.Line {
	for _, p := range d.plan.People {
		if p.Name == name {
			return p.Lines
		}
	}
	return nil
}

// remind tells whoever acknowledged it, once, that it lasts.
func (d *decision) remind(t *Told, ack Ack, lines []roster.Line) {
	for _, l := range lines {
		if h := t.Lines[d.heardKey(d.lineKey(l), t)]; h.Change == Forgotten && h.Last.After(ack.At) {
			return
		}
	}
	for _, l := range lines {
		key := d.heardKey(d.lineKey(l), t)
		h := t.Lines[key]
		if rest := h.rest(); h.Round == t.Round && d.now.Before(rest) {
			d.at(rest)
			continue
		}
		d.add(t, call{heard: key, line: l, person: ack.By, change: Forgotten, round: t.Round})
		return
	}
}
