package alert

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
)

// memory is a Memory that outlives pagers.
type memory map[string]Told

func (m memory) All() (out []Told) {
	for _, t := range m {
		out = append(out, t)
	}
	return out
}

func (m memory) Put(_ context.Context, t Told) error { m[t.Alert.Key] = t; return nil }

func (m memory) Delete(_ context.Context, key string) error { delete(m, key); return nil }

// eye is a check that sees what it is told, or cannot look.
type eye struct {
	name   string
	alerts []Alert
	err    error
	looks  atomic.Int64
}

func (e *eye) Name() string { return e.name }

func (e *eye) Look(context.Context) ([]Alert, error) { e.looks.Add(1); return e.alerts, e.err }

// phone is a notifier that remembers what it passed on.
type phone struct {
	got []Message
	err error
}

func (p *phone) Notify(_ context.Context, m Message) error {
	if p.err == nil {
		p.got = append(p.got, m)
	}
	return p.err
}

// watch is a pager over fakes, with a clock of its own.
type watch struct {
	*Pager
	t     *testing.T
	check *eye
	phone *phone
	clock time.Time
}

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func newWatch(t *testing.T, alerts ...Alert) *watch {
	w := &watch{t: t, check: &eye{name: "cases", alerts: alerts}, phone: &phone{}, clock: noon}
	w.Pager = w.pager(memory{})
	return w
}

// pager is what a start of the service makes.
func (w *watch) pager(m memory) *Pager {
	return &Pager{Checks: []Check{w.check}, Notifiers: []Notifier{w.phone}, Memory: m, Every: 30 * time.Second,
		Log: zap.NewNop(), Now: func() time.Time { return w.clock }}
}

