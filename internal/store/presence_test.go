package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// room is processes that hear each other at once, unless they are cut off.
type room struct {
	all []*Presence
	cut map[*Presence]bool
}

func (r *room) join(now func() time.Time) *Presence {
	p := newPresence(zap.NewNop(), now)
	p.say = func(said present) error {
		for _, other := range r.all {
			if !r.cut[p] && !r.cut[other] {
				other.hear(said)
			}
		}
		return nil
	}
	r.all = append(r.all, p)
	p.tell(true)
	return p
}

// here says who is at a case, as seen from a process.
func here(p *Presence, id string) string {
	var names []string
	for user := range p.Here(id) {
		names = append(names, user)
	}
	return strings.Join(names, " ")
}

func wantHere(t *testing.T, when, want string, all ...*Presence) {
	t.Helper()
	for i, p := range all {
		if got := here(p, "case"); got != want {
			t.Errorf("%s: process %d sees %q, want %q", when, i, got, want)
		}
	}
}

func TestPresence(t *testing.T) {
	now := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	pass := func(d time.Duration, all ...*Presence) {
		for ; d > 0; d -= presenceTell {
			now = now.Add(min(d, presenceTell))
			for _, p := range all {
				p.round()
			}
		}
	}
	r := &room{cut: map[*Presence]bool{}}
	clock := func() time.Time { return now }
	a, b := r.join(clock), r.join(clock)
	told := 0
	b.OnChange(func() { told++ })

	leave := a.Enter("case", "dana")
	again := a.Enter("case", "dana") // in another window
	a.Enter("another", "dana")
	now = now.Add(time.Second)
	leaveLee := b.Enter("case", "lee")
	wantHere(t, "both came", "dana lee", a, b)
	if told != 3 {
		t.Errorf("told %d times, want 3", told)
	}
	for user, since := range b.Here("case") {
		if user == "dana" && !since.Equal(now.Add(-time.Second)) {
			t.Errorf("dana is there since %v", since)
		}
	}
	wantHere(t, "a third process began", "dana lee", r.join(clock))
	leave()
	leave() // twice is once
	pass(presenceLapse+presenceTell, a, b)
	wantHere(t, "one of two windows closed", "dana lee", a, b)
	again()
	wantHere(t, "within the grace", "dana lee", a, b)
	pass(presenceTell, a, b)
	wantHere(t, "dana left", "lee", a, b)
	back := a.Enter("case", "dana")
	back()
	a.Enter("case", "dana")
	pass(presenceTell, a, b)
	wantHere(t, "her page was loaded anew", "lee dana", a, b)
	leaveLee()
	b.Pass("case", "lee")
	pass(presencePass-presenceTell, a, b)
	wantHere(t, "a page without a script was shown", "lee dana", a, b)
	pass(2*presenceTell, a, b)
	wantHere(t, "long ago", "dana", a, b)
	r.cut[a] = true
	pass(presenceLapse+presenceTell, b)
	wantHere(t, "her process is not heard any more", "", b)
	wantHere(t, "which knows its own", "dana", a)
	delete(r.cut, a)
	pass(presenceTell, a, b)
	wantHere(t, "it is heard again", "dana", a, b)
}

// Pages do without what cannot be told, and nothing that is logged says where anybody
// is.
func TestPresenceThatCannotBeTold(t *testing.T) {
	core, logged := observer.New(zap.DebugLevel)
	p := newPresence(zap.New(core), time.Now)
	p.say = func(present) error { return errors.New("cut off") }
	p.Enter("case", "dana")
	wantHere(t, "told to nobody", "dana", p)
	if logged.Len() == 0 {
		t.Error("nobody is told that it fails")
	}
	for _, l := range logged.All() {
		if s := fmt.Sprint(l.Message, l.ContextMap()); strings.Contains(s, "dana") {
			t.Errorf("the log says %s", s)
		}
	}
}

// Two processes over real servers, one of which stops.
func TestPresenceBetweenProcesses(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		other := newPresence(zap.NewNop(), p.clock.now)
		other.connect(p.bus)
		stop := beside(t, other.KeepTold)
		p.Presence.Enter("case", "dana")
		other.Enter("case", "lee")
		for _, one := range []*Presence{p.Presence, other} {
			until(t, "both see both", func() bool { return here(one, "case") == "dana lee" || here(one, "case") == "lee dana" })
		}
		third := newPresence(zap.NewNop(), p.clock.now)
		third.connect(p.bus)
		third.tell(true)
		until(t, "one that came later sees both", func() bool { return len(here(third, "case")) == len("dana lee") })
		stop()
		until(t, "the process that stopped took its people along", func() bool { return here(p.Presence, "case") == "dana" })
	})
}
