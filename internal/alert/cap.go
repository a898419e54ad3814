package alert

import (
	"slices"
	"time"

	"triage/internal/alert/roster"
)

// stamp is a notice that asked somebody to do something.
type stamp struct {
	at time.Time
	// quiet: nothing of it pages. unclear: it seemed to fail, and may have arrived.
	quiet, unclear bool
}

// kind is why somebody is to get a notice.
type kind int

const (
	news   kind = iota // a page of which nobody has heard
	repeat             // another page
	quiet              // what does not page
)

// kindOf is why anybody is told of a trouble.
func (d *decision) kindOf(t *Told) kind {
	switch {
	case t.Alert.Severity != Page:
		return quiet
	case d.reached(t):
		return repeat
	}
	return news
}

// allows reports whether somebody may get one more notice: in an hour all that the cap
// allows of what nobody has heard of, two thirds of it of other things, a third of it of
// what does not page, and a third of it of repeats in ten minutes. What she is not told is
// in the next notice. Lines at a provider that keeps incidents are outside of it.
func (d *decision) allows(p roster.Person, k kind) bool {
	var all, pages, quiets []time.Time
	for _, l := range p.Lines {
		for _, s := range d.sent[d.lineKey(l)] {
			if s.unclear || slices.Contains(all, s.at) {
				continue
			}
			if all = append(all, s.at); s.quiet {
				quiets = append(quiets, s.at)
			} else {
				pages = append(pages, s.at)
			}
		}
	}
	most, third := d.Pace.Most, max(d.Pace.Most/3, 1)
	switch k {
	case repeat:
		return d.under(pages, third, 10*time.Minute) && d.under(all, max(most*2/3, 1), time.Hour)
	case quiet:
		return d.under(quiets, third, time.Hour) && d.under(all, max(most*2/3, 1), time.Hour)
	}
	return d.under(all, most, time.Hour)
}

// takes reports whether a line may be tried once more in this hour: one whose provider
// delivers and never says so would ring somebody at each try.
func (d *decision) takes(line string) bool {
	times := make([]time.Time, 0, d.Pace.Most)
	for _, s := range d.sent[line] {
		times = append(times, s.at)
	}
	return d.under(times, d.Pace.Most, time.Hour)
}

// under reports whether fewer than most of the times are of the last while; where not, it
// notes when they will be.
func (d *decision) under(times []time.Time, most int, while time.Duration) bool {
	times = slices.DeleteFunc(times, func(at time.Time) bool { return d.now.Sub(at) >= while })
	if len(times) < most {
		return true
	}
	slices.SortFunc(times, time.Time.Compare)
	d.at(times[len(times)-most].Add(while))
	return false
}

// stamped notes what a line took, or may have, for the cap.
func (p *Pager) stamped(r result) bool {
	if p.channel[r.calls[0].line.Channel].Keeps || r.err != nil && !unclear(r.err) {
		return false
	}
	s, calls := stamp{at: r.at, quiet: true, unclear: r.err != nil}, false
	for _, c := range r.calls {
		calls = calls || c.change.calls()
		s.quiet = s.quiet && c.told.Alert.Severity != Page
	}
	if calls {
		p.sent[r.line] = append(p.sent[r.line], s)
	}
	return calls
}

// stamps takes up what was counted before a restart; what was told together was one notice.
func (p *Pager) stamps(line string, h Heard, s Severity) {
	for _, at := range h.Recent {
		i := slices.IndexFunc(p.sent[line], func(s stamp) bool { return s.at.Equal(at) })
		if i < 0 {
			p.sent[line] = append(p.sent[line], stamp{at: at, quiet: s != Page})
		} else if s == Page {
			p.sent[line][i].quiet = false
		}
	}
}

// lapse forgets what counts no more, and what lies ahead because the clock was set back.
func (p *Pager) lapse(now time.Time) {
	for line, all := range p.sent {
		all = slices.DeleteFunc(all, func(s stamp) bool { return s.at.After(now) || now.Sub(s.at) >= time.Hour })
		if p.sent[line] = all; len(all) == 0 {
			delete(p.sent, line)
		}
	}
	for line, at := range p.slow {
		if at.After(now) {
			p.slow[line] = now
		}
	}
}
