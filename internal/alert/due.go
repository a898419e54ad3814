package alert

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"triage/internal/alert/roster"
)

// call is one message that is due on one line.
type call struct {
	told   *Told
	heard  string // its key in told.Lines
	line   roster.Line
	person string
	change Change
	round  int
}

// decision is what is to be done now, and when there is something again.
type decision struct {
	*Pager
	now     time.Time
	plan    *roster.Plan
	acks    map[string]Ack
	calls   []call
	changed []*Told
	ended   []*Told
	next    time.Time
	// steps are whom each step calls now.
	steps map[int][]roster.Person
}

// When a trouble that lasts is told to the team again, and how soon one that grew may be.
var (
	again = map[Severity]time.Duration{Page: 10 * time.Minute, Tell: 4 * time.Hour, Slow: 24 * time.Hour}
	grown = map[Severity]time.Duration{Page: time.Minute, Tell: 5 * time.Minute, Slow: time.Hour}
)

// mourned is how often a line is tried that does not take what is over: for about a day.
const mourned = 300

// decide goes over every trouble.
func (p *Pager) decide() *decision {
	for person := range p.sent {
		p.sent[person] = slices.DeleteFunc(p.sent[person], p.Now().Before)
	}
	d := &decision{Pager: p, now: p.Now(), plan: p.Plan(), acks: p.acks(), steps: map[int][]roster.Person{}}
	all := slices.Collect(maps.Values(p.open))
	for _, t := range all {
		t.notBefore(d.now)
	}
	slices.SortFunc(all, p.before)
	for _, t := range all {
		d.trouble(t)
	}
	return d
}

// before is the order in which troubles are told: the loudest first, and of those what
// nobody has heard of.
func (p *Pager) before(a, b *Told) int {
	heard := func(t *Told) int {
		if p.reached(t) {
			return 1
		}
		return 0
	}
	return cmp.Or(a.Alert.Severity.rank()-b.Alert.Severity.rank(), heard(a)-heard(b), cmp.Compare(a.Alert.Key, b.Alert.Key))
}

// trouble decides about one.
func (d *decision) trouble(t *Told) {
	switch {
	case !t.Gone.IsZero() && d.now.Sub(t.Gone) < t.Alert.Calm:
		d.at(t.Gone.Add(t.Alert.Calm))
	case !t.Gone.IsZero():
		d.over(t)
	case t.HiddenBy == "":
		for _, line := range d.Watch {
			d.team(t, line, "")
		}
		d.rounds(t)
		d.renew(t)
		if t.Alert.Severity == Page {
			d.page(t)
			return
		}
		d.tell(t)
	}
}

// at notes that something is due then.
func (d *decision) at(when time.Time) {
	if d.next.IsZero() || when.Before(d.next) {
		d.next = when
	}
}

// over tells whoever was told, and ends a trouble of which nobody is owed that.
func (d *decision) over(t *Told) {
	owed := false
	quiet, isQuiet := d.plan.QuietUntil(d.now)
	for _, key := range slices.Sorted(maps.Keys(t.Lines)) {
		h := t.Lines[key]
		line, known := d.lineOf(key)
		if !d.owes(h) || !known || h.Tries > mourned || d.rings(t, h) {
			continue
		}
		owed = true
		switch rest := h.rest(); {
		case h.Person == "" && isQuiet && t.Alert.Severity != Page && !d.watches(line):
			d.at(quiet)
		case d.now.Before(rest):
			d.at(rest)
		default:
			d.add(t, call{heard: key, line: line, person: h.Person, change: Over, round: h.Round})
		}
	}
	if !owed && d.flying[t] == 0 {
		d.ended = append(d.ended, t)
	}
}

// owes reports whether a line is to hear that it is over: it was told of it, or keeps
// incidents and may have opened one though it seemed to fail.
func (d *decision) owes(h Heard) bool {
	return h.Change != Over && (h.Times > 0 || d.channel[h.Channel].Keeps && h.Tries > 0)
}

// rounds ends the incidents of earlier rounds: one is open for each trouble.
func (d *decision) rounds(t *Told) {
	for _, key := range slices.Sorted(maps.Keys(t.Lines)) {
		h := t.Lines[key]
		if h.Round == t.Round || !d.channel[h.Channel].Keeps {
			continue
		}
		line, known := d.lineOf(key)
		switch {
		case !d.owes(h) || !known || h.Tries > mourned:
			delete(t.Lines, key)
		case d.now.Before(h.rest()):
			d.at(h.rest())
		default:
			d.add(t, call{heard: key, line: line, person: h.Person, change: Over, round: h.Round})
		}
	}
}

