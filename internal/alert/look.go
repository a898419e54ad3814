package alert

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"
)

// found is what a check sees.
type found struct {
	alerts []Alert
	err    error
}

// seen is what all checks see.
type seen struct {
	alerts map[string]Alert
	// blind are the checks that could not look; well: there are none.
	blind []string
	well  bool
}

// glance is how long all checks together may take.
const glance = 5 * time.Second

// see asks all checks at once. One that hangs or panics keeps nobody from being called
// about the others; it is waited for once, and asked again when it has come back.
func (p *Pager) see(ctx context.Context) seen {
	answers, fresh := map[string]chan found{}, map[string]bool{}
	for _, c := range p.Checks {
		answer, asked := p.asking[c.Name()]
		if !asked {
			answer, fresh[c.Name()] = make(chan found, 1), true
			go func() { answer <- looked(ctx, c) }()
		}
		answers[c.Name()] = answer
	}
	patient, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	s := seen{alerts: map[string]Alert{}}
	for _, c := range p.Checks {
		name := c.Name()
		f := p.await(patient, name, answers[name], fresh[name])
		if f.err != nil && ctx.Err() == nil {
			s.blind = append(s.blind, name)
			f.alerts = append(f.alerts, p.blind(name, f.err))
		}
		for _, a := range f.alerts {
			s.alerts[a.Key] = a
		}
	}
	s.well = len(s.blind) == 0
	return s
}

// await waits for what one check sees, unless it was waited for in vain before.
func (p *Pager) await(ctx context.Context, name string, answer chan found, fresh bool) found {
	if !fresh {
		gone, cancel := context.WithCancel(ctx)
		cancel()
		ctx = gone
	}
	select {
	case f := <-answer:
		delete(p.asking, name)
		return f
	default:
	}
	select {
	case f := <-answer:
		delete(p.asking, name)
		return f
	case <-ctx.Done():
		p.asking[name] = answer
		return found{err: fmt.Errorf("it has not answered within %v", glance)}
	}
}

func looked(ctx context.Context, c Check) (f found) {
	defer func() {
		if r := recover(); r != nil {
			f = found{err: fmt.Errorf("it failed: %T", r)} // a panic's words may quote anything
		}
	}()
	f.alerts, f.err = c.Look(ctx)
	return f
}

// flaps is for how long a check must have looked before its blindness is over.
const flaps = 3 * time.Minute

// blind is the alert of a check that cannot look.
func (p *Pager) blind(name string, err error) Alert {
	p.Log.Error("a check cannot look", zap.String("check", name), zap.Error(err))
	a := Alert{Key: name + "/blind", Severity: Page, What: "the check “" + name + "” cannot look: see the log", Count: 1, Since: p.Now(), Calm: flaps}
	if before, known := p.open[a.Key]; known {
		a.Since = before.Alert.Since
	}
	return a
}

// reconcile holds what is wrong now against what was: what is new, what grew, what is gone.
func (p *Pager) reconcile(s seen) {
	now, acks := p.Now(), p.acks()
	for key, a := range s.alerts {
		t, known := p.open[key]
		if !known {
			t = &Told{Name: p.name(key), Began: now, Stepped: now, Lines: map[string]Heard{}}
			p.open[key] = t
		}
		if changed := t.update(a, acks[key], now); changed || !known {
			p.touch(t)
		}
	}
	for key, t := range p.open {
		if _, still := s.alerts[key]; still || !t.Gone.IsZero() || s.unseen(key) {
			continue
		}
		t.Gone = now
		p.touch(t)
	}
	p.hide()
}

// unseen reports whether a key's check could not look: that is no sign that it is over.
func (s seen) unseen(key string) bool {
	for _, name := range s.blind {
		if strings.HasPrefix(key, name+"/") {
			return true
		}
	}
	return false
}

