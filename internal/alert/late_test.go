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
		shift := w.clock()
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		shift(30 * 24 * time.Hour)
		w.sees(alertOf("cases/look/a", Slow))
		shift(0)
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

// many is how long it takes to find n troubles, to decide who is told, and to end them.
func many(t *testing.T, n int) time.Duration {
	plan := &roster.Plan{Zone: time.UTC, Team: []roster.Line{{Channel: "mail", To: "team"}}}
	for i := range 20 {
		name := fmt.Sprintf("p%02d", i)
		plan.People = append(plan.People, roster.Person{Name: name, Lines: []roster.Line{{Channel: "sms", To: name}, {Channel: "voice", To: name}}})
	}
	acks := &Local[Ack]{Key: func(a Ack) string { return a.Key }}
	p := &Pager{Memory: &Local[Told]{Key: func(t Told) string { return t.Alert.Key }}, Acks: acks,
		States: &Local[State]{Key: func(s State) string { return s.Channel }}, History: &pasts{}, Now: time.Now, Plan: func() *roster.Plan { return plan }}
	p.recall()
	s := seen{alerts: map[string]Alert{}}
	for i := range n {
		a := alertOf(fmt.Sprintf("sources/f/acct%05d", i), Tell)
		if s.alerts[a.Key] = a; i%5 == 0 {
			_ = acks.Put(t.Context(), Ack{Key: a.Key})
		}
	}
	began := time.Now()
	p.reconcile(s)
	if calls := p.decide().calls; len(calls) != n {
		t.Fatalf("%d of %d are told", len(calls), n)
	}
	for _, o := range p.open {
		o.Lines[p.lineKey(plan.Team[0])] = Heard{Channel: "mail", Times: 1, First: began, Last: began, Change: New}
	}
	p.reconcile(seen{})
	if calls := p.decide().calls; len(calls) != n {
		t.Fatalf("%d of %d hear that it is over", len(calls), n)
	}
	for _, o := range p.open {
		o.Lines = nil
	}
	for _, o := range p.decide().ended {
		p.forget(o, time.Time{})
	}
	if len(p.open) != 0 {
		t.Fatalf("%d are left", len(p.open))
	}
	return time.Since(began)
}

// Ten times as many troubles take about ten times as long, not a hundred times.
func TestManyTroublesTakeTheirTimeOnly(t *testing.T) {
	best := func(n int) time.Duration {
		return min(many(t, n), many(t, n), many(t, n))
	}
	few, lots := best(1000), best(10_000)
	if t.Logf("1,000: %v, 10,000: %v", few, lots); lots > 40*few {
		t.Errorf("10,000 take %v, 1,000 %v", lots, few)
	}
}