// rings reports whether a line would ring somebody only to say that it is over, who is told
// so on another.
func (d *decision) rings(t *Told, h Heard) bool {
	if !d.channel[h.Channel].Rings {
		return false
	}
	for _, other := range t.Lines {
		if other.Person == h.Person && other.Times > 0 && !d.channel[other.Channel].Rings {
			return true
		}
	}
	return false
}

// tell tells the team, or for want of one those on call, outside the quiet hours.
func (d *decision) tell(t *Told) {
	if quiet, is := d.plan.QuietUntil(d.now); is {
		d.at(quiet)
		return
	}
	if len(d.plan.Team) > 0 {
		d.toTeam(t)
		return
	}
	for _, p := range d.onDuty() {
		for _, line := range p.Lines { // the first that does not fail
			if h := t.Lines[d.heardKey(lineKey(line), t)]; h.Tries == 0 || !d.now.Before(h.rest()) {
				d.team(t, line, p.Name)
				break
			}
		}
	}
}

// onDuty are those of the first step that calls anybody now; everybody, where none does.
func (d *decision) onDuty() []roster.Person {
	for i := range d.plan.Escalation() {
		if people := d.callees(i); len(people) > 0 {
			return people
		}
	}
	return d.plan.People
}

func (d *decision) toTeam(t *Told) {
	for _, line := range d.plan.Team {
		d.team(t, line, "")
	}
}

// team decides about a line that is told by itself, whether or not others were.
func (d *decision) team(t *Told, line roster.Line, person string) {
	key := lineKey(line)
	h := t.Lines[d.heardKey(key, t)]
	if !h.in(t.Round) {
		h.Times = 0
	}
	change, when := h.wants(t.Alert, cmp.Or(t.Alert.Again, again[t.Alert.Severity]), grown[t.Alert.Severity])
	if ack, acked := d.acks[t.Alert.Key]; acked && ack.of(t) && change == Still {
		return
	}
	if t.Alert.Severity == Slow && !d.watches(line) {
		when = later(when, d.slow[key].Add(again[Slow]/24))
	}
	when = later(when, h.rest())
	if d.now.Before(when) {
		d.at(when)
		return
	}
	d.add(t, call{heard: d.heardKey(key, t), line: line, person: person, change: change, round: t.Round})
}

// renew tells providers that forget what they are not told again.
func (d *decision) renew(t *Told) {
	for _, key := range slices.Sorted(maps.Keys(t.Lines)) {
		h := t.Lines[key]
		every := d.channel[h.Channel].Renew
		line, known := d.lineOf(key)
		if every == 0 || !known || h.Times == 0 || h.Change == Over || !h.in(t.Round) {
			continue
		}
		if when := later(h.Last.Add(every), h.rest()); d.now.Before(when) {
			d.at(when)
		} else {
			d.add(t, call{heard: key, line: line, person: h.Person, change: Still, round: t.Round})
		}
	}
}

// heardKey is where a line's memory of a trouble is. At a provider that keeps incidents
// each round is another one, and each is ended.
func (d *decision) heardKey(line string, t *Told) string {
	if d.channel[channelOf(line)].Keeps {
		return fmt.Sprintf("%s#%d", line, t.Round)
	}
	return line
}

// add puts a message among what is sent now, unless the line is being used: then it is
// decided again when that is done.
func (d *decision) add(t *Told, c call) {
	if c.told = t; d.busy[d.busyKey(c)] {
		return
	}
	for _, other := range d.calls {
		if other.told == t && other.heard == c.heard {
			return // two people share a line
		}
	}
	d.calls = append(d.calls, c)
}

func (d *decision) watches(line roster.Line) bool {
	return slices.ContainsFunc(d.Watch, func(w roster.Line) bool { return lineKey(w) == lineKey(line) })
}

// lineOf finds the line of a key in the plan of now.
func (d *decision) lineOf(key string) (roster.Line, bool) {
	lines := append(slices.Clone(d.Watch), d.plan.Team...)
	for _, p := range d.plan.People {
		lines = append(lines, p.Lines...)
	}
	for _, l := range lines {
		if lineKey(l) == lineOnly(key) {
			return l, true
		}
	}
	return roster.Line{}, false
}

// lineKey names a line without its address.
func lineKey(l roster.Line) string {
	if l.To == "" {
		return l.Channel
	}
	sum := sha256.Sum256([]byte(l.To))
	return fmt.Sprintf("%s/%x", l.Channel, sum[:4])
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