// update takes the alert as it is now, and reports whether that is worth storing.
func (t *Told) update(a Alert, ack Ack, now time.Time) bool {
	before, was := t.Alert, t.Gone
	t.Alert, t.Gone = a, time.Time{}
	louder := before.Key != "" && a.Severity.rank() < before.Severity.rank()
	more := ack.of(t) && t.outgrows(a, ack)
	if a.Count < before.Count {
		t.fell(a.Count)
	}
	// What is over for everybody is another trouble when it comes again.
	again := !was.IsZero() && now.Sub(was) >= a.Calm
	if louder || more || again {
		t.raise(now)
	}
	return louder || more || !was.IsZero() || before.Severity != a.Severity || before.Count != a.Count ||
		!before.Latest.Equal(a.Latest) || before.What != a.What || before.Link != a.Link
}

// outgrows reports whether more came than who acknowledged it knew of. Of two that she
// knew and one that was closed, one is left: one more is news to her, as many as they are.
func (t *Told) outgrows(a Alert, ack Ack) bool {
	if !t.AckedAt.Equal(ack.At) {
		t.AckedAt, t.Fewest = ack.At, ack.Count
	}
	t.Fewest = min(t.Fewest, a.Count)
	return a.Again == 0 && grew(a, ack.Latest, t.Fewest)
}

// fell notes that there are fewer than were told.
func (t *Told) fell(count int) {
	for key, h := range t.Lines {
		h.Count = min(h.Count, count)
		t.Lines[key] = h
	}
}

// raise begins a round: everybody is called anew, from the first step.
func (t *Told) raise(now time.Time) {
	t.Round++
	t.Step, t.Stepped = 0, now
}

// grew reports whether more came than somebody knew of. The count too, for after the
// clock was set back nothing is the latest.
func grew(a Alert, latest time.Time, count int) bool {
	return !a.Latest.IsZero() && (a.Latest.After(latest) || a.Count > count)
}

// name begins the names of a trouble's incidents: the same in every process.
func (p *Pager) name(key string) string {
	sum := sha256.Sum256([]byte(p.Practice + "\x00" + key))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:20])
}

// acks are the acknowledgements by trouble. One from ahead of the clock, which was set back
// or is another process's, is of when it was first seen.
func (p *Pager) acks() map[string]Ack {
	acks, clocked, now := map[string]Ack{}, map[string]time.Time{}, p.Now()
	for _, a := range p.Acks.All() {
		if a.At.After(now) {
			as := fmt.Sprint(a.Key, a.At.UnixNano())
			first, seen := p.clocked[as]
			if !seen || first.After(now) {
				first = now
			}
			a.At, clocked[as] = first, first
		}
		acks[a.Key] = a
	}
	p.clocked = clocked
	return acks
}

// unheard reports whether a page has waited for a minute without somebody having heard
// it, or what came to it while every line fails.
func (p *Pager) unheard() bool {
	if p.quietly() {
		return false
	}
	acks, late := p.acks(), false
	since := map[string]time.Time{}
	for key, t := range p.open {
		if t.Alert.Severity != Page || !t.Gone.IsZero() || t.HiddenBy != "" || acks[key].of(t) || p.reached(t) && !p.deaf(t) {
			continue
		}
		first, known := p.untold[key]
		if !known {
			first = time.Now() // not Now, which may be set
		}
		since[key], late = first, late || time.Since(first) > time.Minute
	}
	p.untold = since
	return late
}

// deaf reports whether every line of this round that somebody hears fails now, and none was
// told of the newest.
func (p *Pager) deaf(t *Told) bool {
	for _, h := range t.Lines {
		if h.Round == t.Round && p.wakes(h) && (h.Tries == 0 || h.in(t.Round) && !grew(t.Alert, h.Latest, h.Count)) {
			return false
		}
	}
	return true
}

// quietly reports whether nothing is configured that anybody hears.
func (p *Pager) quietly() bool {
	for _, c := range p.Channels {
		if !c.Silent {
			return false
		}
	}
	return true
}

// reached reports whether somebody who is called heard it in this round.
func (p *Pager) reached(t *Told) bool {
	for _, h := range t.Lines {
		if h.in(t.Round) && p.wakes(h) {
			return true
		}
	}
	return false
}

// wakes reports whether a line reaches somebody who is to act: the team's does where there
// is nobody else, or its provider calls people itself.
func (p *Pager) wakes(h Heard) bool {
	c := p.channel[h.Channel]
	return !c.Silent && (h.Person != "" || p.nobody || c.Keeps)
}
