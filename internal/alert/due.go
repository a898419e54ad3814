package alert

import (
	"cmp"
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

// about is a line's memory of a trouble.
type about struct {
	told  *Told
	heard string
}

// decision is what is to be done now, and when there is something again.
type decision struct {
	*Pager
	now     time.Time
	plan    *roster.Plan
	acks    map[string]Ack
	calls   []call
	added   map[about]bool // of them
	changed []*Told
	ended   []*Told
	next    time.Time
	// steps are whom each step calls now.
	steps map[int][]roster.Person
	// lines are all of the plan of now by their keys, and owners whose they are; a number
	// that is hers and the team's is hers.
	lines  map[string]roster.Line
	owners map[string]roster.Person
}

// When a trouble that lasts is told to the team again, and how soon one that grew may be.
var (
	again = map[Severity]time.Duration{Tell: 4 * time.Hour, Slow: 24 * time.Hour}
	grown = map[Severity]time.Duration{Page: time.Minute, Tell: 5 * time.Minute, Slow: time.Hour}
)

// mourned is how often a line is tried that does not take what is over: for about a day.
const mourned = 300

// decide goes over every trouble.
func (p *Pager) decide() *decision {
	d := &decision{Pager: p, now: p.Now(), plan: p.Plan(), acks: p.acks(), steps: map[int][]roster.Person{},
		added: map[about]bool{}, lines: map[string]roster.Line{}, owners: map[string]roster.Person{}}
	p.nobody = len(d.plan.People) == 0
	p.lapse(d.now)
	d.known()
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

// known finds the lines of the plan of now.
func (d *decision) known() {
	for _, l := range append(slices.Clone(d.Watch), d.plan.Team...) {
		d.lines[d.lineKey(l)] = l
	}
	for _, p := range d.plan.People {
		for _, l := range p.Lines {
			key := d.lineKey(l)
			if d.lines[key] = l; d.owners[key].Name == "" {
				d.owners[key] = p
			}
		}
	}
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
	case !t.Gone.IsZero() && t.lasts(d.now):
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
		line, known := d.lines[lineOnly(key)]
		if !d.owes(h) || !known || h.Tries > mourned || d.rings(t, h) {
			continue
		}
		owed = true
		switch rest := h.rest(); {
		case isQuiet && t.Alert.Severity != Page && !d.watches(line) && !d.channel[h.Channel].Keeps:
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
		line, known := d.lines[lineOnly(key)]
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
// so on another that works.
func (d *decision) rings(t *Told, h Heard) bool {
	if !d.channel[h.Channel].Rings {
		return false
	}
	for key, other := range t.Lines {
		_, known := d.lines[lineOnly(key)]
		if known && other.Person == h.Person && other.Times > 0 && other.Tries < doubtful && !d.channel[other.Channel].Rings {
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
	for _, p := range d.plan.First(d.now) {
		for _, line := range p.Lines { // the first that does not fail
			if h := t.Lines[d.heardKey(d.lineKey(line), t)]; h.Tries == 0 || !d.now.Before(h.rest()) {
				d.team(t, line, p.Name)
				break
			}
		}
	}
}

func (d *decision) toTeam(t *Told) {
	for _, line := range d.plan.Team {
		d.team(t, line, "")
	}
}

// team decides about a line that is told by itself, whether or not others were.
func (d *decision) team(t *Told, line roster.Line, person string) {
	key := d.lineKey(line)
	h := t.Lines[d.heardKey(key, t)]
	if !h.in(t.Round) {
		h.Times = 0
	}
	change, when := h.wants(t.Alert, cmp.Or(t.Alert.Again, again[t.Alert.Severity], d.Pace.Repeat), grown[t.Alert.Severity])
	if ack, acked := d.acks[t.Alert.Key]; acked && ack.of(t) && change == Still {
		return
	}
	if t.Alert.Severity == Slow && !d.watches(line) && !d.batched(t, line, h) {
		when = later(when, d.slow[key].Add(again[Slow]/24))
	}
	when = later(when, h.rest())
	if d.now.Before(when) {
		d.at(when)
		return
	}
	if p, hers := d.owners[key]; hers && !d.watches(line) && !d.channel[line.Channel].Keeps && !(d.allows(p, d.kindOf(t)) && d.takes(key)) {
		return
	}
	d.add(t, call{heard: d.heardKey(key, t), line: line, person: person, change: change, round: t.Round})
}

// batched reports whether what is told once an hour belongs to the last hour's: at a
// provider that keeps incidents each goes alone, and not all at the same time.
func (d *decision) batched(t *Told, line roster.Line, h Heard) bool {
	return d.channel[line.Channel].Keeps && !h.in(t.Round) && !t.Stepped.After(d.slow[d.lineKey(line)])
}

// renew tells providers that forget what they are not told again.
func (d *decision) renew(t *Told) {
	for _, key := range slices.Sorted(maps.Keys(t.Lines)) {
		h := t.Lines[key]
		every := d.channel[h.Channel].Renew
		line, known := d.lines[lineOnly(key)]
		if every == 0 || !known || h.Times == 0 || !h.in(t.Round) {
			continue
		}
		if when := later(h.Last.Add(every), h.rest()); d.now.Before(when) {
			d.at(when)
		} else {
			d.add(t, call{heard: key, line: line, person: h.Person, change: Still, round: t.Round})
		}
	}
}

// add puts a message among what is sent now, unless the line is being used: then it is
// decided again when that is done.
func (d *decision) add(t *Told, c call) {
	if c.told = t; d.busy[d.busyKey(c)] {
		return
	}
	if as := (about{t, c.heard}); !d.added[as] { // two people may share a line
		d.added[as] = true
		d.calls = append(d.calls, c)
	}
}

func (d *decision) watches(line roster.Line) bool {
	return slices.ContainsFunc(d.Watch, func(w roster.Line) bool { return d.lineKey(w) == d.lineKey(line) })
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
