package alert

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

type tardy struct{ told }

func (s tardy) Put(ctx context.Context, t Told) error {
	time.Sleep(5 * time.Second)
	return s.told.Put(ctx, t)
}

// A store that is slow when it is noted what was told holds up no page.
func TestNotingDelaysNoPage(t *testing.T) {
	inBubble(t, func(w *world) {
		w.Pager.Memory = tardy{w.told}
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		var all []Alert
		for i := range 20 {
			all = append(all, alertOf(fmt.Sprintf("sources/f/acct%02d", i), Tell))
		}
		w.start()
		w.sees(all...)
		w.passes(10 * time.Second)
		at := time.Since(w.began)
		w.sees(append(all, alertOf("cases/urgent/z", Page))...)
		w.passes(20 * time.Minute)
		if told, ok := w.firstAt("urgent/z"); !ok || told-at > 10*time.Second {
			t.Errorf("urgent at %v, first told after %v (%v)", at, told-at, ok)
		}
	}, "dana")
}

type slowPasts struct{ pasts []Past }

func (h *slowPasts) Keep(_ context.Context, p Past) error {
	time.Sleep(5 * time.Second)
	h.pasts = append(h.pasts, p)
	return nil
}

// Nor what is kept for the reports.
func TestHistoryDelaysNoPage(t *testing.T) {
	inBubble(t, func(w *world) {
		w.Pager.History = &slowPasts{}
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		var all []Alert
		for i := range 20 {
			all = append(all, alertOf(fmt.Sprintf("sources/f/acct%02d", i), Tell))
		}
		w.start()
		w.sees(all...)
		w.sees() // an outage is over
		at := time.Since(w.began)
		w.sees(alertOf("cases/urgent/z", Page))
		w.passes(20 * time.Minute)
		if told, ok := w.firstAt("urgent/z"); !ok || told-at > 10*time.Second {
			t.Errorf("urgent at %v, first told after %v (%v)", at, told-at, ok)
		}
	}, "dana")
}

// While a slow provider takes one after the other it is looked at what is wrong, all the same.
func TestResultsPutNoLookOff(t *testing.T) {
	inBubble(t, func(w *world) {
		w.channel("pd", true).does(func(context.Context, Notice) error { time.Sleep(10 * time.Second); return nil })
		w.duty.Base.Team = []roster.Line{{Channel: "pd"}}
		disk := &eye{name: "disk"}
		w.Checks = append(w.Checks, disk)
		var beats atomic.Int64
		w.Beat = func(context.Context, bool) error { beats.Add(1); return nil }
		var all []Alert
		for i := range 400 {
			all = append(all, alertOf(fmt.Sprintf("sources/f/acct%03d", i), Tell))
		}
		w.start()
		w.sees(all...)
		w.passes(5 * time.Second)
		disk.sees(Alert{Key: "disk/full", Severity: Page, What: "full", Count: 1}) // nothing wakes the pager
		n := beats.Load()
		w.passes(5 * time.Minute)
		if told, ok := w.firstAt("disk/full"); !ok || told > 45*time.Second {
			t.Errorf("the disk is full at 6s, first told %v (%v); %d beats in five minutes", told, ok, beats.Load()-n)
		}
	}, "dana")
}

// A clock that was a month ahead for a moment keeps nothing back for a month.
func TestClockAheadKeepsNothingBack(t *testing.T) {
	inBubble(t, func(w *world) {
		var shift atomic.Int64
		now := func() time.Time { return time.Now().Add(time.Duration(shift.Load())) }
		w.Pager.Now, w.duty.Now = now, now
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		shift.Store(int64(30 * 24 * time.Hour))
		w.sees(alertOf("cases/look/a", Slow))
		shift.Store(0)
		w.sees(alertOf("cases/look/a", Slow), alertOf("cases/look/b", Slow))
		w.passes(7 * 24 * time.Hour)
		if len(w.heardOf("look/b")) == 0 {
			t.Error("what is told once an hour was told to nobody in a week")
		}
	})
}

// Run has ended when it returns: the heart is used by one goroutine, the next pager's.
func TestRunWaitsForItsBeat(t *testing.T) {
	inBubble(t, func(w *world) {
		var beating atomic.Int64
		w.Beat = func(context.Context, bool) error {
			beating.Add(1)
			time.Sleep(time.Second) // a provider that does not heed the context at once
			beating.Add(-1)
			return nil
		}
		w.start()
		w.passes(100 * time.Millisecond)
		w.stop()
		if beating.Load() != 0 {
			t.Error("the pager has ended, and its beat is under way")
		}
		w.passes(2 * time.Second)
	}, "dana")
}