// after looks when d has passed and returns what was told.
func (w *watch) after(d time.Duration) []Message {
	w.t.Helper()
	w.clock, w.phone.got = w.clock.Add(d), nil
	if err := w.Look(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return w.phone.got
}

// tells fails unless exactly n messages are told after d.
func (w *watch) tells(n int, d time.Duration, when string) []Message {
	w.t.Helper()
	got := w.after(d)
	if len(got) != n {
		w.t.Fatalf("%s: told %d times, want %d: %v", when, len(got), n, got)
	}
	return got
}

func trouble(s Severity) Alert {
	return Alert{Key: "cases/clear/cedar", Severity: s, What: "clear disclosure", Where: "facebook", Count: 1, Since: noon, Latest: noon}
}

func TestToldOnceAndAgainWhileItLasts(t *testing.T) {
	for severity, again := range map[Severity]time.Duration{Page: 10 * time.Minute, Tell: 4 * time.Hour, Slow: 24 * time.Hour} {
		w := newWatch(t, trouble(severity))
		w.tells(1, 0, "new")
		w.tells(0, 30*time.Second, "at the next look")
		w.tells(0, again-31*time.Second, "a second before its time")
		if m := w.tells(1, time.Second, "at its time")[0]; m.Times != 2 || m.Over {
			t.Errorf("%s: the second message is %+v", severity, m)
		}
		w.tells(0, time.Minute, "after that")
	}
}

func TestGroupThatGrewIsToldSoonEvenIfItShrankBetween(t *testing.T) {
	for severity, soon := range map[Severity]time.Duration{Page: time.Minute, Tell: 5 * time.Minute, Slow: time.Hour} {
		a := trouble(severity)
		a.Count = 3
		w := newWatch(t, a)
		w.tells(1, 0, "new")
		w.check.alerts[0].Count = 1 // two were decided
		w.tells(0, time.Second, "shrunk")
		w.check.alerts[0].Count, w.check.alerts[0].Latest = 2, noon.Add(2*time.Second)
		w.tells(0, 2*time.Second, "grown at once")
		got := w.tells(1, soon, "grown a while ago")
		if got[0].Count != 2 {
			t.Errorf("told of %d, want 2", got[0].Count)
		}
		w.tells(0, soon+time.Second, "not grown since")
	}
}

func TestOverIsToldOnceAndComingBackIsNew(t *testing.T) {
	w := newWatch(t, trouble(Tell))
	w.tells(1, 0, "new")
	w.check.alerts = nil
	if m := w.tells(1, time.Minute, "passed")[0]; !m.Over || m.Count != 0 {
		t.Errorf("the end is told as %+v", m)
	}
	w.tells(0, time.Minute, "long over")
	w.check.alerts = []Alert{trouble(Tell)}
	if m := w.tells(1, time.Minute, "back")[0]; m.Over || m.Times != 1 {
		t.Errorf("what comes back is told as %+v", m)
	}
}

func TestRestartTellsNobodyTwice(t *testing.T) {
	w := newWatch(t, trouble(Page))
	w.tells(1, 0, "new")
	w.Pager = w.pager(w.Memory.(memory))
	w.tells(0, time.Minute, "after a restart")
	w.check.alerts = nil
	w.Pager = w.pager(w.Memory.(memory))
	if m := w.tells(1, time.Minute, "over during a restart")[0]; !m.Over {
		t.Errorf("told %+v", m)
	}
}

func TestBlindCheckIsAnAlertAndEndsNothing(t *testing.T) {
	w := newWatch(t, trouble(Tell))
	w.tells(1, 0, "new")
	w.check.alerts, w.check.err = nil, errors.New("no answer")
	got := w.tells(1, time.Minute, "blind")
	if m := got[0]; m.Key != "cases/blind" || m.Severity != Page || m.Over || strings.Contains(m.String(), "no answer") {
		t.Fatalf("told %+v", m)
	}
	w.tells(0, 30*time.Second, "still blind")
	if m := w.tells(1, 10*time.Minute, "blind for long")[0]; m.Times != 2 || !strings.Contains(m.String(), "for 10 min") {
		t.Errorf("told %+v as %s", m, m)
	}
	w.check.alerts, w.check.err = []Alert{trouble(Tell)}, nil
	if m := w.tells(1, time.Minute, "it sees again")[0]; m.Key != "cases/blind" || !m.Over {
		t.Errorf("told %+v", m)
	}
}

func TestBlindCheckDoesNotHideTheOthers(t *testing.T) {
	w := newWatch(t)
	w.check.err = errors.New("no answer")
	other := &eye{name: "sources", alerts: []Alert{{Key: "sources/cedar", Severity: Tell, What: "silent", Count: 1, Since: noon}}}
	w.Checks = append(w.Checks, other)
	w.tells(2, 0, "both")
	other.alerts = nil
	if m := w.tells(1, time.Minute, "one over")[0]; m.Key != "sources/cedar" || !m.Over {
		t.Errorf("told %+v", m)
	}
}

// A check that was cut off by the end of the process saw nothing, and that is
// no trouble.
func TestStopIsNoTrouble(t *testing.T) {
	w := newWatch(t)
	w.check.err = context.Canceled
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := w.Look(ctx); !errors.Is(err, context.Canceled) || len(w.phone.got) > 0 {
		t.Errorf("error %v, told %v", err, w.phone.got)
	}
}

func TestClockSetBackDoesNotSilence(t *testing.T) {
	w := newWatch(t, trouble(Tell))
	w.tells(1, 0, "new")
	w.tells(1, -24*time.Hour, "a day earlier")
	w.tells(0, time.Minute, "told by the new clock")
	// One more, which by the clock is older than what was told.
	w.check.alerts[0].Count = 2
	w.tells(1, 5*time.Minute, "grown")
	w.tells(1, 4*time.Hour, "lasting")
	w.check.alerts = nil
	w.tells(1, -24*time.Hour, "over, a day earlier still")
}

// Time here is the fake clock of a synctest bubble.
func TestLooksSoonWhenWokenHoweverOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		w.Now = time.Now
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		wake, ended := make(chan struct{}), make(chan error, 1)
		go func() { ended <- w.Run(ctx, wake) }()
		synctest.Wait()
		looked := w.check.looks.Load()
		began := time.Now()
		for range 600 { // a minute of changes, ten a second
			wake <- struct{}{}
			<-time.After(100 * time.Millisecond)
		}
		synctest.Wait()
		if n := w.check.looks.Load() - looked; n < 80 || n > 120 {
			t.Errorf("%d looks in %v of changes, want about two a second", n, time.Since(began))
		}
		looked = w.check.looks.Load()
		<-time.After(10 * time.Minute)
		if n := w.check.looks.Load() - looked; n < 19 || n > 21 {
			t.Errorf("%d looks in ten quiet minutes, want one every 30 s", n)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