// Acknowledgements from a clock that is ahead are forgotten when they are over.
func TestNothingGrowsForEver(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Now = func() time.Time { return time.Now().Add(2 * time.Second) } // the desk's machine
		p := *w.Pager
		ctx, cancel := context.WithCancel(w.t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); _ = p.Run(ctx, w.wake) }()
		for range 50 {
			w.sees(urgent(1))
			w.acknowledge("cases/urgent/cedar", "dana")
			w.sees()
			w.passes(time.Minute)
		}
		cancel()
		<-ended
		if n := len(p.clocked); n > 5 {
			t.Errorf("%d acknowledgements of troubles that are over are kept for good", n)
		}
	}, "dana")
}

// Ten thousand troubles are gone over within the second.
func TestTenThousand(t *testing.T) {
	p := &Pager{Memory: &Local[Told]{Key: func(t Told) string { return t.Alert.Key }}, Acks: &Local[Ack]{Key: func(a Ack) string { return a.Key }},
		States: &Local[State]{Key: func(s State) string { return s.Channel }}, Now: time.Now,
		Plan: func() *roster.Plan {
			return &roster.Plan{Zone: time.UTC, Team: []roster.Line{{Channel: "mail", To: "team"}}, People: []roster.Person{{Name: "dana", Lines: []roster.Line{{Channel: "sms", To: "dana"}}}}}
		}}
	p.recall()
	s := seen{alerts: map[string]Alert{}}
	for i := range 10000 {
		a := alertOf(fmt.Sprintf("sources/f/acct%05d", i), Tell)
		s.alerts[a.Key] = a
	}
	began := time.Now()
	p.reconcile(s)
	took := time.Since(began)
	began = time.Now()
	d := p.decide()
	t.Logf("reconcile %v, decide %v, %d calls", took, time.Since(began), len(d.calls))
	if all := took + time.Since(began); all > 2*time.Second {
		t.Errorf("one look takes %v", all)
	}
}

// A library that never comes back is asked again, but not without end.
func TestHungLibrariesDoNotPileUp(t *testing.T) {
	inBubble(t, func(w *world) {
		release := make(chan struct{})
		var stuck atomic.Int64
		w.phones["sms"].does(func(context.Context, Notice) error { stuck.Add(1); <-release; stuck.Add(-1); return nil })
		w.start()
		w.sees(urgent(1))
		w.passes(24 * time.Hour)
		if n := stuck.Load(); n > 10 {
			t.Errorf("%d goroutines hang in one channel after a day", n)
		}
		w.stop()
		close(release)
		w.passes(time.Second)
	}, "dana")
}

// What was told to ten thousand ends within seconds, too.
func TestTenThousandEnd(t *testing.T) {
	plan := &roster.Plan{Zone: time.UTC, Team: []roster.Line{{Channel: "mail", To: "team"}}}
	for i := range 20 {
		name := fmt.Sprintf("p%02d", i)
		plan.People = append(plan.People, roster.Person{Name: name, Lines: []roster.Line{{Channel: "sms", To: name}, {Channel: "voice", To: name}}})
	}
	acks := &Local[Ack]{Key: func(a Ack) string { return a.Key }}
	p := &Pager{Memory: &Local[Told]{Key: func(t Told) string { return t.Alert.Key }}, Acks: acks,
		States: &Local[State]{Key: func(s State) string { return s.Channel }}, History: &pasts{}, Now: time.Now, Plan: func() *roster.Plan { return plan }}
	p.recall()
	now := time.Now()
	for i := range 10000 {
		a := alertOf(fmt.Sprintf("cases/clear/acct%05d", i), Tell)
		p.open[a.Key] = &Told{Alert: a, Began: now, Gone: now, Name: "x", Lines: map[string]Heard{p.lineKey(plan.Team[0]): {Channel: "mail", Times: 1, First: now, Last: now, Change: New}}}
		if i < 2000 {
			_ = acks.Put(t.Context(), Ack{Key: a.Key, Began: now})
		}
	}
	began := time.Now()
	d := p.decide()
	took := time.Since(began)
	for _, o := range p.open {
		o.Lines = nil
	}
	began = time.Now()
	for _, o := range p.decide().ended {
		p.forget(o, time.Time{})
	}
	ending := time.Since(began)
	if t.Logf("deciding who hears that it is over: %v (%d); forgetting: %v", took, len(d.calls), ending); took+ending > 2*time.Second {
		t.Errorf("it takes %v", took+ending)
	}
}
